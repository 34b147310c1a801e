import { createHash, randomBytes } from 'node:crypto';
import { type AuthServer, codexClientId, codexRedirectUris } from '../support/authServer.ts';
import { signInOverHttp } from '../support/browserless.ts';
import type { Login } from './demoState.ts';

/**
 * Signs each person in at the demo's server, so that the demo's profiles renew themselves.
 * @param now Milliseconds since the epoch.
 */
export async function demoLogins(
  server: AuthServer,
  emails: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, Login>> {
  const logins = new Map<string, Login>();
  for (const email of emails) {
    logins.set(email, await signIn(server, email, now));
  }
  return logins;
}

async function signIn(server: AuthServer, email: string, now: number): Promise<Login> {
  const redirectUri = codexRedirectUris[0] ?? '';
  const verifier = randomBytes(32).toString('base64url');
  const request = new URL(server.authorizationEndpoint);
  request.search = new URLSearchParams({
    response_type: 'code',
    client_id: codexClientId,
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: randomBytes(16).toString('base64url'),
  }).toString();
  const end = new URL(await signInOverHttp(request.href, { email }));
  const response = await fetch(server.tokenEndpoint, {
    method: 'POST',
    signal: AbortSignal.timeout(10_000),
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: codexClientId,
      code: end.searchParams.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: redirectUri,
    }),
  });
  if (!response.ok) {
    throw new Error(`The demo's authorization server refused ${email}: ${response.status}.`);
  }
  const tokens = (await response.json()) as Record<'access_token' | 'refresh_token', string> & {
    readonly expires_in: number;
  };
  return {
    access: tokens.access_token,
    refresh: tokens.refresh_token,
    expires: now + tokens.expires_in * 1000,
  };
}
