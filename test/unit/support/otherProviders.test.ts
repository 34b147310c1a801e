import assert from 'node:assert/strict';
import { systemClock } from '../../../src/core/clock.ts';
import { startSignIn } from '../../../src/core/signin/attempt.ts';
import { signInProviders } from '../../../src/core/signin/registry.ts';
import { type AuthServer, startAuthServer } from '../../support/authServer.ts';
import { signInOverHttp } from '../../support/browserless.ts';
import {
  type OtherProviders,
  otherClients,
  startOtherProviders,
} from '../../support/otherProviders.ts';

describe('sign-in by the browser at a certified server', function () {
  this.timeout(30_000);
  let authServer: AuthServer;
  let others: OtherProviders;
  before(async () => {
    authServer = await startAuthServer({ clients: otherClients });
    others = await startOtherProviders();
  });
  after(async () => {
    await authServer.close();
    await others.close();
  });

  for (const [provider, told] of [
    ['anthropic', {}],
    ['google-gemini-cli', { email: 'ann@example.com' }],
    ['chutes', { email: 'ann', accountId: 'acct-ann' }],
  ] as const) {
    it(`${provider}: through the login page and back to the loopback address`, async () => {
      const environment = others.environment(authServer);
      const descriptor = await signInProviders(environment).get(provider)?.browser?.();
      assert.ok(descriptor !== undefined);
      const attempt = await startSignIn(descriptor, { fetch, clock: systemClock, log: () => {} });
      const callback = await signInOverHttp(attempt.authorizationUrl, { email: 'ann@example.com' });
      const page = fetch(callback);
      const { credential, identity } = await attempt.result;
      assert.equal((await page).status, 200);
      assert.deepEqual(identity, { provider, ...told });
      for (const key of ['access', 'refresh']) {
        assert.ok(authServer.secrets.has(String(credential[key])), key);
      }
    });
  }
});
