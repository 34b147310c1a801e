import { l10n } from 'vscode';
import { Cancelled, type Clock } from '../core/clock.ts';
import type { RefreshResult } from '../core/custody/refresh/refreshTypes.ts';
import { type Death, deathsAt } from '../core/model/deaths.ts';
import type { RenewableLogin } from '../core/model/refreshDue.ts';
import { type Reminder, remindersAt } from '../core/model/reminders.ts';
import type { Snapshot } from '../core/model/snapshot.ts';
import { markKey, type TokenFacts, type TokenMark } from '../core/model/tokenHolders.ts';
import { againAt, type ToldOf, toldAfter } from '../core/model/told.ts';
import type { Notifications, Way } from './notifications.ts';
import type { Target } from './target.ts';
import { type Memory, ToldMemory } from './toldMemory.ts';
import { refreshWords } from './words/refresh.ts';
import { againWords, deathsWords, reminderWords } from './words/reminders.ts';

export interface RemindersParts {
  readonly notifications: Pick<Notifications, 'warned'>;
  readonly clock: Clock;
  readonly memory: Memory;
  /** For what goes wrong without a person having to know. */
  readonly failed: (doing: string, error: unknown) => void;
  /** Of several windows, only the one that a person is in speaks. */
  readonly isFocused: () => boolean;
  /** Whether the person wants to be told of anything that was not asked for. */
  readonly isWanted: () => boolean;
  /** Whether people can sign in to a provider (normalized id) from here. */
  readonly canSignIn: (provider: string) => boolean;
  readonly signInAgain: (target: Target) => unknown;
  readonly replace: (target: Target) => unknown;
  /** Brings the Profiles view to the front. */
  readonly showProfiles: () => unknown;
}

/** Where it is remembered which ends were told of. */
export const toldKey = 'reminders.told';
/** Where it is remembered which deaths were told of. */
export const deathsKey = 'deaths.told';

/** What another window has told a moment ago is remembered here by then. */
const SETTLE_MS = 1_000;
/** A timer that is longer goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Tells people of credentials that only they can move, without having been asked: in time of those that
 * end, once for each token and threshold, and of a login that has died, once. That is over all windows
 * and restarts. Closing the message is an answer; so are being told later, and not any more. A window
 * that nobody is in has no timer; one that has been returned to looks anew.
 */
export class Reminders {
  readonly #parts: RemindersParts;
  readonly #ends: ToldMemory;
  readonly #deaths: ToldMemory;
  /** By mark: why a login died, where this window has seen it. */
  readonly #causes = new Map<string, RefreshResult>();
  #snapshot: Snapshot | undefined;
  #timer: AbortController | undefined;
  /** Nothing is told before: milliseconds since the epoch. */
  #settledAt = 0;
  #isDisposed = false;

  constructor(parts: RemindersParts) {
    this.#parts = parts;
    this.#ends = new ToldMemory(parts.memory, toldKey, parts.failed);
    this.#deaths = new ToldMemory(parts.memory, deathsKey, parts.failed);
  }

  /** To be called with each new Snapshot. */
  update(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#look();
  }

  /** A person has come to this window, maybe after a sleep of the machine, or wants to be told again. */
  wake(): void {
    this.#settledAt = this.#parts.clock.now() + SETTLE_MS;
    this.#look();
  }

  /** What a refresh came to that nobody asked for: why a login died is told with its death. */
  refreshed(login: RenewableLogin, result: RefreshResult): void {
    if (result.kind === 'dead') this.#causes.set(markKey(markOf(login)), result);
  }

  /** A person who asked has been told that it is dead. */
  answered(login: RenewableLogin): void {
    this.#remember(this.#deaths, [{ marks: [markOf(login)], before: 0 }]);
  }

  /** Whatever was put off, or is not to be shown any more, is told again if it still holds. */
  startAnew(): void {
    this.#ends.remember([]);
    this.#deaths.remember([]);
    this.#look();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#timer?.abort();
  }

  #look(): void {
    this.#timer?.abort();
    const { clock, isFocused, isWanted } = this.#parts;
    if (this.#snapshot === undefined || this.#isDisposed || !isFocused() || !isWanted()) return;
    const now = clock.now();
    if (now < this.#settledAt) {
      this.#lookIn(Math.min(this.#settledAt - now, SETTLE_MS));
      return;
    }
    const ends = remindersAt(this.#snapshot, now, this.#ends.told);
    const deaths = deathsAt(this.#snapshot, now, this.#deaths.told);
    if (ends.due.length > 0) this.#tellEnds(ends.due, now);
    if (deaths.due.length > 0) this.#tellDeaths(deaths.due, now);
    const next = Math.min(ends.next ?? Infinity, deaths.next ?? Infinity);
    if (next !== Infinity) this.#lookIn(next - now);
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

  #tellEnds(due: readonly Reminder[], now: number): void {
    this.#remember(this.#ends, due);
    const [first, ...others] = due;
    const wayOn = first && others.length === 0 ? this.#wayOn(first) : this.#show();
    const ways = this.#answers(this.#ends, due, first?.end);
    this.#parts.notifications.warned(reminderWords(due, now), wayOn, ...ways);
  }

  #tellDeaths(due: readonly Death[], now: number): void {
    const told = due.map(({ marks }) => ({ marks, before: 0 }));
    this.#remember(this.#deaths, told);
    const [first, ...others] = due;
    const wayOn = first && others.length === 0 ? this.#wayOn(first) : this.#show();
    const text = first && others.length === 0 ? this.#deathWords(first, now) : deathsWords(due);
    const ways = this.#answers(this.#deaths, told);
    this.#parts.notifications.warned(text, wayOn, ...ways);
  }

  #deathWords(death: Death, now: number): string {
    const cause = death.marks
      .map((mark) => this.#causes.get(markKey(mark)))
      .find((one) => one !== undefined);
    const result = cause ?? { kind: 'dead', why: death.why ?? 'refused' };
    return refreshWords(death.profileId, result, now, true).text;
  }

  #wayOn({ target, type, provider }: TokenFacts): Way {
    const { canSignIn, signInAgain, replace } = this.#parts;
    if (target !== undefined) {
      if (type === 'token') return { label: l10n.t('Replace…'), run: () => replace(target) };
      if (canSignIn(provider)) {
        return { label: l10n.t('Sign In Again'), run: () => signInAgain(target) };
      }
    }
    return this.#show();
  }

  #show(): Way {
    return { label: l10n.t('Show'), run: () => this.#parts.showProfiles() };
  }

  /** @param end of the first of them, in milliseconds since the epoch; absent: it has died. */
  #answers(memory: ToldMemory, told: readonly ToldOf[], end?: number): readonly Way[] {
    const { clock } = this.#parts;
    const now = clock.now();
    return [
      {
        label: againWords(againAt(now, end) - now),
        run: () => {
          const again = againAt(clock.now(), end);
          this.#remember(
            memory,
            told.map(({ marks, before }) => ({ marks, before, again })),
          );
          this.#look();
        },
      },
      {
        label: l10n.t("Don't Show Again"),
        run: () =>
          this.#remember(
            memory,
            told.map(({ marks }) => ({ marks, before: 0 })),
          ),
      },
    ];
  }

  #remember(memory: ToldMemory, told: readonly ToldOf[]): void {
    const kept = memory === this.#ends ? 'untilEnd' : 'aYear';
    memory.remember(toldAfter(memory.told, told, this.#parts.clock.now(), kept));
  }
}

function markOf({ place, profileId, expires = 0 }: RenewableLogin): TokenMark {
  return { stateDir: place.stateDir, profileId, end: expires };
}
