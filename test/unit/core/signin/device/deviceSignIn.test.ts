import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { Cancelled } from '../../../../../src/core/clock.ts';
import { isKnown, KnownError } from '../../../../../src/core/errors.ts';
import type { DeviceSignInDescriptor } from '../../../../../src/core/signin/device/deviceDescriptor.ts';
import {
  type DeviceSignInAttempt,
  type DeviceSignInOptions,
  LONGEST_CODE_MS,
  startDeviceSignIn,
} from '../../../../../src/core/signin/device/deviceSignIn.ts';
import { standardDevice } from '../../../../../src/core/signin/device/standardDevice.ts';
import { TOKEN_REQUEST_LIMIT_MS } from '../../../../../src/core/signin/limitedRequest.ts';
import {
  type DeviceServer,
  type DeviceServerOptions,
  startDeviceServer,
} from '../../../../support/deviceServer.ts';
import { freePort } from '../support/ports.ts';
import { SteppedClock } from './support/steppedClock.ts';

/** A fault of the test servers: this status with this body. */
const answering =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (response: import('node:http').ServerResponse): void => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body);
  };

describe('device sign-in', () => {
  let clock: SteppedClock;
  let server: DeviceServer;
  let log: string[];
  const running: DeviceSignInAttempt[] = [];

  beforeEach(async () => {
    clock = new SteppedClock();
    log = [];
    server = await startDeviceServer('rfc8628', { clock });
  });
  afterEach(async () => {
    for (const attempt of running.splice(0)) {
      attempt.cancel();
      await attempt.result.catch(() => {});
    }
    assert.equal(clock.sleeping, 0, 'a wait was left behind');
    assert.equal(server.early, 0, 'it polled too early');
    await server.close();
  });

  const restart = async (options: Partial<DeviceServerOptions>): Promise<void> => {
    await server.close();
    server = await startDeviceServer('rfc8628', { clock, ...options });
  };
  const descriptor = (more: Partial<DeviceSignInDescriptor> = {}): DeviceSignInDescriptor => ({
    ...standardDevice({
      provider: 'practice',
      label: 'Practice',
      clientId: 'client',
      scope: 'openid',
      deviceAuthorizationEndpoint: `${server.origin}/begin`,
      tokenEndpoint: `${server.origin}/poll`,
      credentialFrom: (tokens, { now }) => ({
        credential: {
          type: 'oauth',
          provider: 'practice',
          access: tokens.accessToken,
          refresh: tokens.refreshToken ?? '',
          expires: now() + (tokens.expiresIn ?? 0) * 1000,
        },
        identity: { provider: 'practice' },
      }),
    }),
    ...more,
  });
  const services = () => ({ fetch, clock, log: (line: string) => void log.push(line) });

  /** Starts one, and takes the wait for the end of its code out of the way. */
  async function start(
    more: Partial<DeviceSignInDescriptor> = {},
    options: DeviceSignInOptions = {},
  ): Promise<DeviceSignInAttempt> {
    const attempt = await startDeviceSignIn(descriptor(more), services(), options);
    running.push(attempt);
    await clock.nextWait();
    return attempt;
  }
  const polls = (): number => server.requests.filter(({ path }) => path === '/poll').length;
  const expires = (error: unknown): boolean =>
    isKnown(error, 'signin.codeExpired') && error.facts.provider === 'practice';

  it('shows the code and where to enter it, and signs in once the person has agreed', async () => {
    const attempt = await start();
    assert.equal(attempt.userCode, 'WDJB-MJHT');
    assert.equal(attempt.verificationUri, `${server.origin}/device`);
    assert.equal(attempt.verificationUriComplete, `${server.origin}/device?user_code=WDJB-MJHT`);
    assert.equal(attempt.expiresAt, clock.now() + 600_000);
    const phases: string[] = [];
    attempt.onPhase((phase) => phases.push(phase));
    assert.deepEqual([await clock.step(), await clock.step()], [7_000, 7_000]);
    await clock.nextWait();
    server.answer('agreed');
    clock.advance(7_000);
    const { credential, identity } = await attempt.result;
    assert.deepEqual(credential, {
      type: 'oauth',
      provider: 'practice',
      access: credential['access'],
      refresh: credential['refresh'],
      expires: clock.now() + 3600_000,
    });
    assert.ok(server.secrets.has(String(credential['access'])));
    assert.deepEqual(identity, { provider: 'practice' });
    assert.deepEqual(phases, ['waiting', 'exchanging']);
    assert.equal(polls(), 3);
  });

  for (const [title, interval, expected] of [
    ['five seconds where the server does not say', 'none', 5_000],
    ['what the server says in a string', '11', 11_000],
    ['never less than a second', 0.001, 1_000],
    ['five seconds for nonsense', 'soon', 5_000],
    ['five seconds for nothing', 0, 5_000],
    ['as long as the code lives at most: no timer is longer', 1e12, 600_000],
  ] as const) {
    it(`waits ${title}`, async () => {
      await restart({ interval });
      await start();
      assert.equal(await clock.nextWait(), expected);
    });
  }

  it('slow_down adds five seconds to this and all that follow', async () => {
    const attempt = await start();
    const slowDown = answering(400, '{"error":"slow_down"}');
    server.next(slowDown, slowDown, answering(429, 'busy'));
    const waits = [];
    for (let i = 0; i < 5; i += 1) waits.push(await clock.step());
    assert.deepEqual(waits, [7_000, 12_000, 17_000, 22_000, 22_000]);
    assert.equal(await clock.nextWait(), 22_000);
    server.answer('agreed');
    clock.advance(22_000);
    await attempt.result;
  });

  it('a server that names a longer interval with slow_down gets that one', async () => {
    await start();
    server.next(answering(200, '{"error":"slow_down","interval":40}'));
    assert.deepEqual([await clock.step(), await clock.nextWait()], [7_000, 40_000]);
  });

  it('the person says no: in the words of the provider', async () => {
    const attempt = await start();
    server.answer('denied');
    await clock.step();
    await assert.rejects(attempt.result, (error) => {
      assert.ok(isKnown(error, 'signin.refused'));
      const description = 'That is access_denied.';
      assert.deepEqual(error.facts, { provider: 'practice', error: 'access_denied', description });
      return true;
    });
  });

  it('the server says that the code has expired', async () => {
    const attempt = await start();
    server.next(answering(400, '{"error":"expired_token"}'));
    await clock.step();
    await assert.rejects(attempt.result, expires);
  });

  it('ends by itself when the code expires, and polls no more from then on', async () => {
    await restart({ lifetime: 16 });
    const attempt = await start();
    await clock.step();
    await clock.step();
    await clock.nextWait();
    clock.advance(1_999);
    assert.equal(polls(), 2);
    clock.advance(1);
    await assert.rejects(attempt.result, expires);
    assert.equal(polls(), 2);
  });

  it('believes no server that its code lives for days', async () => {
    await restart({ lifetime: 1e7 });
    const attempt = await start();
    assert.equal(attempt.expiresAt, clock.now() + LONGEST_CODE_MS);
  });

  it('a poll that is under way when the code expires may still bring the tokens', async () => {
    await restart({ lifetime: 10 });
    const attempt = await start();
    let release: () => void = () => {};
    const arrived = new Promise<void>((resolve) => {
      server.next((response) => {
        release = () =>
          answering(200, '{"access_token":"at","refresh_token":"rt","expires_in":60}')(response);
        resolve();
      });
    });
    await clock.step();
    await arrived;
    clock.advance(4_000);
    release();
    assert.equal((await attempt.result).credential['access'], 'at');
  });

  it('transport faults back off, twice as long each time, and are forgotten after an answer', async () => {
    const attempt = await start();
    const breaks = (response: import('node:http').ServerResponse): void => void response.destroy();
    server.next(breaks, answering(500, ''), answering(503, '<p>'), breaks, breaks, undefined);
    const waits = [];
    for (let i = 0; i < 6; i += 1) waits.push(await clock.step());
    assert.deepEqual(waits, [7_000, 14_000, 28_000, 56_000, 60_000, 60_000]);
    assert.equal(await clock.nextWait(), 7_000);
    server.answer('agreed');
    clock.advance(7_000);
    await attempt.result;
    assert.equal(log.filter((line) => line.includes('trying again')).length, 5);
  });

  it('goes on through faults until the code expires, never beyond', async () => {
    await restart({ lifetime: 60 });
    const broken = `http://127.0.0.1:${await freePort()}/poll`;
    const attempt = await start({ deviceTokenEndpoint: broken });
    // 7, 14 and 28 seconds; then 11 are left of the next 56.
    for (let i = 0; i < 3; i += 1) await clock.step();
    assert.equal(await clock.nextWait(), 56_000);
    clock.advance(11_000);
    await assert.rejects(attempt.result, expires);
  });

  it('S15 a poll that is not answered is given up after 15 s, and tried again', async () => {
    const attempt = await start();
    const arrived = new Promise<void>((resolve) => {
      server.next(() => resolve());
    });
    await clock.step();
    await arrived;
    clock.advance(TOKEN_REQUEST_LIMIT_MS);
    assert.equal(await clock.nextWait(), 14_000);
    server.answer('agreed');
    clock.advance(14_000);
    await attempt.result;
  });

  it('a clock that is set meanwhile changes nothing', async () => {
    const shifted = { now: () => clock.now() + shift, sleep: clock.sleep.bind(clock) };
    let shift = 0;
    const attempt = await startDeviceSignIn(descriptor(), { ...services(), clock: shifted });
    running.push(attempt);
    await clock.nextWait();
    shift = -7 * 86_400_000;
    await clock.step();
    shift = 7 * 86_400_000;
    await clock.nextWait();
    server.answer('agreed');
    clock.advance(7_000);
    assert.equal((await attempt.result).credential['expires'], shifted.now() + 3600_000);
  });

  describe('S12 cancel', () => {
    it('stops at once while it waits, and polls no more', async () => {
      const attempt = await start();
      await clock.nextWait();
      attempt.cancel();
      await assert.rejects(attempt.result, Cancelled);
      clock.advance(60_000);
      assert.equal(polls(), 0);
    });

    it('stops at once while a poll is under way', async () => {
      const attempt = await start();
      const arrived = new Promise<void>((resolve) => {
        server.next(() => resolve());
      });
      await clock.step();
      await arrived;
      attempt.cancel();
      await assert.rejects(attempt.result, Cancelled);
      attempt.cancel();
    });

    it('by a signal, also before there is a code, and while it finishes', async () => {
      const early = AbortSignal.abort();
      await assert.rejects(
        startDeviceSignIn(descriptor(), services(), { signal: early }),
        Cancelled,
      );
      assert.equal(server.requests.length, 0);
      const asking = new AbortController();
      server.next(() => asking.abort());
      const started = startDeviceSignIn(descriptor(), services(), { signal: asking.signal });
      await assert.rejects(started, Cancelled);

      const cancel = new AbortController();
      const credentialFrom: DeviceSignInDescriptor['credentialFrom'] = async (_body, { wait }) => {
        cancel.abort();
        await wait(1);
        assert.fail('went on');
      };
      const attempt = await start({ credentialFrom }, { signal: cancel.signal });
      server.answer('agreed');
      await clock.step();
      await assert.rejects(attempt.result, Cancelled);
    });

    it('needs nobody who looks at the result', async () => {
      const rejections: unknown[] = [];
      const onRejection = (reason: unknown): number => rejections.push(reason);
      process.on('unhandledRejection', onRejection);
      try {
        (await start()).cancel();
        for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);
        assert.deepEqual(rejections, []);
      } finally {
        process.off('unhandledRejection', onRejection);
      }
    });
  });

  it('a listener that slips does not cost the sign-in', async () => {
    const attempt = await start();
    attempt.onPhase((phase) => {
      throw new Error(phase);
    });
    server.answer('agreed');
    await clock.step();
    await attempt.result;
    assert.match(log.join('\n'), /a listener failed at 'exchanging'/);
  });

  const whole = {
    device_code: 'd',
    user_code: 'AB-12',
    verification_uri: 'https://example.com/device',
    expires_in: 600,
  };

  for (const [title, answer, what] of [
    ['HTML with 200', '<!doctype html><p>Log in', 'not a JSON object'],
    ['a list', '[]', 'not a JSON object'],
    ['no device code', { ...whole, device_code: undefined }, 'device_code'],
    ['no user code', { ...whole, user_code: undefined }, 'user_code'],
    ['a user code of several lines', { ...whole, user_code: 'AB\n12' }, 'user_code'],
    ['a user code that turns the text around', { ...whole, user_code: 'AB\u202e' }, 'user_code'],
    ['a user code that nobody can enter', { ...whole, user_code: 'A'.repeat(65) }, 'user_code'],
    ['no address', { ...whole, verification_uri: undefined }, 'verification_uri'],
    ['S19 plain http', { ...whole, verification_uri: 'http://a.example/' }, 'verification_uri'],
    ['S19 a command', { ...whole, verification_uri: 'command:x' }, 'verification_uri'],
    ['no life', { ...whole, expires_in: undefined }, 'expires_in'],
    ['a life that is over', { ...whole, expires_in: 0 }, 'expires_in'],
    ['a life in words', { ...whole, expires_in: 'soon' }, 'expires_in'],
    ['an endless life', JSON.stringify(whole).replace('600', '1e999'), 'expires_in'],
  ] as const) {
    it(`S16 no code to show: ${title} is a bad answer`, async () => {
      server.next(answering(200, typeof answer === 'string' ? answer : JSON.stringify(answer)));
      await assert.rejects(
        startDeviceSignIn(descriptor(), services()),
        (error) => isKnown(error, 'signin.badAnswer') && error.facts.what === what,
      );
    });
  }

  it('S19 a complete address that may not be opened is left out; an old name is taken', async () => {
    const { verification_uri: verification_url, ...rest } = whole;
    const answer = { ...rest, verification_url, verification_uri_complete: 'file:///etc/passwd' };
    server.next(answering(200, JSON.stringify(answer)));
    const attempt = await start();
    assert.equal(attempt.verificationUri, 'https://example.com/device');
    assert.equal(attempt.verificationUriComplete, undefined);
  });

  it('says that it is not offered where that is what the status means', async () => {
    server.next(answering(404, 'not found'), answering(404, 'not found'));
    await assert.rejects(
      startDeviceSignIn(descriptor({ notOfferedStatus: 404 }), services()),
      (error) => isKnown(error, 'signin.notOffered') && error.facts.provider === 'practice',
    );
    await assert.rejects(
      startDeviceSignIn(descriptor(), services()),
      (error) => isKnown(error, 'signin.tokenRefused') && error.facts.status === 404,
    );
  });

  it('S15 sends nothing to where nothing may be sent', async () => {
    const evil = 'http://auth.example/token';
    for (const more of [{ deviceAuthorizationEndpoint: evil }, { deviceTokenEndpoint: evil }]) {
      await assert.rejects(startDeviceSignIn(descriptor(more), services()), (error) =>
        isKnown(error, 'signin.badEndpoint'),
      );
    }
    assert.equal(server.requests.length, 0);
  });

  const endless = (response: import('node:http').ServerResponse): void => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      response.once('drain', more);
    };
    more();
  };

  /** What each way of going wrong ends in, when a code is asked for and when it is polled. */
  const WRONG = [
    ['HTML with 200', answering(200, '<p>CANARY'), 'signin.badAnswer', 'not a JSON object'],
    ['more than 1 MiB', endless, 'signin.badAnswer', 'size'],
    ['a redirect', answering(302, '', { Location: '/elsewhere' }), 'signin.tokenRefused', 302],
    ['a refusal', answering(400, '{"error":"invalid_client"}'), 'signin.tokenRefused', 400],
    ['a refusal without words', answering(403, 'CANARY'), 'signin.tokenRefused', 403],
  ] as const;
  for (const [title, fault, code, detail] of WRONG) {
    for (const when of ['asked for', 'polled'] as const) {
      it(`S15 S16 ${title} when a code is ${when}: a plain failure, nothing returned`, async () => {
        let outcome: Promise<unknown>;
        if (when === 'polled') {
          const attempt = await start();
          server.next(fault);
          await clock.step();
          outcome = attempt.result;
        } else {
          server.next(fault);
          outcome = startDeviceSignIn(descriptor(), services());
        }
        const error: unknown = await outcome.catch((caught: unknown) => caught);
        assert.ok(error instanceof KnownError && error.code === code, String(error));
        const { what, status } = error.facts as { what?: string; status?: number };
        assert.equal(what ?? status, detail);
        assert.ok(!inspect(error, { depth: 9 }).includes('CANARY'));
        assert.ok(!server.requests.some(({ path }) => path === '/elsewhere'));
      });
    }
  }

  it('S16 an answer without a token is a bad answer', async () => {
    const attempt = await start();
    server.next(answering(200, '{"token_type":"Bearer"}'));
    await clock.step();
    await assert.rejects(
      attempt.result,
      (error) => isKnown(error, 'signin.badAnswer') && error.facts.what === 'access_token',
    );
  });

  it('S17 no secret gets out, not even by a server that echoes everything', async () => {
    const seen: string[] = [];
    const echo = (response: import('node:http').ServerResponse): void => {
      const { fields = {} } = server.requests.at(-1) ?? {};
      const words = `no ${Object.values(fields).join(' ')}`;
      answering(
        400,
        JSON.stringify({ error: 'invalid_grant', error_description: words }),
      )(response);
    };
    const denial = (response: import('node:http').ServerResponse): void => {
      const { fields = {} } = server.requests.at(-1) ?? {};
      const words = `denied for ${fields['device_code']} WDJB-MJHT`;
      answering(
        400,
        JSON.stringify({ error: 'access_denied', error_description: words }),
      )(response);
    };
    const busy = answering(500, 'x');
    const slip = (): never => {
      throw new TypeError([...server.secrets].join(' '));
    };
    for (const [fault, more] of [
      [echo, {}],
      [denial, {}],
      [busy, {}],
      [undefined, { credentialFrom: slip }],
      [undefined, {}],
    ] as const) {
      const attempt = await start(more);
      server.answer('agreed');
      server.next(fault);
      await clock.step();
      // Where it goes on, it is called off.
      if (fault === busy) await clock.nextWait().then(attempt.cancel);
      const end = await attempt.result.catch((error: unknown) =>
        inspect(error, { depth: 9, showHidden: true }),
      );
      if (typeof end === 'string') seen.push(end);
      const shown = inspect(attempt, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
      seen.push(shown.replaceAll(attempt.userCode, ''));
    }
    const everything = [...seen, ...log].join('\n');
    assert.ok(server.secrets.size >= 5 && log.length >= 10);
    for (const secret of [...server.secrets, 'WDJB-MJHT']) {
      assert.ok(!everything.includes(secret), 'a secret got out');
    }
  });
});

it('device sign-in: nobody there is the network', async () => {
  const clock = new SteppedClock();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const endpoint = `http://127.0.0.1:${port}/`;
  const descriptor = standardDevice({
    provider: 'practice',
    label: 'Practice',
    clientId: 'client',
    scope: '',
    deviceAuthorizationEndpoint: endpoint,
    tokenEndpoint: endpoint,
    credentialFrom: () => assert.fail('came so far'),
  });
  await assert.rejects(
    startDeviceSignIn(descriptor, { fetch, clock, log: () => {} }),
    (error) => isKnown(error, 'signin.network') && error.facts.unsent === true,
  );
});
