import { isJsonObject, type JsonObject } from '../documents/json.ts';

/** Longer ones are not looked into; real ones have a few thousand characters. */
const LONGEST_TOKEN = 64 * 1024;

/**
 * The claims of a JWT (RFC 7519), or undefined for anything that is not one.
 *
 * The signature is *not* checked: only call it for a token that came straight from the token
 * endpoint or from the person's own store, and only to label what is theirs. Never throws.
 */
export function jwtClaims(token: string): JsonObject | undefined {
  if (token.length > LONGEST_TOKEN) return undefined;
  const parts = token.split('.');
  const payload = parts[1];
  if (parts.length !== 3 || !payload || !/^[\w-]+$/.test(payload)) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return isJsonObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}
