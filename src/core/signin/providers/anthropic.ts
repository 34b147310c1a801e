import type { RefreshGrant } from '../refreshGrant.ts';
import { renewedFields, renewStored, UNTOLD_LIFETIME_MS } from '../renewal.ts';

/** CoderClaw's provider id for Claude subscriptions. */
export const ANTHROPIC = 'anthropic';

const TOKEN_ENDPOINT = 'https://platform.claude.com/v1/oauth/token';
const CLIENT_ID = '9d1c250a-e61b-44d9-88ed-5944d1962f5e';

/** CoderClaw, through pi-ai, stores the end of an access token so long before it. */
const EARLY_MS = 5 * 60_000;

/**
 * How Claude's sign-ins are renewed, as pi-ai does it: a JSON body, and the old refresh token stays
 * where the answer has none. A test holds the request against pi-ai's.
 * @param tokenEndpoint Another in the place of Anthropic's, already checked.
 */
export function anthropicGrant(tokenEndpoint = TOKEN_ENDPOINT): RefreshGrant {
  const endpoint = { tokenEndpoint, clientId: CLIENT_ID, bodyFormat: 'json' } as const;
  return {
    provider: ANTHROPIC,
    rotates: true,
    async renew(credential, services) {
      const { tokens, refresh, now } = await renewStored(endpoint, credential, services);
      const lifetime =
        tokens.expiresIn === undefined ? UNTOLD_LIFETIME_MS : tokens.expiresIn * 1000;
      // One that lives for less than that must not be stored as expired.
      const expires = now + Math.max(lifetime - EARLY_MS, lifetime / 2);
      return {
        fields: renewedFields(tokens.accessToken, refresh, expires),
        identity: { provider: ANTHROPIC },
      };
    },
  };
}
