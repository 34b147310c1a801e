import assert from 'node:assert/strict';
import {
  anthropicOAuthProvider,
  githubCopilotOAuthProvider,
  openaiCodexOAuthProvider,
  refreshAnthropicToken,
  refreshGitHubCopilotToken,
  refreshOpenAICodexToken,
} from '@mariozechner/pi-ai/oauth';
import { systemClock } from '../../../../src/core/clock.ts';
import { startSignIn } from '../../../../src/core/signin/attempt.ts';
import { startDeviceSignIn } from '../../../../src/core/signin/device/deviceSignIn.ts';
import { anthropic, anthropicGrant } from '../../../../src/core/signin/providers/anthropic.ts';
import { githubCopilotGrant } from '../../../../src/core/signin/providers/githubCopilot.ts';
import { githubCopilotDevice } from '../../../../src/core/signin/providers/githubCopilotDevice.ts';
import {
  openaiCodex,
  openaiCodexGrant,
} from '../../../../src/core/signin/providers/openaiCodex.ts';
import type { RefreshGrant } from '../../../../src/core/signin/refreshGrant.ts';
import { SteppedClock } from './device/support/steppedClock.ts';
import { freePort } from './support/ports.ts';
import { jwt } from './support/strictServer.ts';

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

  /** What a request consists of, and what is answered to it, without sending it anywhere. */
  async function requestsOf(act: (send: typeof fetch) => Promise<unknown>) {
    const requests: object[] = [];
    const account = { 'https://api.openai.com/auth': { chatgpt_account_id: 'a' } };
    const body = { access_token: jwt(account), refresh_token: 'rt_new', expires_in: 7200 };
    const send: typeof fetch = async (url, init) => {
      const type = new Headers(init?.headers).get('content-type')?.split(';')[0];
      const text = String(init?.body);
      requests.push({
        url: String(url),
        method: init?.method,
        type:
          // A URLSearchParams has its own.
          type ?? (init?.body instanceof URLSearchParams && 'application/x-www-form-urlencoded'),
        fields: text.startsWith('{')
          ? JSON.parse(text)
          : Object.fromEntries(new URLSearchParams(text)),
      });
      return Response.json(body);
    };
    const global = globalThis.fetch;
    globalThis.fetch = send;
    try {
      return { requests, result: await act(send) };
    } finally {
      globalThis.fetch = global;
    }
  }

  for (const [name, grant, refreshOfPi] of [
    ['OpenAI Codex', openaiCodexGrant(), refreshOpenAICodexToken],
    ['Anthropic', anthropicGrant(), refreshAnthropicToken],
  ] as const satisfies readonly (readonly [string, RefreshGrant, (token: string) => unknown])[]) {
    it(`${name}: both send the same to refresh, and make the same of the answer`, async () => {
      const now = Date.now();
      const clock = { ...systemClock, now: () => now };
      const real = Date.now;
      Date.now = () => now;
      try {
        const pis = await requestsOf(() => refreshOfPi('rt_old'));
        const mine = await requestsOf((send) =>
          grant.renew({ refresh: 'rt_old' }, { fetch: send, clock }),
        );
        assert.equal(pis.requests.length, 1);
        assert.deepEqual(mine.requests, pis.requests);
        const { access, refresh, expires } = pis.result as Record<string, unknown>;
        const { fields } = mine.result as Awaited<ReturnType<RefreshGrant['renew']>>;
        // The access token of each answer has random bytes.
        assert.equal(typeof fields.access, typeof access);
        assert.deepEqual([fields.refresh, fields.expires], [refresh, expires]);
      } finally {
        Date.now = real;
      }
    });
  }

  for (const enterprise of [undefined, 'octo.ghe.com']) {
    const at = enterprise ?? 'github.com';
    it(`GitHub Copilot at ${at}: both send the same GET, and make the same of the answer`, async () => {
      const expires_at = 1_795_000_000;
      const seen: object[] = [];
      const send: typeof fetch = async (url, init) => {
        const { method = 'GET', body, headers } = init ?? {};
        seen.push({ url: String(url), method, body, headers: [...new Headers(headers)] });
        return Response.json({ token: 'tid=1;exp=2', expires_at });
      };
      const global = globalThis.fetch;
      globalThis.fetch = send;
      try {
        const pis = await refreshGitHubCopilotToken('ghu_old', enterprise);
        const credential = { refresh: 'ghu_old', ...(enterprise && { enterpriseUrl: enterprise }) };
        const services = { fetch: send, clock: systemClock };
        const { fields } = await githubCopilotGrant().renew(credential, services);
        assert.equal(seen.length, 2);
        assert.deepEqual(seen[1], seen[0]);
        const { access, refresh, expires } = pis;
        assert.deepEqual(fields, { access, refresh, expires });
      } finally {
        globalThis.fetch = global;
      }
    });
  }

  /** A whole sign-in of pi-ai or ours, with the answers made up: what was sent, and what came of it. */
  async function sentBy(
    act: (send: typeof fetch) => Promise<unknown>,
    answerTo: (url: URL) => object,
  ) {
    const requests: { url: string; method: string; headers: object; fields: unknown }[] = [];
    const send: typeof fetch = async (url, init) => {
      const text = String(init?.body ?? '');
      const headers = Object.fromEntries(new Headers(init?.headers));
      requests.push({
        url: String(url),
        method: init?.method ?? 'GET',
        headers,
        fields: text.startsWith('{')
          ? JSON.parse(text)
          : Object.fromEntries(new URLSearchParams(text)),
      });
      return Response.json(answerTo(new URL(String(url))));
    };
    const { fetch: realFetch, setTimeout: realTimeout } = globalThis;
    globalThis.fetch = send;
    // pi-ai waits by the real clock between two polls.
    globalThis.setTimeout = ((then: () => void) => realTimeout(then, 0)) as typeof setTimeout;
    try {
      return { requests, result: await act(send) };
    } finally {
      globalThis.fetch = realFetch;
      globalThis.setTimeout = realTimeout;
    }
  }

  for (const enterprise of ['', 'octo.ghe.com']) {
    it(`GitHub Copilot at ${enterprise || 'github.com'}: both sign in with the same three requests`, async () => {
      const answerTo = ({ pathname }: URL): object => {
        if (pathname === '/login/device/code') {
          const verification_uri = 'https://github.com/login/device';
          const code = { device_code: 'dc', user_code: 'AB-CD', verification_uri };
          return { ...code, interval: 1, expires_in: 900 };
        }
        if (pathname === '/login/oauth/access_token') {
          return { access_token: 'ghu_new', token_type: 'bearer', scope: 'read:user' };
        }
        return { token: 'tid=1;exp=2', expires_at: 1_795_000_000 };
      };
      const pis = await sentBy(
        () =>
          githubCopilotOAuthProvider.login({
            onAuth: ({ instructions }) => assert.match(instructions ?? '', /AB-CD/),
            onPrompt: async () => enterprise,
          }),
        answerTo,
      );
      const mine = await sentBy(async (send) => {
        const clock = new SteppedClock();
        const attempt = await startDeviceSignIn(githubCopilotDevice({ enterprise }), {
          fetch: send,
          clock,
          log: () => {},
        });
        await clock.nextWait();
        await clock.step();
        return (await attempt.result).credential;
      }, answerTo);
      // After that pi-ai accepts the terms of every model, which ours leaves to the person.
      assert.ok(pis.requests.slice(3).every(({ url }) => url.endsWith('/policy')));
      assert.equal(mine.requests.length, 3);
      assert.deepEqual(mine.requests, pis.requests.slice(0, 3));
      const { type, provider, ...fields } = mine.result as Record<string, unknown>;
      assert.deepEqual([type, provider], ['oauth', 'github-copilot']);
      // JSON has no undefined.
      assert.deepEqual(fields, JSON.parse(JSON.stringify(pis.result)));
    });
  }

  it('Anthropic: both send the browser to the same address, and redeem with the same request', async () => {
    const answerTo = (): object => ({
      access_token: 'at',
      refresh_token: 'rt',
      expires_in: 28_800,
    });
    let pisAddress = new URL('https://nowhere.example');
    const pis = await sentBy(
      () =>
        anthropicOAuthProvider.login({
          onAuth: ({ url }) => {
            pisAddress = new URL(url);
          },
          onPrompt: () => Promise.reject(new Error('asked')),
          onManualCodeInput: async () => `the-code#${pisAddress.searchParams.get('state')}`,
        }),
      answerTo,
    );
    const ours = anthropic();
    assert.ok(ours.redirect.kind === 'loopback');
    const { host, ports, path } = ours.redirect;
    const registered = `http://${host}:${ports[0]}${path}`;
    let myAddress = pisAddress;
    const mine = await sentBy(async (send) => {
      const attempt = await startSignIn(
        { ...ours, redirect: { ...ours.redirect, ports: [await freePort()] } } as typeof ours,
        { fetch: send, clock: new SteppedClock(), log: () => {} },
      );
      myAddress = new URL(attempt.authorizationUrl);
      attempt.paste(`the-code-of-ours#${myAddress.searchParams.get('state')}`);
      return attempt.result;
    }, answerTo);
    const varying = { redirect_uri: registered, code_challenge: '', state: '' };
    assert.equal(myAddress.origin + myAddress.pathname, pisAddress.origin + pisAddress.pathname);
    assert.equal(pisAddress.searchParams.get('redirect_uri'), registered);
    assert.deepEqual(
      { ...Object.fromEntries(myAddress.searchParams), ...varying },
      { ...Object.fromEntries(pisAddress.searchParams), ...varying },
    );
    const comparable = ({ requests }: typeof mine) =>
      requests.map(({ fields, headers, ...rest }) => ({
        ...rest,
        type: (headers as Record<string, string>)['content-type'],
        fields: { ...(fields as object), ...varying, code: '', code_verifier: '' },
      }));
    assert.deepEqual(comparable(mine), comparable(pis));
    // pi-ai's `state` is its verifier; ours is not.
    const { state, code_verifier } = (mine.requests[0]?.fields ?? {}) as Record<string, string>;
    assert.ok(state && code_verifier && state !== code_verifier);
  });
});
