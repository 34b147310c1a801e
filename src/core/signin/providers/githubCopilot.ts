import type { JsonObject } from '../../documents/json.ts';
import { KnownError } from '../../errors.ts';
import { checkedEndpoint } from '../endpoints.ts';
import { limitedText, parsedObject, withinLimit } from '../limitedRequest.ts';
import type { RefreshGrant } from '../refreshGrant.ts';
import { refreshTokenOf, renewedFields } from '../renewal.ts';
import type { TokenServices } from '../tokenEndpoint.ts';

/** CoderClaw's provider id for GitHub Copilot. */
export const GITHUB_COPILOT = 'github-copilot';

/** What pi-ai calls itself; GitHub gives a token to no other kind of client. */
const CLIENT_HEADERS = {
  'User-Agent': 'GitHubCopilotChat/0.35.0',
  'Editor-Version': 'vscode/1.107.0',
  'Editor-Plugin-Version': 'copilot-chat/0.35.0',
  'Copilot-Integration-Id': 'vscode-chat',
};

/** CoderClaw, through pi-ai, stores the end of an access token so long before it. */
const EARLY_MS = 5 * 60_000;

/**
 * How Copilot's sign-ins are renewed, as pi-ai does it: one GET, with GitHub's token as its bearer,
 * which is not spent by that. Errors quote nothing of the answer. A test holds the request against
 * pi-ai's.
 */
export function githubCopilotGrant(): RefreshGrant {
  return {
    provider: GITHUB_COPILOT,
    rotates: false,
    async renew(credential, services) {
      const refresh = refreshTokenOf(credential);
      const domain = enterpriseDomain(credential['enterpriseUrl']) ?? 'github.com';
      const address = `https://api.${domain}/copilot_internal/v2/token`;
      const url = checkedEndpoint('enterpriseUrl', address);
      const { token, expires_at } = await answerTo(url, refresh, services);
      if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
        throw new KnownError('signin.badAnswer', { host: url.host, what: 'token' });
      }
      if (typeof expires_at !== 'number' || expires_at * 1000 <= EARLY_MS) {
        throw new KnownError('signin.badAnswer', { host: url.host, what: 'expires_at' });
      }
      return {
        fields: renewedFields(token, refresh, expires_at * 1000 - EARLY_MS),
        identity: { provider: GITHUB_COPILOT },
      };
    },
  };
}

/** The token goes to this host, so it must be nothing but a host name. */
function enterpriseDomain(stored: unknown): string | undefined {
  if (stored === undefined || stored === null || stored === '') return undefined;
  if (typeof stored === 'string' && /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(stored)) return stored;
  throw new KnownError('signin.badEndpoint', { what: 'enterpriseUrl' });
}

async function answerTo(
  { href, host }: URL,
  refresh: string,
  { fetch, clock }: TokenServices,
): Promise<JsonObject> {
  const { status, text } = await withinLimit(host, clock, undefined, async (signal) => {
    const response = await fetch(href, {
      headers: {
        Accept: 'application/json',
        Authorization: `Bearer ${refresh}`,
        ...CLIENT_HEADERS,
      },
      // One that leads elsewhere would take the token with it.
      redirect: 'manual',
      signal,
    });
    return { status: response.status, text: await limitedText(response, host) };
  });
  if (status !== 200) {
    // RFC 6750 3.1: a bearer token that is refused with 401 is expired, revoked or malformed.
    const error = status === 401 ? { error: 'invalid_token' } : {};
    throw new KnownError('signin.tokenRefused', { host, status, ...error });
  }
  const body = parsedObject(text);
  if (body === undefined) {
    throw new KnownError('signin.badAnswer', { host, what: 'not a JSON object' });
  }
  return body;
}
