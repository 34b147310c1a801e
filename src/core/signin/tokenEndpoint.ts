import {
  allowInsecureRequests,
  customFetch,
  genericTokenEndpointRequest,
  None,
} from 'oauth4webapi';
import { type Clock, throwIfCancelled } from '../clock.ts';
import { isJsonObject, type JsonValue } from '../documents/json.ts';
import { KnownError } from '../errors.ts';
import type { TokenResponse } from './descriptor.ts';
import { checkedEndpoint } from './endpoints.ts';
import { limitedText, parsedObject, withinLimit } from './limitedRequest.ts';
import { providerWords } from './providerWords.ts';
import { checkedTokenResponse, salvagedTokenResponse } from './tokenResponse.ts';

export { TOKEN_REQUEST_LIMIT_MS } from './limitedRequest.ts';

/** Where a public client (RFC 6749 2.1) asks for tokens. */
export interface TokenEndpoint {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** What the body of a request is. RFC 6749 has a form, which it is unless this says otherwise. */
  readonly bodyFormat?: 'form' | 'json';
}

export interface TokenServices {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/**
 * Redeems an authorization code (RFC 6749 4.1.3, RFC 7636 4.5). The caller sees to it that a code
 * comes here once. Errors as {@link requestTokens}.
 */
export function redeemCode(
  endpoint: TokenEndpoint,
  grant: { readonly code: string; readonly redirectUri: string; readonly verifier: string },
  services: TokenServices,
  signal?: AbortSignal,
): Promise<TokenResponse> {
  const { code, redirectUri, verifier } = grant;
  return requestTokens(
    endpoint,
    'authorization_code',
    { code, redirect_uri: redirectUri, code_verifier: verifier },
    services,
    signal,
  );
}

/**
 * Spends a refresh token (RFC 6749 6). An answer without `refreshToken` means that the old one stays
 * good; what else is missing or malformed in it, but the tokens themselves, is left out and does not
 * spoil them: they may be the only ones that are still good. The caller holds whatever lock keeps
 * others from spending the token too. Errors as {@link requestTokens}.
 */
export function refreshTokens(
  endpoint: TokenEndpoint,
  refreshToken: string,
  services: TokenServices,
  signal?: AbortSignal,
): Promise<TokenResponse> {
  return requestTokens(
    endpoint,
    'refresh_token',
    { refresh_token: refreshToken },
    services,
    signal,
  );
}

/**
 * Sends one token request and checks the answer. No retries, no redirects, no secret and no part of
 * the body in an error but the provider's own `error` and `error_description`, cleaned.
 * @throws {KnownError} `signin.badEndpoint` before anything is sent; `signin.network` if there was
 * no whole answer (whether the request arrived is then unknown, unless it says `unsent`); `signin.tokenRefused` for any
 * status but 200; `signin.badAnswer` if a 200 is not a token response.
 * @throws {Cancelled} if `signal` aborts; the request may have arrived.
 */
async function requestTokens(
  endpoint: TokenEndpoint,
  grantType: string,
  parameters: Readonly<Record<string, string>>,
  services: TokenServices,
  signal: AbortSignal | undefined,
): Promise<TokenResponse> {
  throwIfCancelled(signal);
  const url = checkedEndpoint('tokenEndpoint', endpoint.tokenEndpoint);
  const answer = await withinLimit(url.host, services.clock, signal, async (request) => {
    const response = await genericTokenEndpointRequest(
      { issuer: url.origin, token_endpoint: url.href },
      { client_id: endpoint.clientId },
      None(),
      grantType,
      { ...parameters },
      {
        // The address has been checked: https, or http on loopback.
        [allowInsecureRequests]: true,
        // It sends `redirect: 'manual'`: a redirect comes back as what it is and ends below.
        [customFetch]:
          endpoint.bodyFormat === 'json' ? withJsonBody(services.fetch) : services.fetch,
        signal: request,
      },
    );
    return { status: response.status, text: await limitedText(response, url.host) };
  });
  if (answer.status !== 200) {
    throw refusal(url.host, answer.status, answer.text, Object.values(parameters));
  }
  const body = parsedObject(answer.text);
  if (body === undefined) {
    throw new KnownError('signin.badAnswer', { host: url.host, what: 'not a JSON object' });
  }
  return grantType === 'refresh_token'
    ? salvagedTokenResponse(url.host, body)
    : checkedTokenResponse(url.host, body);
}

/** Sends the fields of a form as one JSON object. */
function withJsonBody(send: typeof fetch) {
  return (url: string, init: { method: string; body?: unknown; headers: Record<string, string> }) =>
    send(url, {
      ...(init as RequestInit),
      headers: { ...init.headers, 'content-type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(init.body as URLSearchParams)),
    });
}

function refusal(
  host: string,
  status: number,
  text: string,
  secrets: readonly string[],
): KnownError<'signin.tokenRefused'> {
  const body = parsedObject(text) ?? {};
  // RFC 6749 5.2 has strings; OpenAI's API also answers `{"error": {"code", "message"}}`.
  const { error: said, error_description: explained } = body;
  const { code, type, message } = isJsonObject(said) ? said : {};
  const error = words(isJsonObject(said) ? (code ?? type) : said, secrets);
  const description = words(isJsonObject(said) ? message : explained, secrets);
  return new KnownError('signin.tokenRefused', {
    host,
    status,
    ...(error === undefined ? {} : { error }),
    ...(description === undefined ? {} : { description }),
  });
}

function words(value: JsonValue | undefined, secrets: readonly string[]): string | undefined {
  return typeof value === 'string' ? providerWords(value, secrets) : undefined;
}
