import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { OAuthCredentials } from '../../../../../src/api.ts';
import { failureOf } from '../../../../../src/core/custody/refresh/refreshFailure.ts';
import { KnownError } from '../../../../../src/core/errors.ts';
import { TOKEN_REQUEST_LIMIT_MS } from '../../../../../src/core/signin/limitedRequest.ts';
import { pluginGrant } from '../../../../../src/core/signin/plugin/pluginGrant.ts';
import { refreshGrants } from '../../../../../src/core/signin/refreshGrants.ts';
import { ManualClock } from '../support/manualClock.ts';
import { freePort } from '../support/ports.ts';
import { practice, TOKENS } from './practiceProvider.ts';

const OLD = {
  type: 'oauth',
  provider: 'practice',
  access: 'at_old_CANARY',
  refresh: 'rt_old_CANARY',
  expires: 1,
  project: 'p-1',
  more: { plan: 'gold' },
};

/** What a refresh fails with, and what custody makes of it. */
async function failure(refreshToken: () => Promise<OAuthCredentials>, rotates = true) {
  const grant = pluginGrant(practice({ refreshToken }, { rotatesRefreshTokens: rotates }));
  try {
    await grant.renew(OLD, { fetch, clock: new ManualClock() });
  } catch (error) {
    assert.ok(error instanceof KnownError, String(error));
    assert.ok(!error.message.includes('CANARY'), error.message);
    return { error, kind: failureOf(error, rotates) };
  }
  return assert.fail('it did not fail');
}

const throwing = (thrown: unknown) => () => Promise.reject(thrown);

describe('refreshing by the code of another extension', () => {
  it('gives it the credentials without what a store has beside them, and takes what it answers', async () => {
    let given: OAuthCredentials | undefined;
    const added = practice({
      refreshToken: async (credentials) => {
        given = credentials;
        credentials['project'] = 'changed';
        (credentials['more'] as { plan: string }).plan = 'changed';
        return { ...credentials, ...TOKENS };
      },
    });
    const grant = await refreshGrants({}, (id) =>
      id === 'practice' ? { kind: 'provider', label: 'Practice', added } : undefined,
    )('Practice');
    assert.equal(grant?.provider, 'practice');
    assert.equal(grant.rotates, true);
    const clock = new ManualClock();
    const { fields } = await grant.renew(OLD, { fetch, clock });
    assert.deepEqual(Object.keys(given ?? {}).sort(), [
      'access',
      'expires',
      'more',
      'project',
      'refresh',
    ]);
    assert.deepEqual(fields, { ...TOKENS, project: 'changed', more: { plan: 'changed' } });
    assert.deepEqual([OLD.project, OLD.more.plan], ['p-1', 'gold'], 'it got a copy');
    assert.equal(clock.sleeping, 0, 'no timer is left');
  });

  it('rotates unless the registration says otherwise', () => {
    assert.equal(pluginGrant(practice()).rotates, true);
    assert.equal(pluginGrant(practice({}, { rotatesRefreshTokens: false })).rotates, false);
  });

  it('is a method of its provider', async () => {
    class Held {
      readonly id = 'practice';
      readonly name = 'Practice';
      readonly #tokens = TOKENS;
      login = async () => ({ ...TOKENS });
      async refreshToken() {
        return { ...this.#tokens };
      }
      getApiKey = () => '';
    }
    const added = { ...practice(), provider: new Held() };
    const { fields } = await pluginGrant(added).renew(OLD, { fetch, clock: new ManualClock() });
    assert.equal(fields.access, TOKENS.access);
  });

  describe('a refusal ends the login', () => {
    const answered = (status: number, message = '') =>
      Object.assign(new Error(message), { status });
    for (const [name, thrown] of [
      ['in the words of a message', new Error('Token refresh failed: {"error":"invalid_grant"}')],
      ['as a string', 'invalid_grant: token CANARY_rt is revoked'],
      ['with its status', answered(401, 'invalid_grant')],
      ['as a member', Object.assign(answered(400), { error: 'invalid_grant' })],
      ['as a code', Object.assign(new Error('refused'), { code: 'invalid_grant' })],
      ['in a cause', new Error('refresh failed', { cause: new Error('400 invalid_grant') })],
    ] as const) {
      it(name, async () => {
        const { error, kind } = await failure(throwing(thrown));
        assert.equal(error.code, 'signin.tokenRefused');
        assert.equal(kind, 'dead');
      });
    }
  });

  describe('nothing else does', () => {
    const cyclic: { cause?: unknown } = new Error('failed');
    cyclic.cause = cyclic;
    for (const [name, thrown] of [
      ['any other message', new Error('Something went wrong')],
      ['no word of its own', new Error('xinvalid_grants, not_invalid_grant, invalid_grant_type')],
      ['a server that only quotes it', Object.assign(new Error('invalid_grant'), { status: 503 })],
      ['another refusal', Object.assign(new Error('invalid_client'), { status: 401 })],
      ['too many requests', Object.assign(new Error('invalid_grant'), { statusCode: 429 })],
      ['nothing at all', undefined],
      ['an error without end', cyclic],
      [
        'getters that throw',
        Object.defineProperty({}, 'message', {
          get() {
            throw new Error('CANARY');
          },
        }),
      ],
    ] as const) {
      it(name, async () => {
        for (const rotates of [true, false]) {
          const { error, kind } = await failure(throwing(thrown), rotates);
          assert.equal(error.code, 'plugin.failed');
          assert.equal(kind, 'transient');
        }
      });
    }

    it('throws at once, without a promise', async () => {
      const { error, kind } = await failure(() => {
        throw new Error('not ready');
      });
      assert.equal(error.code, 'plugin.failed');
      assert.equal(kind, 'transient');
    });
  });

  it('nothing of a secret is in a failure, the words of the provider are', async () => {
    const words = `No seat left for ${OLD.refresh} (at_old_CANARY), \u202esee "access":"at_new_CANARY"`;
    const { error } = await failure(throwing(new Error(words)));
    assert.match(error.message, /No seat left for … \(…\), see/);
    const named = await failure(throwing(new Error('practice wants oauth again')));
    assert.match(named.error.message, /practice wants oauth again/, 'its own name is no secret');
    assert.doesNotMatch(error.message, /\u202e/);
    const long = await failure(throwing(new Error('word '.repeat(10_000))));
    assert.ok(long.error.message.length < 700);
  });

  it('a connection that was never made costs nothing; one that broke may have spent the token', async () => {
    const port = await freePort();
    const refused = await failure(async () => {
      await fetch(`http://127.0.0.1:${port}`);
      return TOKENS;
    });
    assert.equal(refused.error.code, 'signin.network');
    assert.equal(refused.kind, 'transient');

    const server = createServer((request) => request.socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port: breaking } = server.address() as AddressInfo;
    const broken = async (): Promise<OAuthCredentials> => {
      await fetch(`http://127.0.0.1:${breaking}`, { method: 'POST', body: 'x' });
      return TOKENS;
    };
    assert.equal((await failure(broken)).kind, 'unsure');
    assert.equal((await failure(broken, false)).kind, 'transient');
    server.close();

    const timedOut = await failure(throwing(new DOMException('late', 'TimeoutError')));
    assert.equal(timedOut.kind, 'unsure');
  });

  it('an answer without tokens may have spent the old one', async () => {
    const { error, kind } = await failure(async () => ({ ...TOKENS, access: '' }));
    assert.equal(error.code, 'plugin.badCredentials');
    assert.equal(kind, 'unsure');
  });

  describe('what takes too long', () => {
    function slow() {
      const clock = new ManualClock();
      const calls: { answer(credentials: OAuthCredentials): void }[] = [];
      const added = practice({
        refreshToken: () => new Promise((resolve) => void calls.push({ answer: resolve })),
      });
      const kept: string[] = [];
      const late = { isSafe: false };
      const renew = (refresh = OLD.refresh) =>
        pluginGrant(added).renew({ ...OLD, refresh }, { fetch, clock }, async ({ fields }) => {
          kept.push(fields.refresh);
          return late.isSafe;
        });
      const givenUp = async (): Promise<void> => {
        const renewing = renew();
        renewing.catch(() => {});
        await turn();
        clock.advance(TOKEN_REQUEST_LIMIT_MS);
        await assert.rejects(renewing, (error) => failureOf(error, true) === 'unsure');
      };
      return { clock, calls, renew, givenUp, kept, late };
    }

    it('is given up, and its late answer is had by who asks next, without a second request', async () => {
      const { clock, calls, renew, givenUp, kept } = slow();
      await givenUp();
      calls[0]?.answer(TOKENS);
      await turn();
      assert.deepEqual(kept, [TOKENS.refresh], 'it could be kept nowhere');
      // The next try is at the end of the access token.
      clock.advance(60 * 60_000);
      assert.equal((await renew()).fields.refresh, TOKENS.refresh);
      assert.equal(calls.length, 1);
      void renew().catch(() => {});
      await turn();
      assert.equal(calls.length, 2, 'an answer is had once');
    });

    it('is joined while it goes on', async () => {
      const { calls, renew, givenUp } = slow();
      await givenUp();
      await givenUp();
      const renewing = renew();
      calls[0]?.answer(TOKENS);
      assert.equal((await renewing).fields.access, TOKENS.access);
      assert.equal(calls.length, 1);
    });

    it("is handed over as soon as it comes, once, and is nobody else's then", async () => {
      const { calls, renew, givenUp, kept, late } = slow();
      late.isSafe = true;
      await givenUp();
      calls[0]?.answer(TOKENS);
      await turn();
      assert.deepEqual(kept, [TOKENS.refresh]);
      void renew().catch(() => {});
      await turn();
      assert.equal(calls.length, 2, 'it is not in memory any more');
    });

    it('is not handed over where somebody waits for it, or where it has no tokens', async () => {
      const { calls, renew, givenUp, kept } = slow();
      await givenUp();
      const renewing = renew();
      calls[0]?.answer(TOKENS);
      await renewing;
      await turn();
      await givenUp();
      calls[1]?.answer({ ...TOKENS, access: '' });
      await turn();
      assert.deepEqual(kept, []);
    });

    it('is another one for another token', async () => {
      const { calls, renew, givenUp } = slow();
      await givenUp();
      void renew('rt_other').catch(() => {});
      await turn();
      assert.equal(calls.length, 2);
    });

    it('and is sent anew after five minutes', async () => {
      const { clock, calls, renew, givenUp } = slow();
      await givenUp();
      clock.advance(5 * 60_000);
      void renew().catch(() => {});
      await turn();
      assert.equal(calls.length, 2);
    });
  });
});
