import type { DeathReason } from './profileState.ts';
import type { ProfileSnapshot, Snapshot } from './snapshot.ts';
import { factsOf, marksOf, type TokenFacts, type TokenMark, tokensHeld } from './tokenHolders.ts';
import { byToken, lastWord, type Told } from './told.ts';

/** A login in use that only a new sign-in brings back, and of which a person is to be told. */
export interface Death extends TokenFacts {
  /** Absent: the provider refused it. */
  readonly why?: DeathReason;
  /** Everywhere that it is stored. */
  readonly marks: readonly TokenMark[];
}

export interface Deaths {
  readonly due: readonly Death[];
  /** When one is to be told of again, after `now`, in milliseconds since the epoch; absent if none is. */
  readonly next?: number;
}

/**
 * Which logins have died without a person knowing, of those that the view shows as `dead`: what is hidden
 * is used by nobody. Each once, until another login stands in its place, or when the person wanted to
 * be told again. Pure.
 */
export function deathsAt(snapshot: Snapshot, now: number, told: readonly Told[]): Deaths {
  const known = byToken(told);
  const due: Death[] = [];
  const ahead: number[] = [];
  for (const holders of tokensHeld(snapshot, endOfDead)) {
    const marks = marksOf(holders);
    const word = lastWord(known, marks);
    if (word?.again !== undefined && word.again > now) ahead.push(word.again);
    else if (word === undefined || word.again !== undefined) {
      const { state } = holders[0].profile;
      const why = state.kind === 'dead' ? state.why : undefined;
      due.push({ ...factsOf(holders), ...(why !== undefined && { why }), marks });
    }
  }
  return ahead.length === 0 ? { due } : { due, next: Math.min(...ahead) };
}

/** A dead login is known by the end of its access token, as a living one is. */
function endOfDead({ state, expires = 0 }: ProfileSnapshot): number | undefined {
  return state.kind === 'dead' ? expires : undefined;
}
