import { KnownError } from '../../errors.ts';
import type { SignInDescriptor } from '../descriptor.ts';
import type { Environment, MovedEndpoints } from '../endpoints.ts';
import { answerIfAny } from '../followUp.ts';
import type { RefreshGrant } from '../refreshGrant.ts';
import { renewedFields, renewStored, UNTOLD_LIFETIME_MS } from '../renewal.ts';
import { codeAssistProject } from './codeAssistProject.ts';
import { geminiClient } from './geminiClient.ts';

/** CoderClaw's provider id for the Gemini CLI's sign-in at Google. */
export const GOOGLE_GEMINI_CLI = 'google-gemini-cli';

const AUTHORIZATION_ENDPOINT = 'https://accounts.google.com/o/oauth2/v2/auth';
const TOKEN_ENDPOINT = 'https://oauth2.googleapis.com/token';
const USERINFO_ENDPOINT = 'https://www.googleapis.com/oauth2/v1/userinfo?alt=json';

/** CoderClaw stores the end of an access token so long before it. */
const EARLY_MS = 5 * 60_000;

/**
 * The Gemini CLI's sign-in, as CoderClaw does it, with the client of the environment or of an installed
 * Gemini CLI. The project that the person's requests go to is asked for at once, and stored.
 * @param environment Also for GOOGLE_CLOUD_PROJECT, which some accounts need.
 * @param endpoints Others in the place of Google's, already checked.
 * @throws {KnownError} `signin.noClient` if there is neither.
 */
export async function googleGeminiCli(
  environment: Environment,
  endpoints: MovedEndpoints = {},
): Promise<SignInDescriptor> {
  const tokenEndpoint = endpoints.tokenEndpoint ?? TOKEN_ENDPOINT;
  return {
    ...(await geminiClient(environment)),
    provider: GOOGLE_GEMINI_CLI,
    label: 'Gemini CLI',
    authorizationEndpoint: endpoints.authorizationEndpoint ?? AUTHORIZATION_ENDPOINT,
    tokenEndpoint,
    scope: ['cloud-platform', 'userinfo.email', 'userinfo.profile']
      .map((name) => `https://www.googleapis.com/auth/${name}`)
      .join(' '),
    // Google gives a refresh token only then.
    extraParameters: { access_type: 'offline', prompt: 'consent' },
    redirect: { kind: 'loopback', host: 'localhost', ports: [8085], path: '/oauth2callback' },
    async credentialFrom({ accessToken: access, refreshToken: refresh, expiresIn }, now, ask) {
      const { host } = new URL(tokenEndpoint);
      const bad = (what: string): KnownError => new KnownError('signin.badAnswer', { host, what });
      if (refresh === undefined) throw bad('refresh_token');
      if (expiresIn === undefined) throw bad('expires_in');
      const { status, body } = await answerIfAny(
        ask.request(endpoints.userinfoEndpoint ?? USERINFO_ENDPOINT, {
          headers: { Accept: 'application/json', Authorization: `Bearer ${access}` },
        }),
      );
      const told = status === 200 ? body?.['email'] : undefined;
      const email = typeof told === 'string' && told.trim() !== '' ? { email: told.trim() } : {};
      const project = { environment, endpoint: endpoints.codeAssistEndpoint, access };
      const projectId = await codeAssistProject(project, ask);
      const expires = now + expiresIn * 1000 - EARLY_MS;
      return {
        credential: {
          type: 'oauth',
          provider: GOOGLE_GEMINI_CLI,
          access,
          refresh,
          expires,
          ...email,
          projectId,
        },
        identity: { provider: GOOGLE_GEMINI_CLI, ...email },
      };
    },
  };
}

/**
 * How the Gemini CLI's sign-ins are renewed (RFC 6749 6): Google does not rotate refresh tokens, and
 * wants the client's secret.
 * @param endpoints Others in the place of Google's, already checked.
 */
export function googleGeminiCliGrant(
  environment: Environment,
  endpoints: MovedEndpoints = {},
): RefreshGrant {
  const tokenEndpoint = endpoints.tokenEndpoint ?? TOKEN_ENDPOINT;
  return {
    provider: GOOGLE_GEMINI_CLI,
    rotates: false,
    async renew(credential, services) {
      const endpoint = { ...(await geminiClient(environment)), tokenEndpoint };
      const { tokens, refresh, now } = await renewStored(endpoint, credential, services);
      const lifetime =
        tokens.expiresIn === undefined ? UNTOLD_LIFETIME_MS : tokens.expiresIn * 1000;
      // One that lives for less than that must not be stored as expired.
      const expires = now + Math.max(lifetime - EARLY_MS, lifetime / 2);
      return {
        fields: renewedFields(tokens.accessToken, refresh, expires),
        identity: { provider: GOOGLE_GEMINI_CLI },
      };
    },
  };
}
