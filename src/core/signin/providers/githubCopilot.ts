import { refreshGitHubCopilotToken } from '@mariozechner/pi-ai/oauth';
import type { Clock } from '../../clock.ts';
import { KnownError } from '../../errors.ts';
import type { RefreshGrant } from '../refreshGrant.ts';
import { refreshTokenOf, renewedFields } from '../renewal.ts';
import { TOKEN_REQUEST_LIMIT_MS } from '../tokenEndpoint.ts';
import { isUnsent } from '../unsent.ts';

/** CoderClaw's provider id for GitHub Copilot. */
export const GITHUB_COPILOT = 'github-copilot';

/** pi-ai's call; it uses the global `fetch` and has no limit of its own. */
type CopilotRefresh = typeof refreshGitHubCopilotToken;

/**
 * How Copilot's sign-ins are renewed: pi-ai sends the request (GitHub's token is the bearer of it, and
 * is not spent). Around it our time limit, and errors that quote nothing of the answer.
 */
export function githubCopilotGrant(send: CopilotRefresh = refreshGitHubCopilotToken): RefreshGrant {
  return {
    provider: GITHUB_COPILOT,
    rotates: false,
    async renew(credential, { clock }) {
      const refresh = refreshTokenOf(credential);
      const domain = enterpriseDomain(credential['enterpriseUrl']);
      const host = `api.${domain ?? 'github.com'}`;
      const answer = await withinLimit(host, clock, () => send(refresh, domain));
      const { access, expires } = answer;
      if (typeof access !== 'string' || !/^[\x21-\x7e]+$/.test(access)) {
        throw new KnownError('signin.badAnswer', { host, what: 'token' });
      }
      if (!Number.isFinite(expires) || expires <= 0) {
        throw new KnownError('signin.badAnswer', { host, what: 'expires_at' });
      }
      return {
        fields: renewedFields(access, refresh, expires),
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

async function withinLimit<T>(host: string, clock: Clock, send: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const limit = clock.sleep(TOKEN_REQUEST_LIMIT_MS, done.signal).then(() => {
    throw new KnownError('signin.network', { host, timedOut: true });
  });
  try {
    return await Promise.race([send().catch((error: unknown) => fail(host, error)), limit]);
  } finally {
    done.abort();
    limit.catch(() => {});
  }
}

/** pi-ai's messages begin with the status, and go on with the body. */
function fail(host: string, error: unknown): never {
  const message = error instanceof Error ? error.message : '';
  const status = /^([1-5]\d\d)\b/.exec(message)?.[1];
  if (status !== undefined) {
    throw new KnownError('signin.tokenRefused', {
      host,
      status: Number(status),
      // RFC 6750 3.1: a bearer token that is refused so is expired, revoked or malformed.
      ...(status === '401' && { error: 'invalid_token' }),
    });
  }
  if (message.startsWith('Invalid Copilot') || error instanceof SyntaxError) {
    throw new KnownError('signin.badAnswer', { host, what: 'not a token response' });
  }
  throw new KnownError('signin.network', {
    host,
    timedOut: false,
    ...(isUnsent(error) && { unsent: true }),
  });
}
