import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OidcContext } from 'oidc-provider';
import { html, interact, interactionPath } from './authServerInteraction.ts';
import { deviceCodePage, deviceConfirmPage, deviceDonePage, errorPage } from './authServerPages.ts';
import { Storage } from './authServerStorage.ts';
import { personOf } from './people.ts';

/** The public client id that ChatGPT gave Codex; CoderClaw and pi-ai use the same. */
export const codexClientId = 'app_EMoamEEZ73f0CkXaXp7hrann';

/** The two addresses that ChatGPT has registered for it. */
export const codexRedirectUris: readonly string[] = [
  'http://localhost:1455/auth/callback',
  'http://localhost:1457/auth/callback',
];

const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const deviceAuthorizationPath = '/oauth/device/code';

interface Client {
  readonly clientId: string;
  grantTypeAllowed(type: string): boolean;
}

interface IssuingCode {
  readonly kind: string;
  readonly scopes: ReadonlySet<string>;
}

/** One more client than Codex; it gets a refresh token whether it asks for one or not. */
export interface RegisteredClient {
  readonly clientId: string;
  /** Sent in the token request (RFC 6749 2.3.1); without one, a public client. */
  readonly clientSecret?: string;
  /** Without one it signs people in by device codes. */
  readonly redirectUri?: string;
  /** What it may ask for. */
  readonly scope: string;
}

export interface AuthServerOptions {
  readonly clients?: readonly RegisteredClient[];
  /** 0 or absent: any free one. */
  readonly port?: number;
  /** Registered beside the two of Codex; compared as whole strings, port included. */
  readonly redirectUris?: readonly string[];
  /** Seconds; 5 hours if absent. */
  readonly accessTokenLifetime?: number;
}

/** One request as the server answered it. Holds no query, no body and no token. */
export interface AnsweredRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Only at the token endpoint. */
  readonly grantType?: string;
  /** The OAuth error code that was answered (RFC 6749 4.1.2.1 and 5.2). */
  readonly error?: string;
}

export interface AuthServer {
  /**
   * As the browser names it: `http://login.localhost:<port>`. Browsers resolve `*.localhost` to
   * loopback (RFC 6761 6.3), and VS Code opens this name without rewriting it to a proxy address.
   */
  readonly origin: string;
  /** For the browser: below `origin`. */
  readonly authorizationEndpoint: string;
  /** For Node, where `login.localhost` need not resolve: below `http://127.0.0.1:<port>`. */
  readonly tokenEndpoint: string;
  /** RFC 8628 3.1; for Node like `tokenEndpoint`. */
  readonly deviceAuthorizationEndpoint: string;
  /** What points the extension at this server, for the environment of its host. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: readonly AnsweredRequest[];
  /** Every code and token handed out so far: a test looks for them where no secret may be. */
  readonly secrets: ReadonlySet<string>;
  /** Forgets every grant, as a provider does when a person signs out everywhere. */
  revokeEverything(): void;
  close(): Promise<void>;
}

/**
 * Starts an authorization server on 127.0.0.1 that answers like ChatGPT's: `oidc-provider` with
 * PKCE (S256) required, registered redirect URIs only, refresh tokens that rotate, and reuse of an
 * old one revoking the whole grant (RFC 9700 4.14.2). The access token is a JWT with ChatGPT's
 * claims. As ChatGPT does, it leaves `iss` (RFC 9207) out of the authorization response.
 */
export async function startAuthServer(options: AuthServerOptions = {}): Promise<AuthServer> {
  const oidc = await importQuietly();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://login.localhost:${port}`;
  const loopback = `http://127.0.0.1:${port}`;
  const { clients = [] } = options;
  const ofCodex = [...codexRedirectUris, ...(options.redirectUris ?? [])];
  const redirectUris = [...ofCodex, ...clients.flatMap(({ redirectUri }) => redirectUri ?? [])];
  const storage = new Storage();
  const provider = new oidc.Provider(
    origin,
    configuration(oidc, ofCodex, clients, options.accessTokenLifetime ?? 5 * 3600, storage),
  );

  const log: AnsweredRequest[] = [];
  const secrets = new Set<string>();
  const tokenAnswers = new WeakMap<IncomingMessage, { grantType?: string; error?: string }>();
  provider.use(async (context, next) => {
    if (context.path !== '/oauth/authorize') {
      await next();
      return;
    }
    // The registered port counts: RFC 8252 7.3 would let a native client use any, ChatGPT does not.
    if (!redirectUris.includes(String(context.query['redirect_uri']))) {
      context.status = 400;
      context.type = 'html';
      context.body = errorPage('invalid_redirect_uri', 'the redirect_uri is not registered');
      return;
    }
    // ChatGPT asks each time, and OpenID Connect Core 11 wants that for a refresh token.
    context.query = { ...context.query, prompt: 'consent' };
    await next();
  });
  provider.on('authorization.success', (_context, answer) => {
    // Undefined where a device code was entered: there is no answer to a redirect then.
    const fields = (answer ?? {}) as { code?: string; iss?: string };
    delete fields.iss;
    if (fields.code !== undefined) {
      secrets.add(fields.code);
    }
  });
  provider.on('grant.success', (context) => {
    noteGrant(tokenAnswers, context);
    const body = context.body as Readonly<Record<string, unknown>>;
    for (const field of ['access_token', 'refresh_token', 'id_token']) {
      const secret = body[field];
      if (typeof secret === 'string') {
        secrets.add(secret);
      }
    }
  });
  provider.on('grant.error', (context, problem) => {
    noteGrant(tokenAnswers, context, (problem as { error?: string }).error ?? 'server_error');
  });
  provider.on('authorization.error', (context, problem) => {
    noteGrant(tokenAnswers, context, (problem as { error?: string }).error ?? 'server_error');
  });

  const answer = provider.callback();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const path = new URL(request.url ?? '/', loopback).pathname;
    response.once('finish', () => {
      const method = request.method ?? '';
      log.push({ method, path, status: response.statusCode, ...tokenAnswers.get(request) });
    });
    if (path.startsWith(interactionPath)) {
      interact(provider, request, response).catch(() => {
        html(response, 400, errorPage('invalid_request', 'this sign-in is over; start again'));
      });
    } else {
      answer(request, response);
    }
  });

  const authorizationEndpoint = `${origin}/oauth/authorize`;
  const tokenEndpoint = `${loopback}/oauth/token`;
  return {
    origin,
    authorizationEndpoint,
    tokenEndpoint,
    deviceAuthorizationEndpoint: `${loopback}${deviceAuthorizationPath}`,
    environment: {
      CODERCLAW_AUTH_OPENAI_CODEX_AUTHORIZE_URL: authorizationEndpoint,
      CODERCLAW_AUTH_OPENAI_CODEX_TOKEN_URL: tokenEndpoint,
    },
    log,
    secrets,
    revokeEverything: () => storage.clear(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function noteGrant(
  answers: WeakMap<IncomingMessage, { grantType?: string; error?: string }>,
  context: OidcContext,
  error?: string,
): void {
  const grantType = context.oidc?.params?.['grant_type'];
  answers.set(context.req, {
    ...(typeof grantType === 'string' ? { grantType } : {}),
    ...(error === undefined ? {} : { error }),
  });
}

/** `oidc-provider` says on the console that Node 20 is old; a test run is no place for that. */
async function importQuietly(): Promise<typeof import('oidc-provider')> {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}

function configuration(
  oidc: typeof import('oidc-provider'),
  redirectUris: readonly string[],
  clients: readonly RegisteredClient[],
  accessTokenLifetime: number,
  storage: Storage,
): object {
  const resource = 'https://api.openai.com/v1';
  const policy = oidc.interactionPolicy.base();
  // Each sign-in asks who it is, so that a second account needs no other browser.
  policy
    .get('login')
    .checks.add(
      new oidc.interactionPolicy.Check(
        'always',
        'each sign-in asks who it is',
        (context) => context.oidc?.result?.login === undefined,
      ),
    );
  const day = 24 * 3600;
  const more = clients.flatMap(({ scope }) => scope.split(' '));
  const scopes = [...new Set(['openid', 'profile', 'email', 'offline_access', ...more])];
  return {
    adapter: (model: string) => storage.adapterOf(model),
    clients: [
      {
        client_id: codexClientId,
        client_name: 'Codex',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token', deviceCodeGrant],
        response_types: ['code'],
        redirect_uris: redirectUris,
      },
      ...clients.map(({ clientId, clientSecret, redirectUri }) => ({
        client_id: clientId,
        ...(clientSecret !== undefined && { client_secret: clientSecret }),
        application_type: 'native',
        token_endpoint_auth_method: clientSecret === undefined ? 'none' : 'client_secret_post',
        grant_types: [
          redirectUri === undefined ? deviceCodeGrant : 'authorization_code',
          'refresh_token',
        ],
        response_types: redirectUri === undefined ? [] : ['code'],
        redirect_uris: redirectUri === undefined ? [] : [redirectUri],
      })),
    ],
    jwks: { keys: [{ ...tokenSigningKey(), use: 'sig', alg: 'RS256', kid: 'tests' }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      device_authorization: deviceAuthorizationPath,
    },
    // A device cannot be asked for `prompt=consent`, which a browser needs for a refresh token.
    issueRefreshToken: (_context: unknown, client: Client, code: IssuingCode) =>
      client.grantTypeAllowed('refresh_token') &&
      (code.kind === 'DeviceCode' ||
        client.clientId !== codexClientId ||
        code.scopes.has('offline_access')),
    scopes,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    // ChatGPT's id_token carries the e-mail although an access token comes with it.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    ttl: {
      AccessToken: accessTokenLifetime,
      AuthorizationCode: 60,
      DeviceCode: 600,
      Grant: 30 * day,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 30 * day,
      Session: day,
    },
    interactions: {
      policy,
      url: (_context: unknown, interaction: { uid: string }) =>
        `${interactionPath}${interaction.uid}`,
    },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (context: OidcContext, form: string) => {
          context.body = deviceCodePage(form);
        },
        userCodeConfirmSource: (
          context: OidcContext,
          form: string,
          _client: unknown,
          _device: unknown,
          userCode: string,
        ) => {
          context.body = deviceConfirmPage(form, userCode);
        },
        successSource: (context: OidcContext) => {
          context.body = deviceDonePage();
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: scopes.join(' '),
          accessTokenFormat: 'jwt',
          accessTokenTTL: accessTokenLifetime,
        }),
      },
    },
    extraTokenClaims: (_context: unknown, token: { accountId: string }) => {
      const person = personOf(token.accountId);
      return {
        'https://api.openai.com/auth': {
          chatgpt_account_id: person.accountId,
          chatgpt_plan_type: person.plan,
          chatgpt_user_id: person.userId,
        },
        'https://api.openai.com/profile': { email: person.email, email_verified: true },
      };
    },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: personOf(id).email,
        email_verified: true,
        name: personOf(id).name,
      }),
    }),
    clientBasedCORS: () => false,
    renderError: (context: OidcContext, out: { error: string; error_description?: string }) => {
      context.type = 'html';
      context.body = errorPage(out.error, out.error_description ?? '');
    },
  };
}

let signingKey: object | undefined;

/** Made once a process: an RSA key takes longer than the rest of the start. */
function tokenSigningKey(): object {
  signingKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    format: 'jwk',
  });
  return signingKey;
}
