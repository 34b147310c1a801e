import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { type AuthServer, codexClientId, startAuthServer } from '../../support/authServer.ts';
import { signInOverHttp } from '../../support/browserless.ts';

const redirectUri = 'http://localhost:1455/auth/callback';

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
  readonly expires_in: number;
}

describe('the authorization server of the tests', () => {
  let server: AuthServer;

  beforeEach(async () => {
    server = await startAuthServer({ accessTokenLifetime: 1234 });
  });

  afterEach(async () => {
    await server.close();
  });

  function authorizationUrl(
    verifier: string,
    changes: Record<string, string | undefined> = {},
  ): string {
    const url = new URL(server.authorizationEndpoint);
    const parameters = {
      response_type: 'code',
      client_id: codexClientId,
      redirect_uri: redirectUri,
      scope: 'openid profile email offline_access',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state: 'the-state',
      id_token_add_organizations: 'true',
      codex_cli_simplified_flow: 'true',
      originator: 'coderclaw',
      ...changes,
    };
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) {
        url.searchParams.set(name, value);
      }
    }
    return url.href;
  }

  function post(fields: Record<string, string>): Promise<Response> {
    return fetch(server.tokenEndpoint, { method: 'POST', body: new URLSearchParams(fields) });
  }

  function redeem(code: string, verifier: string): Promise<Response> {
    return post({
      grant_type: 'authorization_code',
      client_id: codexClientId,
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    });
  }

  function refresh(refreshToken: string): Promise<Response> {
    return post({
      grant_type: 'refresh_token',
      client_id: codexClientId,
      refresh_token: refreshToken,
    });
  }

  async function codeFor(email: string, verifier: string): Promise<string> {
    const end = new URL(await signInOverHttp(authorizationUrl(verifier), { email }));
    return end.searchParams.get('code') ?? '';
  }

  async function signIn(email: string): Promise<TokenAnswer> {
    const verifier = newVerifier();
    const response = await redeem(await codeFor(email, verifier), verifier);
    assert.equal(response.status, 200);
    return (await response.json()) as TokenAnswer;
  }

  it('sends the browser back with code and state, and no issuer', async () => {
    const end = new URL(
      await signInOverHttp(authorizationUrl(newVerifier()), { email: 'ann@example.com' }),
    );
    assert.equal(`${end.origin}${end.pathname}`, redirectUri);
    assert.equal(end.searchParams.get('state'), 'the-state');
    assert.deepEqual([...end.searchParams.keys()].sort(), ['code', 'state']);
  });

  it('gives a JWT access token with the claims of ChatGPT, and the asked lifetime', async () => {
    const tokens = await signIn('ann@work.example');
    const claims = claimsOf(tokens.access_token);
    assert.deepEqual(claims['https://api.openai.com/auth'], {
      chatgpt_account_id: 'acct-work',
      chatgpt_plan_type: 'team',
      chatgpt_user_id: 'user-ann',
    });
    assert.deepEqual(claims['https://api.openai.com/profile'], {
      email: 'ann@work.example',
      email_verified: true,
    });
    assert.equal(tokens.expires_in, 1234);
    assert.equal(claimsOf(tokens.id_token)['email'], 'ann@work.example');
  });

  it('takes any e-mail, as the login page says', async () => {
    const claims = claimsOf((await signIn('Zoe@Elsewhere.example')).access_token);
    assert.deepEqual(claims['https://api.openai.com/auth'], {
      chatgpt_account_id: 'acct-zoe-elsewhere-example',
      chatgpt_plan_type: 'plus',
      chatgpt_user_id: 'user-zoe-elsewhere-example',
    });
  });

  it('redeems a code once, and only with its verifier (RFC 7636 4.6)', async () => {
    const verifier = newVerifier();
    const wrong = await redeem(await codeFor('ann@example.com', verifier), newVerifier());
    assert.equal(wrong.status, 400);
    assert.equal(await errorOf(wrong), 'invalid_grant');

    const code = await codeFor('ann@example.com', verifier);
    assert.equal((await redeem(code, verifier)).status, 200);
    assert.equal(await errorOf(await redeem(code, verifier)), 'invalid_grant');
  });

  it('wants PKCE', async () => {
    const url = authorizationUrl(newVerifier(), {
      code_challenge: undefined,
      code_challenge_method: undefined,
    });
    const end = new URL(await signInOverHttp(url, { email: 'ann@example.com' }));
    assert.equal(end.searchParams.get('error'), 'invalid_request');
  });

  it('knows its redirect URIs to the port', async () => {
    const other = authorizationUrl(newVerifier(), {
      redirect_uri: 'http://localhost:1456/auth/callback',
    });
    await assert.rejects(signInOverHttp(other, { email: 'ann@example.com' }), /answered 400/);
    const second = authorizationUrl(newVerifier(), {
      redirect_uri: 'http://localhost:1457/auth/callback',
    });
    assert.match(
      await signInOverHttp(second, { email: 'ann@example.com' }),
      /^http:\/\/localhost:1457\//,
    );
  });

  it('says access_denied when the person presses Cancel', async () => {
    const url = authorizationUrl(newVerifier());
    const end = new URL(await signInOverHttp(url, { email: 'bob@example.com', refuse: true }));
    assert.equal(end.searchParams.get('error'), 'access_denied');
    assert.equal(end.searchParams.get('state'), 'the-state');
    assert.equal(end.searchParams.get('code'), null);
  });

  it('rotates refresh tokens', async () => {
    const first = await signIn('ann@example.com');
    const second = (await (await refresh(first.refresh_token)).json()) as TokenAnswer;
    const third = (await (await refresh(second.refresh_token)).json()) as TokenAnswer;
    assert.equal(new Set([first, second, third].map((tokens) => tokens.refresh_token)).size, 3);
    assert.deepEqual(
      claimsOf(third.access_token)['https://api.openai.com/auth'],
      claimsOf(first.access_token)['https://api.openai.com/auth'],
    );
  });

  it('answers reuse with invalid_grant and revokes the whole family (RFC 9700 4.14.2)', async () => {
    const first = await signIn('ann@example.com');
    const second = (await (await refresh(first.refresh_token)).json()) as TokenAnswer;
    const reused = await refresh(first.refresh_token);
    assert.equal(reused.status, 400);
    assert.equal(await errorOf(reused), 'invalid_grant');
    assert.equal(await errorOf(await refresh(second.refresh_token)), 'invalid_grant');
  });

  it('leaves the grants of others alone when it revokes one', async () => {
    const [first, other] = [await signIn('ann@example.com'), await signIn('bob@example.com')];
    await refresh(first.refresh_token);
    await refresh(first.refresh_token);
    assert.equal((await refresh(other.refresh_token)).status, 200);
  });

  it('forgets every grant when told to', async () => {
    const tokens = await signIn('ann@example.com');
    server.revokeEverything();
    assert.equal(await errorOf(await refresh(tokens.refresh_token)), 'invalid_grant');
  });

  it('keeps a log of what it answered, and knows the secrets, which are not in it', async () => {
    const tokens = await signIn('ann@example.com');
    await refresh(tokens.refresh_token);
    await refresh('never-issued');
    assert.deepEqual(
      server.log.filter((request) => request.path === '/oauth/token'),
      [
        { method: 'POST', path: '/oauth/token', status: 200, grantType: 'authorization_code' },
        { method: 'POST', path: '/oauth/token', status: 200, grantType: 'refresh_token' },
        {
          method: 'POST',
          path: '/oauth/token',
          status: 400,
          grantType: 'refresh_token',
          error: 'invalid_grant',
        },
      ],
    );
    for (const secret of [tokens.access_token, tokens.refresh_token, tokens.id_token]) {
      assert.ok(server.secrets.has(secret));
    }
    const text = JSON.stringify(server.log);
    assert.ok([...server.secrets].every((secret) => !text.includes(secret)));
  });

  it('serves the browser under login.localhost and Node under 127.0.0.1', () => {
    assert.match(server.authorizationEndpoint, /^http:\/\/login\.localhost:\d+\/oauth\/authorize$/);
    assert.match(server.tokenEndpoint, /^http:\/\/127\.0\.0\.1:\d+\/oauth\/token$/);
  });
});

function newVerifier(): string {
  return randomBytes(32).toString('base64url');
}

function claimsOf(jwt: string): Readonly<Record<string, unknown>> {
  const [, payload = ''] = jwt.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

async function errorOf(response: Response): Promise<unknown> {
  return ((await response.json()) as { error?: unknown }).error;
}
