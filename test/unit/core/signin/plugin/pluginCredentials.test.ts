import assert from 'node:assert/strict';
import { isKnown } from '../../../../../src/core/errors.ts';
import { identityOfStored } from '../../../../../src/core/signin/identity.ts';
import {
  renewedWith,
  signedInWith,
  textsIn,
  writtenIn,
} from '../../../../../src/core/signin/plugin/pluginCredentials.ts';
import { UNTOLD_LIFETIME_MS } from '../../../../../src/core/signin/renewal.ts';
import { EXPIRES, practice, TOKENS } from './practiceProvider.ts';
import { leavesNoRejection } from './unhandled.ts';

const NOW = Date.UTC(2026, 10, 22);
const OLD = {
  type: 'oauth',
  provider: 'practice',
  access: 'at_old',
  refresh: 'rt_old',
  expires: 1,
};

/** Which field is refused, and why. */
function fault(answer: unknown): string {
  try {
    signedInWith(practice(), answer);
  } catch (error) {
    assert.ok(isKnown(error, 'plugin.badCredentials'), String(error));
    assert.ok(!error.message.includes('CANARY'), error.message);
    assert.equal(error.facts.label, 'Practice');
    return `${error.facts.field} ${error.facts.why}`;
  }
  return 'none';
}

describe('the credentials of a provider of another extension', () => {
  it('are stored as they are, under its id', () => {
    const { credential, identity } = signedInWith(practice(), { ...TOKENS, plan: ['gold'] });
    assert.deepEqual(credential, {
      type: 'oauth',
      provider: 'practice',
      ...TOKENS,
      plan: ['gold'],
    });
    assert.deepEqual(identity, { provider: 'practice' });
  });

  it('type and provider are ours to say', () => {
    const answer = { ...TOKENS, type: 'api_key', provider: 'openai-codex' };
    const { credential, identity } = signedInWith(practice(), answer);
    assert.equal(credential['type'], 'oauth');
    assert.equal(credential['provider'], 'practice');
    assert.equal(identity.provider, 'practice');
    const { fields } = renewedWith(practice(), answer, OLD, NOW);
    assert.deepEqual(fields, TOKENS);
  });

  it('each bad field is named', () => {
    const cyclic: Record<string, unknown> = { ...TOKENS };
    cyclic['self'] = cyclic;
    let deep: unknown = 'CANARY';
    for (let level = 0; level < 30; level += 1) deep = [deep];
    for (const [answer, expected] of [
      [undefined, 'access malformed'],
      [
        JSON.parse(JSON.stringify({ proto: TOKENS }).replace('proto', '__proto__')),
        'access malformed',
      ],
      ['CANARY', 'access malformed'],
      [[TOKENS], 'access malformed'],
      [{ ...TOKENS, access: '' }, 'access malformed'],
      [{ ...TOKENS, access: 7 }, 'access malformed'],
      [{ ...TOKENS, refresh: ' ' }, 'refresh malformed'],
      [{ access: 'CANARY', expires: EXPIRES }, 'refresh malformed'],
      [{ ...TOKENS, expires: undefined }, 'expires malformed'],
      [{ ...TOKENS, expires: String(EXPIRES) }, 'expires malformed'],
      [{ ...TOKENS, expires: Number.NaN }, 'expires malformed'],
      [{ ...TOKENS, expires: Number.POSITIVE_INFINITY }, 'expires malformed'],
      [{ ...TOKENS, expires: -1 }, 'expires notMilliseconds'],
      [{ ...TOKENS, expires: 3600 }, 'expires notMilliseconds'],
      [{ ...TOKENS, expires: EXPIRES / 1000 }, 'expires notMilliseconds'],
      [{ ...TOKENS, expires: EXPIRES * 1e3 }, 'expires notMilliseconds'],
      [{ ...TOKENS, expires: EXPIRES * 1e6 }, 'expires notMilliseconds'],
      [{ ...TOKENS, more: 1n }, 'more notJson'],
      [{ ...TOKENS, more: deep }, 'more notJson'],
      [cyclic, 'self notJson'],
      [{ ...TOKENS, more: 'CANARY'.repeat(50_000) }, 'more tooLarge'],
      [{ ...TOKENS, a: 'b'.repeat(150_000), c: 'd'.repeat(150_000) }, 'c tooLarge'],
    ] as const) {
      assert.equal(fault(answer), expected);
    }
  });

  it('a getter or toJSON that throws is a field that cannot be written', () => {
    const throws = (): never => {
      throw new Error('CANARY');
    };
    assert.equal(fault({ ...TOKENS, more: { toJSON: throws } }), 'more notJson');
    const withGetter = Object.defineProperty({ ...TOKENS }, 'more', {
      get: throws,
      enumerable: true,
    });
    assert.equal(fault(withGetter), 'more notJson');
    assert.equal(fault(new Proxy({}, { ownKeys: throws })), 'access malformed');
  });

  it('what JSON leaves out is left out, and nothing gets at the prototype', () => {
    const answer = {
      ...JSON.parse('{"__proto__": {"polluted": true}}'),
      ...TOKENS,
      none: undefined,
      call: () => 'CANARY',
      end: Number.NaN,
    };
    const { credential } = signedInWith(practice(), answer);
    assert.deepEqual(Object.keys(credential).sort(), [
      'access',
      'end',
      'expires',
      'provider',
      'refresh',
      'type',
    ]);
    assert.equal(credential['end'], null);
    assert.equal((credential as { polluted?: boolean }).polluted, undefined);
  });

  it('never is the end of 9999', () => {
    for (const expires of [Number.MAX_SAFE_INTEGER, 8.64e15]) {
      const { credential } = signedInWith(practice(), { ...TOKENS, expires });
      assert.equal(credential['expires'], Date.UTC(10_000, 0) - 1);
    }
  });

  it('is a copy: what the provider changes later changes nothing', () => {
    const answer = { ...TOKENS, more: { plan: 'gold' } };
    const { credential } = signedInWith(practice(), answer);
    answer.more.plan = 'none';
    assert.deepEqual(credential['more'], { plan: 'gold' });
  });

  describe('whose they are', () => {
    const ann = { accountId: 'acct-1', email: 'ann@example.com' };

    it('by the credentials themselves', () => {
      const { identity } = signedInWith(practice(), { ...TOKENS, ...ann });
      assert.deepEqual(identity, { provider: 'practice', ...ann });
    });

    it('by the function of the registration, whose answer is stored too', () => {
      const added = practice({}, { identity: () => ann });
      const { credential, identity } = signedInWith(added, TOKENS);
      assert.deepEqual(identity, { provider: 'practice', ...ann });
      const stored = { type: 'oauth', provider: 'practice', ...TOKENS, ...ann, toldIdentity: ann };
      assert.deepEqual(credential, stored);
      assert.deepEqual(identityOfStored(credential), identity);
    });

    it('what the provider wrote under these names stays, and it gets that back and no more', () => {
      const added = practice({}, { identity: () => ann });
      for (const [own, told] of [
        [{}, ann],
        [{ accountId: 'own', toldIdentity: 'mine' }, ann],
        [{ accountId: 7, email: null }, ann],
        [{ accountId: ann.accountId }, { email: ann.email }],
        [ann, undefined],
      ] as const) {
        const { credential, identity } = signedInWith(added, { ...TOKENS, ...own });
        const { toldIdentity: _, ...written } = { toldIdentity: '', ...own };
        assert.deepEqual(writtenIn(credential), { ...TOKENS, ...written });
        assert.deepEqual(credential['toldIdentity'], told);
        assert.deepEqual(identityOfStored(credential), identity);
        assert.deepEqual(identity, { provider: 'practice', ...ann });
      }
    });

    it('nobody, where that function throws or answers with something else', () => {
      const throws = (): never => {
        throw new Error('CANARY');
      };
      const answers: unknown[] = [{ accountId: 7, email: ' ' }, 'ann', { email: 'a'.repeat(400) }];
      for (const identity of [throws, ...answers.map((answer) => () => answer as never)]) {
        const signedIn = signedInWith(practice({}, { identity }), TOKENS);
        assert.deepEqual(signedIn.identity, { provider: 'practice' });
        assert.deepEqual(signedIn.credential, { type: 'oauth', provider: 'practice', ...TOKENS });
      }
    });

    it("a promise of it is not waited for, and its failure is nobody else's", () =>
      leavesNoRejection(() => {
        const identity = () => Promise.reject(new Error('CANARY')) as never;
        const { credential } = signedInWith(practice({}, { identity }), TOKENS);
        assert.deepEqual(credential, { type: 'oauth', provider: 'practice', ...TOKENS });
      }));

    it('cannot change what is stored', () => {
      const identity = (credentials: { access: string }) => {
        credentials.access = 'other';
        return ann;
      };
      const { credential } = signedInWith(practice({}, { identity }), TOKENS);
      assert.equal(credential['access'], TOKENS.access);
    });
  });

  describe('of a refresh', () => {
    const renewed = (answer: unknown) => renewedWith(practice(), answer, OLD, NOW);

    it('come with what stands beside them', () => {
      const answer = { ...TOKENS, plan: 'gold', accountId: 'acct-1' };
      assert.deepEqual(renewed(answer), {
        fields: answer,
        identity: { provider: 'practice', accountId: 'acct-1' },
      });
    });

    it('the old refresh token stays where none comes back', () => {
      for (const refresh of [undefined, null, '']) {
        assert.equal(renewed({ ...TOKENS, refresh }).fields.refresh, 'rt_old');
      }
    });

    it('are not lost to an end that makes no sense, nor to what cannot be stored beside them', () => {
      for (const expires of [undefined, Number.NaN, 3600, EXPIRES / 1000, 'soon']) {
        const { fields } = renewed({ ...TOKENS, expires, more: 1n, large: 'x'.repeat(300_000) });
        assert.deepEqual(fields, { ...TOKENS, expires: NOW + UNTOLD_LIFETIME_MS });
      }
    });

    it('an e-mail that changed makes nobody else of them', () => {
      assert.deepEqual(renewed({ ...TOKENS, email: 'new@example.com' }).identity, {
        provider: 'practice',
      });
    });

    it('without tokens they are none', () => {
      for (const answer of [undefined, {}, { ...TOKENS, access: '' }, { ...TOKENS, refresh: 7 }]) {
        assert.throws(
          () => renewed(answer),
          (error) => isKnown(error, 'plugin.badCredentials'),
        );
      }
    });
  });

  it('every text in them can be masked', () => {
    const texts = textsIn({ access: 'a', more: [{ b: 'b' }, 7, null, ['c']] });
    assert.deepEqual(texts, ['a', 'b', 'c']);
  });
});
