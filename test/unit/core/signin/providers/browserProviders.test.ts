import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { Cancelled } from '../../../../../src/core/clock.ts';
import { isKnown } from '../../../../../src/core/errors.ts';
import { type SignInAttempt, startSignIn } from '../../../../../src/core/signin/attempt.ts';
import { signInProviders } from '../../../../../src/core/signin/registry.ts';
import { SteppedClock } from '../device/support/steppedClock.ts';
import { freePort } from '../support/ports.ts';

type Answer = readonly [status: number, body: unknown];

interface Seen {
  readonly path: string;
  readonly type: string | undefined;
  readonly bearer: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

const TOKENS = { access_token: 'at_secret-0123456789', refresh_token: 'rt_secret-0123456789' };

describe('sign-in by the browser at other providers', () => {
  let clock: SteppedClock;
  let log: string[];
  let seen: Seen[];
  /** By path; functions are asked. */
  let answers: Record<string, Answer | (() => Answer | 'none')>;
  let origin = '';
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const path = request.url ?? '';
    const type = request.headers['content-type']?.split(';')[0];
    const bearer = request.headers.authorization?.replace('Bearer ', '');
    const fields = text.startsWith('{')
      ? JSON.parse(text)
      : Object.fromEntries(new URLSearchParams(text));
    seen.push({ path, type, bearer, fields });
    const planned = answers[path] ?? [404, {}];
    const answer = typeof planned === 'function' ? planned() : planned;
    if (answer === 'none') return;
    response.writeHead(answer[0], { Location: '/elsewhere' });
    response.end(typeof answer[1] === 'string' ? answer[1] : JSON.stringify(answer[1]));
  });

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    clock = new SteppedClock();
    log = [];
    seen = [];
    answers = { '/token': [200, { ...TOKENS, expires_in: 3600 }] };
  });
  afterEach(() => {
    const { length } = log.filter((line) => /t_secret|hush-hush|ac_secret/.test(line));
    assert.equal(length, 0, 'a secret got out');
    assert.equal(clock.sleeping, 0, 'a wait was left behind');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const moved = (provider: string): Record<string, string> =>
    Object.fromEntries(
      ['AUTHORIZE', 'TOKEN', 'USERINFO', 'CODE_ASSIST'].map((name) => [
        `CODERCLAW_AUTH_${provider.toUpperCase().replaceAll('-', '_')}_${name}_URL`,
        name === 'CODE_ASSIST' ? origin : `${origin}/${name.toLowerCase()}`,
      ]),
    );

  /** Signs in, with the person's browser played by a paste. */
  async function signIn(provider: string, environment: object, by?: (it: SignInAttempt) => void) {
    const descriptor = await signInProviders({ ...moved(provider), ...environment })
      .get(provider)
      ?.browser?.();
    assert.ok(descriptor?.redirect.kind === 'loopback');
    const redirect = { ...descriptor.redirect, ports: [await freePort()] };
    const services = { fetch, clock, log: (line: string) => void log.push(line) };
    const attempt = await startSignIn({ ...descriptor, redirect }, services);
    by?.(attempt);
    const asked = Object.fromEntries(new URL(attempt.authorizationUrl).searchParams);
    attempt.paste(`${attempt.redirectUri}?code=ac_secret-012&state=${asked['state']}`);
    const outcome = await attempt.result.catch((error: unknown) => error);
    return { asked, outcome, attempt, registered: descriptor.redirect };
  }
  const signedInOf = (outcome: unknown) => {
    assert.ok(!(outcome instanceof Error), inspect(outcome));
    return outcome as Awaited<SignInAttempt['result']>;
  };
  const tokenRequest = (): Readonly<Record<string, unknown>> => seen[0]?.fields ?? {};
  const isProof = (verifier: unknown, challenge: string | undefined): boolean =>
    createHash('sha256').update(String(verifier)).digest('base64url') === challenge;

  const PROVIDERS = {
    anthropic: {},
    'google-gemini-cli': {
      GEMINI_CLI_OAUTH_CLIENT_ID: 'client',
      GEMINI_CLI_OAUTH_CLIENT_SECRET: 'hush-hush-hush',
    },
    chutes: { CHUTES_CLIENT_ID: 'cid_x', CHUTES_CLIENT_SECRET: 'hush-hush-hush' },
  };

  for (const [provider, environment] of Object.entries(PROVIDERS)) {
    for (const [what, answer] of [
      ['refresh_token', { ...TOKENS, refresh_token: undefined, expires_in: 60 }],
      ['access_token', { ...TOKENS, access_token: undefined, expires_in: 60 }],
      ['not a JSON object', '<p>Log in'],
      ['size', ' '.repeat(10_000_000)],
    ] as const) {
      it(`S16 ${provider}: a bad answer by its ${what} stores nothing`, async () => {
        answers['/token'] = [200, answer];
        const { outcome } = await signIn(provider, environment);
        assert.ok(isKnown(outcome, 'signin.badAnswer'));
        assert.equal(outcome.facts.what, what);
      });
    }
    it(`S3 ${provider}: state and verifier are two things, the challenge is S256`, async () => {
      answers['/userinfo'] = [200, {}];
      const { asked } = await signIn(provider, environment);
      const { code_verifier } = tokenRequest();
      assert.ok(isProof(code_verifier, asked['code_challenge']));
      assert.equal(asked['code_challenge_method'], 'S256');
      assert.notEqual(asked['state'], code_verifier);
    });
  }

  it('Anthropic: a JSON request that repeats the state; the end five minutes early', async () => {
    const { asked, outcome, attempt, registered } = await signIn('anthropic', {});
    const { credential, identity } = signedInOf(outcome);
    assert.deepEqual(Object.entries(credential), [
      ['type', 'oauth'],
      ['provider', 'anthropic'],
      ['access', TOKENS.access_token],
      ['refresh', TOKENS.refresh_token],
      ['expires', clock.now() + 55 * 60_000],
    ]);
    assert.deepEqual(identity, { provider: 'anthropic' });
    assert.deepEqual(
      { ...tokenRequest(), code_verifier: '' },
      {
        grant_type: 'authorization_code',
        client_id: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
        code: 'ac_secret-012',
        state: asked['state'],
        redirect_uri: attempt.redirectUri,
        code_verifier: '',
      },
    );
    assert.equal(seen[0]?.type, 'application/json');
    const redirect = { kind: 'loopback', host: 'localhost', ports: [53692], path: '/callback' };
    assert.deepEqual(registered, redirect);
  });

  describe('Chutes', () => {
    const environment = PROVIDERS.chutes;

    it('is named by the user, and stores the client', async () => {
      answers['/userinfo'] = [200, { sub: 'u-1', username: 'ann' }];
      const { outcome, asked, registered } = await signIn('chutes', environment);
      const { credential, identity } = signedInOf(outcome);
      assert.deepEqual(Object.entries(credential), [
        ['type', 'oauth'],
        ['provider', 'chutes'],
        ['access', TOKENS.access_token],
        ['refresh', TOKENS.refresh_token],
        ['expires', clock.now() + 55 * 60_000],
        ['email', 'ann'],
        ['accountId', 'u-1'],
        ['clientId', 'cid_x'],
      ]);
      assert.deepEqual(identity, { provider: 'chutes', email: 'ann', accountId: 'u-1' });
      assert.equal(seen[1]?.bearer, TOKENS.access_token);
      assert.equal(tokenRequest()['client_secret'], 'hush-hush-hush');
      assert.equal(asked['scope'], 'openid profile chutes:invoke');
      const path = '/oauth-callback';
      assert.deepEqual(registered, { kind: 'loopback', host: '127.0.0.1', ports: [1456], path });
    });

    for (const [title, answer] of [
      ['refuses', [403, {}]],
      ['redirects', [302, {}]],
      ['answers with a page', [200, '<p>']],
      ['answers with too much', [200, ' '.repeat(2_000_000)]],
      ['does not know', [200, { sub: 7, username: '' }]],
    ] as const) {
      it(`does without a name where userinfo ${title}`, async () => {
        answers['/userinfo'] = answer;
        const { outcome } = await signIn('chutes', environment);
        assert.deepEqual(signedInOf(outcome).identity, { provider: 'chutes' });
        assert.deepEqual(
          seen.map(({ path }) => path),
          ['/token', '/userinfo'],
        );
      });
    }

    it('S12 can be cancelled while it asks', async () => {
      let attempt: SignInAttempt | undefined;
      answers['/userinfo'] = () => {
        attempt?.cancel();
        return 'none';
      };
      const { outcome } = await signIn('chutes', environment, (it) => {
        attempt = it;
      });
      assert.ok(outcome instanceof Cancelled);
    });

    it('comes back only to this machine', async () => {
      const at = async (address: string) => {
        const more = { ...environment, CHUTES_OAUTH_REDIRECT_URI: address };
        return (await signInProviders(more).get('chutes')?.browser?.())?.redirect;
      };
      const good = { kind: 'loopback', host: 'localhost', ports: [9000], path: '/cb' };
      assert.deepEqual(await at('http://localhost:9000/cb'), good);
      for (const bad of [
        'http://a.example/cb',
        'https://localhost/cb',
        'x',
        'http://localhost/?a',
      ]) {
        await assert.rejects(
          at(bad),
          (error) =>
            isKnown(error, 'signin.badEndpoint') &&
            error.facts.what === 'CHUTES_OAUTH_REDIRECT_URI',
        );
      }
    });
  });

  describe('Gemini CLI', () => {
    const environment = PROVIDERS['google-gemini-cli'];
    const LOAD = '/v1internal:loadCodeAssist';
    const ONBOARD = '/v1internal:onboardUser';
    const OPERATION = '/v1internal/operations/o.1';
    const tier = { currentTier: { id: 'free-tier' } };
    const free = { allowedTiers: [{ id: 'x' }, { id: 'free-tier', isDefault: true }] };
    const finished = (id: unknown) => ({
      done: true,
      response: { cloudaicompanionProject: { id } },
    });

    it('stores the project of the account, and is named by the e-mail', async () => {
      answers['/userinfo'] = [200, { email: 'ann@example.com' }];
      answers[LOAD] = [200, { ...tier, cloudaicompanionProject: 'project-1' }];
      const { outcome, asked, registered } = await signIn('google-gemini-cli', environment);
      const { credential, identity } = signedInOf(outcome);
      assert.deepEqual(Object.entries(credential), [
        ['type', 'oauth'],
        ['provider', 'google-gemini-cli'],
        ['access', TOKENS.access_token],
        ['refresh', TOKENS.refresh_token],
        ['expires', clock.now() + 55 * 60_000],
        ['email', 'ann@example.com'],
        ['projectId', 'project-1'],
      ]);
      assert.deepEqual(identity, { provider: 'google-gemini-cli', email: 'ann@example.com' });
      assert.equal(tokenRequest()['client_secret'], 'hush-hush-hush');
      assert.deepEqual([asked['access_type'], asked['prompt']], ['offline', 'consent']);
      assert.deepEqual(
        asked['scope']?.split(' ').map((scope) => scope.replace(/.*auth\//, '')),
        ['cloud-platform', 'userinfo.email', 'userinfo.profile'],
      );
      const redirect = { kind: 'loopback', host: 'localhost', ports: [8085] };
      assert.deepEqual(registered, { ...redirect, path: '/oauth2callback' });
      for (const { path, bearer } of seen.slice(1)) assert.equal(bearer, TOKENS.access_token, path);
    });

    const own = { GOOGLE_CLOUD_PROJECT: 'own-1' };
    const policy = { error: { details: [{ reason: 'SECURITY_POLICY_VIOLATED' }] } };
    const FOUND: readonly [string, Record<string, Answer>, object, string | undefined][] = [
      ['an object', { [LOAD]: [200, { ...tier, cloudaicompanionProject: { id: 'p' } }] }, {}, 'p'],
      ['the environment', { [LOAD]: [200, tier] }, own, 'own-1'],
      ['its other name', { [LOAD]: [200, tier] }, { GOOGLE_CLOUD_PROJECT_ID: 'own-2' }, 'own-2'],
      ['nothing', { [LOAD]: [200, tier] }, {}, undefined],
      ['the environment, behind a policy', { [LOAD]: [403, policy] }, own, 'own-1'],
      ['nothing, behind a policy', { [LOAD]: [403, policy] }, {}, undefined],
      ['a new one', { [LOAD]: [200, free], [ONBOARD]: [200, finished('new-1')] }, {}, 'new-1'],
      ['an account that is not free, without its own', { [LOAD]: [200, {}] }, {}, undefined],
      ['one that is not made', { [LOAD]: [200, free], [ONBOARD]: [200, {}] }, {}, undefined],
      [
        'one with a senseless name',
        { [LOAD]: [200, free], [ONBOARD]: [200, finished('../x')] },
        {},
        undefined,
      ],
      [
        'an account that is not free, with its own',
        { [LOAD]: [200, {}], [ONBOARD]: [200, { done: true }] },
        own,
        'own-1',
      ],
    ];
    for (const [title, planned, more, projectId] of FOUND) {
      it(`finds ${projectId ?? 'no project'}: ${title}`, async () => {
        Object.assign(answers, planned);
        const { outcome } = await signIn('google-gemini-cli', { ...environment, ...more });
        if (projectId === undefined) assert.ok(isKnown(outcome, 'signin.needsProject'));
        else assert.equal(signedInOf(outcome).credential['projectId'], projectId);
      });
    }

    it('waits for a project that Google is just making', async () => {
      let looks = 0;
      answers[LOAD] = [200, free];
      answers[ONBOARD] = [200, { name: 'operations/o.1' }];
      answers[OPERATION] = () => {
        looks += 1;
        if (looks === 1) return [503, {}];
        return [200, looks < 4 ? { name: 'operations/o.1' } : finished('new-2')];
      };
      const signing = signIn('google-gemini-cli', environment);
      for (let look = 0; look < 4; look += 1) {
        // The first wait is the limit of the whole sign-in.
        while ((await clock.nextWait()) !== 5_000);
        clock.advance(5_000);
      }
      const { outcome } = await signing;
      assert.equal(signedInOf(outcome).credential['projectId'], 'new-2');
      assert.equal(looks, 4);
      assert.deepEqual(seen.find(({ path }) => path === ONBOARD)?.fields['tierId'], 'free-tier');
    });

    it('S12 can be cancelled while it waits for that', async () => {
      answers[LOAD] = [200, free];
      answers[ONBOARD] = [200, { name: 'operations/o.1' }];
      let attempt: SignInAttempt | undefined;
      const signing = signIn('google-gemini-cli', environment, (it) => {
        attempt = it;
      });
      while ((await clock.nextWait()) !== 5_000);
      attempt?.cancel();
      assert.ok((await signing).outcome instanceof Cancelled);
    });

    for (const [title, answer, code] of [
      ['a refusal', [403, { error: { message: 'at_secret-0123456789' } }], 'signin.tokenRefused'],
      ['a redirect', [302, {}], 'signin.tokenRefused'],
      ['a page', [200, '<p>at_secret-0123456789'], 'signin.badAnswer'],
      ['too much', [200, ' '.repeat(2_000_000)], 'signin.badAnswer'],
    ] as const) {
      it(`S16 ${title} in place of the project stores nothing, and says nothing of it`, async () => {
        answers[LOAD] = answer;
        const { outcome } = await signIn('google-gemini-cli', environment);
        assert.ok(outcome instanceof Error && 'code' in outcome && outcome.code === code);
        assert.ok(!inspect(outcome, { depth: 9 }).includes('at_secret'));
      });
    }
  });
});
