import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  moveTokens,
  type TokenMove,
} from '../../../../../src/core/custody/refresh/tokenIntents.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';
import { tokenHash } from '../../../../../src/core/model/loginFingerprint.ts';
import type { TokenRecord } from '../../../../../src/core/model/refreshLog.ts';

const OLD = 'rt_old';
const OLDER = 'rt_older';
const NEW = 'rt_new';
const SPENT: TokenRecord = { kind: 'spent', at: 1, failures: 0, lostAnswers: 0 };

const move = (over: Partial<TokenMove> = {}): TokenMove => ({
  provider: 'openai-codex',
  from: new Set([OLD, OLDER].map(tokenHash)),
  fields: { access: 'at_new', refresh: NEW, expires: 2000 },
  identity: { provider: 'openai-codex', accountId: 'a' },
  records: new Map(),
  ...over,
});

const profile = (over: JsonObject = {}): JsonObject => ({
  type: 'oauth',
  provider: 'openai-codex',
  access: 'at_old',
  refresh: OLD,
  expires: 1000,
  accountId: 'a',
  ...over,
});

const applied = (stored: JsonObject, given = move()): unknown =>
  (
    moveTokens('x', given).apply({ version: 1, profiles: { x: stored } }, '/s') as {
      readonly profiles: JsonObject;
    }
  ).profiles['x'];

const moved = { access: 'at_new', refresh: NEW, expires: 2000 };

describe('moveTokens', function () {
  this.timeout(20_000);
  it('changes the tokens and their end, and nothing else', () => {
    const stored = profile({ email: 'ann@example.com', unknown: [1] });
    assert.deepEqual(applied(stored), { ...stored, ...moved });
  });

  it('moves who holds an even older token, and any spelling of the provider', () => {
    for (const stored of [profile({ refresh: OLDER }), profile({ provider: ' OpenAI-Codex' })]) {
      assert.deepEqual(applied(stored), { ...stored, ...moved });
    }
  });

  const RESPECTED: readonly [string, JsonObject][] = [
    ['another token', profile({ refresh: 'rt_of_somebody' })],
    ['another provider', profile({ provider: 'anthropic' })],
    ['another person', profile({ accountId: 'b' })],
    ['another kind', { type: 'token', provider: 'openai-codex', token: OLD, refresh: OLD }],
    ['the new token already', profile({ ...moved, note: 1 })],
    ['the new token with another end', profile({ ...moved, access: 'at_newer', expires: 1500 })],
    ['no text for a token', profile({ refresh: 7 })],
  ];
  for (const [title, stored] of RESPECTED) {
    it(`respects ${title}`, () => assert.deepEqual(applied(stored), stored));
  }

  it('I10 writes no token that is known to be spent', () => {
    const records = new Map([[tokenHash(NEW), SPENT]]);
    assert.deepEqual(applied(profile(), move({ records })), profile());
  });

  it('where the refresh token stays, the later end wins', () => {
    const fields = { access: 'at_new', refresh: OLD, expires: 2000 };
    assert.deepEqual(applied(profile(), move({ fields })), profile(fields));
    const later = profile({ expires: 2001 });
    assert.deepEqual(applied(later, move({ fields })), later);
    const same = profile({ access: 'at_new', expires: 1999 });
    assert.deepEqual(applied(same, move({ fields })), same, 'it has it already');
  });

  it('leaves everything else in the store as it is, and a second time changes nothing', () => {
    const tokens = fc.constantFrom(OLD, OLDER, NEW, 'rt_x', '');
    const profiles = fc.dictionary(
      fc.constantFrom('x', 'y', '__proto__', 'openai-codex:a'),
      fc.oneof(
        fc.record({
          type: fc.constantFrom('oauth', 'token', 'api_key'),
          provider: fc.constantFrom('openai-codex', 'OPENAI-CODEX', 'other'),
          refresh: tokens,
          expires: fc.integer({ min: 0, max: 4000 }),
          accountId: fc.constantFrom('a', 'b'),
          extra: fc.jsonValue(),
        }),
        fc.jsonValue(),
      ),
    );
    const documents = fc.record({ version: fc.constant(1), profiles, other: fc.jsonValue() });
    fc.assert(
      fc.property(documents, fc.constantFrom('x', 'y', '__proto__', 'gone'), (made, id) => {
        const document = JSON.parse(JSON.stringify(made)) as JsonObject & { profiles: JsonObject };
        const before = JSON.stringify(document);
        const intent = moveTokens(id, move());
        const after = intent.apply(document, '/s') as typeof document;
        assert.equal(JSON.stringify(document), before, 'what it was given is not touched');
        assert.deepEqual(intent.apply(after, '/s'), after);
        const without = ({ profiles: all, ...rest }: typeof document) => [
          rest,
          Object.entries(all).filter(([key]) => key !== id),
        ];
        assert.deepEqual(without(after), without(document));
        assert.deepEqual(Object.keys(after.profiles), Object.keys(document.profiles));
        const entry = Object.entries(after.profiles).find(([key]) => key === id)?.[1];
        const was = Object.entries(document.profiles).find(([key]) => key === id)?.[1];
        if (JSON.stringify(entry) === JSON.stringify(was)) return;
        assert.deepEqual(entry, { ...(was as JsonObject), ...moved });
        assert.ok([OLD, OLDER].includes(String((was as JsonObject)['refresh'])));
      }),
      { numRuns: 300 },
    );
  });

  it('says in the log only which profile it is', () => {
    const { summary, entry } = moveTokens('openai-codex:ann', move());
    assert.deepEqual(
      [summary, entry],
      ['new tokens for openai-codex:ann', ['profiles', 'openai-codex:ann']],
    );
  });
});
