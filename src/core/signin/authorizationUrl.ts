import type { SignInDescriptor } from './descriptor.ts';
import type { ProofKey } from './pkce.ts';

/**
 * The address that the browser is sent to (RFC 6749 4.1.1, RFC 7636 4.3). A query that the endpoint has
 * stays (RFC 6749 3.1); what the protocol sets, no descriptor can override.
 */
export function authorizationUrl(
  descriptor: SignInDescriptor,
  proof: ProofKey,
  redirectUri: string,
): string {
  const url = new URL(descriptor.authorizationEndpoint);
  const parameters = {
    ...descriptor.extraParameters,
    response_type: 'code',
    client_id: descriptor.clientId,
    redirect_uri: redirectUri,
    scope: descriptor.scope,
    code_challenge: proof.challenge,
    code_challenge_method: 'S256',
    state: proof.state,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
