import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type SignInAttempt, startSignIn } from '../../../../src/core/signin/attempt.ts';
import { TOKEN_REQUEST_LIMIT_MS } from '../../../../src/core/signin/tokenEndpoint.ts';
import { visit } from './support/browser.ts';
import { ManualClock } from './support/manualClock.ts';
import { freePort, occupy } from './support/ports.ts';
import { type StrictServer, startStrictServer, type Tokens } from './support/strictServer.ts';

const CODE = 'ac_CANARY-code-7Yx2Kq9Lm4Wz8Rt5';

/** What one outcome is made of: how the server misbehaves, and what comes back how. */
interface Flow {
  readonly answer?: (tokens: Tokens, sent: URLSearchParams) => readonly [number, string];
  /** Instead of an answer: the connection breaks, or time runs out. */
  readonly instead?: 'breaks' | 'hangs' | 'cancels';
  readonly by?: 'paste' | 'bareCode' | 'uri';
  /** Changes the address that the browser is sent to. */
  readonly back?: (address: URL) => void;
  readonly before?: (attempt: SignInAttempt, back: string) => Promise<void>;
  readonly end: RegExp;
}

const echo = (tokens: Tokens, sent: URLSearchParams): string =>
  [CODE, sent.get('code_verifier'), tokens.access, tokens.refresh, tokens.id].join(' ');
const whole = (tokens: Tokens): object => ({
  access_token: tokens.access,
  refresh_token: tokens.refresh,
  id_token: tokens.id,
  expires_in: 60,
});

const FLOWS: Readonly<Record<string, Flow>> = {
  'signed in by the browser': { end: /^signed in$/ },
  'signed in by a paste': { by: 'paste', end: /^signed in$/ },
  'signed in by a bare code': { by: 'bareCode', end: /^signed in$/ },
  'signed in by the window': { by: 'uri', end: /^signed in$/ },
  'turned down, with everything echoed': {
    back: (address) => {
      const { searchParams } = address;
      const state = searchParams.get('state');
      searchParams.delete('code');
      searchParams.set('error', `access_denied state=${state}`);
      searchParams.set('error_description', `denied ${state} for code=${CODE}`);
    },
    end: /signin\.refused/,
  },
  'the code refused, with everything echoed': {
    answer: (tokens, sent) => [
      400,
      JSON.stringify({ error: 'invalid_grant', error_description: echo(tokens, sent) }),
    ],
    end: /signin\.tokenRefused.*invalid_grant/,
  },
  'the code refused, with everything echoed as the error': {
    answer: (tokens, sent) => [
      401,
      JSON.stringify({ error: { code: echo(tokens, sent), message: CODE } }),
    ],
    end: /signin\.tokenRefused/,
  },
  'a server error with everything in it': {
    answer: (tokens, sent) => [500, echo(tokens, sent)],
    end: /signin\.tokenRefused/,
  },
  'HTML with 200': {
    answer: (tokens, sent) => [200, `<p>${echo(tokens, sent)}`],
    end: /signin\.badAnswer/,
  },
  'a token answer that is cut': {
    answer: (tokens) => [200, JSON.stringify(whole(tokens)).slice(0, -3)],
    end: /signin\.badAnswer/,
  },
  'a token answer with a senseless life': {
    answer: (tokens) => [200, JSON.stringify({ ...whole(tokens), expires_in: tokens.access })],
    end: /signin\.badAnswer.*expires_in/,
  },
  'a token answer without an account': {
    answer: (tokens) => [200, JSON.stringify({ ...whole(tokens), access_token: tokens.refresh })],
    end: /signin\.badAnswer.*chatgpt_account_id/,
  },
  'a connection that breaks': { instead: 'breaks', end: /signin\.network/ },
  'a token endpoint that hangs': { instead: 'hangs', end: /signin\.network.*true/ },
  'cancelled while redeeming': { instead: 'cancels', end: /Cancelled/ },
  'bad pastes, forged callbacks, then the good one': {
    before: async (attempt, back) => {
      for (const text of [`${CODE} x`, CODE, `${CODE}#other`, withState(back, 'forged')]) {
        assert.throws(
          () => attempt.paste(text),
          (error) => {
            seen.push(inspect(error, { depth: 9, showHidden: true }));
            return true;
          },
        );
      }
      seen.push((await visit(withState(back, ''))).body);
      seen.push((await visit(`${back}&code=${CODE}`)).body);
      seen.push(JSON.stringify((await visit(back, { method: 'POST' })).headers));
      seen.push((await visit(back, { headers: { Host: 'evil.example' } })).body);
    },
    end: /^signed in$/,
  },
  'the time is up': {
    before: async () => {
      clock.advance(11 * 60_000);
    },
    end: /signin\.timeout/,
  },
};

function withState(address: string, state: string): string {
  const url = new URL(address);
  url.searchParams.set('state', state);
  return url.href;
}

let seen: string[];
let clock: ManualClock;

describe('S17 canaries', () => {
  let server: StrictServer;
  let canaries: Set<string>;

  beforeEach(async () => {
    seen = [];
    canaries = new Set([CODE]);
    clock = new ManualClock();
    server = await startStrictServer([await freePort()]);
  });
  afterEach(() => server.close());

  function misbehaveAs(flow: Flow, attempt: SignInAttempt): void {
    server.misbehave((response, request, tokens) => {
      for (const secret of Object.values(tokens)) canaries.add(secret);
      seen.push(request.path, JSON.stringify(request.headers));
      if (flow.instead === 'breaks') response.destroy();
      else if (flow.instead === 'hangs') clock.advance(TOKEN_REQUEST_LIMIT_MS);
      else if (flow.instead === 'cancels') attempt.cancel();
      else {
        const [status, body] = flow.answer?.(tokens, request.form) ?? [
          200,
          JSON.stringify(whole(tokens)),
        ];
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
      }
    });
  }

  async function run(flow: Flow): Promise<{ end: string; state: string }> {
    const { descriptor } = server;
    const attempt = await startSignIn(
      flow.by === 'uri'
        ? { ...descriptor, redirect: { kind: 'uriHandler', path: '/cb' } }
        : descriptor,
      {
        fetch: (address, init) => {
          seen.push(String(address));
          return fetch(address, init);
        },
        clock,
        log: (line) => seen.push(line),
        callbackUri: async (path) => `vscode://coderclaw.auth${path}`,
      },
    );
    misbehaveAs(flow, attempt);
    attempt.onPhase((phase) => seen.push(phase));
    const address = new URL(server.consent(attempt.authorizationUrl, CODE));
    flow.back?.(address);
    const back = address.href;
    await flow.before?.(attempt, back);
    if (flow.by === 'paste') attempt.paste(back);
    else if (flow.by === 'bareCode') attempt.paste(CODE, { acceptBareCode: true });
    else if (flow.by === 'uri') attempt.receiveUri(back);
    else
      await visit(back).then(
        ({ body, headers }) => seen.push(body, JSON.stringify(headers)),
        () => {},
      );
    const end = await attempt.result.then(
      () => 'signed in',
      (error: unknown) => {
        seen.push(inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error));
        return error instanceof Error ? error.message : 'not an Error';
      },
    );
    // All of the attempt, its private parts aside, but for the one address that carries the state.
    const shown = inspect(attempt, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
    assert.ok(shown.includes(attempt.authorizationUrl));
    seen.push(shown.replace(attempt.authorizationUrl, ''));
    for (const request of server.requests) canaries.add(request.form.get('code_verifier') ?? CODE);
    for (const canary of canaries) assert.ok(!attempt.authorizationUrl.includes(canary));
    return { end, state: new URL(attempt.authorizationUrl).searchParams.get('state') ?? CODE };
  }

  for (const [title, flow] of Object.entries(FLOWS)) {
    it(`S17 no secret gets out: ${title}`, async () => {
      const { end, state } = await run(flow);
      assert.match(end, flow.end);
      const everything = seen.join('\n');
      for (const canary of [...canaries, state]) {
        assert.ok(!everything.includes(canary), 'a secret got out');
        assert.ok(!everything.includes(encodeURIComponent(canary)), 'a secret got out, encoded');
      }
      assert.ok(
        seen.some((line) => line.startsWith('sign-in openai-codex:')),
        'the log was looked at',
      );
    });
  }

  it('S17 no secret gets out: every port busy', async () => {
    const { redirect } = server.descriptor;
    assert.ok(redirect.kind === 'loopback');
    const held = await occupy('127.0.0.1', redirect.ports[0]);
    try {
      const { end, state } = await run({ by: 'paste', end: /./ });
      assert.equal(end, 'signed in');
      for (const canary of [...canaries, state]) assert.ok(!seen.join('\n').includes(canary));
    } finally {
      await held.close();
    }
  });
});
