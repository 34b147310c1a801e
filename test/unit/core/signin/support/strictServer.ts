import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { SignInDescriptor } from '../../../../../src/core/signin/descriptor.ts';
import { openaiCodex } from '../../../../../src/core/signin/providers/openaiCodex.ts';

/** What a token request carried, as it came. */
export interface SeenTokenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly id: string;
}

type Fault = (
  response: ServerResponse,
  request: SeenTokenRequest,
  tokens: Tokens,
) => void | Promise<void>;

/**
 * A small authorization server for what a well-behaved one never does. Strict where it matters: a
 * code is good once, for its redirect, and with the verifier of its challenge (RFC 7636 4.6).
 */
export interface StrictServer {
  readonly origin: string;
  readonly descriptor: SignInDescriptor;
  readonly requests: SeenTokenRequest[];
  /** Tokens given out, in order. */
  readonly issued: Tokens[];
  /** Plays the consent: takes the authorization address, gives the address to redirect to. */
  consent(authorizationUrl: string, code?: string): string;
  /** Answers the next token requests in this way instead. */
  misbehave(fault: Fault | undefined): void;
  close(): Promise<void>;
}

export function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(32).toString('base64url')}`;
}

export function chatgptTokens(
  person: { email?: string; account?: string; user?: string } = {},
): Tokens {
  return {
    access: jwt({
      exp: 1_900_000_000,
      'https://api.openai.com/auth': {
        chatgpt_account_id: person.account ?? 'account-1',
        chatgpt_user_id: person.user ?? 'user-1',
      },
      'https://api.openai.com/profile': { email: person.email ?? 'ann@example.com' },
    }),
    refresh: `rt_${randomBytes(32).toString('base64url')}`,
    id: jwt({ email: person.email ?? 'ann@example.com' }),
  };
}

export async function startStrictServer(ports: readonly number[]): Promise<StrictServer> {
  const requests: SeenTokenRequest[] = [];
  const issued: Tokens[] = [];
  const grants = new Map<string, { challenge: string; redirectUri: string }>();
  let fault: Fault | undefined;

  const json = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const form = new URLSearchParams(body);
    const seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      form,
    };
    requests.push(seen);
    const tokens = chatgptTokens();
    if (fault) {
      await fault(response, seen, tokens);
      return;
    }
    const code = form.get('code') ?? '';
    const grant = grants.get(code);
    grants.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (
      grant?.challenge !== challenge ||
      grant.redirectUri !== form.get('redirect_uri') ||
      form.get('grant_type') !== 'authorization_code'
    ) {
      json(response, 400, { error: 'invalid_grant', error_description: 'no such code' });
      return;
    }
    issued.push(tokens);
    json(response, 200, {
      token_type: 'Bearer',
      access_token: tokens.access,
      refresh_token: tokens.refresh,
      id_token: tokens.id,
      expires_in: 3600,
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const origin = `http://127.0.0.1:${address.port}`;

  return {
    origin,
    descriptor: {
      ...openaiCodex({
        authorizationEndpoint: `${origin}/oauth/authorize`,
        tokenEndpoint: `${origin}/oauth/token`,
      }),
      redirect: { kind: 'loopback', host: 'localhost', ports, path: '/auth/callback' },
    },
    requests,
    issued,
    consent: (authorizationUrl, code = `ac_${randomBytes(24).toString('base64url')}`) => {
      const { searchParams } = new URL(authorizationUrl);
      const redirectUri = searchParams.get('redirect_uri') ?? '';
      grants.set(code, { challenge: searchParams.get('code_challenge') ?? '', redirectUri });
      const back = new URL(redirectUri);
      back.searchParams.set('code', code);
      back.searchParams.set('state', searchParams.get('state') ?? '');
      return back.href;
    },
    misbehave: (next) => {
      fault = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
