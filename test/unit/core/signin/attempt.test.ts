import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { Cancelled } from '../../../../src/core/clock.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import {
  SIGN_IN_LIMIT_MS,
  type SignInAttempt,
  type SignInOptions,
  type SignInPhase,
  type SignInServices,
  startSignIn,
} from '../../../../src/core/signin/attempt.ts';
import type { SignInDescriptor } from '../../../../src/core/signin/descriptor.ts';
import { dawdle, visit } from './support/browser.ts';
import { ManualClock } from './support/manualClock.ts';
import { freePort, isFree, LAST_LOOPBACK, occupy } from './support/ports.ts';
import { type StrictServer, startStrictServer } from './support/strictServer.ts';

describe('sign-in attempt', () => {
  let server: StrictServer;
  let clock: ManualClock;
  let log: string[];
  const running: SignInAttempt[] = [];

  beforeEach(async () => {
    server = await startStrictServer([await freePort(), await freePort()]);
    clock = new ManualClock();
    log = [];
  });
  afterEach(async () => {
    for (const attempt of running.splice(0)) {
      attempt.cancel();
      await attempt.result.catch(() => {});
    }
    assert.equal(clock.sleeping, 0, 'a wait was left behind');
    await server.close();
  });

  const services = (): SignInServices => ({ fetch, clock, log: (line) => log.push(line) });

  async function start(
    options: SignInOptions = {},
    descriptor: SignInDescriptor = server.descriptor,
    with_: Partial<SignInServices> = {},
  ): Promise<SignInAttempt> {
    const attempt = await startSignIn(descriptor, { ...services(), ...with_ }, options);
    running.push(attempt);
    return attempt;
  }

  const portOf = (attempt: SignInAttempt): number => Number(new URL(attempt.redirectUri).port);
  const withParameter = (address: string, name: string, value: string): string => {
    const url = new URL(address);
    url.searchParams.set(name, value);
    return url.href;
  };
  const refused = (attempt: SignInAttempt, error = 'access_denied'): string => {
    const url = new URL(server.consent(attempt.authorizationUrl));
    url.searchParams.delete('code');
    url.searchParams.set('error', error);
    url.searchParams.set('error_description', 'Ann said no.');
    return url.href;
  };

  it('asks for what RFC 6749 and RFC 7636 say, beside the provider’s own parameters', async () => {
    const attempt = await start();
    const url = new URL(attempt.authorizationUrl);
    const { code_challenge, state, ...rest } = Object.fromEntries(url.searchParams);
    assert.deepEqual(rest, {
      response_type: 'code',
      client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
      redirect_uri: attempt.redirectUri,
      scope: 'openid profile email offline_access',
      code_challenge_method: 'S256',
      id_token_add_organizations: 'true',
      codex_cli_simplified_flow: 'true',
      originator: 'coderclaw',
    });
    assert.match(code_challenge ?? '', /^[\w-]{43}$/);
    assert.ok(Buffer.from(state ?? '', 'base64url').length * 8 >= 128);
    assert.equal(url.searchParams.size, 10, 'no parameter twice');
    assert.deepEqual(attempt.listening, { kind: 'loopback', port: portOf(attempt), busy: [] });
  });

  it('no descriptor can override what the protocol sets', async () => {
    const extraParameters = {
      state: 'fixed',
      code_challenge_method: 'plain',
      response_type: 'token',
    };
    const attempt = await start({}, { ...server.descriptor, extraParameters });
    const { searchParams } = new URL(attempt.authorizationUrl);
    assert.notEqual(searchParams.get('state'), 'fixed');
    assert.equal(searchParams.get('code_challenge_method'), 'S256');
    assert.equal(searchParams.get('response_type'), 'code');
  });

  it('S1 S3 each attempt has its own state and challenge; the verifier is in the token request only', async () => {
    const verifiers: string[] = [];
    const seen: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const attempt = await start();
      const back = server.consent(attempt.authorizationUrl);
      seen.push(attempt.authorizationUrl, back, (await visit(back)).body, JSON.stringify(attempt));
      seen.push(JSON.stringify(await attempt.result));
      verifiers.push(server.requests[i]?.form.get('code_verifier') ?? '');
    }
    const states = server.requests.length;
    assert.equal(states, 3);
    assert.equal(new Set(verifiers).size, 3);
    const all = [...seen, ...log].join('\n');
    for (const verifier of verifiers) {
      assert.equal(verifier.length, 43);
      assert.ok(!all.includes(verifier));
    }
    const urls = seen.filter((text) => text.startsWith(`${server.origin}/oauth/authorize`));
    assert.equal(new Set(urls.map((url) => new URL(url).searchParams.get('state'))).size, 3);
  });

  it('signs in by the browser, and says "done" there only after the code was redeemed', async () => {
    const attempt = await start();
    const phases: SignInPhase[] = [];
    attempt.onPhase((phase) => phases.push(phase));
    let page: string | undefined;
    server.misbehave(async (response, request, tokens) => {
      assert.equal(page, undefined, 'S20 the page came before the exchange');
      assert.equal(request.form.get('redirect_uri'), attempt.redirectUri);
      server.issued.push(tokens);
      response.end(
        JSON.stringify({
          access_token: tokens.access,
          refresh_token: tokens.refresh,
          id_token: tokens.id,
          expires_in: 3600,
        }),
      );
    });
    const seen = await visit(server.consent(attempt.authorizationUrl));
    page = seen.body;
    assert.equal(seen.status, 200);
    assert.match(seen.body, /Signed in to ChatGPT/);
    assert.equal(seen.headers['cache-control'], 'no-store');
    assert.equal(seen.headers['referrer-policy'], 'no-referrer');
    const { credential, identity } = await attempt.result;
    const [tokens] = server.issued;
    assert.deepEqual(Object.entries(credential), [
      ['type', 'oauth'],
      ['provider', 'openai-codex'],
      ['access', tokens?.access],
      ['refresh', tokens?.refresh],
      ['expires', clock.now() + 3600_000],
      ['accountId', 'account-1'],
      ['email', 'ann@example.com'],
    ]);
    assert.deepEqual(identity, {
      provider: 'openai-codex',
      accountId: 'account-1',
      userId: 'user-1',
      email: 'ann@example.com',
    });
    assert.deepEqual(phases, ['waiting', 'exchanging']);
  });

  it('S20 the page says that it failed where the exchange fails', async () => {
    const attempt = await start();
    server.misbehave((response) => {
      response.writeHead(400).end('{"error":"invalid_grant"}');
    });
    const seen = await visit(server.consent(attempt.authorizationUrl));
    assert.match(seen.body, /failed/);
    assert.doesNotMatch(seen.body, /Signed in/);
    await assert.rejects(
      attempt.result,
      (error) => isKnown(error, 'signin.tokenRefused') && error.facts.error === 'invalid_grant',
    );
  });

  it('S13 signs in by a paste, also with every port busy', async () => {
    const ports = [await occupy('127.0.0.1'), await occupy(LAST_LOOPBACK)];
    const descriptor: SignInDescriptor = {
      ...server.descriptor,
      redirect: {
        kind: 'loopback',
        host: 'localhost',
        ports: ports.map(({ port }) => port),
        path: '/auth/callback',
      },
    };
    try {
      const attempt = await start({}, descriptor);
      assert.equal(attempt.listening.kind, 'none');
      assert.equal(portOf(attempt), ports[0]?.port);
      attempt.paste(`  <${server.consent(attempt.authorizationUrl)}>\n`);
      assert.equal((await attempt.result).identity.email, 'ann@example.com');
    } finally {
      for (const { close } of ports) await close();
    }
  });

  it('S6 the log names who holds the busy port', async () => {
    const [first] =
      server.descriptor.redirect.kind === 'loopback' ? server.descriptor.redirect.ports : [];
    const held = await occupy('127.0.0.1', first);
    try {
      const attempt = await start();
      assert.ok(attempt.listening.kind === 'loopback');
      assert.notEqual(attempt.listening.port, first);
      assert.deepEqual(
        attempt.listening.busy.map(({ port }) => port),
        [first],
      );
      assert.match(log.join('\n'), new RegExp(`${first} is held by`));
    } finally {
      await held.close();
    }
  });

  it('S13 a bad paste is thrown and the attempt goes on; a bare code needs a yes', async () => {
    const attempt = await start();
    const code = 'ac_a-code-that-stands-alone';
    server.consent(attempt.authorizationUrl, code);
    assert.throws(
      () => attempt.paste('nonsense'),
      (error) => isKnown(error, 'signin.badPaste'),
    );
    assert.throws(
      () => attempt.paste(code),
      (error) => isKnown(error, 'signin.badPaste') && error.facts.why === 'bareCode',
    );
    assert.equal(server.requests.length, 0);
    attempt.paste(code, { acceptBareCode: true });
    assert.equal((await attempt.result).identity.accountId, 'account-1');
  });

  it('S9 a callback with another state changes nothing, whatever it carries', async () => {
    const attempt = await start();
    const back = server.consent(attempt.authorizationUrl);
    for (const address of [
      withParameter(back, 'state', 'x'),
      withParameter(refused(attempt), 'state', 'x'),
      `${attempt.redirectUri}?error=access_denied`,
      attempt.redirectUri,
      `${back}&code=another`,
      `${back}&state=again`,
    ]) {
      const seen = await visit(address);
      assert.equal(seen.status, 400, address);
      assert.equal(seen.headers['cache-control'], 'no-store');
    }
    assert.equal(server.requests.length, 0);
    assert.equal((await visit(back)).status, 200);
    await attempt.result;
  });

  for (const way of ['browser', 'paste'] as const) {
    it(`S10 an error by ${way} ends it at once with the words of the provider`, async () => {
      const attempt = await start();
      if (way === 'paste') attempt.paste(refused(attempt));
      else assert.match((await visit(refused(attempt))).body, /Not signed in/);
      await assert.rejects(attempt.result, (error) => {
        assert.ok(isKnown(error, 'signin.refused'));
        assert.deepEqual(error.facts, {
          provider: 'openai-codex',
          error: 'access_denied',
          description: 'Ann said no.',
        });
        return true;
      });
      assert.equal(server.requests.length, 0);
    });
  }

  it('S10 the words of the provider are made fit to be shown', async () => {
    const attempt = await start();
    const address = withParameter(
      refused(attempt),
      'error_description',
      `a\n\u202Eb\u0007 ${'c d '.repeat(500)}`,
    );
    await visit(address);
    await assert.rejects(attempt.result, (error) => {
      assert.ok(isKnown(error, 'signin.refused'));
      assert.match(error.facts.description ?? '', /^a b c d /);
      assert.ok((error.facts.description?.length ?? 0) <= 501);
      return true;
    });
  });

  it('S11 S14 one shot: a second hit gets 410, and the code is sent once', async () => {
    const attempt = await start();
    const back = server.consent(attempt.authorizationUrl);
    let second: Awaited<ReturnType<typeof visit>> | undefined;
    server.misbehave(async (response, _, tokens) => {
      second = await visit(back, { connectTo: LAST_LOOPBACK });
      attempt.paste(back);
      response.end(
        JSON.stringify({
          access_token: tokens.access,
          refresh_token: tokens.refresh,
          expires_in: 1,
        }),
      );
    });
    assert.equal((await visit(back)).status, 200);
    await attempt.result;
    assert.equal(second?.status, 410);
    assert.match(second.body, /over/);
    assert.equal(server.requests.length, 1);
    attempt.paste(back);
    attempt.cancel();
    assert.equal(attempt.receiveUri(back), false);
    assert.equal(server.requests.length, 1);
  });

  it('S14 browser, browser and paste at the same moment redeem a code once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const attempt = await start();
      const back = server.consent(attempt.authorizationUrl);
      const before = server.requests.length;
      const visits = [visit(back), visit(back, { connectTo: LAST_LOOPBACK })];
      await new Promise(setImmediate);
      attempt.paste(back);
      attempt.paste(back);
      await Promise.allSettled(visits);
      await attempt.result;
      assert.equal(server.requests.length - before, 1);
    }
  });

  it('S12 ends after ten minutes, and not before', async () => {
    const attempt = await start();
    clock.advance(SIGN_IN_LIMIT_MS - 1);
    assert.equal((await visit(attempt.redirectUri)).status, 400, 'still there');
    clock.advance(1);
    await assert.rejects(
      attempt.result,
      (error) => isKnown(error, 'signin.timeout') && error.facts.minutes === 10,
    );
    assert.equal(await isFree(portOf(attempt)), true);
  });

  it('S12 a code that came in time is still redeemed', async () => {
    const attempt = await start({ limitMs: 60_000 });
    server.misbehave((response, _, tokens) => {
      clock.advance(10_000);
      response.end(
        JSON.stringify({
          access_token: tokens.access,
          refresh_token: tokens.refresh,
          expires_in: 1,
        }),
      );
    });
    clock.advance(59_000);
    await visit(server.consent(attempt.authorizationUrl));
    await attempt.result;
  });

  it('S12 a silent token endpoint ends it after 15 s more', async () => {
    const attempt = await start();
    server.misbehave(() => clock.advance(15_000));
    const seen = await visit(server.consent(attempt.authorizationUrl));
    assert.match(seen.body, /failed/);
    await assert.rejects(
      attempt.result,
      (error) => isKnown(error, 'signin.network') && error.facts.timedOut,
    );
  });

  for (const by of ['cancel()', 'signal'] as const) {
    it(`S12 ${by} ends the waiting at once: every socket closed, the port free`, async () => {
      const controller = new AbortController();
      const attempt = await start({ signal: controller.signal });
      const { closed } = await dawdle('127.0.0.1', portOf(attempt), 'GET /auth/callback?code=');
      const started = performance.now();
      if (by === 'signal') controller.abort();
      else attempt.cancel();
      await assert.rejects(attempt.result, Cancelled);
      assert.equal(await isFree(portOf(attempt)), true);
      assert.ok(performance.now() - started < 1000);
      await closed;
    });
  }

  it('S12 cancelling while the code is being redeemed ends it at once, and the browser is told', async () => {
    const attempt = await start();
    server.misbehave(() => attempt.cancel());
    const started = performance.now();
    const seen = await visit(server.consent(attempt.authorizationUrl));
    assert.match(seen.body, /cancelled/);
    await assert.rejects(attempt.result, Cancelled);
    assert.equal(await isFree(portOf(attempt)), true);
    assert.ok(performance.now() - started < 1000);
  });

  it('S12 the next attempt can have the port as soon as this one is cancelled', async () => {
    const first = await start();
    const { cancel } = first;
    cancel();
    const second = await start();
    assert.equal(second.redirectUri, first.redirectUri);
    await visit(server.consent(second.authorizationUrl));
    await second.result;
    await assert.rejects(first.result, Cancelled);
  });

  it('S12 one that was cancelled before it began opens nothing', async () => {
    await assert.rejects(
      startSignIn(server.descriptor, services(), { signal: AbortSignal.abort() }),
      Cancelled,
    );
    const controller = new AbortController();
    const starting = startSignIn(server.descriptor, services(), { signal: controller.signal });
    controller.abort();
    await assert.rejects(starting, Cancelled);
    const { redirect } = server.descriptor;
    assert.ok(redirect.kind === 'loopback');
    for (const port of redirect.ports) assert.equal(await isFree(port), true);
  });

  it('S12 the port is free as soon as the result is there', async () => {
    for (let round = 0; round < 5; round += 1) {
      const attempt = await start();
      const seen = visit(server.consent(attempt.authorizationUrl));
      await attempt.result;
      assert.equal(await isFree(portOf(attempt)), true);
      assert.match((await seen).body, /Signed in/);
    }
  });

  it('S15 refuses endpoints to which nothing may be sent, before anything is opened', async () => {
    for (const name of ['authorizationEndpoint', 'tokenEndpoint'] as const) {
      await assert.rejects(
        startSignIn({ ...server.descriptor, [name]: 'http://auth.example/' }, services()),
        (error) => isKnown(error, 'signin.badEndpoint') && error.facts.what === name,
      );
    }
  });

  it('RFC 9207: the answer of another issuer ends it, and its code is not sent', async () => {
    const attempt = await start({}, { ...server.descriptor, issuer: server.origin });
    await visit(
      withParameter(server.consent(attempt.authorizationUrl), 'iss', 'https://evil.example'),
    );
    await assert.rejects(
      attempt.result,
      (error) => isKnown(error, 'signin.badAnswer') && error.facts.what === 'iss',
    );
    assert.equal(server.requests.length, 0);
  });

  it('S18 a descriptor that slips gives a typed error without what it slipped on', async () => {
    const credentialFrom = (): never => {
      throw new TypeError('secret-in-a-message');
    };
    const attempt = await start({}, { ...server.descriptor, credentialFrom });
    await visit(server.consent(attempt.authorizationUrl));
    await assert.rejects(attempt.result, (error) => {
      assert.ok(isKnown(error, 'signin.badAnswer'));
      assert.ok(!`${error.message}${error.stack}${String(error.cause)}`.includes('secret-in'));
      return true;
    });
  });

  it('a listener that slips does not cost the sign-in', async () => {
    const attempt = await start();
    attempt.onPhase((phase) => {
      throw new Error(phase);
    });
    await visit(server.consent(attempt.authorizationUrl));
    await attempt.result;
    assert.match(log.join('\n'), /a listener failed at 'exchanging'/);
  });

  it('an attempt that nobody looks at can be cancelled without harm', async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown): number => rejections.push(reason);
    process.on('unhandledRejection', onRejection);
    try {
      const attempt = await startSignIn(server.descriptor, services());
      attempt.cancel();
      attempt.cancel();
      while (!(await isFree(portOf(attempt)))) await new Promise(setImmediate);
      await new Promise(setImmediate);
      assert.deepEqual(rejections, []);
    } finally {
      process.off('unhandledRejection', onRejection);
    }
  });

  describe('with the window’s own address', () => {
    const uriDescriptor = (): SignInDescriptor => ({
      ...server.descriptor,
      redirect: { kind: 'uriHandler', path: '/signin' },
    });
    const callbackUri = async (path: string): Promise<string> =>
      `vscode://coderclaw.coderclaw-auth${path}?windowId=3`;

    it('takes its own address and leaves the others to other attempts', async () => {
      const attempt = await start({}, uriDescriptor(), { callbackUri });
      assert.equal(attempt.redirectUri, 'vscode://coderclaw.coderclaw-auth/signin?windowId=3');
      assert.deepEqual(attempt.listening, { kind: 'uriHandler' });
      const back = server.consent(attempt.authorizationUrl);
      assert.equal(attempt.receiveUri('vscode://coderclaw.coderclaw-auth/other?x=1'), false);
      assert.equal(attempt.receiveUri(withParameter(back, 'state', 'x')), false);
      assert.equal(attempt.receiveUri('nonsense'), false);
      assert.equal(server.requests.length, 0);
      assert.equal(attempt.receiveUri(back), true);
      assert.equal(attempt.receiveUri(back), true);
      assert.equal((await attempt.result).identity.email, 'ann@example.com');
      assert.equal(server.requests.length, 1);
    });

    it('S13 can be pasted too', async () => {
      const attempt = await start({}, uriDescriptor(), { callbackUri });
      attempt.paste(server.consent(attempt.authorizationUrl));
      await attempt.result;
    });

    it('needs an address', async () => {
      await assert.rejects(startSignIn(uriDescriptor(), services()), (error) =>
        isKnown(error, 'signin.badEndpoint'),
      );
    });
  });
});
