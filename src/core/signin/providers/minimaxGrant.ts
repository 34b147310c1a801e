import * as v from 'valibot';
import type { JsonValue } from '../../documents/json.ts';
import { isKnown, KnownError } from '../../errors.ts';
import { positive } from '../device/standardDevice.ts';
import type { MovedEndpoints } from '../endpoints.ts';
import { limitedRequest, type TokenServices, withinLimit } from '../limitedRequest.ts';
import type { RefreshGrant, RenewedTokens } from '../refreshGrant.ts';
import { refusalIn } from '../refusal.ts';
import { refreshTokenOf, renewedFields, UNTOLD_LIFETIME_MS } from '../renewal.ts';
import { salvagedTokenResponse } from '../tokenResponse.ts';
import {
  MINIMAX_CLIENT_ID,
  MINIMAX_PORTAL,
  type MinimaxRegion,
  minimaxRefusal,
  minimaxTokenEndpoint,
} from './minimaxPortal.ts';

const REGIONS: readonly MinimaxRegion[] = ['global', 'cn'];

/** Smaller ones are a life in seconds, as in RFC 6749; larger ones a time in milliseconds. */
const EARLIEST_TIME_MS = 1e11;

/**
 * How MiniMax' sign-ins are renewed (RFC 6749 6). What is stored does not say which of the two regions
 * it is of, so the second one is asked where the first has refused it, and so has spent nothing; both
 * within the time of one request.
 * @param endpoints Others in the place of MiniMax', already checked.
 */
export function minimaxPortalGrant(endpoints: MovedEndpoints = {}): RefreshGrant {
  const addresses = [...new Set(REGIONS.map((region) => minimaxTokenEndpoint(region, endpoints)))];
  return {
    provider: MINIMAX_PORTAL,
    rotates: true,
    async renew(credential, services) {
      const refresh = refreshTokenOf(credential);
      const { host } = new URL(minimaxTokenEndpoint('global', endpoints));
      return withinLimit(host, services.clock, undefined, (signal) =>
        renewAtOneOf(addresses, refresh, services, signal),
      );
    },
  };
}

async function renewAtOneOf(
  [address = '', ...others]: readonly string[],
  refresh: string,
  services: TokenServices,
  signal: AbortSignal,
): Promise<RenewedTokens> {
  try {
    return await renewAt(address, refresh, services, signal);
  } catch (error) {
    if (others.length === 0 || !hasRefused(error)) throw error;
    return renewAtOneOf(others, refresh, services, signal);
  }
}

async function renewAt(
  address: string,
  old: string,
  services: TokenServices,
  signal: AbortSignal,
): Promise<RenewedTokens> {
  const fields = {
    grant_type: 'refresh_token',
    client_id: MINIMAX_CLIENT_ID,
    refresh_token: old,
  };
  const request = {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  } as const;
  const answer = await limitedRequest('tokenEndpoint', address, request, services, signal);
  const { host, status, body } = answer;
  if (status === 200 && body === undefined) {
    throw new KnownError('signin.badAnswer', { host, what: 'not a JSON object' });
  }
  if (status !== 200 || body?.['access_token'] == null) {
    const refusal = { ...minimaxRefusal(body ?? {}, [old]), ...refusalIn(body, [old]) };
    throw new KnownError('signin.tokenRefused', { host, status, ...refusal });
  }
  const { accessToken, refreshToken = old } = salvagedTokenResponse(host, body);
  const expires = endOf(body['expired_in'], services.clock.now());
  return {
    fields: renewedFields(accessToken, refreshToken, expires),
    identity: { provider: MINIMAX_PORTAL },
  };
}

/** Whether the server has looked at the token and does not know it. */
function hasRefused(error: unknown): boolean {
  if (!isKnown(error, 'signin.tokenRefused')) return false;
  const { status } = error.facts;
  return status >= 400 && status < 500 && status !== 429;
}

function endOf(expiredIn: JsonValue | undefined, now: number): number {
  if (!v.is(positive, expiredIn)) return now + UNTOLD_LIFETIME_MS;
  const value = Number(expiredIn);
  return value < EARLIEST_TIME_MS ? now + value * 1000 : value;
}
