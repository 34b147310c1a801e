import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import { tokenHash } from '../model/loginFingerprint.ts';
import { isBlank } from '../model/order.ts';

/**
 * SHA-256 (64 hex digits) of an entry of a store, the same for all that are equal as JSON: the `seen`
 * of a journal entry. Keys count in any sequence.
 */
export function entryHash(entry: JsonValue): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(entry)))
    .digest('hex');
}

/**
 * Which login a stored credential is, by the `tokenHash` of its refresh token (else its access token,
 * token or key): the `login` of a journal entry, and the `loginFingerprint` begins it. Null where it
 * holds no secret.
 */
export function loginHash(credential: JsonValue | undefined): string | null {
  if (!isJsonObject(credential)) return null;
  const { refresh, access, token, key } = credential;
  for (const secret of [refresh, access, token, key]) {
    if (typeof secret === 'string' && !isBlank(secret)) return tokenHash(secret);
  }
  return null;
}

function canonical(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(canonical);
  if (!isJsonObject(value)) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const object: JsonObject = Object.fromEntries(
    sorted.map(([key, inner]) => [key, canonical(inner)]),
  );
  return object;
}
