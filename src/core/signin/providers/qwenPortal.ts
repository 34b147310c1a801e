import { randomUUID } from 'node:crypto';
import type { JsonValue } from '../../documents/json.ts';
import { isKnown, KnownError } from '../../errors.ts';
import type { SignedIn, TokenResponse } from '../descriptor.ts';
import type { DeviceSignInDescriptor } from '../device/deviceDescriptor.ts';
import { standardDevice } from '../device/standardDevice.ts';
import { type MovedEndpoints, openableLink } from '../endpoints.ts';
import type { RefreshGrant } from '../refreshGrant.ts';
import { renewedFields, renewStored, UNTOLD_LIFETIME_MS } from '../renewal.ts';
import { subscriptionModel } from './subscriptionModel.ts';

/** CoderClaw's provider id for Qwen subscriptions. */
export const QWEN_PORTAL = 'qwen-portal';

const CLIENT_ID = 'f0304373b74a44d2b584a3fb70ca9e56';
const API = 'https://chat.qwen.ai/api/v1/oauth2';
/** Where the models are, if an answer does not say. */
const BASE_URL = 'https://portal.qwen.ai/v1';

/** What the sign-in of CoderClaw's plugin for Qwen puts into the config. */
const MODELS = {
  apiKey: 'qwen-oauth',
  api: 'openai-completions',
  models: [
    subscriptionModel('coder-model', 'Qwen Coder', { contextWindow: 128_000 }),
    subscriptionModel('vision-model', 'Qwen Vision', {
      contextWindow: 128_000,
      input: ['text', 'image'],
    }),
  ],
};

/**
 * Qwen's sign-in, as CoderClaw does it: RFC 8628 with a proof key. Where the models are for this person
 * comes with the tokens, and belongs into the config.
 * @param endpoints Others in the place of Qwen's, already checked.
 */
export function qwenPortalDevice(endpoints: MovedEndpoints = {}): DeviceSignInDescriptor {
  return standardDevice({
    provider: QWEN_PORTAL,
    label: 'Qwen',
    clientId: CLIENT_ID,
    scope: 'openid profile email model.completion',
    withProofKey: true,
    headers: { 'x-request-id': randomUUID() },
    deviceAuthorizationEndpoint: endpoints.deviceAuthorizationEndpoint ?? `${API}/device/code`,
    tokenEndpoint: endpoints.tokenEndpoint ?? `${API}/token`,
    credentialFrom: (tokens, { host, now }, body) => ({
      ...signedIn(tokens, now(), host),
      modelProvider: {
        provider: QWEN_PORTAL,
        baseUrl: baseUrl(body['resource_url']),
        whenNew: MODELS,
      },
    }),
  });
}

/**
 * How Qwen's sign-ins are renewed (RFC 6749 6): the old refresh token stays where none comes back. By
 * status 400, whatever it says besides, Qwen means that the token is no longer good: so CoderClaw and
 * Qwen's own CLI read it.
 * @param endpoints Others in the place of Qwen's, already checked.
 */
export function qwenPortalGrant(endpoints: MovedEndpoints = {}): RefreshGrant {
  const tokenEndpoint = endpoints.tokenEndpoint ?? `${API}/token`;
  return {
    provider: QWEN_PORTAL,
    rotates: true,
    async renew(credential, services) {
      const endpoint = { tokenEndpoint, clientId: CLIENT_ID };
      const renewed = renewStored(endpoint, credential, services).catch(asInvalidGrant);
      const { tokens, refresh, now } = await renewed;
      const lifetime =
        tokens.expiresIn === undefined ? UNTOLD_LIFETIME_MS : tokens.expiresIn * 1000;
      return {
        fields: renewedFields(tokens.accessToken, refresh, now + lifetime),
        identity: { provider: QWEN_PORTAL },
      };
    },
  };
}

function asInvalidGrant(error: unknown): never {
  if (isKnown(error, 'signin.tokenRefused') && error.facts.status === 400) {
    throw new KnownError('signin.tokenRefused', { ...error.facts, error: 'invalid_grant' });
  }
  throw error;
}

/** What CoderClaw stores for it. */
function signedIn(tokens: TokenResponse, now: number, host: string): SignedIn {
  const { accessToken: access, refreshToken: refresh, expiresIn } = tokens;
  const bad = (what: string): KnownError => new KnownError('signin.badAnswer', { host, what });
  if (refresh === undefined) throw bad('refresh_token');
  if (expiresIn === undefined) throw bad('expires_in');
  const expires = now + expiresIn * 1000;
  return {
    credential: { type: 'oauth', provider: QWEN_PORTAL, access, refresh, expires },
    identity: { provider: QWEN_PORTAL },
  };
}

/**
 * The `resource_url` of an answer as CoderClaw's config has it: with https and /v1. CoderClaw's own
 * where there is none, or one to which no token should go.
 */
function baseUrl(resourceUrl: JsonValue | undefined): string {
  const text = typeof resourceUrl === 'string' ? resourceUrl.trim() : '';
  const link =
    text === '' ? undefined : openableLink(/^https?:/i.test(text) ? text : `https://${text}`);
  if (link === undefined) return BASE_URL;
  const plain = link.replace(/\/+$/, '');
  return plain.endsWith('/v1') ? plain : `${plain}/v1`;
}
