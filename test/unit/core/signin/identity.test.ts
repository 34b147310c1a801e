import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Identity } from '../../../../src/core/signin/descriptor.ts';
import {
  type IdentityComparison,
  identityOfStored,
  personOf,
  sameIdentity,
} from '../../../../src/core/signin/identity.ts';
import { chatgptTokens, jwt } from './support/strictServer.ts';

const P = 'openai-codex';
type Ids = Omit<Identity, 'provider'>;

const CASES: readonly [string, Ids, Ids, IdentityComparison][] = [
  [
    'user and account agree',
    { accountId: 'a', userId: 'u' },
    { accountId: 'a', userId: 'u' },
    'same',
  ],
  [
    'and the e-mail has changed',
    { accountId: 'a', userId: 'u', email: 'x@e' },
    { accountId: 'a', userId: 'u', email: 'y@e' },
    'same',
  ],
  [
    'two people in one workspace',
    { accountId: 'a', userId: 'u' },
    { accountId: 'a', userId: 'v' },
    'other',
  ],
  [
    'one person in two workspaces',
    { accountId: 'a', userId: 'u', email: 'x@e' },
    { accountId: 'b', userId: 'u', email: 'x@e' },
    'other',
  ],
  ['one account, no user known', { accountId: 'a' }, { accountId: 'a' }, 'unknown'],
  [
    'one account, one user and one e-mail known',
    { accountId: 'a', userId: 'u', email: 'x@e' },
    { accountId: 'a' },
    'unknown',
  ],
  [
    'one account, the user known of one, the e-mail of the other',
    { accountId: 'a', userId: 'u' },
    { accountId: 'a', email: 'x@e' },
    'unknown',
  ],
  [
    'one account, one user known, one e-mail',
    { accountId: 'a', userId: 'u', email: 'x@e' },
    { accountId: 'a', email: 'x@e' },
    'same',
  ],
  [
    'one account, no user, two e-mails',
    { accountId: 'a', email: 'x@e' },
    { accountId: 'a', email: 'y@e' },
    'other',
  ],
  ['one e-mail, one account known', { accountId: 'a', email: 'x@e' }, { email: 'x@e' }, 'unknown'],
  ['one user, one account known', { accountId: 'a', userId: 'u' }, { userId: 'u' }, 'unknown'],
  ['one e-mail, nothing else', { email: 'Ann@Example.com' }, { email: 'ann@example.com ' }, 'same'],
  ['two e-mails, nothing else', { email: 'x@e' }, { email: 'y@e' }, 'other'],
  ['nothing', {}, {}, 'unknown'],
  ['something and nothing', { accountId: 'a', userId: 'u', email: 'x@e' }, {}, 'unknown'],
];

/** Where an account is one person's. */
const ONE_PERSON: readonly [string, Ids, Ids, IdentityComparison][] = [
  ['one account', { accountId: 'a' }, { accountId: 'a' }, 'same'],
  ['two accounts', { accountId: 'a' }, { accountId: 'b' }, 'other'],
  ['one account, one e-mail known', { accountId: 'a', email: 'x@e' }, { accountId: 'a' }, 'same'],
  [
    'one account, two e-mails',
    { accountId: 'a', email: 'x@e' },
    { accountId: 'a', email: 'y@e' },
    'other',
  ],
  [
    'one account, a user known of one',
    { accountId: 'a', userId: 'u' },
    { accountId: 'a' },
    'unknown',
  ],
  ['one account known', { accountId: 'a' }, {}, 'unknown'],
  ['one account known, one e-mail', { accountId: 'a', email: 'x@e' }, { email: 'x@e' }, 'unknown'],
];

describe('identity', () => {
  for (const [title, a, b, expected] of ONE_PERSON) {
    it(`of a provider that shares no accounts, ${title}: ${expected}`, () => {
      const [one, other] = [
        { provider: 'acme', ...a },
        { provider: 'Acme ', ...b },
      ];
      assert.equal(sameIdentity(one, other), expected);
      assert.equal(sameIdentity(other, one), expected);
    });
  }

  for (const [title, a, b, expected] of CASES) {
    it(`${title}: ${expected}`, () => {
      assert.equal(sameIdentity({ provider: P, ...a }, { provider: P, ...b }), expected);
      assert.equal(sameIdentity({ provider: P, ...b }, { provider: P, ...a }), expected);
    });
  }

  it('of a provider that is not known, an account alone decides nothing', () => {
    const one = { provider: ' ', accountId: 'a' };
    assert.equal(sameIdentity(one, one), 'unknown');
  });

  it('of another provider is another, in any spelling but its own', () => {
    const ids = { accountId: 'a', userId: 'u' };
    assert.equal(sameIdentity({ provider: P, ...ids }, { provider: 'anthropic', ...ids }), 'other');
    assert.equal(
      sameIdentity({ provider: P, ...ids }, { provider: ' OpenAI-Codex', ...ids }),
      'same',
    );
  });

  it('the comparison is symmetric, and never "same" where an id differs', () => {
    const id = fc.option(fc.constantFrom('1', '2'), { nil: undefined });
    const ids = fc.record({ accountId: id, userId: id, email: id });
    const identity = (of: Record<string, string | undefined>): Identity => ({
      provider: P,
      ...Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)),
    });
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const verdict = sameIdentity(identity(a), identity(b));
        assert.equal(sameIdentity(identity(b), identity(a)), verdict);
        const differs = (x?: string, y?: string): boolean =>
          x !== undefined && y !== undefined && x !== y;
        if (differs(a.accountId, b.accountId) || differs(a.userId, b.userId))
          assert.equal(verdict, 'other');
        const agrees = (x?: string, y?: string): boolean => x !== undefined && x === y;
        if (verdict === 'same')
          assert.ok(agrees(a.userId, b.userId) || agrees(a.email, b.email), 'one person');
      }),
    );
  });

  it('of a stored credential comes from the claims of its access token', () => {
    const { access } = chatgptTokens({ account: 'acc', user: 'usr', email: 'ann@example.com' });
    const stored = {
      type: 'oauth',
      provider: P,
      access,
      accountId: 'stale',
      email: 'old@example.com',
    };
    assert.deepEqual(identityOfStored(stored), {
      provider: P,
      accountId: 'acc',
      userId: 'usr',
      email: 'ann@example.com',
    });
  });

  it('of a stored credential without claims comes from the fields beside it', () => {
    for (const access of ['opaque', '', 7, null, jwt({ sub: 'x' })]) {
      assert.deepEqual(
        identityOfStored({ provider: P, access, accountId: ' acc ', email: 'ann@example.com' }),
        {
          provider: P,
          accountId: 'acc',
          email: 'ann@example.com',
        },
      );
    }
    assert.deepEqual(identityOfStored({}), { provider: '' });
    assert.deepEqual(identityOfStored({ provider: 3, accountId: '', email: ['x'] }), {
      provider: '',
    });
  });

  it('S26: a key or token says nothing of whose it is, whatever stands beside it', () => {
    const beside = { provider: P, accountId: 'acc', email: 'ann@example.com' };
    const ann = { ...beside };
    for (const type of ['api_key', 'token']) {
      assert.deepEqual(personOf({ ...beside, type }), { provider: P });
      assert.equal(sameIdentity(personOf({ ...beside, type }), ann), 'unknown');
    }
    assert.deepEqual(personOf({ ...beside, type: 'oauth', access: 'x' }), ann);
  });
});
