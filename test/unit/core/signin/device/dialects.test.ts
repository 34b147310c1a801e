import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { isKnown } from '../../../../../src/core/errors.ts';
import {
  type DeviceSignInAttempt,
  startDeviceSignIn,
} from '../../../../../src/core/signin/device/deviceSignIn.ts';
import { signInProviders } from '../../../../../src/core/signin/registry.ts';
import type { dialects } from '../../../../support/deviceDialects.ts';
import {
  type DeviceServer,
  type DeviceServerOptions,
  startDeviceServer,
} from '../../../../support/deviceServer.ts';
import { SteppedClock } from './support/steppedClock.ts';

const answering =
  (status: number, body: object) =>
  (response: ServerResponse): void => {
    response.writeHead(status).end(JSON.stringify(body));
  };

describe('dialects of the device flow', () => {
  let clock: SteppedClock;
  let server: DeviceServer;
  let provider: string;
  let log: string[];

  /** The same for each: a strict server, and the descriptor of the registry that leads there. */
  const serverFor = (
    name: keyof typeof dialects,
    id: string,
    options: Partial<DeviceServerOptions> = {},
  ): void => {
    beforeEach(async () => {
      clock = new SteppedClock();
      log = [];
      provider = id;
      server = await startDeviceServer(name, { clock, ...options });
    });
    afterEach(async () => {
      assert.equal(server.early, 0, 'it polled too early');
      assert.equal(clock.sleeping, 0, 'a wait was left behind');
      for (const secret of server.secrets) assert.ok(!log.join('\n').includes(secret));
      await server.close();
    });
  };

  async function start(options = {}): Promise<DeviceSignInAttempt> {
    const found = signInProviders(server.environment).get(provider);
    const descriptor = await found?.deviceCode?.(options);
    assert.ok(descriptor);
    const attempt = await startDeviceSignIn(descriptor, {
      fetch,
      clock,
      log: (line) => log.push(line),
    });
    await clock.nextWait();
    return attempt;
  }

  /** Two polls: one before the person has agreed, one after. */
  async function agreed(options = {}) {
    const attempt = await start(options);
    assert.equal(await clock.step(), 7_000);
    await clock.nextWait();
    server.answer('agreed');
    clock.advance(7_000);
    const signedIn = await attempt.result;
    return { attempt, ...signedIn };
  }

  const asGiven = (value: unknown): string => {
    assert.ok(server.secrets.has(String(value)));
    return String(value);
  };

  /** A poll that is answered in this way ends the sign-in like that. */
  async function endOf(...faults: readonly ((response: ServerResponse) => void)[]) {
    const attempt = await start();
    server.next(...faults);
    await clock.step();
    return attempt.result.catch((error: unknown) => error);
  }

  /** The answer that grants, with some fields changed. */
  const badGrants = (whole: object, fields: readonly string[], host: () => string): void => {
    for (const field of fields) {
      it(`S16 an answer without ${field} is a bad answer`, async () => {
        const error = await endOf(answering(200, { ...whole, [field]: undefined }));
        assert.ok(isKnown(error, 'signin.badAnswer'));
        assert.deepEqual(error.facts, { host: host(), what: field });
      });
    }
  };

  describe('Qwen', () => {
    serverFor('qwen', 'qwen-portal', { interval: '7' });

    it('signs in with a proof key, and says where the models are', async () => {
      const { credential, modelProvider, identity, attempt } = await agreed();
      assert.deepEqual(Object.entries(credential), [
        ['type', 'oauth'],
        ['provider', 'qwen-portal'],
        ['access', asGiven(credential['access'])],
        ['refresh', asGiven(credential['refresh'])],
        ['expires', clock.now() + 3600_000],
      ]);
      assert.deepEqual(identity, { provider: 'qwen-portal' });
      assert.equal(modelProvider?.provider, 'qwen-portal');
      assert.equal(modelProvider.baseUrl, 'https://portal.qwen.ai/v1');
      assert.equal(modelProvider.whenNew['api'], 'openai-completions');
      assert.match(attempt.verificationUriComplete ?? '', /user_code=/);
      const [begin, poll] = server.requests;
      assert.deepEqual(
        { ...begin?.fields, code_challenge: '' },
        {
          client_id: 'f0304373b74a44d2b584a3fb70ca9e56',
          scope: 'openid profile email model.completion',
          code_challenge: '',
          code_challenge_method: 'S256',
        },
      );
      assert.match(String(begin?.headers['x-request-id']), /^[\da-f-]{36}$/);
      assert.equal(poll?.fields['code_verifier']?.length, 43);
    });

    const whole = { access_token: 'at', refresh_token: 'rt', expires_in: 60 };
    for (const [said, value] of [
      [undefined, 'https://portal.qwen.ai/v1'],
      ['  ', 'https://portal.qwen.ai/v1'],
      ['models.qwen.example/', 'https://models.qwen.example/v1'],
      ['https://models.qwen.example/a/v1/', 'https://models.qwen.example/a/v1'],
      ['http://models.qwen.example', 'https://portal.qwen.ai/v1'],
      ['https://me:secret@models.qwen.example', 'https://portal.qwen.ai/v1'],
      [7, 'https://portal.qwen.ai/v1'],
    ] as const) {
      it(`makes ${value} of the resource ${JSON.stringify(said)}`, async () => {
        const attempt = await start();
        server.next(answering(200, { ...whole, resource_url: said }));
        await clock.step();
        assert.equal((await attempt.result).modelProvider?.baseUrl, value);
      });
    }
    badGrants(whole, ['access_token', 'refresh_token', 'expires_in'], () => hostOf(server));
  });

  describe('MiniMax', () => {
    serverFor('minimax', 'minimax-portal', { skewMs: 3 * 3600_000 });

    it('signs in with a proof key and state, whatever our clock says', async () => {
      const { credential, modelProvider, attempt } = await agreed();
      // A date has no milliseconds.
      const began = clock.now() - 14_000;
      assert.ok(Math.abs(attempt.expiresAt - (began + 600_000)) < 1_000);
      assert.deepEqual(Object.entries(credential), [
        ['type', 'oauth'],
        ['provider', 'minimax-portal'],
        ['access', asGiven(credential['access'])],
        ['refresh', asGiven(credential['refresh'])],
        ['expires', clock.now() + 4 * 3600_000],
      ]);
      assert.equal(modelProvider?.provider, 'minimax-portal');
      assert.equal(modelProvider.baseUrl, 'https://api.minimax.io/anthropic');
      assert.equal(modelProvider.whenNew['api'], 'anthropic-messages');
      const { state, code_challenge, ...fields } = server.requests[0]?.fields ?? {};
      assert.ok(state && code_challenge);
      assert.deepEqual(fields, {
        response_type: 'code',
        client_id: '78257093-7e40-4613-99e0-527b14b39113',
        scope: 'group_id profile model.completion',
        code_challenge_method: 'S256',
      });
      const { code_verifier } = server.requests[1]?.fields ?? {};
      assert.notEqual(state, code_verifier);
    });

    it('has two regions', async () => {
      const of = async (region: 'global' | 'cn') => {
        const descriptor = await signInProviders({})
          .get('minimax-portal')
          ?.deviceCode?.({ region });
        return [descriptor?.deviceAuthorizationEndpoint, descriptor?.deviceTokenEndpoint];
      };
      const [global, cn] = ['https://api.minimax.io', 'https://api.minimaxi.com'];
      assert.deepEqual(await of('global'), [`${global}/oauth/code`, `${global}/oauth/token`]);
      assert.deepEqual(await of('cn'), [`${cn}/oauth/code`, `${cn}/oauth/token`]);
      const attempt = await start({ region: 'cn' });
      server.next(
        answering(200, {
          status: 'success',
          access_token: 'at',
          refresh_token: 'rt',
          expired_in: 2e12,
          resource_url: 'http://evil.example',
        }),
      );
      await clock.step();
      assert.equal((await attempt.result).modelProvider?.baseUrl, `${cn}/anthropic`);
    });

    it('an answer with another state is not for us', async () => {
      server.next((response) => {
        const body = { user_code: 'A', verification_uri: `${server.origin}/d`, state: 'x' };
        answering(200, { ...body, expired_in: 2e12 })(response);
      });
      await assert.rejects(
        start(),
        (error) => isKnown(error, 'signin.badAnswer') && error.facts.what === 'state',
      );
    });

    it('a code that has expired by the clock of the server is none', async () => {
      server.next((response) => {
        const { state } = server.requests[0]?.fields ?? {};
        const body = { user_code: 'A', verification_uri: `${server.origin}/d`, state };
        answering(200, { ...body, expired_in: 1e12 })(response);
      });
      await assert.rejects(
        start(),
        (error) => isKnown(error, 'signin.badAnswer') && error.facts.what === 'expired_in',
      );
    });

    it('an error ends it in the words of MiniMax', async () => {
      const error = await endOf(
        answering(200, { status: 'error', base_resp: { status_msg: 'Not allowed' } }),
      );
      assert.ok(isKnown(error, 'signin.tokenRefused'));
      assert.equal(error.facts.description, 'Not allowed');
      const refused = await endOf(answering(400, { base_resp: { status_msg: 'No plan' } }));
      assert.ok(isKnown(refused, 'signin.tokenRefused') && refused.facts.status === 400);
      assert.equal(refused.facts.description, 'No plan');
    });

    const whole = {
      status: 'success',
      access_token: 'at',
      refresh_token: 'rt',
      expired_in: 2e12,
    };
    badGrants(whole, ['access_token', 'refresh_token', 'expired_in'], () => hostOf(server));
  });

  describe('ChatGPT', () => {
    serverFor('chatgpt', 'openai-codex', { interval: '7' });

    it('polls for a code, and redeems it with the verifier that the server has drawn', async () => {
      const { credential, identity, attempt } = await agreed();
      assert.deepEqual(Object.entries(credential), [
        ['type', 'oauth'],
        ['provider', 'openai-codex'],
        ['access', asGiven(credential['access'])],
        ['refresh', asGiven(credential['refresh'])],
        ['expires', clock.now() + 864_000_000],
        ['accountId', 'account-1'],
        ['email', 'ann@example.com'],
      ]);
      assert.equal(identity.userId, 'user-1');
      assert.equal(attempt.verificationUri, `${server.origin}/codex/device`);
      assert.equal(attempt.expiresAt, clock.now() - 14_000 + 15 * 60_000);
    });

    it('is at OpenAI, and must be allowed first', async () => {
      const descriptor = await signInProviders({}).get('openai-codex')?.deviceCode?.();
      assert.equal(descriptor?.allowFirst, 'chatgptDeviceCode');
      const { host, pathname } = new URL(descriptor.deviceAuthorizationEndpoint);
      assert.equal(host + pathname, 'auth.openai.com/api/accounts/deviceauth/usercode');
      const answer = {
        host,
        body: { device_auth_id: 'd', usercode: 'AB', interval: '5' },
      };
      const proof = { verifier: '', challenge: '', state: '' };
      const { verificationUri, userCode } = descriptor.authorizationFrom(answer, proof, 0);
      assert.deepEqual([verificationUri, userCode], ['https://auth.openai.com/codex/device', 'AB']);
    });

    it('404 to the first request: it is not offered', async () => {
      server.next(answering(404, {}));
      await assert.rejects(start(), (error) => isKnown(error, 'signin.notOffered'));
    });

    it('403 and 404 without words are waiting; words decide', async () => {
      const attempt = await start();
      const pending = { error: 'deviceauth_authorization_pending' };
      server.next(answering(403, {}), answering(404, {}), answering(400, pending));
      for (let i = 0; i < 3; i += 1) await clock.step();
      assert.equal(await clock.nextWait(), 7_000);
      server.next(answering(403, { error: { code: 'access_denied', message: 'No.' } }));
      clock.advance(7_000);
      await assert.rejects(attempt.result, (error) => isKnown(error, 'signin.refused'));
      const expired = await endOf(answering(403, { error: { code: 'deviceauth_expired' } }));
      assert.ok(isKnown(expired, 'signin.codeExpired'));
      const other = await endOf(answering(400, { error: { code: 'invalid_request' } }));
      assert.ok(isKnown(other, 'signin.tokenRefused'));
    });

    badGrants(
      { authorization_code: 'ac', code_verifier: 'v' },
      ['authorization_code', 'code_verifier'],
      () => hostOf(server),
    );
  });

  describe('GitHub Copilot', () => {
    serverFor('github', 'github-copilot');

    for (const [typed, enterpriseUrl] of [
      ['', undefined],
      [' github.com ', undefined],
      ['octo.ghe.com', 'octo.ghe.com'],
      ['https://Octo.ghe.com/login?x', 'octo.ghe.com'],
    ] as const) {
      it(`signs in, and keeps ${enterpriseUrl ?? 'nothing'} of "${typed}"`, async () => {
        const { credential } = await agreed({ enterprise: typed });
        assert.deepEqual(Object.entries(credential), [
          ['type', 'oauth'],
          ['provider', 'github-copilot'],
          ['access', asGiven(credential['access'])],
          ['refresh', asGiven(credential['refresh'])],
          ['expires', Math.floor(clock.now() / 1000) * 1000 + 1500_000],
          ...(enterpriseUrl === undefined ? [] : [['enterpriseUrl', enterpriseUrl]]),
        ]);
      });
    }

    it('sends nothing to what is no domain', async () => {
      for (const enterprise of ['a b', 'https://', 'a_b.com', '[::1]']) {
        await assert.rejects(start({ enterprise }), (error) =>
          isKnown(error, 'signin.badEndpoint'),
        );
      }
      assert.equal(server.requests.length, 0);
    });

    it('an account without Copilot is refused', async () => {
      const error = await endOf(
        answering(200, { access_token: 'ghu_x', token_type: 'bearer' }),
        answering(403, { message: 'no subscription' }),
      );
      assert.ok(isKnown(error, 'signin.tokenRefused') && error.facts.status === 403);
    });
  });
});

function hostOf({ origin }: DeviceServer): string {
  return new URL(origin).host;
}
