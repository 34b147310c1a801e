import { type Disposable, type Memento, commands as vscodeCommands, window } from 'vscode';
import { commands } from './commandIds.ts';
import { settings, viewCommands } from './contributions.ts';
import type { Clock } from './core/clock.ts';
import { Custody } from './core/custody/custody.ts';
import type { Reads } from './core/model/reads.ts';
import type { Snapshot } from './core/model/snapshot.ts';
import { ServerClocks } from './core/serverClocks.ts';
import { type AddedSignIns, builtInProviders } from './core/signin/addedSignIns.ts';
import { keepFresh } from './ui/keepFresh.ts';
import type { Log } from './ui/log.ts';
import type { Notifications } from './ui/notifications.ts';
import { Reminders } from './ui/reminders.ts';
import { RenewalNotices } from './ui/renewalNotices.ts';
import type { Target } from './ui/target.ts';
import { warns } from './ui/warnings.ts';

export interface KeeperOptions {
  /** Name and version of this extension. */
  readonly app: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifications: Notifications;
  readonly added: AddedSignIns;
  /** The Snapshot of the moment. */
  readonly snapshot: () => Promise<Snapshot>;
  /** What is remembered over windows and restarts, on this machine alone. */
  readonly memory: Memento;
}

/**
 * The part of the composition root that an activation does not wait for: what keeps logins alive, and
 * what people are told of that.
 */
export class Keeper implements Disposable {
  readonly custody: Custody;
  /** What the answers to {@link fetch} say of the time. */
  readonly serverClocks: ServerClocks;
  /** The host's, for all that providers are asked. */
  readonly fetch: typeof globalThis.fetch;
  readonly notices: RenewalNotices;
  readonly reminders: Reminders;

  /** Takes up at once what earlier processes left. */
  constructor({ app, clock, log, notifications, added, snapshot, memory }: KeeperOptions) {
    const canSignIn = (provider: string): boolean =>
      builtInProviders.has(provider) || added.get(provider) !== undefined;
    const signInAgain = (target: Target): unknown =>
      vscodeCommands.executeCommand(commands.profileSignInAgain, target);
    const isWanted = (): boolean => warns(settings.warningsNotifications);
    const reminders = new Reminders({
      ...{ notifications, clock, memory, canSignIn, signInAgain, isWanted },
      failed: log.failure,
      isFocused: () => window.state.focused,
      replace: (target) => vscodeCommands.executeCommand(commands.profileReplace, target),
      showProfiles: () => vscodeCommands.executeCommand(viewCommands.profilesFocus),
    });
    this.serverClocks = new ServerClocks(clock);
    this.fetch = this.serverClocks.listening(globalThis.fetch);
    this.reminders = reminders;
    this.notices = new RenewalNotices({
      ...{ notifications, clock, canSignIn, signInAgain, isWanted },
      toldDead: (login) => reminders.answered(login),
    });
    this.custody = new Custody({
      app,
      clock,
      fetch: this.fetch,
      environment: process.env,
      log: log.info,
      snapshot,
      addedSignIn: (provider) => added.get(provider),
      keepFresh,
      onRefreshed: (login, result) => reminders.refreshed(login, result),
      onRepair: this.notices.repaired,
      onWaiting: this.notices.waiting,
      onHomeless: this.notices.homeless,
      onSettled: this.notices.settled,
    });
    void this.custody.start();
  }

  /** Every read of the disk, before what is made of it. */
  saw(reads: Reads): void {
    this.custody.saw(reads);
  }

  /** To be called with each new Snapshot. */
  update(snapshot: Snapshot): void {
    this.custody.update(snapshot);
    this.reminders.update(snapshot);
  }

  /** A person has come back, or has changed what is done or told without being asked. */
  wake(): void {
    this.custody.wake();
    this.reminders.wake();
  }

  /** Waits for what is under way. */
  finish(): Promise<void> {
    return this.custody.finish();
  }

  dispose(): void {
    this.custody.dispose();
    this.reminders.dispose();
    this.notices.dispose();
  }
}
