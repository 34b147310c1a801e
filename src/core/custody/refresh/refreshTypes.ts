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
 * - `refreshed`: the provider gave new tokens, and every holder has them; with a `fault` they are safe
 *   in the journal, and not yet in every store.
 * - `adopted`: newer tokens were there already, or it is not due; nothing was sent.
 * - `transient`: it failed and cost nothing; the login is as good as before.
 * - `dead`: the grant is gone. The profile stays; a person has to sign in again.
 * - `unsure`: the answer was lost. The old token stays, and is tried once more.
 */
export type RefreshResult =
  | { readonly kind: 'refreshed'; readonly expires: number; readonly fault?: KnownError }
  | { readonly kind: 'adopted'; readonly expires: number }
  | {
      readonly kind: 'transient' | 'unsure';
      readonly retryAt: number;
      readonly error?: KnownError;
    }
  | { readonly kind: 'dead'; readonly error?: KnownError };

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
  readonly memory: Pick<RefreshMemory, 'record' | 'read'>;
  /** Every place where a login may stand, of all state dirs, at this moment. */
  readonly places: () => Promise<readonly StorePlace[]>;
  readonly grant: (provider: string) => Promise<RefreshGrant | undefined>;
  readonly services: TokenServices & { readonly clock: Clock };
  /** Lines of ids and paths. */
  readonly log: (line: string) => void;
  /** 0 up to 1, for the jitter of back-off. */
  readonly random?: () => number;
}
