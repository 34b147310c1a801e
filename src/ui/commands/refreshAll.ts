import { Cancelled, throwIfCancelled } from '../../core/clock.ts';
import type { RefreshRequest, RefreshResult } from '../../core/custody/refresh/refresher.ts';
import { KnownError } from '../../core/errors.ts';
import type { RenewableLogin } from '../../core/model/refreshDue.ts';
import type { RefreshOutcomeOf } from '../words/refresh.ts';

/** Refreshes when a person asks; `signal` ends the waiting only. */
export type Refresh = (request: RefreshRequest, signal: AbortSignal) => Promise<RefreshResult>;

/**
 * Refreshes logins one after the other, whatever becomes of each.
 * @param began Told of each as its turn comes.
 * @throws {Cancelled} and what is not foreseen; those before are refreshed then.
 */
export async function refreshAll(
  logins: readonly RenewableLogin[],
  refresh: Refresh,
  signal: AbortSignal,
  began: (profileId: string) => void,
): Promise<readonly RefreshOutcomeOf[]> {
  const outcomes: RefreshOutcomeOf[] = [];
  for (const { place, profileId } of logins) {
    throwIfCancelled(signal);
    began(profileId);
    try {
      const result = await refresh({ place, profileId, force: true }, signal);
      outcomes.push({ profileId, result });
    } catch (error) {
      if (error instanceof Cancelled || !(error instanceof KnownError)) throw error;
      outcomes.push({ profileId, fault: error });
    }
  }
  return outcomes;
}
