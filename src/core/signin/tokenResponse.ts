import * as v from 'valibot';
import type { JsonObject } from '../documents/json.ts';
import { KnownError } from '../errors.ts';
import type { TokenResponse } from './descriptor.ts';

/** A longer life than a century is a time in some other unit. */
const LONGEST_LIFE_SECONDS = 100 * 366 * 24 * 60 * 60;

/** Printable ASCII without a space: what fits into a header (RFC 6750 2.1) and a store. */
const token = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/));

/** Some servers send the number as a string. */
const decimal = v.pipe(v.string(), v.regex(/^\d+(?:\.\d+)?$/), v.transform(Number));

const lifetime = v.pipe(
  v.union([v.number(), decimal]),
  v.gtValue(0),
  v.maxValue(LONGEST_LIFE_SECONDS),
);

/** RFC 6749 5.1. Absent and null are the same to servers that fill in every field. */
const tokenAnswer = v.object({
  token_type: v.optional(v.pipe(v.string(), v.regex(/^bearer$/i))),
  access_token: token,
  refresh_token: v.nullish(token),
  id_token: v.nullish(token),
  expires_in: v.nullish(lifetime),
});

/**
 * Checks the body of a successful answer of a token endpoint.
 * @throws {KnownError} `signin.badAnswer` naming the first field that is wrong, never its value.
 */
export function checkedTokenResponse(host: string, body: JsonObject): TokenResponse {
  const result = v.safeParse(tokenAnswer, body);
  if (!result.success) {
    const [issue] = result.issues;
    throw new KnownError('signin.badAnswer', {
      host,
      what: v.getDotPath(issue) ?? 'not a token response',
    });
  }
  const { access_token, refresh_token, id_token, expires_in } = result.output;
  return {
    accessToken: access_token,
    ...(refresh_token == null ? {} : { refreshToken: refresh_token }),
    ...(id_token == null ? {} : { idToken: id_token }),
    ...(expires_in == null ? {} : { expiresIn: expires_in }),
  };
}

/**
 * The same for the answer to a refresh, of which the old refresh token may have died: whatever is
 * wrong about fields beside the tokens, those are taken as absent. So is an empty refresh token.
 * @throws {KnownError} `signin.badAnswer` if the tokens themselves cannot be used.
 */
export function salvagedTokenResponse(host: string, body: JsonObject): TokenResponse {
  const { access_token, refresh_token, id_token, expires_in } = body;
  return checkedTokenResponse(host, {
    ...(access_token !== undefined && { access_token }),
    ...(refresh_token !== undefined && refresh_token !== '' && { refresh_token }),
    ...(v.is(token, id_token) && { id_token }),
    ...(v.is(lifetime, expires_in) && { expires_in }),
  });
}
