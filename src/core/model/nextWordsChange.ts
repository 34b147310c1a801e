import type { ProfileState } from './profileState.ts';
import { relativeTimeChangesIn } from './relativeTime.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Milliseconds from `now` until a relative time in this Snapshot reads differently, at least 1;
 * `undefined` if none ever will. A view of it needs one timer of this length, and none otherwise.
 */
export function nextWordsChange(snapshot: Snapshot, now: number): number | undefined {
  let next: number | undefined;
  for (const { agents } of snapshot.stateDirs) {
    for (const { providers } of agents) {
      for (const { profiles } of providers) {
        for (const { state } of profiles) {
          const at = shownTime(state, now);
          if (at === undefined) continue;
          const wait = relativeTimeChangesIn(at - now);
          if (next === undefined || wait < next) next = wait;
        }
      }
    }
  }
  return next;
}

/** The moment whose distance from `now` is shown, if the state shows one. */
function shownTime(state: ProfileState, now: number): number | undefined {
  switch (state.kind) {
    case 'renews':
    case 'ending':
      // Past its end it renews "at next use", or "may have ended", which stays true.
      return state.at > now ? state.at : undefined;
    case 'retrying':
      return state.at;
    case 'cooling':
    case 'disabled':
      return state.until;
    case 'expired':
      return state.since;
    case 'lasts':
    case 'static':
    case 'dead':
    case 'hidden':
    case 'broken':
      return undefined;
  }
}
