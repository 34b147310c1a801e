import type { JsonObject } from '../../documents/json.ts';
import { KnownError } from '../../errors.ts';
import { chatgptClaims } from '../chatgptClaims.ts';
import type { Identity, SignedIn, SignInDescriptor, TokenResponse } from '../descriptor.ts';
import type { MovedEndpoints } from '../endpoints.ts';
import type { RefreshGrant } from '../refreshGrant.ts';
import { renewedFields, renewStored, UNTOLD_LIFETIME_MS } from '../renewal.ts';

/** CoderClaw's provider id for ChatGPT subscriptions. */
export const OPENAI_CODEX = 'openai-codex';

const AUTHORIZATION_ENDPOINT = 'https://auth.openai.com/oauth/authorize';
const TOKEN_ENDPOINT = 'https://auth.openai.com/oauth/token';

/** All that is stored comes with the tokens. */
export interface OpenAICodexDescriptor extends SignInDescriptor {
  credentialFrom(tokens: TokenResponse, now: number): SignedIn;
}

/**
 * ChatGPT's sign-in, as the Codex CLI registered it: a public client with PKCE and two fixed
 * loopback ports. A test holds the request against the one that pi-ai sends.
 * @param endpoints Others in the place of OpenAI's, already checked.
 */
export function openaiCodex(endpoints: MovedEndpoints = {}): OpenAICodexDescriptor {
  const tokenEndpoint = endpoints.tokenEndpoint ?? TOKEN_ENDPOINT;
  return {
    provider: OPENAI_CODEX,
    label: 'ChatGPT',
    clientId: 'app_EMoamEEZ73f0CkXaXp7hrann',
    authorizationEndpoint: endpoints.authorizationEndpoint ?? AUTHORIZATION_ENDPOINT,
    tokenEndpoint,
    scope: 'openid profile email offline_access',
    extraParameters: {
      id_token_add_organizations: 'true',
      codex_cli_simplified_flow: 'true',
      originator: 'coderclaw',
    },
    redirect: { kind: 'loopback', host: 'localhost', ports: [1455, 1457], path: '/auth/callback' },
    credentialFrom: (tokens, now) => credentialFrom(tokens, now, new URL(tokenEndpoint).host),
  };
}

/**
 * How ChatGPT's sign-ins are renewed: a refresh token is good once. The new access token says whose it
 * is. The stored account stays as it is.
 */
export function openaiCodexGrant(endpoints: MovedEndpoints = {}): RefreshGrant {
  const descriptor = openaiCodex(endpoints);
  return {
    provider: OPENAI_CODEX,
    rotates: true,
    async renew(credential, services) {
      const { tokens, refresh, now } = await renewStored(descriptor, credential, services);
      const { exp, ...claims } = chatgptClaims(tokens.accessToken);
      const told = tokens.expiresIn === undefined ? undefined : now + tokens.expiresIn * 1000;
      // Without either the tokens are kept all the same: the old ones are gone.
      const expires = told ?? secondsToMs(exp) ?? now + UNTOLD_LIFETIME_MS;
      return {
        fields: renewedFields(tokens.accessToken, refresh, expires),
        identity: { provider: OPENAI_CODEX, ...claims },
      };
    },
  };
}

/** What CoderClaw stores for it; the keys in the order in which the CLI writes them. */
function credentialFrom(tokens: TokenResponse, now: number, host: string): SignedIn {
  const bad = (what: string): KnownError => new KnownError('signin.badAnswer', { host, what });
  if (tokens.refreshToken === undefined) throw bad('refresh_token');
  const claims = chatgptClaims(tokens.accessToken);
  if (claims.accountId === undefined) throw bad('chatgpt_account_id');
  const expires =
    tokens.expiresIn !== undefined ? now + tokens.expiresIn * 1000 : secondsToMs(claims.exp);
  if (expires === undefined) throw bad('expires_in');
  const email = (tokens.idToken && chatgptClaims(tokens.idToken).email) || claims.email;
  const credential: JsonObject = {
    type: 'oauth',
    provider: OPENAI_CODEX,
    access: tokens.accessToken,
    refresh: tokens.refreshToken,
    expires,
    accountId: claims.accountId,
    ...(email === undefined ? {} : { email }),
  };
  const identity: Identity = {
    provider: OPENAI_CODEX,
    accountId: claims.accountId,
    ...(claims.userId === undefined ? {} : { userId: claims.userId }),
    ...(email === undefined ? {} : { email }),
  };
  return { credential, identity };
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
