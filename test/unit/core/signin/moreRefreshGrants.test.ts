import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failureOf } from '../../../../src/core/custody/refresh/refreshFailure.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import { minimaxPortalGrant } from '../../../../src/core/signin/providers/minimaxGrant.ts';
import type { RefreshGrant } from '../../../../src/core/signin/refreshGrant.ts';
import { refreshGrants } from '../../../../src/core/signin/refreshGrants.ts';
import { UNTOLD_LIFETIME_MS } from '../../../../src/core/signin/renewal.ts';
import { TOKEN_REQUEST_LIMIT_MS } from '../../../../src/core/signin/tokenEndpoint.ts';
import { ManualClock } from './support/manualClock.ts';

const NOW = Date.UTC(2026, 10, 22);
const MINUTE = 60_000;
const OLD = { type: 'oauth', access: 'at_old', refresh: 'rt_old', expires: 1 };

describe('refresh grants of Qwen, MiniMax, the Gemini CLI and Chutes', () => {
  const seen: { type: string | undefined; fields: object }[] = [];
  let answer: readonly [number, object] = [200, {}];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const fields = Object.fromEntries(new URLSearchParams(body));
    seen.push({ type: request.headers['content-type']?.split(';')[0], fields });
    response.writeHead(answer[0]).end(JSON.stringify(answer[1]));
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

  async function grantFor(provider: string, environment = {}): Promise<RefreshGrant> {
    const variable = `CODERCLAW_AUTH_${provider.toUpperCase().replaceAll('-', '_')}_TOKEN_URL`;
    const grant = await refreshGrants({ [variable]: endpoint, ...environment })(provider);
    assert.equal(grant?.provider, provider);
    return grant;
  }
  const renew = (
    grant: RefreshGrant,
    given: object,
    credential: JsonObject = OLD,
    status = 200,
  ): ReturnType<RefreshGrant['renew']> => {
    answer = [status, given];
    return grant.renew(credential, { fetch, clock: new ManualClock(NOW) });
  };

  it('Qwen: the old refresh token stays where none comes back', async () => {
    const grant = await grantFor('qwen-portal');
    const identity = { provider: 'qwen-portal' };
    assert.deepEqual(await renew(grant, { access_token: 'at', expires_in: 600 }), {
      fields: { access: 'at', refresh: 'rt_old', expires: NOW + 10 * MINUTE },
      identity,
    });
    const rotated = { access_token: 'at', refresh_token: 'rt', expires_in: -1 };
    const { fields } = await renew(grant, rotated);
    assert.deepEqual(fields, { access: 'at', refresh: 'rt', expires: NOW + UNTOLD_LIFETIME_MS });
    assert.deepEqual(seen[0], {
      type: 'application/x-www-form-urlencoded',
      fields: {
        grant_type: 'refresh_token',
        client_id: 'f0304373b74a44d2b584a3fb70ca9e56',
        refresh_token: 'rt_old',
      },
    });
    assert.equal(grant.rotates, true);
  });

  it('Qwen: 400 means that the token is dead, another status does not', async () => {
    const grant = await grantFor('qwen-portal');
    for (const [status, expected] of [
      [400, 'dead'],
      [401, 'transient'],
      [503, 'transient'],
    ] as const) {
      const error: unknown = await renew(grant, {}, OLD, status).catch((caught: unknown) => caught);
      assert.equal(failureOf(error, true), expected);
    }
  });

  describe('MiniMax', () => {
    for (const [title, given, refresh, expires] of [
      ['a time', { refresh_token: 'rt', expired_in: NOW + MINUTE }, 'rt', NOW + MINUTE],
      ['a life in seconds', { expired_in: 600 }, 'rt_old', NOW + 10 * MINUTE],
      ['nothing', {}, 'rt_old', NOW + UNTOLD_LIFETIME_MS],
      ['nonsense', { refresh_token: '', expired_in: 'x' }, 'rt_old', NOW + UNTOLD_LIFETIME_MS],
    ] as const) {
      it(`takes ${title} for its end`, async () => {
        const grant = await grantFor('minimax-portal');
        const { fields } = await renew(grant, { access_token: 'at', status: 'success', ...given });
        assert.deepEqual(fields, { access: 'at', refresh, expires });
        assert.deepEqual(seen[0]?.fields, {
          grant_type: 'refresh_token',
          client_id: '78257093-7e40-4613-99e0-527b14b39113',
          refresh_token: 'rt_old',
        });
      });
    }

    /** What both regions answer, in the order in which they are asked. */
    async function regions(...answers: readonly (() => Promise<Response>)[]) {
      const hosts: string[] = [];
      const left = [...answers];
      const send: typeof fetch = (url) => {
        hosts.push(new URL(String(url)).host);
        return left.shift()?.() ?? assert.fail('asked once more');
      };
      const outcome = await minimaxPortalGrant()
        .renew(OLD, { fetch: send, clock: new ManualClock(NOW) })
        .catch((error: unknown) => error);
      return { hosts, outcome };
    }
    const respond = (status: number, body: object) => async () => Response.json(body, { status });
    const good = respond(200, { access_token: 'at' });
    const refused = respond(400, { error: 'invalid_grant' });
    const [global, cn] = ['api.minimax.io', 'api.minimaxi.com'];

    it('asks the second region where the first does not know it', async () => {
      const { hosts, outcome } = await regions(refused, good);
      assert.deepEqual(hosts, [global, cn]);
      assert.equal((outcome as { fields: JsonObject }).fields['access'], 'at');
    });

    it('and nobody else where both refuse', async () => {
      const { hosts, outcome } = await regions(refused, refused);
      assert.deepEqual(hosts, [global, cn]);
      assert.equal(failureOf(outcome, true), 'dead');
    });

    it('not where the first one may have spent it', async () => {
      for (const answer of [
        respond(500, {}),
        respond(429, {}),
        respond(200, { base_resp: { status_code: 1, status_msg: 'x' } }),
        () => Promise.reject(new TypeError('fetch failed')),
      ]) {
        const { hosts, outcome } = await regions(answer);
        assert.deepEqual(hosts, [global]);
        assert.notEqual(failureOf(outcome, true), 'dead');
      }
    });

    it('S15 both within the time of one request', async () => {
      const clock = new ManualClock();
      let asked = 0;
      const send = async (): Promise<Response> => {
        asked += 1;
        if (asked === 2) return new Promise(() => {});
        clock.advance(TOKEN_REQUEST_LIMIT_MS - 1000);
        return Response.json({}, { status: 400 });
      };
      const outcome = minimaxPortalGrant().renew(OLD, { fetch: send, clock });
      const failed = outcome.catch((error: unknown) => error);
      while (asked < 2) await new Promise(setImmediate);
      clock.advance(1000);
      const error = await failed;
      assert.ok(isKnown(error, 'signin.network') && error.facts.timedOut);
      assert.equal(clock.sleeping, 0);
    });

    it('S16 HTML with 200 is a bad answer', async () => {
      const html = async (): Promise<Response> => new Response('<p>');
      const { outcome } = await regions(html);
      assert.ok(isKnown(outcome, 'signin.badAnswer'));
    });
  });

  it('the Gemini CLI: as its client with its secret, five minutes early, and nothing is spent', async () => {
    const grant = await grantFor('google-gemini-cli', {
      GEMINI_CLI_OAUTH_CLIENT_ID: 'id',
      GEMINI_CLI_OAUTH_CLIENT_SECRET: 'hush',
    });
    const credential = { ...OLD, projectId: 'p' };
    const { fields } = await renew(grant, { access_token: 'at', expires_in: 3600 }, credential);
    assert.deepEqual(fields, { access: 'at', refresh: 'rt_old', expires: NOW + 55 * MINUTE });
    assert.deepEqual(seen[0]?.fields, {
      grant_type: 'refresh_token',
      client_id: 'id',
      client_secret: 'hush',
      refresh_token: 'rt_old',
    });
    assert.equal(grant.rotates, false);
  });

  it('S17 a refusal that echoes the secret of the client does not get it out', async () => {
    const grant = await grantFor('google-gemini-cli', {
      GEMINI_CLI_OAUTH_CLIENT_ID: 'id',
      GEMINI_CLI_OAUTH_CLIENT_SECRET: 'hush-hush-hush',
    });
    const echo = { error: 'invalid_client', error_description: 'no hush-hush-hush rt_old' };
    const error: unknown = await renew(grant, echo, OLD, 401).catch((caught: unknown) => caught);
    assert.ok(isKnown(error, 'signin.tokenRefused'));
    assert.ok(error.facts.description && !/hush-hush|rt_old/.test(error.message));
  });

  describe('Chutes', () => {
    const own = { CHUTES_CLIENT_ID: 'own', CHUTES_CLIENT_SECRET: 'hush' };

    it('as the client that is stored, five minutes early', async () => {
      const grant = await grantFor('chutes', own);
      const given = { access_token: 'at', expires_in: 3600 };
      assert.deepEqual((await renew(grant, given, { ...OLD, clientId: 'own' })).fields, {
        access: 'at',
        refresh: 'rt_old',
        expires: NOW + 55 * MINUTE,
        clientId: 'own',
      });
      await renew(grant, given, { ...OLD, clientId: 'other' });
      await renew(grant, given);
      assert.deepEqual(
        seen.map(({ fields }) => {
          const { client_id, client_secret } = fields as Record<string, string>;
          return [client_id, client_secret];
        }),
        [
          ['own', 'hush'],
          ['other', undefined],
          ['own', 'hush'],
        ],
      );
    });

    it('a short or untold life is stored as half a minute', async () => {
      const grant = await grantFor('chutes', own);
      for (const given of [{ access_token: 'at', expires_in: 60 }, { access_token: 'at' }]) {
        assert.equal((await renew(grant, given)).fields.expires, NOW + 30_000);
      }
    });
  });

  for (const provider of ['chutes', 'google-gemini-cli']) {
    it(`${provider}: without a client nothing is sent, and nothing is lost`, async () => {
      const grant = await grantFor(provider);
      const error: unknown = await renew(grant, {}).catch((caught: unknown) => caught);
      assert.ok(isKnown(error, 'signin.noClient') && error.facts.provider === provider);
      assert.equal(failureOf(error, grant.rotates), 'transient');
      assert.equal(failureOf(error, true), 'transient');
      assert.equal(seen.length, 0);
    });
  }
});
