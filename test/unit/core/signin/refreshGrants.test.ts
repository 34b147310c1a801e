import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../../src/core/clock.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import type { AddedSignIn } from '../../../../src/core/signin/addedSignIns.ts';
import type { SignInDescriptor } from '../../../../src/core/signin/descriptor.ts';
import { descriptorGrant } from '../../../../src/core/signin/descriptorGrant.ts';
import { openaiCodex } from '../../../../src/core/signin/providers/openaiCodex.ts';
import type { RefreshGrant } from '../../../../src/core/signin/refreshGrant.ts';
import { refreshGrants } from '../../../../src/core/signin/refreshGrants.ts';
import { UNTOLD_LIFETIME_MS } from '../../../../src/core/signin/renewal.ts';
import { TOKEN_REQUEST_LIMIT_MS } from '../../../../src/core/signin/tokenEndpoint.ts';
import { ManualClock } from './support/manualClock.ts';
import { jwt } from './support/strictServer.ts';

const NOW = Date.UTC(2026, 10, 22);
const MINUTE = 60_000;
const OLD = { type: 'oauth', access: 'at_old', refresh: 'rt_old', expires: 1, accountId: 'kept' };

interface Seen {
  readonly type: string | undefined;
  readonly body: string;
}

describe('refresh grants', () => {
  const seen: Seen[] = [];
  let answer: object = {};
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    seen.push({ type: request.headers['content-type'], body });
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  });
  let endpoint = '';
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  });
  beforeEach(() => {
    seen.length = 0;
  });
  after(() => server.close());

  const environment = () => ({
    CODERCLAW_AUTH_OPENAI_CODEX_TOKEN_URL: endpoint,
    CODERCLAW_AUTH_ANTHROPIC_TOKEN_URL: endpoint,
  });

  async function grantFor(
    provider: string,
    added?: (provider: string) => AddedSignIn | undefined,
  ): Promise<RefreshGrant> {
    const grant = await refreshGrants(environment(), added)(provider);
    assert.ok(grant);
    return grant;
  }

  const renew = (grant: RefreshGrant, given: object, credential: JsonObject = OLD) => {
    answer = given;
    return grant.renew(credential, { fetch, clock: new ManualClock(NOW) });
  };

  it('knows a provider in any spelling, and asks for added ones only where none is built in', async () => {
    const asked: string[] = [];
    const added = (provider: string): undefined => void asked.push(provider);
    const grants = refreshGrants({}, added);
    for (const spelling of ['openai-codex', ' OpenAI-Codex ', 'Anthropic', 'github-copilot']) {
      assert.equal((await grants(spelling))?.provider, spelling.trim().toLowerCase());
    }
    assert.equal(await grants('Z.AI'), undefined);
    assert.deepEqual(asked, ['zai']);
  });

  it('S24 an endpoint that the environment moves to plain http elsewhere is refused', async () => {
    const variable = 'CODERCLAW_AUTH_ANTHROPIC_TOKEN_URL';
    const grants = refreshGrants({ [variable]: 'http://example.com/token' });
    await assert.rejects(
      grants('anthropic'),
      (error) => isKnown(error, 'signin.badEndpoint') && error.facts.what === variable,
    );
  });

  describe('openai-codex', () => {
    const access = jwt({
      exp: NOW / 1000 + 7200,
      'https://api.openai.com/auth': { chatgpt_account_id: 'a', chatgpt_user_id: 'u' },
      'https://api.openai.com/profile': { email: 'ann@example.com' },
    });

    it('takes the new tokens, tells whose they are, and leaves the account alone', async () => {
      const grant = await grantFor('openai-codex');
      const given = { access_token: access, refresh_token: 'rt_new', expires_in: 3600 };
      assert.deepEqual(await renew(grant, given), {
        fields: { access, refresh: 'rt_new', expires: NOW + 60 * MINUTE },
        identity: {
          provider: 'openai-codex',
          accountId: 'a',
          userId: 'u',
          email: 'ann@example.com',
        },
      });
      assert.equal(grant.rotates, true);
      assert.match(seen[0]?.type ?? '', /^application\/x-www-form-urlencoded/);
    });

    for (const [title, given, expires] of [
      ['by its claim', { access_token: access }, NOW + 120 * MINUTE],
      [
        'by its claim where the answer has nonsense',
        { access_token: access, expires_in: -1 },
        NOW + 120 * MINUTE,
      ],
      ['in an hour where nothing says', { access_token: 'opaque' }, NOW + UNTOLD_LIFETIME_MS],
    ] as const) {
      it(`S16 ends ${title}; the refresh token stays where none came`, async () => {
        const { fields } = await renew(await grantFor('openai-codex'), given);
        assert.deepEqual([fields.refresh, fields.expires], ['rt_old', expires]);
      });
    }
  });

  describe('anthropic', () => {
    it('sends JSON, and stores the end five minutes early', async () => {
      const grant = await grantFor('anthropic');
      const given = { access_token: 'at_new', refresh_token: 'rt_new', expires_in: 28_800 };
      assert.deepEqual(await renew(grant, given), {
        fields: { access: 'at_new', refresh: 'rt_new', expires: NOW + 475 * MINUTE },
        identity: { provider: 'anthropic' },
      });
      assert.match(seen[0]?.type ?? '', /^application\/json/);
      assert.deepEqual(JSON.parse(seen[0]?.body ?? ''), {
        grant_type: 'refresh_token',
        client_id: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
        refresh_token: 'rt_old',
      });
    });

    it('a short life is not stored as over; the refresh token stays where none came', async () => {
      const given = { access_token: 'at_new', expires_in: 120 };
      const { fields } = await renew(await grantFor('anthropic'), given);
      assert.deepEqual(fields, { access: 'at_new', refresh: 'rt_old', expires: NOW + MINUTE });
    });
  });

  describe('a provider that was added', () => {
    const descriptor = (): SignInDescriptor => ({
      ...openaiCodex({ tokenEndpoint: endpoint }),
      provider: 'added',
      clientId: 'client',
      credentialFrom: (tokens, now) => ({
        credential: {
          type: 'oauth',
          provider: 'added',
          access: tokens.accessToken,
          refresh: tokens.refreshToken ?? '',
          expires: tokens.expiresIn === undefined ? Number.NaN : now + tokens.expiresIn * 500,
          plan: 'gold',
        },
        identity: { provider: 'added', userId: 'u' },
      }),
    });

    it('stores what its descriptor makes of the answer', async () => {
      const grant = await grantFor('Added', (provider) =>
        provider === 'added'
          ? { kind: 'descriptor', label: 'Added', descriptor: descriptor() }
          : undefined,
      );
      const given = { access_token: 'at_new', expires_in: 60 };
      assert.deepEqual(await renew(grant, given), {
        fields: { access: 'at_new', refresh: 'rt_old', expires: NOW + 30_000, plan: 'gold' },
        identity: { provider: 'added', userId: 'u' },
      });
      assert.equal(new URLSearchParams(seen[0]?.body).get('client_id'), 'client');
    });

    it('and the tokens as they are where it can make nothing of it', async () => {
      const plain = { access: 'at_new', refresh: 'rt_new', expires: NOW + UNTOLD_LIFETIME_MS };
      const throws = (): never => {
        throw new Error('no account');
      };
      for (const credentialFrom of [throws, descriptor().credentialFrom]) {
        const grant = descriptorGrant({ ...descriptor(), credentialFrom });
        // Without a life its descriptor gives no end.
        const given = { access_token: 'at_new', refresh_token: 'rt_new' };
        assert.deepEqual((await renew(grant, given)).fields, plain);
      }
    });
  });

  describe('github-copilot', () => {
    const copilot = () => grantFor('github-copilot');
    const answering = (send: typeof fetch) => ({ fetch: send, clock: systemClock });
    const END = 1_795_000_000;

    it('spends nothing, and stores the end five minutes early', async () => {
      const grant = await copilot();
      const sent: [string, RequestInit | undefined][] = [];
      const services = answering(async (url, init) => {
        sent.push([String(url), init]);
        return Response.json({ token: 'tid=1;exp=2', expires_at: END });
      });
      assert.deepEqual(await grant.renew({ ...OLD, enterpriseUrl: 'a.ghe.com' }, services), {
        fields: { access: 'tid=1;exp=2', refresh: 'rt_old', expires: END * 1000 - 5 * MINUTE },
        identity: { provider: 'github-copilot' },
      });
      const [url, init] = sent[0] ?? assert.fail();
      assert.equal(url, 'https://api.a.ghe.com/copilot_internal/v2/token');
      assert.equal(new Headers(init?.headers).get('authorization'), 'Bearer rt_old');
      assert.equal(init?.redirect, 'manual');
      assert.deepEqual([sent.length, grant.rotates], [1, false]);
    });

    it('sends the token to nothing but a host name', async () => {
      const grant = await copilot();
      const nowhere = answering(() => assert.fail('sent'));
      for (const enterpriseUrl of ['a.com/x', 'a@b.com', 'a.com#', ' a', 7, 'a.com:1']) {
        await assert.rejects(grant.renew({ ...OLD, enterpriseUrl }, nowhere), (error) =>
          isKnown(error, 'signin.badEndpoint'),
        );
      }
    });

    /** The real fetch, but for where it goes. */
    async function fromServer(respond: RequestListener): Promise<unknown> {
      const paths: (string | undefined)[] = [];
      const github = createServer((request, response) => {
        paths.push(request.url);
        respond(request, response);
      });
      await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
      const { port } = github.address() as AddressInfo;
      const services = answering((_, init) => fetch(`http://127.0.0.1:${port}/`, init));
      try {
        const outcome = await (await copilot())
          .renew(OLD, services)
          .catch((error: unknown) => error);
        assert.deepEqual(paths, ['/']);
        return outcome;
      } finally {
        github.closeAllConnections();
        github.close();
      }
    }

    for (const [status, expected] of [
      [401, { status: 401, error: 'invalid_token' }],
      [403, { status: 403 }],
      [500, { status: 500 }],
    ] as const) {
      it(`S17 ${status} is a refusal without the body`, async () => {
        const error = await fromServer((_, response) => response.writeHead(status).end('canary'));
        assert.ok(isKnown(error, 'signin.tokenRefused'));
        assert.deepEqual(error.facts, { host: 'api.github.com', ...expected });
        assert.ok(!`${error.stack}${String(error.cause)}`.includes('canary'));
      });
    }

    it('S15 follows no redirect: the token stays with the host that it is for', async () => {
      const error = await fromServer((_, response) =>
        response.writeHead(302, { location: '/elsewhere' }).end(),
      );
      assert.ok(isKnown(error, 'signin.tokenRefused') && error.facts.status === 302);
    });

    it('S15 reads no more than 1 MiB of an answer', async () => {
      const error = await fromServer((_, response) => {
        response.writeHead(200);
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
          response.once('drain', more);
        };
        more();
      });
      assert.ok(isKnown(error, 'signin.badAnswer') && error.facts.what === 'size');
    });

    for (const [what, body] of [
      ['not a JSON object', 'canary'],
      ['not a JSON object', '[]'],
      ['token', '{"token":"a b","expires_at":1795000000}'],
      ['token', '{"expires_at":1795000000}'],
      ['expires_at', '{"token":"ab","expires_at":"canary"}'],
      ['expires_at', '{"token":"ab","expires_at":300}'],
      ['expires_at', '{"token":"ab"}'],
    ] as const) {
      it(`S16 an answer that is none is a bad answer: ${body}`, async () => {
        const error = await fromServer((_, response) => response.end(body));
        assert.ok(isKnown(error, 'signin.badAnswer'));
        assert.deepEqual(error.facts, { host: 'api.github.com', what });
        assert.ok(!`${error.stack}${String(error.cause)}`.includes('canary'));
      });
    }

    it('a failed request is the network', async () => {
      const cause = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
      const failing = () => Promise.reject(new TypeError('fetch failed', { cause }));
      await assert.rejects(
        (await copilot()).renew(OLD, answering(failing)),
        (error) => isKnown(error, 'signin.network') && error.facts.unsent === true,
      );
    });

    it('S15 is waited for no longer than any other', async () => {
      const clock = new ManualClock();
      const services = { fetch: () => new Promise<never>(() => {}), clock };
      const outcome = (await copilot()).renew(OLD, services).catch((error: unknown) => error);
      clock.advance(TOKEN_REQUEST_LIMIT_MS);
      const error = await outcome;
      assert.ok(isKnown(error, 'signin.network') && error.facts.timedOut);
      assert.equal(clock.sleeping, 0);
    });
  });
});
