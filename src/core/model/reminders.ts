import { WARNING_MS } from './profileState.ts';
import type { ProfileSnapshot, Snapshot } from './snapshot.ts';
import { factsOf, marksOf, type TokenFacts, type TokenMark, tokensHeld } from './tokenHolders.ts';
import { byToken, lastWord, type Told } from './told.ts';

const HOUR_MS = 60 * 60 * 1000;

/** How long before its end a credential is worth a word, in milliseconds: the longest first. */
export const THRESHOLDS_MS: readonly number[] = [WARNING_MS, 24 * HOUR_MS, HOUR_MS];

/** A credential that only a person can move, and whose end a person is to be told of. */
export interface Reminder extends TokenFacts {
  /** Milliseconds since the epoch. */
  readonly end: number;
  /** It does not say itself when it ends. */
  readonly isExpected: boolean;
  /** The threshold that has been passed: one of {@link THRESHOLDS_MS}. */
  readonly before: number;
  /** Everywhere that it is stored. */
  readonly marks: readonly TokenMark[];
}

export interface Reminders {
  /** What a person is to be told now, the soonest end first. */
  readonly due: readonly Reminder[];
  /** When the next one falls due, after `now`, in milliseconds since the epoch; absent if none will. */
  readonly next?: number;
}

/**
 * Of which credentials a person is to be told that they end, 7 days, 1 day and 1 hour before. Pure.
 *
 * - Only those that the view shows as `ending` or `lasts`, which are in use: what is hidden by the
 *   config, disabled or cooling down is told of once it is used again, if it has not ended by then.
 * - Nothing is told once the end has come: that is no reminder any more, and the row says it.
 * - One that several stores hold is told of once, where it is found first (in a row of its own, if any).
 * - Of several thresholds that have passed, only the last counts.
 * - One that a person wants to be told of later is told of then, whatever it passes until then.
 */
export function remindersAt(snapshot: Snapshot, now: number, told: readonly Told[]): Reminders {
  const known = byToken(told);
  const due: Reminder[] = [];
  const ahead: number[] = [];
  for (const holders of tokensHeld(snapshot, (profile) => endAhead(profile, now))) {
    const [{ mark, profile }] = holders;
    const { end } = mark;
    const marks = marksOf(holders);
    const { before: last = Infinity, again } = lastWord(known, marks) ?? {};
    const untold = THRESHOLDS_MS.filter((threshold) => threshold < last);
    if (again !== undefined && again > now) {
      ahead.push(again);
      continue;
    }
    const passed = untold.findLast((threshold) => end - now <= threshold);
    const before = passed ?? (again === undefined ? undefined : last);
    if (before !== undefined) {
      const isExpected = 'isExpected' in profile.state && profile.state.isExpected === true;
      due.push({ ...factsOf(holders), end, isExpected, before, marks });
    }
    const next = untold.find((threshold) => threshold < end - now);
    if (next !== undefined) ahead.push(end - next);
  }
  due.sort((a, b) => a.end - b.end);
  return ahead.length === 0 ? { due } : { due, next: Math.min(...ahead) };
}

function endAhead({ state }: ProfileSnapshot, now: number): number | undefined {
  if (state.kind !== 'ending' && state.kind !== 'lasts') return undefined;
  const end = state.kind === 'ending' ? state.at : state.until;
  return end > now ? end : undefined;
}
