import { KnownError } from '../../errors.ts';
import type { MovedEndpoints } from '../endpoints.ts';
import { limitedRequest, type TokenServices } from '../limitedRequest.ts';
import type { RefreshGrant } from '../refreshGrant.ts';
import { refreshTokenOf, renewedFields } from '../renewal.ts';

/** CoderClaw's provider id for GitHub Copilot. */
export const GITHUB_COPILOT = 'github-copilot';

/** Where it is if it is at no enterprise. */
export const GITHUB = 'github.com';

/** The name that pi-ai goes by; GitHub gives a Copilot token to no other kind of client. */
export const USER_AGENT = { 'User-Agent': 'GitHubCopilotChat/0.35.0' };

/** The same, with what pi-ai calls itself besides. */
export const CLIENT_HEADERS = {
  ...USER_AGENT,
  'Editor-Version': 'vscode/1.107.0',
  'Editor-Plugin-Version': 'copilot-chat/0.35.0',
  'Copilot-Integration-Id': 'vscode-chat',
};

/** CoderClaw, through pi-ai, stores the end of an access token so long before it. */
const EARLY_MS = 5 * 60_000;

/**
 * How Copilot's sign-ins are renewed, as pi-ai does it: with GitHub's token, which is not spent by
 * that. A test holds the request against pi-ai's.
 * @param endpoints Others in the place of GitHub's, already checked.
 */
export function githubCopilotGrant(endpoints: MovedEndpoints = {}): RefreshGrant {
  return {
    provider: GITHUB_COPILOT,
    rotates: false,
    async renew(credential, services) {
      const refresh = refreshTokenOf(credential);
      const domain = storedDomain(credential['enterpriseUrl']) ?? GITHUB;
      const { access, expires } = await copilotToken(domain, refresh, endpoints, services);
      return {
        fields: renewedFields(access, refresh, expires),
        identity: { provider: GITHUB_COPILOT },
      };
    },
  };
}

/**
 * Gets a Copilot token for GitHub's token: one GET, with it as the bearer.
 * @param domain `github.com` or that of an enterprise: nothing but a host name.
 * @throws {KnownError} as `limitedRequest`, and `signin.tokenRefused`; nothing of the answer is in them.
 */
export async function copilotToken(
  domain: string,
  githubToken: string,
  endpoints: MovedEndpoints,
  services: TokenServices,
  signal?: AbortSignal,
): Promise<{ readonly access: string; readonly expires: number }> {
  const { host, status, body } = await limitedRequest(
    'enterpriseUrl',
    endpoints.tokenEndpoint ?? `https://api.${domain}/copilot_internal/v2/token`,
    {
      headers: {
        Accept: 'application/json',
        Authorization: `Bearer ${githubToken}`,
        ...CLIENT_HEADERS,
      },
    },
    services,
    signal,
  );
  if (status !== 200) {
    // RFC 6750 3.1: a bearer token that is refused with 401 is expired, revoked or malformed.
    const error = status === 401 ? { error: 'invalid_token' } : {};
    throw new KnownError('signin.tokenRefused', { host, status, ...error });
  }
  const bad = (what: string): KnownError => new KnownError('signin.badAnswer', { host, what });
  if (body === undefined) throw bad('not a JSON object');
  const { token, expires_at } = body;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw bad('token');
  if (typeof expires_at !== 'number' || expires_at * 1000 <= EARLY_MS) throw bad('expires_at');
  return { access: token, expires: expires_at * 1000 - EARLY_MS };
}

/**
 * The domain of an enterprise as it is stored, of what a person typed: a name, or an address that has
 * one. Undefined for nothing, and for github.com itself.
 * @throws {KnownError} `signin.badEndpoint` for what is neither.
 */
export function enterpriseDomain(typed: string): string | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  const address = text.includes('://') ? text : `https://${text}`;
  const domain = URL.canParse(address) ? storedDomain(new URL(address).hostname) : undefined;
  if (domain === undefined) throw new KnownError('signin.badEndpoint', { what: 'enterpriseUrl' });
  return domain === GITHUB ? undefined : domain;
}

/**
 * The domain that stands in a credential's `enterpriseUrl`, if one does. Tokens go to this host, so it must
 * be nothing but a host name.
 * @throws {KnownError} `signin.badEndpoint` for what is none.
 */
export function storedDomain(stored: unknown): string | undefined {
  if (stored === undefined || stored === null || stored === '') return undefined;
  if (typeof stored === 'string' && /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(stored)) return stored;
  throw new KnownError('signin.badEndpoint', { what: 'enterpriseUrl' });
}
