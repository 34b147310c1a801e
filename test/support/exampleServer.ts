import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** The server that the providers of `docs/example-provider` and `practice-providers` sign in to. */
export interface ExampleServer {
  /** Tells the example where it is; for the environment of the extension host. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every code and token handed out so far. */
  readonly secrets: ReadonlySet<string>;
  /** How each token request was answered: its grant type, and an OAuth error or 'ok'. */
  readonly log: readonly string[];
  /** Forgets every grant. */
  revokeEverything(): void;
  close(): Promise<void>;
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

interface Asked {
  readonly challenge: string;
  readonly redirectUri: string;
}

/** The extensions that sign in to it. */
export function providerFolders(root: string): readonly string[] {
  return [
    join(root, 'docs', 'example-provider'),
    join(root, 'test', 'support', 'practice-providers'),
  ];
}

/**
 * Starts an authorization server on 127.0.0.1 that is strict about what a public client has to do (RFC
 * 6749, 7636, 8252, 8628): S256, codes that work once and for their redirect only, refresh tokens that
 * rotate.
 * @param options.asks Shows a page with a button; without it, everybody is signed in at once.
 */
export async function startExampleServer(options: {
  readonly asks: boolean;
}): Promise<ExampleServer> {
  const codes = new Map<string, Asked>();
  const devices = new Map<string, { readonly userCode: string; readonly isAllowed: boolean }>();
  const userCode = 'WDJB-MJHT';
  const refreshTokens = new Set<string>();
  const secrets = new Set<string>();
  const log: string[] = [];
  const drawn = (): string => {
    const secret = `CANARY${randomBytes(12).toString('hex')}`;
    secrets.add(secret);
    return secret;
  };

  const authorize = (url: URL, response: ServerResponse): void => {
    const { searchParams: query } = url;
    const redirect = new URL(query.get('redirect_uri') ?? 'http://invalid');
    const isRight =
      query.get('response_type') === 'code' &&
      query.get('client_id') === 'example' &&
      query.get('code_challenge_method') === 'S256' &&
      redirect.protocol === 'http:' &&
      redirect.hostname === '127.0.0.1';
    if (!isRight) {
      response.writeHead(400).end('This is not how the example signs in.');
      return;
    }
    if (options.asks && !query.has('allowed')) {
      url.searchParams.set('allowed', 'yes');
      page(response, 200, `<a href="${url.pathname}?${url.searchParams}">Allow</a>`);
      return;
    }
    const code = drawn();
    codes.set(code, {
      challenge: query.get('code_challenge') ?? '',
      redirectUri: query.get('redirect_uri') ?? '',
    });
    redirect.searchParams.set('code', code);
    redirect.searchParams.set('state', query.get('state') ?? '');
    response.writeHead(302, { location: redirect.href }).end();
  };

  const page = (response: ServerResponse, status: number, body: string): void => {
    response.writeHead(status, { 'content-type': 'text/html' }).end(body);
  };

  /** The page where a code is entered. */
  const enter = (url: URL, response: ServerResponse): void => {
    const entered = options.asks ? url.searchParams.get('code') : userCode;
    if (entered === null) {
      page(response, 200, '<form>Code <input name="code"><button>Allow</button></form>');
      return;
    }
    const device = [...devices].find(([, one]) => one.userCode === entered);
    if (device) devices.set(device[0], { userCode: '', isAllowed: true });
    page(response, 200, device ? 'You can close this page.' : 'There is no such code.');
  };

  /** An OAuth error, undefined where tokens are given out. */
  const faultOf = (form: URLSearchParams): string | undefined => {
    if (form.get('client_id') !== 'example') return 'invalid_client';
    if (form.get('grant_type') === DEVICE_GRANT) {
      const device = devices.get(form.get('device_code') ?? '');
      if (device?.isAllowed === false) return 'authorization_pending';
      return devices.delete(form.get('device_code') ?? '') ? undefined : 'invalid_grant';
    }
    return isGranted(form) ? undefined : 'invalid_grant';
  };

  const isGranted = (form: URLSearchParams): boolean => {
    if (form.get('grant_type') === 'refresh_token') {
      return refreshTokens.delete(form.get('refresh_token') ?? '');
    }
    const code = form.get('code') ?? '';
    const asked = codes.get(code);
    codes.delete(code);
    const verifier = form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    return asked?.challenge === challenge && asked.redirectUri === form.get('redirect_uri');
  };

  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (url.pathname === '/authorize') {
      authorize(url, response);
      return;
    }
    if (url.pathname === '/device' && request.method === 'GET') {
      enter(url, response);
      return;
    }
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const form = new URLSearchParams(body);
    const answer = (status: number, fields: object): void => {
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(fields));
    };
    if (url.pathname === '/device') {
      const device = drawn();
      devices.set(device, { userCode, isAllowed: false });
      answer(200, {
        device_code: device,
        user_code: userCode,
        // Browsers resolve this name, and VS Code opens it without rewriting it to a proxy address.
        verification_uri: `http://login.localhost:${(server.address() as AddressInfo).port}/device`,
        interval: 1,
      });
      return;
    }
    const fault = faultOf(form);
    log.push(`${form.get('grant_type')} ${fault ?? 'ok'}`);
    if (fault !== undefined) {
      answer(400, { error: fault, error_description: 'as a test wants it' });
      return;
    }
    const refresh = drawn();
    refreshTokens.add(refresh);
    answer(200, { access_token: drawn(), refresh_token: refresh, expires_in: 3600 });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    environment: {
      // See the other address of a page above.
      LOOPBACK_AUTHORIZE_URL: `http://login.localhost:${port}/authorize`,
      EXAMPLE_SERVER: `http://127.0.0.1:${port}`,
    },
    secrets,
    log,
    revokeEverything: () => refreshTokens.clear(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
