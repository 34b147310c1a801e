import { type Disposable, commands as vscodeCommands } from 'vscode';
import { commands } from './contributions.ts';
import type { Clock } from './core/clock.ts';
import { Custody } from './core/custody/custody.ts';
import type { Snapshot } from './core/model/snapshot.ts';
import { type AddedSignIns, builtInProviders } from './core/signin/addedSignIns.ts';
import { keepFresh } from './ui/keepFresh.ts';
import type { Log } from './ui/log.ts';
import type { Notifications } from './ui/notifications.ts';
import { RenewalNotices } from './ui/renewalNotices.ts';

export interface KeeperOptions {
  /** Name and version of this extension. */
  readonly app: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly notifications: Notifications;
  readonly added: AddedSignIns;
  /** The Snapshot of the moment. */
  readonly snapshot: () => Promise<Snapshot>;
}

/**
 * The part of the composition root that an activation does not wait for: what keeps logins alive, and
 * what people are told of that.
 */
export class Keeper implements Disposable {
  readonly custody: Custody;
  readonly notices: RenewalNotices;

  /** Takes up at once what earlier processes left. */
  constructor({ app, clock, log, notifications, added, snapshot }: KeeperOptions) {
    this.notices = new RenewalNotices({
      notifications,
      clock,
      canSignIn: (provider) => builtInProviders.has(provider) || added.get(provider) !== undefined,
      signInAgain: (target) => vscodeCommands.executeCommand(commands.profileSignInAgain, target),
    });
    this.custody = new Custody({
      app,
      clock,
      fetch: globalThis.fetch,
      environment: process.env,
      log: log.info,
      snapshot,
      addedSignIn: (provider) => added.get(provider),
      keepFresh,
      onRefreshed: this.notices.refreshed,
      onRepair: this.notices.repaired,
      onWaiting: this.notices.waiting,
      onHomeless: this.notices.homeless,
      onSettled: this.notices.settled,
    });
    void this.custody.start();
  }

  dispose(): void {
    this.custody.dispose();
    this.notices.dispose();
  }
}
