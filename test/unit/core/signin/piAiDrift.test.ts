import assert from 'node:assert/strict';
import { openaiCodexOAuthProvider } from '@mariozechner/pi-ai/oauth';
import { systemClock } from '../../../../src/core/clock.ts';
import { startSignIn } from '../../../../src/core/signin/attempt.ts';
import { openaiCodex } from '../../../../src/core/signin/providers/openaiCodex.ts';
import { freePort } from './support/ports.ts';

/** pi-ai's authorization address. Nothing is sent: the login is called off as soon as it is known. */
async function addressOfPi(): Promise<URL> {
  let address = '';
  const calledOff = new Error('called off');
  await assert.rejects(
    openaiCodexOAuthProvider.login({
      onAuth: ({ url }) => {
        address = url;
      },
      onPrompt: () => Promise.reject(calledOff),
      onManualCodeInput: () => Promise.reject(calledOff),
    }),
    calledOff,
  );
  return new URL(address);
}

describe('drift from pi-ai', () => {
  it('OpenAI Codex: both send the browser to the same address, but for what is random or a name', async () => {
    const ours = openaiCodex();
    // pi-ai has the first port for its part; ours stays off it, since other tests use it too.
    const redirect = { ...ours.redirect, ports: [await freePort()] };
    const attempt = await startSignIn({ ...ours, redirect } as typeof ours, {
      fetch,
      clock: systemClock,
      log: () => {},
    });
    attempt.cancel();
    await attempt.result.catch(() => {});

    const [mine, pis] = [new URL(attempt.authorizationUrl), await addressOfPi()];
    assert.equal(mine.origin + mine.pathname, pis.origin + pis.pathname);
    const comparable = (url: URL, redirectUri: string | null): Record<string, string | null> => ({
      ...Object.fromEntries(url.searchParams),
      redirect_uri: redirectUri,
      code_challenge: 'random',
      state: 'random',
      originator: 'a name',
    });
    assert.ok(ours.redirect.kind === 'loopback');
    const registered = `http://${ours.redirect.host}:${ours.redirect.ports[0]}${ours.redirect.path}`;
    assert.deepEqual(
      comparable(mine, registered),
      comparable(pis, pis.searchParams.get('redirect_uri')),
    );
    for (const name of ['code_challenge', 'state', 'originator']) {
      assert.ok(mine.searchParams.get(name) && pis.searchParams.get(name), name);
    }
  });
});
