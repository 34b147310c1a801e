import {
  allowInsecureRequests,
  ClientSecretPost,
  customFetch,
  genericTokenEndpointRequest,
  None,
} from 'oauth4webapi';
import { throwIfCancelled } from '../clock.ts';
import { KnownError } from '../errors.ts';
import type { TokenResponse } from './descriptor.ts';
import { checkedEndpoint } from './endpoints.ts';
import { limitedText, parsedObject, type TokenServices, withinLimit } from './limitedRequest.ts';
import { refusalIn } from './refusal.ts';
import { checkedTokenResponse, salvagedTokenResponse } from './tokenResponse.ts';

export { TOKEN_REQUEST_LIMIT_MS, type TokenServices } from './limitedRequest.ts';

/** Where a client asks for tokens: a public one (RFC 6749 2.1) unless it has a secret. */
export interface TokenEndpoint {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /**
   * Sent in the body (RFC 6749 2.3.1). That of an installed program protects nothing (RFC 8252 8.5),
   * but there are servers that want it.
   */
  readonly clientSecret?: string;
  /** What the body of a request is. RFC 6749 has a form, which it is unless this says otherwise. */
  readonly bodyFormat?: 'form' | 'json';
}

/**
 * Redeems an authorization code (RFC 6749 4.1.3, RFC 7636 4.5). The caller sees to it that a code
 * comes here once. Errors as {@link requestTokens}.
 */
export function redeemCode(
  endpoint: TokenEndpoint,
  grant: {
    readonly code: string;
    readonly redirectUri: string;
    readonly verifier: string;
    /** For servers that want it in this request too. */
    readonly state?: string;
  },
  services: TokenServices,
  signal?: AbortSignal,
): Promise<TokenResponse> {
  const { code, redirectUri, verifier, state } = grant;
  return requestTokens(
    endpoint,
    'authorization_code',
    {
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...(state === undefined ? {} : { state }),
    },
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
      endpoint.clientSecret === undefined ? None() : ClientSecretPost(endpoint.clientSecret),
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
    const secrets = [...Object.values(parameters), endpoint.clientSecret ?? ''];
    throw new KnownError('signin.tokenRefused', {
      host: url.host,
      status: answer.status,
      ...refusalIn(parsedObject(answer.text), secrets),
    });
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
