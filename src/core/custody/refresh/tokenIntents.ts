import type { JsonObject, JsonValue } from '../../documents/json.ts';
import { isJsonObject } from '../../documents/json.ts';
import { normalizeProviderId } from '../../documents/providerIds.ts';
import { entryOf, type StoreIntent } from '../../documents/storeIntents.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import type { TokenRecords } from '../../model/refreshLog.ts';
import { isSpent } from '../../model/tokenFamily.ts';
import type { Identity } from '../../signin/descriptor.ts';
import { identityOfStored, sameIdentity } from '../../signin/identity.ts';
import type { RenewedTokens } from '../../signin/refreshGrant.ts';

/** Tokens on their way to everybody who holds those that they replace. Holds secrets. */
export interface TokenMove {
  /** In any spelling. */
  readonly provider: string;
  /** Hashes of the refresh tokens that are replaced: the one that was sent, and older ones. */
  readonly from: ReadonlySet<string>;
  readonly fields: RenewedTokens['fields'];
  /** Whose the tokens are, where known: nobody else gets them. */
  readonly identity?: Identity;
  /** What is spent is not written, whoever asks for it. */
  readonly records: TokenRecords;
  /** They were there already: nothing was asked of the provider. For the audit trail. */
  readonly adopted?: boolean;
}

/**
 * Gives one profile the new tokens of its login, if it still holds one of those that they replace. Any
 * other value was written by somebody since and is respected; so is whatever else stands in the
 * profile and the store.
 */
export function moveTokens(profileId: string, move: TokenMove): StoreIntent {
  return {
    summary: `new tokens for ${profileId}`,
    action: move.adopted ? 'adopted' : 'refreshed',
    entry: ['profiles', profileId],
    apply(document) {
      const stored = entryOf(document, 'profiles', profileId);
      if (!mayMove(stored, move)) return document;
      const { profiles } = document;
      const others = isJsonObject(profiles) ? profiles : {};
      return { ...document, profiles: { ...others, [profileId]: { ...stored, ...move.fields } } };
    },
  };
}

/** Whether a stored credential is to get the new tokens. */
export function mayMove(stored: JsonValue | undefined, move: TokenMove): stored is JsonObject {
  if (!isJsonObject(stored) || stored['type'] !== 'oauth') return false;
  const { provider, refresh, expires } = stored;
  if (typeof provider !== 'string' || typeof refresh !== 'string') return false;
  if (normalizeProviderId(provider) !== normalizeProviderId(move.provider)) return false;
  const [held, next] = [tokenHash(refresh), tokenHash(move.fields.refresh)];
  if (isSpent(next, move.records)) return false;
  if (!move.from.has(held)) return false;
  // Where the refresh token stayed, the access token that ends later is the newer one.
  const isLater = typeof expires === 'number' && expires >= move.fields.expires;
  const isThereAlready = held === next && (isLater || stored['access'] === move.fields.access);
  if (isThereAlready) return false;
  return (
    move.identity === undefined ||
    sameIdentity(identityOfStored(stored), { ...move.identity, provider }) !== 'other'
  );
}
