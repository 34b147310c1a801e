import assert from 'node:assert/strict';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { Cancelled, systemClock } from '../../../../src/core/clock.ts';
import { isKnown, KnownError } from '../../../../src/core/errors.ts';
import type { TokenResponse } from '../../../../src/core/signin/descriptor.ts';
import {
  redeemCode,
  refreshTokens,
  TOKEN_REQUEST_LIMIT_MS,
  type TokenServices,
} from '../../../../src/core/signin/tokenEndpoint.ts';
import { ManualClock } from './support/manualClock.ts';
import { freePort } from './support/ports.ts';
import { type StrictServer, startStrictServer } from './support/strictServer.ts';

const REFRESH = 'rt_refresh-token-of-the-test-0123456789';
const services: TokenServices = { fetch, clock: systemClock };

describe('token endpoint', () => {
  let server: StrictServer;
  before(async () => {
    server = await startStrictServer([]);
  });
  afterEach(() => {
    server.misbehave(undefined);
    server.requests.length = 0;
  });
  after(() => server.close());

  const refresh = (signal?: AbortSignal, with_: TokenServices = services): Promise<TokenResponse> =>
    refreshTokens(server.descriptor, REFRESH, with_, signal);
  const answerWith = (status: number, body: string, headers: Record<string, string> = {}): void =>
    server.misbehave((response) => {
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(body);
    });
  const whole = { access_token: 'at', token_type: 'Bearer', refresh_token: 'rt', expires_in: 60 };

  it('S3 sends exactly the fields of RFC 6749 4.1.3 and RFC 7636 4.5, as a form', async () => {
    answerWith(200, JSON.stringify(whole));
    const grant = {
      code: 'the code+',
      redirectUri: 'http://localhost:1/cb',
      verifier: 'v'.repeat(43),
    };
    await redeemCode(server.descriptor, grant, services);
    const [request] = server.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request.path, '/oauth/token');
    assert.match(request.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
    assert.equal(request.headers.authorization, undefined);
    assert.deepEqual(Object.fromEntries(request.form), {
      grant_type: 'authorization_code',
      client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
      code: 'the code+',
      redirect_uri: 'http://localhost:1/cb',
      code_verifier: 'v'.repeat(43),
    });
  });

  it('sends exactly the fields of RFC 6749 6 to refresh', async () => {
    answerWith(200, JSON.stringify(whole));
    assert.deepEqual(await refresh(), { accessToken: 'at', refreshToken: 'rt', expiresIn: 60 });
    assert.deepEqual(Object.fromEntries(server.requests[0]?.form ?? []), {
      grant_type: 'refresh_token',
      client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
      refresh_token: REFRESH,
    });
  });

  const TAKEN: readonly [string, object, TokenResponse][] = [
    [
      'no refresh_token',
      { access_token: 'at', expires_in: 60 },
      { accessToken: 'at', expiresIn: 60 },
    ],
    [
      'null for what is not there',
      { access_token: 'at', refresh_token: null, expires_in: null, id_token: null },
      { accessToken: 'at' },
    ],
    [
      'a life as a string',
      { access_token: 'at', expires_in: '3600' },
      { accessToken: 'at', expiresIn: 3600 },
    ],
    [
      'an ID token',
      { access_token: 'at', id_token: 'a.b.c', token_type: 'bearer' },
      { accessToken: 'at', idToken: 'a.b.c' },
    ],
  ];
  for (const [title, body, expected] of TAKEN) {
    it(`S16 takes ${title}`, async () => {
      answerWith(200, JSON.stringify(body));
      assert.deepEqual(await refresh(), expected);
    });
  }

  const NOT_TAKEN: readonly [string, string, string][] = [
    ['HTML with 200', '<!doctype html><title>Log in</title>', 'not a JSON object'],
    ['an empty body', '', 'not a JSON object'],
    ['a list', '[]', 'not a JSON object'],
    ['half of it', JSON.stringify(whole).slice(0, -9), 'not a JSON object'],
    ['no access token', '{"expires_in":60}', 'access_token'],
    ['an empty access token', '{"access_token":""}', 'access_token'],
    ['an access token that would break a header', '{"access_token":"a\\r\\nb: c"}', 'access_token'],
    ['an access token that is a number', '{"access_token":1}', 'access_token'],
    [
      'a refresh token that is a list',
      '{"access_token":"a","refresh_token":["r"]}',
      'refresh_token',
    ],
    ['an empty refresh token', '{"access_token":"a","refresh_token":""}', 'refresh_token'],
    ['another type of token', '{"access_token":"a","token_type":"DPoP"}', 'token_type'],
    ['an endless life', '{"access_token":"a","expires_in":1e999}', 'expires_in'],
    [
      'a life in milliseconds since the epoch',
      '{"access_token":"a","expires_in":1790000000000}',
      'expires_in',
    ],
    ['no life', '{"access_token":"a","expires_in":0}', 'expires_in'],
    ['a negative life', '{"access_token":"a","expires_in":-1}', 'expires_in'],
    ['a life in words', '{"access_token":"a","expires_in":"soon"}', 'expires_in'],
    ['an empty life', '{"access_token":"a","expires_in":""}', 'expires_in'],
  ];
  const redeem = (): Promise<TokenResponse> => {
    const grant = { code: 'c', redirectUri: 'http://localhost:1/cb', verifier: 'v'.repeat(43) };
    return redeemCode(server.descriptor, grant, services);
  };
  for (const [title, body, what] of NOT_TAKEN) {
    it(`S16 ${title} is a bad answer`, async () => {
      answerWith(200, body);
      await assert.rejects(
        redeem(),
        (error) => isKnown(error, 'signin.badAnswer') && error.facts.what === what,
      );
    });
  }

  // The old refresh token may be spent: what came in its place must not be thrown away.
  const SPOILS_A_REFRESH = ['not a JSON object', 'access_token', 'refresh_token'];
  for (const [title, body, what] of NOT_TAKEN) {
    const isSalvaged = body.includes('"refresh_token":""') || !SPOILS_A_REFRESH.includes(what);
    it(`S16 ${title} ${isSalvaged ? 'does not spoil' : 'spoils'} the answer to a refresh`, async () => {
      answerWith(200, body);
      if (isSalvaged) assert.deepEqual(await refresh(), { accessToken: 'a' });
      else await assert.rejects(refresh(), (error) => isKnown(error, 'signin.badAnswer'));
    });
  }

  it('sends the same fields as JSON where the endpoint wants that', async () => {
    answerWith(200, JSON.stringify(whole));
    const types: unknown[] = [];
    const bodies: unknown[] = [];
    const spying: typeof fetch = (url, init) => {
      types.push(new Headers(init?.headers).get('content-type'));
      bodies.push(init?.body);
      return fetch(url, init);
    };
    const endpoint = { ...server.descriptor, bodyFormat: 'json' } as const;
    await refreshTokens(endpoint, REFRESH, { fetch: spying, clock: systemClock });
    assert.deepEqual(types, ['application/json']);
    assert.deepEqual(JSON.parse(String(bodies[0])), {
      grant_type: 'refresh_token',
      client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
      refresh_token: REFRESH,
    });
  });

  it('S15 an answer of more than 1 MiB is dropped as it streams, one below is read', async () => {
    const pad = (size: number): string => `${JSON.stringify(whole)}${' '.repeat(size)}`;
    answerWith(200, pad(1024 * 1024 - 200));
    await refresh();
    let sent = 0;
    server.misbehave(async (response) => {
      response.writeHead(200);
      const cut = once(response, 'close').then(() => 'cut' as const);
      // Endless: only a reader that stops lets this end.
      for (let next: unknown; next !== 'cut'; sent += 64 * 1024) {
        next = response.write(' '.repeat(64 * 1024))
          ? await new Promise(setImmediate)
          : await Promise.race([cut, once(response, 'drain')]);
      }
    });
    await assert.rejects(
      refresh(),
      (error) => isKnown(error, 'signin.badAnswer') && error.facts.what === 'size',
    );
    // What it read, and what was on its way in buffers.
    assert.ok(sent < 16 * 1024 * 1024, `${sent} bytes`);
  });

  it('S15 follows no redirect', async () => {
    const other = await startStrictServer([]);
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        answerWith(status, '', { Location: `${other.origin}/oauth/token` });
        await assert.rejects(
          refresh(),
          (error) => isKnown(error, 'signin.tokenRefused') && error.facts.status === status,
        );
      }
      assert.deepEqual(other.requests, []);
      assert.equal(server.requests.length, 5);
    } finally {
      await other.close();
    }
  });

  it('S15 sends nothing to where nothing may be sent', async () => {
    let sent = 0;
    const counting: typeof fetch = async () => {
      sent += 1;
      return new Response('{}');
    };
    const endpoint = { tokenEndpoint: 'http://auth.example/token', clientId: 'x' };
    await assert.rejects(
      refreshTokens(endpoint, REFRESH, { fetch: counting, clock: systemClock }),
      (error) => isKnown(error, 'signin.badEndpoint'),
    );
    assert.equal(sent, 0);
  });

  for (const [title, begin] of [
    ['that never begins', false],
    ['that never ends', true],
  ] as const) {
    it(`S15 an answer ${title} is given up after 15 s`, async () => {
      const clock = new ManualClock();
      let arrived: () => void = () => {};
      const arrival = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      server.misbehave((response) => {
        if (begin) response.writeHead(200).write('{');
        arrived();
      });
      const outcome = refresh(undefined, { fetch, clock });
      let settled = false;
      const seen = outcome
        .catch((error: unknown) => error)
        .finally(() => {
          settled = true;
        });
      await arrival;
      clock.advance(TOKEN_REQUEST_LIMIT_MS - 1);
      await new Promise(setImmediate);
      assert.equal(settled, false);
      clock.advance(1);
      const error = await seen;
      assert.ok(isKnown(error, 'signin.network') && error.facts.timedOut);
      assert.equal(clock.sleeping, 0);
    });
  }

  it('S12 a cancelled request ends at once, also where fetch does not heed its signal', async () => {
    const deaf: typeof fetch = () => new Promise(() => {});
    const cancel = new AbortController();
    const outcome = refresh(cancel.signal, { fetch: deaf, clock: new ManualClock() });
    cancel.abort();
    const started = performance.now();
    await assert.rejects(outcome, Cancelled);
    await assert.rejects(refresh(cancel.signal), Cancelled);
    assert.ok(performance.now() - started < 1000);
    assert.equal(server.requests.length, 0);
  });

  it('S18 nobody there is a network error with the reason of the system', async () => {
    const endpoint = { tokenEndpoint: `http://127.0.0.1:${await freePort()}/token`, clientId: 'x' };
    await assert.rejects(
      refreshTokens(endpoint, REFRESH, services),
      (error) =>
        isKnown(error, 'signin.network') &&
        !error.facts.timedOut &&
        error.facts.unsent === true &&
        error.facts.errno === 'ECONNREFUSED',
    );
  });

  it('S18 a connection that breaks off is a network error', async () => {
    server.misbehave((response) => {
      response.writeHead(200, { 'Content-Length': '1000' }).write('{"access_token":');
      setImmediate(() => response.destroy());
    });
    await assert.rejects(
      refresh(),
      (error) =>
        isKnown(error, 'signin.network') && !error.facts.timedOut && !('unsent' in error.facts),
    );
  });

  const REFUSALS: readonly [number, string, object][] = [
    [
      400,
      '{"error":"invalid_grant","error_description":"gone"}',
      { error: 'invalid_grant', description: 'gone' },
    ],
    [
      401,
      '{"error":{"code":"refresh_token_reused","message":"used"}}',
      { error: 'refresh_token_reused', description: 'used' },
    ],
    [400, '{"error":{"type":"invalid_request_error"}}', { error: 'invalid_request_error' }],
    [400, '{"error":42,"error_description":["x"]}', {}],
    [429, 'slow down', {}],
    [500, '<html>', {}],
    [503, '', {}],
    [201, JSON.stringify(whole), {}],
  ];
  for (const [status, body, expected] of REFUSALS) {
    it(`S18 ${status} with ${body || 'nothing'} is a refusal`, async () => {
      answerWith(status, body);
      await assert.rejects(refresh(), (error) => {
        assert.ok(error instanceof KnownError);
        assert.deepEqual(error.facts, { host: new URL(server.origin).host, status, ...expected });
        return error.code === 'signin.tokenRefused';
      });
    });
  }

  it('S17 no error repeats the body or what was sent', async () => {
    const bodies: readonly [number, string][] = [
      [200, `{"access_token":"","canary":"${REFRESH}"}`],
      [200, `<p>${REFRESH}</p>`],
      [400, `{"error":"invalid_grant","error_description":"token ${REFRESH} was used"}`],
      [400, `{"error":"${REFRESH}"}`],
      [500, REFRESH],
    ];
    for (const [status, body] of bodies) {
      answerWith(status, body);
      const error: unknown = await refresh().catch((caught: unknown) => caught);
      assert.ok(error instanceof KnownError);
      const all = [
        error.message,
        error.stack,
        String(error.cause),
        JSON.stringify(error.facts),
      ].join('\n');
      assert.ok(!all.includes(REFRESH), `${status} ${body.slice(0, 10)}`);
    }
  });
});
