import { KnownError } from '../errors.ts';

/**
 * Which addresses may be talked to or opened: https anywhere, plain http only on this machine.
 * RFC 6749 3.1 and 3.2 demand TLS; the exception is what tests and the demo live on.
 */

/** What the environment of the host may move. Never a setting of a workspace. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * True for names and literals that never leave this machine: 127.0.0.0/8, ::1, `localhost` and
 * `*.localhost` (RFC 6761 6.3). Takes `URL.hostname`, so IPv6 stands in brackets and odd IPv4
 * spellings have been normalized already.
 */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}

/** True for https, and for http on loopback; false for anything that carries a login in it. */
export function isHttpsOrLoopback(url: URL): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && isLoopbackHost(url.hostname);
}

/**
 * The endpoint as a URL.
 * @param what Names the endpoint in the error, e.g. `tokenEndpoint` or an environment variable.
 * @throws {KnownError} `signin.badEndpoint` if it is not a URL, neither https nor on loopback, or
 * has a fragment (RFC 6749 3.1 and 3.2 forbid one).
 */
export function checkedEndpoint(what: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !isHttpsOrLoopback(url) || url.hash !== '') {
    throw new KnownError('signin.badEndpoint', { what });
  }
  return url;
}

/**
 * A link that a server supplied (a verification address, say), if it may be opened: https, or http
 * on loopback. Everything else (`file:`, `command:`, `vscode:`, plain http) gives undefined.
 */
export function openableLink(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && isHttpsOrLoopback(url) ? url.href : undefined;
}

/** What the environment calls each endpoint of a provider. */
const NAMES = {
  authorizationEndpoint: 'AUTHORIZE',
  tokenEndpoint: 'TOKEN',
  userinfoEndpoint: 'USERINFO',
  deviceAuthorizationEndpoint: 'DEVICE_CODE',
  deviceTokenEndpoint: 'DEVICE_TOKEN',
  codeAssistEndpoint: 'CODE_ASSIST',
  usageEndpoint: 'USAGE',
} as const;

/** Endpoints of one provider that the environment moves; absent where it does not. */
export type MovedEndpoints = { readonly [E in keyof typeof NAMES]?: string };

/**
 * Reads `CODERCLAW_AUTH_<PROVIDER>_<ENDPOINT>_URL`, e.g. CODERCLAW_AUTH_OPENAI_CODEX_TOKEN_URL; the
 * endpoints are AUTHORIZE, TOKEN, USERINFO, DEVICE_CODE, DEVICE_TOKEN, CODE_ASSIST and USAGE. Unset and
 * empty mean the provider's own.
 * @param provider CoderClaw's id, normalized.
 * @throws {KnownError} `signin.badEndpoint` naming the variable.
 */
export function movedEndpoints(environment: Environment, provider: string): MovedEndpoints {
  const prefix = `CODERCLAW_AUTH_${provider.toUpperCase().replaceAll('-', '_')}`;
  const moved: { -readonly [E in keyof MovedEndpoints]: string } = {};
  for (const [endpoint, name] of Object.entries(NAMES)) {
    const value = override(environment, `${prefix}_${name}_URL`);
    if (value !== undefined) moved[endpoint as keyof typeof NAMES] = value;
  }
  return moved;
}

function override(environment: Environment, variable: string): string | undefined {
  const value = environment[variable]?.trim();
  return value ? checkedEndpoint(variable, value).href : undefined;
}
