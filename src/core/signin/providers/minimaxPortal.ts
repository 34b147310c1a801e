import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../../documents/json.ts';
import { KnownError } from '../../errors.ts';
import { equalInConstantTime } from '../callback.ts';
import type {
  DeviceSignInDescriptor,
  PollAnswer,
  PollVerdict,
} from '../device/deviceDescriptor.ts';
import { checked, positive, standardVerdict } from '../device/standardDevice.ts';
import { type MovedEndpoints, openableLink } from '../endpoints.ts';
import { providerWords } from '../providerWords.ts';
import type { Refusal } from '../refusal.ts';
import { subscriptionModel } from './subscriptionModel.ts';

/** CoderClaw's provider id for MiniMax subscriptions. */
export const MINIMAX_PORTAL = 'minimax-portal';

/** Two separate services, each with accounts of its own. */
export type MinimaxRegion = 'global' | 'cn';

export const MINIMAX_CLIENT_ID = '78257093-7e40-4613-99e0-527b14b39113';

const HOSTS: Readonly<Record<MinimaxRegion, string>> = {
  global: 'https://api.minimax.io',
  cn: 'https://api.minimaxi.com',
};

/** What the sign-in of CoderClaw's plugin for MiniMax puts into the config. */
const MODELS = {
  apiKey: 'minimax-oauth',
  api: 'anthropic-messages',
  models: [
    subscriptionModel('MiniMax-M2.1', 'MiniMax M2.1', { contextWindow: 200_000 }),
    subscriptionModel('MiniMax-M2.5', 'MiniMax M2.5', { contextWindow: 200_000, reasoning: true }),
  ],
};

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const authorization = v.object({
  user_code: text,
  verification_uri: text,
  expired_in: positive,
  state: text,
});
const token = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/));
const tokens = v.object({ access_token: token, refresh_token: token, expired_in: positive });

/** Where MiniMax gives tokens. @param endpoints Others in its place, already checked. */
export function minimaxTokenEndpoint(region: MinimaxRegion, endpoints: MovedEndpoints): string {
  return endpoints.tokenEndpoint ?? `${HOSTS[region]}/oauth/token`;
}

/**
 * MiniMax' sign-in, as CoderClaw does it: like RFC 8628, but with a proof key and `state`, polled with
 * the code that the person sees, and with times in milliseconds.
 * @param endpoints Others in the place of MiniMax', already checked.
 */
export function minimaxPortalDevice(
  options: { readonly region?: MinimaxRegion } = {},
  endpoints: MovedEndpoints = {},
): DeviceSignInDescriptor {
  const region = options.region ?? 'global';
  return {
    provider: MINIMAX_PORTAL,
    label: 'MiniMax',
    deviceAuthorizationEndpoint:
      endpoints.deviceAuthorizationEndpoint ?? `${HOSTS[region]}/oauth/code`,
    deviceTokenEndpoint: minimaxTokenEndpoint(region, endpoints),
    authorizationRequest: ({ challenge, state }) => ({
      fields: {
        response_type: 'code',
        client_id: MINIMAX_CLIENT_ID,
        scope: 'group_id profile model.completion',
        code_challenge: challenge,
        code_challenge_method: 'S256',
        state,
      },
      headers: { 'x-request-id': randomUUID() },
    }),
    authorizationFrom: ({ host, body }, proof, now) => {
      const answer = checked(authorization, body, host);
      const bad = (what: string): KnownError => new KnownError('signin.badAnswer', { host, what });
      if (!equalInConstantTime(answer.state, proof.state)) throw bad('state');
      // A time by the server's clock, so it is compared with that.
      const lifetimeMs = answer.expired_in - now;
      if (lifetimeMs <= 0) throw bad('expired_in');
      const interval = v.safeParse(positive, body['interval']);
      return {
        deviceCode: answer.user_code,
        userCode: answer.user_code,
        verificationUri: answer.verification_uri,
        lifetimeMs,
        ...(interval.success ? { intervalMs: interval.output } : {}),
      };
    },
    tokenRequest: ({ deviceCode }, { verifier }) => ({
      fields: {
        grant_type: 'urn:ietf:params:oauth:grant-type:user_code',
        client_id: MINIMAX_CLIENT_ID,
        user_code: deviceCode,
        code_verifier: verifier,
      },
    }),
    verdictOf,
    credentialFrom: (granted, { host }) => {
      const { access_token, refresh_token, expired_in } = checked(tokens, granted, host);
      const { resource_url } = granted;
      const told = typeof resource_url === 'string' ? openableLink(resource_url) : undefined;
      return {
        credential: {
          type: 'oauth',
          provider: MINIMAX_PORTAL,
          access: access_token,
          refresh: refresh_token,
          expires: expired_in,
        },
        identity: { provider: MINIMAX_PORTAL },
        modelProvider: {
          provider: MINIMAX_PORTAL,
          baseUrl: told?.replace(/\/+$/, '') ?? `${HOSTS[region]}/anthropic`,
          whenNew: MODELS,
        },
      };
    },
  };
}

/** Anything but a `status` of success or error is waiting, as CoderClaw reads it. */
function verdictOf(answer: PollAnswer, secrets: Iterable<string>): PollVerdict {
  const { status, body = {} } = answer;
  if (status === 200) {
    if (body['status'] === 'success') return { kind: 'granted', body };
    return body['status'] === 'error'
      ? { kind: 'refused', refusal: minimaxRefusal(body, secrets) }
      : { kind: 'pending' };
  }
  const verdict = standardVerdict(answer, secrets);
  if (verdict.kind !== 'refused' || verdict.refusal.error !== undefined) return verdict;
  return { kind: 'refused', refusal: minimaxRefusal(body, secrets) };
}

/** MiniMax' own words of a refusal: `{"base_resp": {"status_code", "status_msg"}}`. */
export function minimaxRefusal(body: JsonObject, secrets: Iterable<string>): Refusal {
  const { base_resp } = body;
  const message = isJsonObject(base_resp) ? base_resp['status_msg'] : undefined;
  const description = typeof message === 'string' ? providerWords(message, secrets) : undefined;
  return description === undefined ? {} : { description };
}
