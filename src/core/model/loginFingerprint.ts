import { createHash } from 'node:crypto';
import type { Credential } from '../documents/authStore.ts';
import { isBlank } from './order.ts';

/** So many digits of a {@link tokenHash} tell logins apart. */
export const FINGERPRINT_DIGITS = 12;

const known = new WeakMap<Credential, string | undefined>();

/**
 * Says whether two stored credentials are the same login, without the secret: 12 hex digits of the
 * SHA-256 of the refresh token (of the token, where there is none). `undefined` for API keys, which
 * may stand in many stores without one hurting the other, and for blank secrets. To be compared,
 * not shown: it does not belong in a Snapshot. Reckoned once for a credential object.
 */
export function loginFingerprint(credential: Credential): string | undefined {
  if (known.has(credential)) return known.get(credential);
  const secret = loginSecret(credential);
  const fingerprint =
    secret === undefined || isBlank(secret)
      ? undefined
      : tokenHash(secret).slice(0, FINGERPRINT_DIGITS);
  known.set(credential, fingerprint);
  return fingerprint;
}

/** What a map by fingerprint says of a stored login of the type that the map is about. */
export function ofLogin<T>(
  credential: Credential,
  byFingerprint: ReadonlyMap<string, T> | undefined,
  type: Credential['type'] = 'oauth',
): T | undefined {
  if (byFingerprint === undefined || credential.type !== type) return undefined;
  const fingerprint = loginFingerprint(credential);
  return fingerprint === undefined ? undefined : byFingerprint.get(fingerprint);
}

function loginSecret(credential: Credential): string | undefined {
  switch (credential.type) {
    case 'oauth':
      return isBlank(credential.refresh) ? credential.access : credential.refresh;
    case 'token':
      return credential.token;
    case 'api_key':
      return undefined;
  }
}

/** SHA-256 of a token, 64 hex digits: by this a spent one is known again. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
