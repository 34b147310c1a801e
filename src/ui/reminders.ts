import { l10n } from 'vscode';
import { Cancelled, type Clock } from '../core/clock.ts';
import { isJsonObject } from '../core/documents/json.ts';
import { type Reminder, remindersAt, type Told, toldAfter } from '../core/model/reminders.ts';
import type { Snapshot } from '../core/model/snapshot.ts';
import type { Notifications, Way } from './notifications.ts';
import type { Target } from './target.ts';
import { reminderWords } from './words/reminders.ts';

/** What of VS Code's `Memento` is needed: it outlives windows and is shared by them. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

export interface RemindersParts {
  readonly notifications: Pick<Notifications, 'warned'>;
  readonly clock: Clock;
  readonly memory: Memory;
  /** For what goes wrong without a person having to know. */
  readonly failed: (doing: string, error: unknown) => void;
  /** Of several windows, only the one that a person is in speaks. */
  readonly isFocused: () => boolean;
  /** Whether people can sign in to a provider (normalized id) from here. */
  readonly canSignIn: (provider: string) => boolean;
  readonly signInAgain: (target: Target) => unknown;
  readonly replace: (target: Target) => unknown;
  /** Brings the Profiles view to the front. */
  readonly showProfiles: () => unknown;
}

/** Where it is remembered what was told. */
export const toldKey = 'reminders.told';

/** What another window has told a moment ago is remembered here by then. */
const SETTLE_MS = 1_000;
/** A timer that is longer goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Tells people in time of credentials that end and that only they can move: once for each token and
 * threshold, over all windows and restarts. Closing the message is an answer. A window that nobody is
 * in has no timer; one that has been returned to looks anew.
 */
export class Reminders {
  readonly #parts: RemindersParts;
  /** Told from this window, should it not have been possible to remember that. */
  #toldHere: readonly Told[] = [];
  #snapshot: Snapshot | undefined;
  #timer: AbortController | undefined;
  /** Nothing is told before: milliseconds since the epoch. */
  #settledAt = 0;
  #isDisposed = false;

  constructor(parts: RemindersParts) {
    this.#parts = parts;
  }

  /** To be called with each new Snapshot. */
  update(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#look();
  }

  /** A person has come to this window, maybe after a sleep of the machine. */
  wake(): void {
    this.#settledAt = this.#parts.clock.now() + SETTLE_MS;
    this.#look();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#timer?.abort();
  }

  #look(): void {
    this.#timer?.abort();
    const { clock, isFocused } = this.#parts;
    if (this.#snapshot === undefined || this.#isDisposed || !isFocused()) return;
    const now = clock.now();
    if (now < this.#settledAt) {
      this.#lookIn(Math.min(this.#settledAt - now, SETTLE_MS));
      return;
    }
    const told = this.#told();
    const { due, next } = remindersAt(this.#snapshot, now, told);
    if (due.length > 0) this.#tell(due, told, now);
    if (next !== undefined) this.#lookIn(next - now);
  }

  #lookIn(ms: number): void {
    this.#timer?.abort();
    const timer = new AbortController();
    this.#timer = timer;
    this.#parts.clock.sleep(Math.min(ms, LONGEST_TIMER_MS), timer.signal).then(
      () => this.#look(),
      (error: unknown) => {
        if (!(error instanceof Cancelled)) this.#parts.failed('reminding', error);
      },
    );
  }

  #tell(due: readonly Reminder[], told: readonly Told[], now: number): void {
    const { notifications, memory, failed } = this.#parts;
    this.#toldHere = toldAfter(this.#toldHere, due, now);
    memory
      .update(toldKey, toldAfter(told, due, now))
      .then(undefined, (error: unknown) => failed('remembering what was told', error));
    notifications.warned(reminderWords(due, now), this.#wayOn(due));
  }

  #wayOn(due: readonly Reminder[]): Way {
    const { canSignIn, signInAgain, replace, showProfiles } = this.#parts;
    const [{ target, type, provider } = {}, ...others] = due;
    if (target !== undefined && others.length === 0) {
      if (type === 'token') return { label: l10n.t('Replace…'), run: () => replace(target) };
      if (provider !== undefined && canSignIn(provider)) {
        return { label: l10n.t('Sign In Again'), run: () => signInAgain(target) };
      }
    }
    return { label: l10n.t('Show'), run: () => showProfiles() };
  }

  #told(): readonly Told[] {
    const stored = this.#parts.memory.get(toldKey);
    return [...(Array.isArray(stored) ? stored.filter(isTold) : []), ...this.#toldHere];
  }
}

/** Another version of this extension may have written it. */
function isTold(value: unknown): value is Told {
  if (!isJsonObject(value)) return false;
  const { stateDir, profileId, end, before } = value;
  return (
    typeof stateDir === 'string' &&
    typeof profileId === 'string' &&
    typeof end === 'number' &&
    typeof before === 'number'
  );
}
