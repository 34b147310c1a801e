import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuthServer, RegisteredClient } from './authServer.ts';
import { personOf } from './people.ts';

/** The clients of the providers beside Codex: Claude, Gemini CLI, Chutes, and Qwen by device codes. */
export const otherClients: readonly RegisteredClient[] = [
  {
    clientId: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
    redirectUri: 'http://localhost:53692/callback',
    scope:
      'org:create_api_key user:profile user:inference user:sessions:claude_code user:mcp_servers user:file_upload',
  },
  {
    clientId: 'gemini-client',
    clientSecret: 'hush-gemini-0123456789',
    redirectUri: 'http://localhost:8085/oauth2callback',
    scope: ['cloud-platform', 'userinfo.email', 'userinfo.profile']
      .map((name) => `https://www.googleapis.com/auth/${name}`)
      .join(' '),
  },
  {
    clientId: 'cid_chutes',
    clientSecret: 'hush-chutes-0123456789',
    redirectUri: 'http://127.0.0.1:1456/oauth-callback',
    scope: 'openid profile chutes:invoke',
  },
  {
    clientId: 'f0304373b74a44d2b584a3fb70ca9e56',
    scope: 'openid profile email model.completion',
  },
];

export interface OtherProviders {
  /** Where the providers are, and who signs in there, for the environment of the host. */
  environment(authServer: AuthServer): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * What Anthropic, Google and Chutes have beside an authorization server, on loopback: a token endpoint
 * that takes JSON with a `state`, who somebody is, and which project they work for. Strict: anything
 * else is refused. Tokens come from the authorization server all the same.
 */
export async function startOtherProviders(): Promise<OtherProviders> {
  let tokenEndpoint = '';
  const server = createServer((request, response) => {
    answer(request, response, tokenEndpoint).catch(() => send(response, 500, {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    environment: (authServer) => {
      tokenEndpoint = authServer.tokenEndpoint;
      const { authorizationEndpoint: authorize } = authServer;
      return {
        CODERCLAW_AUTH_ANTHROPIC_AUTHORIZE_URL: authorize,
        CODERCLAW_AUTH_ANTHROPIC_TOKEN_URL: `${origin}/anthropic/token`,
        CODERCLAW_AUTH_GOOGLE_GEMINI_CLI_AUTHORIZE_URL: authorize,
        CODERCLAW_AUTH_GOOGLE_GEMINI_CLI_TOKEN_URL: tokenEndpoint,
        CODERCLAW_AUTH_GOOGLE_GEMINI_CLI_USERINFO_URL: `${origin}/google/userinfo`,
        CODERCLAW_AUTH_GOOGLE_GEMINI_CLI_CODE_ASSIST_URL: origin,
        GEMINI_CLI_OAUTH_CLIENT_ID: 'gemini-client',
        GEMINI_CLI_OAUTH_CLIENT_SECRET: 'hush-gemini-0123456789',
        CODERCLAW_AUTH_CHUTES_AUTHORIZE_URL: authorize,
        CODERCLAW_AUTH_CHUTES_TOKEN_URL: tokenEndpoint,
        CODERCLAW_AUTH_CHUTES_USERINFO_URL: `${origin}/chutes/userinfo`,
        CHUTES_CLIENT_ID: 'cid_chutes',
        CHUTES_CLIENT_SECRET: 'hush-chutes-0123456789',
        CODERCLAW_AUTH_QWEN_PORTAL_DEVICE_CODE_URL: authServer.deviceAuthorizationEndpoint,
        CODERCLAW_AUTH_QWEN_PORTAL_TOKEN_URL: tokenEndpoint,
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  tokenEndpoint: string,
): Promise<void> {
  switch (request.url) {
    case '/anthropic/token': {
      const { state, ...fields } = JSON.parse(await textOf(request));
      const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
      if (!isJson || (fields.grant_type === 'authorization_code' && typeof state !== 'string')) {
        send(response, 400, { error: 'invalid_request' });
        return;
      }
      const body = new URLSearchParams(fields);
      const relayed = await fetch(tokenEndpoint, { method: 'POST', body });
      send(response, relayed.status, await relayed.json());
      return;
    }
    case '/google/userinfo':
      send(response, 200, { email: whoAsks(request).email });
      return;
    case '/chutes/userinfo': {
      const { accountId, email } = whoAsks(request);
      send(response, 200, { sub: accountId, username: email.split('@')[0] });
      return;
    }
    case '/v1internal:loadCodeAssist':
      whoAsks(request);
      send(response, 200, {
        currentTier: { id: 'free-tier' },
        cloudaicompanionProject: 'project-1',
      });
      return;
    default:
      send(response, 404, {});
  }
}

/** By the access token, a JWT. @throws where there is none. */
function whoAsks({ headers }: IncomingMessage) {
  const [, claims = ''] = headers.authorization?.split('.') ?? [];
  const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  return personOf(sub);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
