import assert from 'node:assert/strict';
import { systemClock } from '../../../../src/core/clock.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import { type SignInAttempt, startSignIn } from '../../../../src/core/signin/attempt.ts';
import type { SignInDescriptor } from '../../../../src/core/signin/descriptor.ts';
import { movedEndpoints } from '../../../../src/core/signin/endpoints.ts';
import { identityOfStored, sameIdentity } from '../../../../src/core/signin/identity.ts';
import { openaiCodex } from '../../../../src/core/signin/providers/openaiCodex.ts';
import { refreshTokens } from '../../../../src/core/signin/tokenEndpoint.ts';
import { type AuthServer, startAuthServer } from '../../../support/authServer.ts';
import { signInOverHttp } from '../../../support/browserless.ts';
import { visit } from './support/browser.ts';
import { freePort } from './support/ports.ts';

describe('sign-in with a real authorization server', function () {
  this.timeout(20_000);
  let server: AuthServer;
  let descriptor: SignInDescriptor;
  let log: string[];

  before(async () => {
    const port = await freePort();
    const path = '/auth/callback';
    server = await startAuthServer({ redirectUris: [`http://localhost:${port}${path}`] });
    descriptor = {
      ...openaiCodex(movedEndpoints(server.environment, 'openai-codex')),
      redirect: { kind: 'loopback', host: 'localhost', ports: [port], path },
    };
  });
  beforeEach(() => {
    log = [];
  });
  after(() => server.close());

  const start = (): Promise<SignInAttempt> =>
    startSignIn(descriptor, { fetch, clock: systemClock, log: (line) => log.push(line) });

  it('signs a person in by the browser; the login can be refreshed and is recognized', async () => {
    const attempt = await start();
    const back = await signInOverHttp(attempt.authorizationUrl, { email: 'ann@example.com' });
    const page = await visit(back);
    assert.match(page.body, /Signed in to ChatGPT/);
    const { credential, identity } = await attempt.result;
    assert.equal(identity.email, 'ann@example.com');
    assert.ok(identity.accountId && identity.userId);
    assert.equal(sameIdentity(identity, identityOfStored(credential)), 'same');
    assert.ok(Number(credential['expires']) > Date.now());

    const refreshed = await refreshTokens(descriptor, String(credential['refresh']), {
      fetch,
      clock: systemClock,
    });
    assert.ok(refreshed.refreshToken && refreshed.refreshToken !== credential['refresh']);
    await assert.rejects(
      refreshTokens(descriptor, String(credential['refresh']), { fetch, clock: systemClock }),
      (error) => isKnown(error, 'signin.tokenRefused') && error.facts.error === 'invalid_grant',
    );
    const said = [...log, page.body].join('\n');
    assert.ok(server.secrets.size > 0);
    for (const secret of server.secrets) assert.ok(!said.includes(secret), 'S17');
  });

  it('signs another person in by a paste', async () => {
    const attempt = await start();
    attempt.paste(await signInOverHttp(attempt.authorizationUrl, { email: 'bob@example.com' }));
    const { identity } = await attempt.result;
    assert.equal(identity.email, 'bob@example.com');
  });

  it('S10 ends with the words of the provider when the person says no', async () => {
    const attempt = await start();
    const back = await signInOverHttp(attempt.authorizationUrl, {
      email: 'ann@example.com',
      refuse: true,
    });
    assert.match((await visit(back)).body, /Not signed in/);
    await assert.rejects(
      attempt.result,
      (error) =>
        isKnown(error, 'signin.refused') &&
        error.facts.error === 'access_denied' &&
        /said no/.test(error.facts.description ?? ''),
    );
  });

  it('S14 a code that was spent elsewhere is refused', async () => {
    const first = await start();
    const back = await signInOverHttp(first.authorizationUrl, { email: 'ann@example.com' });
    first.paste(back);
    await first.result;
    const second = await start();
    second.paste(new URL(back).searchParams.get('code') ?? '', { acceptBareCode: true });
    await assert.rejects(
      second.result,
      (error) => isKnown(error, 'signin.tokenRefused') && error.facts.error === 'invalid_grant',
    );
  });
});
