import { KnownError } from '../../errors.ts';
import type { SignInDescriptor, TokenResponse } from '../descriptor.ts';
import type { MovedEndpoints } from '../endpoints.ts';
import type { RefreshGrant } from '../refreshGrant.ts';
import { renewedFields, renewStored, UNTOLD_LIFETIME_MS } from '../renewal.ts';

/** CoderClaw's provider id for Claude subscriptions. */
export const ANTHROPIC = 'anthropic';

const AUTHORIZATION_ENDPOINT = 'https://claude.ai/oauth/authorize';
const TOKEN_ENDPOINT = 'https://platform.claude.com/v1/oauth/token';
const CLIENT_ID = '9d1c250a-e61b-44d9-88ed-5944d1962f5e';

/** CoderClaw, through pi-ai, stores the end of an access token so long before it. */
const EARLY_MS = 5 * 60_000;

/**
 * Claude's sign-in, as pi-ai does it, but with a `state` that is not the verifier. Its token request is
 * JSON and repeats the `state`. A test holds both requests against pi-ai's.
 * @param endpoints Others in the place of Anthropic's, already checked.
 */
export function anthropic(endpoints: MovedEndpoints = {}): SignInDescriptor {
  const tokenEndpoint = endpoints.tokenEndpoint ?? TOKEN_ENDPOINT;
  return {
    provider: ANTHROPIC,
    label: 'Claude',
    clientId: CLIENT_ID,
    authorizationEndpoint: endpoints.authorizationEndpoint ?? AUTHORIZATION_ENDPOINT,
    tokenEndpoint,
    bodyFormat: 'json',
    repeatsState: true,
    scope:
      'org:create_api_key user:profile user:inference user:sessions:claude_code user:mcp_servers user:file_upload',
    extraParameters: { code: 'true' },
    redirect: { kind: 'loopback', host: 'localhost', ports: [53692], path: '/callback' },
    credentialFrom: ({ accessToken: access, refreshToken: refresh, expiresIn }, now) => {
      const { host } = new URL(tokenEndpoint);
      const bad = (what: string): KnownError => new KnownError('signin.badAnswer', { host, what });
      if (refresh === undefined) throw bad('refresh_token');
      if (expiresIn === undefined) throw bad('expires_in');
      const expires = endOf({ expiresIn }, now);
      return {
        credential: { type: 'oauth', provider: ANTHROPIC, access, refresh, expires },
        identity: { provider: ANTHROPIC },
      };
    },
  };
}

/**
 * How Claude's sign-ins are renewed, as pi-ai does it: a JSON body, and the old refresh token stays
 * where the answer has none. A test holds the request against pi-ai's.
 * @param endpoints Others in the place of Anthropic's, already checked.
 */
export function anthropicGrant(endpoints: MovedEndpoints = {}): RefreshGrant {
  const tokenEndpoint = endpoints.tokenEndpoint ?? TOKEN_ENDPOINT;
  const endpoint = { tokenEndpoint, clientId: CLIENT_ID, bodyFormat: 'json' } as const;
  return {
    provider: ANTHROPIC,
    rotates: true,
    async renew(credential, services) {
      const { tokens, refresh, now } = await renewStored(endpoint, credential, services);
      return {
        fields: renewedFields(tokens.accessToken, refresh, endOf(tokens, now)),
        identity: { provider: ANTHROPIC },
      };
    },
  };
}

/** One that lives for less than that must not be stored as expired. */
function endOf({ expiresIn }: Pick<TokenResponse, 'expiresIn'>, now: number): number {
  const lifetime = expiresIn === undefined ? UNTOLD_LIFETIME_MS : expiresIn * 1000;
  return now + Math.max(lifetime - EARLY_MS, lifetime / 2);
}
