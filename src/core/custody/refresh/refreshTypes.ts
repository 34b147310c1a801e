import type { Clock } from '../../clock.ts';
import type { KnownError } from '../../errors.ts';
import type { RefreshGrant } from '../../signin/refreshGrant.ts';
import type { TokenServices } from '../../signin/tokenEndpoint.ts';
import type { Journal } from '../journal/journal.ts';
import type { StorePlace } from '../storePlaces.ts';
import type { Vault } from '../vault.ts';
import type { RefreshMemory } from './refreshMemory.ts';

/**
 * What became of a refresh. Times in milliseconds since the epoch.
 *
 * - `refreshed`: the provider gave new tokens, and every holder has them. With a `fault` they are not
 *   yet in every store; `kept` says where they are safe.
 * - `adopted`: newer tokens were there already, or it is not due; nothing was sent.
 * - `transient`: it failed and cost nothing; the login is as good as before.
 * - `dead`: the grant is gone, or its token must not be sent ({@link DeadReason}). The profile stays; a
 *   person has to sign in again.
 * - `unsure`: the answer was lost. The old token stays, and is tried once more.
 */
export type RefreshResult =
  | {
      readonly kind: 'refreshed';
      readonly expires: number;
      readonly fault?: KnownError;
      /** With a `fault`: `memory` if not even the journal could be written; it is tried again. */
      readonly kept?: 'journal' | 'memory';
    }
  | { readonly kind: 'adopted'; readonly expires: number }
  | {
      readonly kind: 'transient' | 'unsure';
      readonly retryAt: number;
      readonly error?: KnownError;
    }
  | { readonly kind: 'dead'; readonly why: DeadReason; readonly error?: KnownError };

/**
 * Why a login is dead:
 * - `refused`: the provider refused the grant.
 * - `unanswered`: it was sent more than once, and no answer came. A person may have it sent once more.
 * - `spent`: the token brought another one, which is not to be found any more.
 * - `otherIdentity`: the provider answered with the tokens of somebody else.
 */
export type DeadReason = 'refused' | 'unanswered' | 'spent' | 'otherIdentity';

export interface RefreshRequest {
  readonly place: StorePlace;
  readonly profileId: string;
  /** A person asked: back-off and due time do not count. */
  readonly force?: boolean;
}

/** What a Refresher stands on. */
export interface RefresherParts {
  readonly vault: Pick<Vault, 'withStores'>;
  readonly journal: Pick<Journal, 'open' | 'entries' | 'drop'>;
  readonly memory: Pick<RefreshMemory, 'record' | 'readEach'>;
  /** Every place where a login may stand, of all state dirs, at this moment. */
  readonly places: () => Promise<readonly StorePlace[]>;
  readonly grant: (provider: string) => Promise<RefreshGrant | undefined>;
  readonly services: TokenServices & { readonly clock: Clock };
  /** Lines of ids and paths. */
  readonly log: (line: string) => void;
  /** 0 up to 1, for the jitter of back-off. */
  readonly random?: () => number;
}
