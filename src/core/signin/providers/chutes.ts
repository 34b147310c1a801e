import { KnownError } from '../../errors.ts';
import type { FollowUp, LoopbackRedirect, SignInDescriptor } from '../descriptor.ts';
import type { Environment, MovedEndpoints } from '../endpoints.ts';
import { answerIfAny } from '../followUp.ts';
import type { RefreshGrant } from '../refreshGrant.ts';
import { renewedFields, renewStored } from '../renewal.ts';

/** CoderClaw's provider id for Chutes. */
export const CHUTES = 'chutes';

const IDP = 'https://api.chutes.ai/idp';

/** CoderClaw stores the end of an access token so long before it, but at least half a minute ahead. */
const EARLY_MS = 5 * 60_000;
const SHORTEST_MS = 30_000;

/**
 * Chutes' sign-in, as CoderClaw does it, with an app of the person's own: CHUTES_CLIENT_ID, and where
 * it has them CHUTES_CLIENT_SECRET, CHUTES_OAUTH_REDIRECT_URI and CHUTES_OAUTH_SCOPES. The user name
 * stands for the e-mail, since that is what profiles are named by.
 * @param endpoints Others in the place of Chutes', already checked.
 * @throws {KnownError} `signin.noClient` without a client id; `signin.badEndpoint` if the redirect is
 * not on loopback.
 */
export function chutes(environment: Environment, endpoints: MovedEndpoints = {}): SignInDescriptor {
  const client = clientOf(environment, undefined);
  const tokenEndpoint = endpoints.tokenEndpoint ?? `${IDP}/token`;
  const userinfoEndpoint = endpoints.userinfoEndpoint ?? `${IDP}/userinfo`;
  return {
    ...client,
    provider: CHUTES,
    label: 'Chutes',
    authorizationEndpoint: endpoints.authorizationEndpoint ?? `${IDP}/authorize`,
    tokenEndpoint,
    scope: set(environment, 'CHUTES_OAUTH_SCOPES') ?? 'openid profile chutes:invoke',
    extraParameters: {},
    redirect: redirectOf(set(environment, 'CHUTES_OAUTH_REDIRECT_URI')),
    async credentialFrom({ accessToken: access, refreshToken: refresh, expiresIn = 0 }, now, ask) {
      if (refresh === undefined) {
        const { host } = new URL(tokenEndpoint);
        throw new KnownError('signin.badAnswer', { host, what: 'refresh_token' });
      }
      const { username: email, sub: accountId } = await userinfo(userinfoEndpoint, access, ask);
      const who = {
        ...(email === undefined ? {} : { email }),
        ...(accountId === undefined ? {} : { accountId }),
      };
      return {
        credential: {
          type: 'oauth',
          provider: CHUTES,
          access,
          refresh,
          expires: endOf(expiresIn, now),
          ...who,
          clientId: client.clientId,
        },
        identity: { provider: CHUTES, ...who },
      };
    },
  };
}

/**
 * How Chutes' sign-ins are renewed (RFC 6749 6): as the client that they were made for, which is
 * stored with them; the old refresh token stays where none comes back.
 * @param endpoints Others in the place of Chutes', already checked.
 */
export function chutesGrant(
  environment: Environment,
  endpoints: MovedEndpoints = {},
): RefreshGrant {
  const tokenEndpoint = endpoints.tokenEndpoint ?? `${IDP}/token`;
  return {
    provider: CHUTES,
    rotates: true,
    async renew(credential, services) {
      const client = clientOf(environment, credential['clientId']);
      const endpoint = { ...client, tokenEndpoint };
      const { tokens, refresh, now } = await renewStored(endpoint, credential, services);
      const expires = endOf(tokens.expiresIn ?? 0, now);
      return {
        fields: {
          ...renewedFields(tokens.accessToken, refresh, expires),
          clientId: client.clientId,
        },
        identity: { provider: CHUTES },
      };
    },
  };
}

/** The secret is that of the app in the environment: no other client may get to see it. */
function clientOf(
  environment: Environment,
  stored: unknown,
): { readonly clientId: string; readonly clientSecret?: string } {
  const own = set(environment, 'CHUTES_CLIENT_ID');
  const clientId = typeof stored === 'string' && stored.trim() !== '' ? stored.trim() : own;
  if (clientId === undefined) {
    throw new KnownError('signin.noClient', { provider: CHUTES, missing: 'chutes' });
  }
  const clientSecret = set(environment, 'CHUTES_CLIENT_SECRET');
  const isOwn = own === undefined || own === clientId;
  return { clientId, ...(clientSecret !== undefined && isOwn ? { clientSecret } : {}) };
}

function redirectOf(address = 'http://127.0.0.1:1456/oauth-callback'): LoopbackRedirect {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const host = url?.hostname;
  if (url?.protocol === 'http:' && (host === 'localhost' || host === '127.0.0.1')) {
    const { port, pathname, search, hash } = url;
    if (search === '' && hash === '') {
      return { kind: 'loopback', host, ports: [Number(port || 80)], path: pathname };
    }
  }
  throw new KnownError('signin.badEndpoint', { what: 'CHUTES_OAUTH_REDIRECT_URI' });
}

/** Whose it is; empty where Chutes does not say, as the sign-in works without. */
async function userinfo(
  address: string,
  access: string,
  ask: FollowUp,
): Promise<{ readonly username?: string; readonly sub?: string }> {
  const headers = { Accept: 'application/json', Authorization: `Bearer ${access}` };
  const { status, body } = await answerIfAny(ask.request(address, { headers }));
  const { username, sub } = status === 200 && body !== undefined ? body : {};
  return {
    ...(typeof username === 'string' && username.trim() !== '' ? { username } : {}),
    ...(typeof sub === 'string' && sub.trim() !== '' ? { sub } : {}),
  };
}

function endOf(seconds: number, now: number): number {
  return Math.max(now + Math.floor(seconds) * 1000 - EARLY_MS, now + SHORTEST_MS);
}

function set(environment: Environment, variable: string): string | undefined {
  return environment[variable]?.trim() || undefined;
}
