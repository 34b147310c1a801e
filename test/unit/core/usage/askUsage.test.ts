import assert from 'node:assert/strict';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { Cancelled, type Clock } from '../../../../src/core/clock.ts';
import { type Credential, readCredential } from '../../../../src/core/documents/authStore.ts';
import type { Environment } from '../../../../src/core/signin/endpoints.ts';
import { askUsage, type UsageAnswer, usageQuestion } from '../../../../src/core/usage/askUsage.ts';
import type { UsageFailure } from '../../../../src/core/usage/usage.ts';
import {
  json,
  startUsageServer,
  type UsageAnswering,
  type UsageServer,
} from '../../../support/usageServer.ts';
import { ManualClock } from '../liveSnapshot/manualClock.ts';
import { freePort } from '../signin/support/ports.ts';

const NOW = Date.UTC(2026, 10, 22, 8);
const ACCESS = 'at_access-token-of-the-test-0123456789ABC';
const REFRESH = 'rt_refresh-token-of-the-test-0123456789AB';

function credential(fields: object): Credential {
  const read = readCredential({ type: 'oauth', access: ACCESS, refresh: REFRESH, ...fields });
  assert.ok(typeof read !== 'string');
  return read;
}

const LOGINS: Readonly<Record<string, Credential>> = {
  'openai-codex': credential({ provider: 'openai-codex', accountId: 'acc-1' }),
  anthropic: credential({ provider: 'anthropic' }),
  'github-copilot': credential({ provider: 'github-copilot' }),
};

function questionOf(login: Credential, environment: Environment = {}) {
  const question = usageQuestion(login, environment);
  assert.ok('request' in question, inspect(question));
  return question;
}

function refusedBefore(login: Credential, environment: Environment = {}): UsageFailure {
  const question = usageQuestion(login, environment);
  assert.ok('failure' in question);
  return question.failure;
}

describe('what is asked about usage', () => {
  const HOSTS: readonly [string, object, string, string][] = [
    ['openai-codex', {}, 'https://chatgpt.com/backend-api/wham/usage', ACCESS],
    ['OpenAI-Codex ', {}, 'https://chatgpt.com/backend-api/wham/usage', ACCESS],
    ['anthropic', {}, 'https://api.anthropic.com/api/oauth/usage', ACCESS],
    [
      'anthropic',
      { type: 'token', token: 'sk-ant-oat01-x' },
      'https://api.anthropic.com/api/oauth/usage',
      'sk-ant-oat01-x',
    ],
    ['github-copilot', {}, 'https://api.github.com/copilot_internal/user', REFRESH],
    [
      'github-copilot',
      { type: 'token', token: 'ghu_x' },
      'https://api.github.com/copilot_internal/user',
      'ghu_x',
    ],
    [
      'github-copilot',
      { enterpriseUrl: 'octo.ghe.com' },
      'https://api.octo.ghe.com/copilot_internal/user',
      REFRESH,
    ],
  ];
  for (const [provider, fields, address, token] of HOSTS) {
    it(`${provider} ${JSON.stringify(fields)}: ${address}`, () => {
      const { request } = questionOf(credential({ provider, ...fields }));
      assert.equal(request.address, address);
      assert.equal(request.token, token);
      const others = JSON.stringify({ ...request, token: '' });
      for (const secret of [ACCESS, REFRESH, token]) assert.ok(!others.includes(secret));
    });
  }

  it('Codex: the workspace is the stored one, else that of the token, and nothing that breaks a header', () => {
    const claims = { 'https://api.openai.com/auth': { chatgpt_account_id: 'acc-2' } };
    const access = `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
    const headersOf = (fields: object) =>
      questionOf(credential({ provider: 'openai-codex', ...fields })).request.headers;
    const header = (account: string) => ({ 'ChatGPT-Account-Id': account });
    assert.deepEqual(headersOf({ access, accountId: 'acc-1' }), header('acc-1'));
    assert.deepEqual(headersOf({ access }), header('acc-2'));
    assert.deepEqual(headersOf({ access, accountId: 'a\r\nX: y' }), header('acc-2'));
    assert.deepEqual(headersOf({ access: 'opaque' }), {});
  });

  const NEVER: readonly [string, object, UsageFailure][] = [
    ['another provider', { provider: 'qwen-portal' }, { kind: 'unsupported' }],
    [
      'an API key',
      { provider: 'anthropic', type: 'api_key', key: 'sk-ant-api03-x' },
      { kind: 'unsupported' },
    ],
    ['no access token', { provider: 'anthropic', access: ' ' }, { kind: 'noToken' }],
    ['one that is no text', { provider: 'openai-codex', access: 7 }, { kind: 'noToken' }],
    [
      'one that would break the header',
      { provider: 'anthropic', access: 'a\r\nX-Evil: b' },
      { kind: 'noToken' },
    ],
    ['only Copilot’s own token', { provider: 'github-copilot', refresh: '' }, { kind: 'noToken' }],
    [
      'an enterprise that is no host',
      { provider: 'github-copilot', enterpriseUrl: 'evil.example/x?' },
      { kind: 'badEndpoint', what: 'enterpriseUrl' },
    ],
  ];
  for (const [title, fields, failure] of NEVER) {
    it(`nothing for ${title}`, () => {
      assert.deepEqual(refusedBefore(credential(fields)), failure);
    });
  }

  it('the environment moves it to https or this machine, and to nowhere else', () => {
    const login = credential({ provider: 'github-copilot', enterpriseUrl: 'octo.ghe.com' });
    const name = 'CODERCLAW_AUTH_GITHUB_COPILOT_USAGE_URL';
    const moved = questionOf(login, { [name]: 'http://127.0.0.1:9/u' });
    assert.equal(moved.request.address, 'http://127.0.0.1:9/u');
    const failure = { kind: 'badEndpoint', what: name };
    assert.deepEqual(refusedBefore(login, { [name]: 'http://evil.example/u' }), failure);
  });
});

describe('asking about usage', () => {
  let server: UsageServer;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock(NOW);
    server = await startUsageServer(() => clock.now());
  });
  afterEach(() => server.close());

  const host = (): string => new URL(server.origin).host;
  const ask = (
    provider: string,
    options: { readonly signal?: AbortSignal; readonly clock?: Clock } = {},
  ): Promise<UsageAnswer> => {
    const login = LOGINS[provider];
    assert.ok(login);
    const services = { fetch, clock: options.clock ?? clock };
    return askUsage(questionOf(login, server.environment), services, options.signal);
  };

  for (const provider of Object.keys(LOGINS)) {
    it(`${provider}: one GET, and the token in its Authorization alone`, async () => {
      const answer = await ask(provider);
      assert.ok('usage' in answer, inspect(answer));
      assert.equal(answer.usage.provider, provider);
      assert.equal(answer.usage.takenAt, NOW);
      assert.deepEqual(answer.usage.unread, []);
      const [request, ...more] = server.requests;
      assert.ok(request);
      assert.deepEqual(more, []);
      const { authorization, ...headers } = request.headers;
      const isCopilot = provider === 'github-copilot';
      assert.equal(authorization, isCopilot ? `token ${REFRESH}` : `Bearer ${ACCESS}`);
      assert.equal(request.method, 'GET');
      const others = JSON.stringify([request.path, headers, request.body]);
      for (const secret of [ACCESS, REFRESH]) {
        assert.ok(!others.includes(secret));
        assert.ok(!inspect(answer, { depth: 9 }).includes(secret));
      }
    });
  }

  it('each provider gets the headers that it wants', async () => {
    for (const provider of Object.keys(LOGINS)) await ask(provider);
    const [codex, anthropic, copilot] = server.requests.map(({ headers }) => headers);
    assert.equal(codex?.['chatgpt-account-id'], 'acc-1');
    assert.equal(anthropic?.['anthropic-beta'], 'oauth-2025-04-20');
    assert.equal(copilot?.['x-github-api-version'], '2025-04-01');
    assert.match(copilot?.['user-agent'] ?? '', /^GitHubCopilotChat\//);
    assert.equal(anthropic?.['chatgpt-account-id'], undefined);
  });

  const scopeError = {
    type: 'error',
    error: {
      type: 'permission_error',
      message: 'OAuth token does not meet scope requirement user:profile',
    },
  };
  const page: UsageAnswering = (response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(`<title>Sign in</title>${ACCESS}`);
  };
  const FAILURES: readonly [string, UsageAnswering, object][] = [
    ['401', json(401, { error: { message: ACCESS } }), { kind: 'unauthorized' }],
    ['403', json(403, { error: { message: 'no' } }), { kind: 'forbidden' }],
    ['403 for want of a scope', json(403, scopeError), { kind: 'forbidden', scope: true }],
    ['404', json(404, {}), { kind: 'otherStatus', status: 404 }],
    ['429', json(429, {}), { kind: 'tooMany' }],
    ['500', json(500, {}), { kind: 'serverFault', status: 500 }],
    ['HTML with 200', page, { kind: 'badAnswer', what: 'not a JSON object' }],
    ['a list', json(200, []), { kind: 'badAnswer', what: 'not a JSON object' }],
    ['an empty object', json(200, {}), { kind: 'badAnswer', what: 'five_hour' }],
    [
      'nothing that is understood',
      json(200, { seven_day: { utilization: '3' } }),
      { kind: 'badAnswer', what: 'seven_day' },
    ],
  ];
  for (const [title, way, failure] of FAILURES) {
    it(`names ${title}`, async () => {
      server.next(way);
      const answer = await ask('anthropic');
      assert.deepEqual(answer, { failure: { ...failure, host: host() } });
      assert.equal(server.requests.length, 1);
    });
  }

  it('a part that is not understood is named beside those that are', async () => {
    server.next(json(200, { five_hour: { utilization: 3 }, seven_day: { used: 3 } }));
    const answer = await ask('anthropic');
    assert.ok('usage' in answer);
    assert.deepEqual(answer.usage.unread, ['seven_day']);
    assert.equal(answer.usage.windows.length, 1);
  });

  it('follows no redirect', async () => {
    const other = await startUsageServer(() => NOW);
    try {
      for (const status of [301, 302, 307, 308]) {
        server.next(json(status, {}, { Location: `${other.origin}/anthropic` }));
        const answer = await ask('anthropic');
        assert.deepEqual(answer, { failure: { kind: 'otherStatus', host: host(), status } });
      }
      assert.equal(other.requests.length, 0);
    } finally {
      await other.close();
    }
  });

  const AFTER: readonly [string, string, number | undefined][] = [
    ['seconds', '90', 90_000],
    ['nought', '0', 0],
    ['a date by the server’s clock', 'Sun, 22 Nov 2026 10:01:30 GMT', 90_000],
    ['a date that has passed', 'Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['part of a second', '1.5', undefined],
    ['less than nothing', '-5', undefined],
    ['words', 'Soon', undefined],
    ['too many digits', '9'.repeat(400), undefined],
  ];
  for (const [title, value, retryAfterMs] of AFTER) {
    it(`Retry-After as ${title}`, async () => {
      const date = 'Sun, 22 Nov 2026 10:00:00 GMT';
      server.next(json(429, {}, { 'Retry-After': value, Date: date }));
      const failure = { kind: 'tooMany', host: host() };
      const expected = retryAfterMs === undefined ? { failure } : { failure, retryAfterMs };
      assert.deepEqual(await ask('anthropic'), expected);
    });
  }

  it('15 seconds without an answer, and no longer', async () => {
    server.next(() => {});
    const answer = ask('anthropic');
    await server.arrived(1);
    clock.advance(14_999);
    assert.deepEqual(clock.pending, [NOW + 15_000]);
    clock.advance(1);
    assert.deepEqual(await answer, { failure: { kind: 'timedOut', host: host() } });
    assert.deepEqual(clock.pending, []);
  });

  it('an answer that stays half is out of time, too', async () => {
    server.next((response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{"five_hour":');
    });
    const answer = ask('anthropic');
    await server.arrived(1);
    clock.advance(15_000);
    assert.deepEqual(await answer, { failure: { kind: 'timedOut', host: host() } });
  });

  it('an answer that breaks off', async () => {
    server.next(async (response) => {
      response.writeHead(200, { 'Content-Length': '500' });
      await new Promise((resolve) => response.write('{', resolve));
      response.destroy();
    });
    const answer = await ask('anthropic');
    assert.ok('failure' in answer);
    assert.equal(answer.failure.kind, 'brokenOff');
  });

  it('an answer without an end is dropped at 1 MiB', async () => {
    server.next(async (response) => {
      response.writeHead(200);
      const cut = once(response, 'close').then(() => 'cut' as const);
      for (let next: unknown; next !== 'cut'; ) {
        next = response.write(' '.repeat(64 * 1024))
          ? await new Promise(setImmediate)
          : await Promise.race([cut, once(response, 'drain')]);
      }
    });
    const failure = { kind: 'badAnswer', host: host(), what: 'size' };
    assert.deepEqual(await ask('anthropic'), { failure });
  });

  it('offline: the token never left', async () => {
    const port = await freePort();
    const environment = { CODERCLAW_AUTH_ANTHROPIC_USAGE_URL: `http://127.0.0.1:${port}/` };
    const login = LOGINS['anthropic'];
    assert.ok(login);
    const answer = await askUsage(questionOf(login, environment), { fetch, clock });
    const failure = { kind: 'offline', host: `127.0.0.1:${port}`, errno: 'ECONNREFUSED' };
    assert.deepEqual(answer, { failure });
  });

  it('is called off by its signal', async () => {
    server.next(() => {});
    const cancel = new AbortController();
    const answer = ask('anthropic', { signal: cancel.signal });
    await server.arrived(1);
    cancel.abort();
    await assert.rejects(answer, Cancelled);
  });
});
