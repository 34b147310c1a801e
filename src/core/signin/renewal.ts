import type { JsonObject } from '../documents/json.ts';
import type { TokenResponse } from './descriptor.ts';
import type { RenewedTokens } from './refreshGrant.ts';
import { refreshTokens, type TokenEndpoint, type TokenServices } from './tokenEndpoint.ts';

/** An access token of which nobody says when it ends is taken to live for an hour, as most do. */
export const UNTOLD_LIFETIME_MS = 60 * 60_000;

/**
 * Sends the refresh token of a stored credential, and says which one is good now: that of the answer,
 * or the old one.
 * @throws {KnownError} as `refreshTokens`.
 */
export async function renewStored(
  endpoint: TokenEndpoint,
  credential: JsonObject,
  services: TokenServices,
): Promise<{ readonly tokens: TokenResponse; readonly refresh: string; readonly now: number }> {
  const old = refreshTokenOf(credential);
  const tokens = await refreshTokens(endpoint, old, services);
  return { tokens, refresh: tokens.refreshToken ?? old, now: services.clock.now() };
}

/** The refresh token of a credential that has one. */
export function refreshTokenOf({ refresh }: JsonObject): string {
  if (typeof refresh === 'string' && refresh.trim() !== '') return refresh;
  throw new Error('there is no refresh token to send');
}

/** The fields that every refresh changes. */
export function renewedFields(
  access: string,
  refresh: string,
  expires: number,
): RenewedTokens['fields'] {
  return { access, refresh, expires };
}
