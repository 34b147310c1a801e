import { isJsonObject, type JsonObject, type JsonValue } from '../../documents/json.ts';
import { normalizeProviderId } from '../../documents/providerIds.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import { identityOfStored, sameIdentity } from '../../signin/identity.ts';
import type { StorePlace } from '../storePlaces.ts';

/** An OAuth credential with a refresh token, where it stands. Holds secrets. */
export interface HeldLogin {
  readonly storePath: string;
  readonly stateDir: string;
  /** Normalized. */
  readonly provider: string;
  /** Undefined for an entry of the runtime cache beside the store. */
  readonly profileId: string | undefined;
  readonly credential: JsonObject;
  /** `tokenHash` of its refresh token. */
  readonly hash: string;
  /** Milliseconds since the epoch; undefined where no usable end is stored. */
  readonly expires: number | undefined;
}

/** Of one profile; undefined if there is none, or nothing to refresh in it. */
export function loginOf(
  logins: readonly HeldLogin[],
  storePath: string,
  profileId: string,
): HeldLogin | undefined {
  return logins.find((one) => one.storePath === storePath && one.profileId === profileId);
}

/**
 * The stores that have to be held while a login is refreshed, sorted: those that hold a token of its
 * family, in the store or in the cache beside it, and those of the same state dir that have a profile
 * of the same name, which may have moved on, unless it is known to be somebody else's.
 */
export function storesToHold(
  logins: readonly HeldLogin[],
  own: HeldLogin,
  family: ReadonlySet<string>,
): readonly string[] {
  const others = logins.filter(
    (one) =>
      one.provider === own.provider &&
      (family.has(one.hash) || (isOfSameName(one, own) && comparedPersons(one, own) !== 'other')),
  );
  return [...new Set([own.storePath, ...others.map((one) => one.storePath)])].sort();
}

/** Profiles of one name, in the stores of one state dir. */
export function isOfSameName(a: HeldLogin, b: HeldLogin): boolean {
  return a.profileId !== undefined && a.profileId === b.profileId && a.stateDir === b.stateDir;
}

/** Whether two logins of one provider are of the same person. */
export function comparedPersons(a: HeldLogin, b: HeldLogin): ReturnType<typeof sameIdentity> {
  const { provider } = a;
  // They may spell it differently.
  return sameIdentity(
    { ...identityOfStored(a.credential), provider },
    { ...identityOfStored(b.credential), provider },
  );
}

/** The login in one entry of a store or a cache; none if there is nothing to refresh in it. */
export function loginsIn(
  { storePath, stateDir }: Pick<StorePlace, 'storePath' | 'stateDir'>,
  profileId: string | undefined,
  credential: JsonValue,
): HeldLogin[] {
  if (!isJsonObject(credential) || credential['type'] !== 'oauth') return [];
  const { provider, refresh, expires } = credential;
  if (typeof provider !== 'string' || typeof refresh !== 'string' || refresh.trim() === '') {
    return [];
  }
  const hasEnd = typeof expires === 'number' && Number.isFinite(expires) && expires > 0;
  return [
    {
      storePath,
      stateDir,
      provider: normalizeProviderId(provider),
      profileId,
      credential,
      hash: tokenHash(refresh),
      expires: hasEnd ? expires : undefined,
    },
  ];
}
