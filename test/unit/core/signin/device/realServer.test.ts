import assert from 'node:assert/strict';
import { isKnown } from '../../../../../src/core/errors.ts';
import {
  type DeviceSignInAttempt,
  startDeviceSignIn,
} from '../../../../../src/core/signin/device/deviceSignIn.ts';
import { standardDevice } from '../../../../../src/core/signin/device/standardDevice.ts';
import { openaiCodex } from '../../../../../src/core/signin/providers/openaiCodex.ts';
import { type AuthServer, startAuthServer } from '../../../../support/authServer.ts';
import { enterDeviceCode } from '../../../../support/browserless.ts';
import { SteppedClock } from './support/steppedClock.ts';

describe('device sign-in with a real authorization server (RFC 8628)', function () {
  this.timeout(20_000);
  let server: AuthServer;
  const log: string[] = [];

  before(async () => {
    server = await startAuthServer();
  });
  after(() => server.close());

  async function start(clock: SteppedClock): Promise<DeviceSignInAttempt> {
    const { tokenEndpoint, deviceAuthorizationEndpoint } = server;
    const browser = openaiCodex({ tokenEndpoint });
    const { provider, label, clientId, scope } = browser;
    const attempt = await startDeviceSignIn(
      standardDevice({
        provider,
        label,
        clientId,
        scope,
        deviceAuthorizationEndpoint,
        tokenEndpoint,
        credentialFrom: (tokens, { now }) => browser.credentialFrom(tokens, now()),
      }),
      { fetch, clock, log: (line) => log.push(line) },
    );
    await clock.nextWait();
    return attempt;
  }

  it('waits until the person has entered the code, and gets what CoderClaw stores', async () => {
    const clock = new SteppedClock(Date.now());
    const attempt = await start(clock);
    assert.equal(await clock.step(), 5_000);
    await clock.nextWait();
    assert.equal(server.log.at(-1)?.error, 'authorization_pending');
    await enterDeviceCode(attempt.verificationUriComplete ?? '', { email: 'ann@example.com' });
    clock.advance(5_000);
    const { credential, identity } = await attempt.result;
    assert.deepEqual(Object.keys(credential), [
      'type',
      'provider',
      'access',
      'refresh',
      'expires',
      'accountId',
      'email',
    ]);
    assert.equal(identity.email, 'ann@example.com');
    assert.ok(server.secrets.has(String(credential['access'])));
    assert.ok(server.secrets.has(String(credential['refresh'])));
    for (const secret of server.secrets) assert.ok(!log.join('\n').includes(secret));
  });

  it('the person says no', async () => {
    const clock = new SteppedClock(Date.now());
    const attempt = await start(clock);
    const person = { email: 'ann@example.com', refuse: true };
    await enterDeviceCode(attempt.verificationUriComplete ?? '', person);
    await clock.step();
    await assert.rejects(
      attempt.result,
      (error) => isKnown(error, 'signin.refused') && error.facts.error === 'access_denied',
    );
  });
});
