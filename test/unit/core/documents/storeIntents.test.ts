import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../../src/core/documents/json.ts';
import {
  clearPause,
  entryOf,
  removeProfile,
  upsertProfile,
} from '../../../../src/core/documents/storeIntents.ts';
import { isKnown } from '../../../../src/core/errors.ts';

const TOKEN = { type: 'token', provider: 'p', token: 't' };
const parse = (text: string) => JSON.parse(text) as JsonObject;

describe('store intents', () => {
  it('store a profile, new or instead of another, whole', () => {
    const intent = upsertProfile('p:a', TOKEN);
    assert.deepEqual(intent.apply({ version: 1, profiles: {} }, 's'), {
      version: 1,
      profiles: { 'p:a': TOKEN },
    });
    const stored = parse('{"version":1,"profiles":{"p:a":{"old":1},"p:b":{}}}');
    assert.deepEqual(intent.apply(stored, 's'), {
      version: 1,
      profiles: { 'p:a': TOKEN, 'p:b': {} },
    });
    assert.deepEqual(Object.keys(intent.apply(stored, 's')['profiles'] ?? {}), ['p:a', 'p:b']);
  });

  it('S26/I12: do not replace another identity unless that was agreed to', () => {
    const document = { profiles: { 'p:a': { type: 'oauth', accountId: 'x' } } };
    const seen = (entry: JsonValue | undefined) => ({
      mayReplace: (now: JsonValue | undefined) => isDeepStrictEqual(now, entry),
    });
    const other = upsertProfile('p:a', TOKEN, seen({ type: 'oauth', accountId: 'y' }));
    const isChanged = (error: unknown): boolean =>
      isKnown(error, 'profile.changed') && error.facts.storePath === 's';
    assert.throws(() => other.apply(document, 's'), isChanged);
    assert.throws(() => other.apply({ profiles: {} }, 's'), isChanged);
    upsertProfile('p:a', TOKEN, seen(document.profiles['p:a'])).apply(document, 's');
    upsertProfile('p:a', TOKEN).apply(document, 's');
    upsertProfile('p:a', TOKEN, seen(undefined)).apply({ profiles: {} }, 's');
  });

  it('remove a profile with all that belongs to it', () => {
    const document = {
      version: 1,
      profiles: { 'p:a': TOKEN, 'p:b': TOKEN },
      usageStats: { 'p:a': { lastUsed: 1 }, 'p:b': { lastUsed: 2 } },
      lastGood: { p: 'p:a', q: 'p:b' },
      order: { p: ['p:b', 'p:a', ' p:a '], q: ['p:a'], r: 'p:a', s: [1, 'p:b'] },
      mine: { 'p:a': 1 },
    };
    assert.deepEqual(removeProfile('p:a').apply(document, 's'), {
      version: 1,
      profiles: { 'p:b': TOKEN },
      usageStats: { 'p:b': { lastUsed: 2 } },
      lastGood: { q: 'p:b' },
      order: { p: ['p:b'], r: 'p:a', s: [1, 'p:b'] },
      mine: { 'p:a': 1 },
    });
    assert.throws(
      () => removeProfile('p:x').apply(document, 's'),
      (error) => isKnown(error, 'profile.gone'),
    );
    assert.throws(
      () => removeProfile('toString').apply(document, 's'),
      (error) => isKnown(error, 'profile.gone'),
    );
  });

  describe('end a pause', () => {
    const none = { inherited: undefined };
    const PAUSED = {
      ...{ lastUsed: 1, lastFailureAt: 2, errorCount: 3, mine: { a: 1 } },
      ...{ cooldownUntil: 4, disabledUntil: 5, disabledReason: 'billing', failureCounts: { x: 1 } },
    };
    const CLEARED = { lastUsed: 1, lastFailureAt: 2, errorCount: 0, mine: { a: 1 } };
    const cleared = (usageStats: JsonObject, inherited?: JsonValue) =>
      clearPause('p:a', { inherited }).apply({ profiles: {}, usageStats }, 's')['usageStats'];

    it('with all fields that go together, and keep the rest', () => {
      assert.deepEqual(cleared({ 'p:b': PAUSED, 'p:a': PAUSED }), {
        'p:b': PAUSED,
        'p:a': CLEARED,
      });
      assert.deepEqual(cleared({ 'p:a': { failureCounts: 'odd' } }), { 'p:a': { errorCount: 0 } });
      assert.deepEqual(cleared({ 'p:a': { errorCount: 'odd' } }), { 'p:a': { errorCount: 0 } });
    });

    it('and change nothing where there is none', () => {
      for (const stats of [CLEARED, { lastUsed: 1 }, {}, 'odd', null]) {
        const document = { profiles: {}, usageStats: { 'p:a': stats } };
        assert.equal(clearPause('p:a', none).apply(document, 's'), document);
      }
      const document = { profiles: {} };
      assert.equal(clearPause('p:a', none).apply(document, 's'), document);
    });

    it('also one of main, which this store has no stats of', () => {
      assert.deepEqual(cleared({}, PAUSED), { 'p:a': CLEARED });
      assert.deepEqual(cleared({}, CLEARED), {});
      assert.deepEqual(cleared({ 'p:a': { lastUsed: 9 } }, PAUSED), { 'p:a': { lastUsed: 9 } });
    });

    it('with the sign-in that was to end it, and with no other', () => {
      const document = { profiles: {}, usageStats: { 'p:a': PAUSED } };
      const signedIn = upsertProfile('p:a', TOKEN, { resumes: none }).apply(document, 's');
      assert.deepEqual(signedIn, { profiles: { 'p:a': TOKEN }, usageStats: { 'p:a': CLEARED } });
      const refreshed = upsertProfile('p:a', TOKEN).apply(document, 's');
      assert.deepEqual(refreshed['usageStats'], document.usageStats);
    });
  });

  it('treat a key named __proto__ like any other', () => {
    const document = parse('{"profiles":{"__proto__":{"a":1},"p:b":{}},"__proto__":{"x":1}}');
    const stored = upsertProfile('p:c', TOKEN).apply(document, 's');
    assert.match(JSON.stringify(stored), /"__proto__":\{"a":1\}.*"__proto__":\{"x":1\}/);
    const evil = upsertProfile('__proto__', TOKEN).apply({ profiles: {} }, 's');
    assert.equal(JSON.stringify(evil), `{"profiles":{"__proto__":${JSON.stringify(TOKEN)}}}`);
    assert.equal(entryOf({ profiles: {} }, 'profiles', '__proto__'), undefined);
    const removed = removeProfile('__proto__').apply(evil, 's');
    assert.equal(JSON.stringify(removed), '{"profiles":{}}');
    assert.equal(({} as { type?: unknown }).type, undefined);
  });

  it('I7: change nothing outside what they name', () => {
    const key = fc.oneof(fc.constantFrom('p:a', 'p:b', '__proto__', '7', 'toString'), fc.string());
    const value = fc.jsonValue() as fc.Arbitrary<JsonValue>;
    const document = fc
      .record({ profiles: fc.dictionary(key, value), rest: fc.dictionary(key, value) })
      .map(({ profiles, rest }) =>
        parse(JSON.stringify({ ...rest, version: 1, profiles, order: rest, usageStats: profiles })),
      );
    fc.assert(
      fc.property(document, key, (before, id) => {
        const text = JSON.stringify(before);
        const after = upsertProfile(id, TOKEN).apply(before, 's');
        assert.equal(JSON.stringify(before), text, 'the document handed in was changed');
        assert.deepEqual(entryOf(after, 'profiles', id), TOKEN);
        // As text: order counts.
        const others = (doc: JsonObject) =>
          JSON.stringify(
            Object.entries(doc).map(([part, inner]) => [
              part,
              part === 'profiles' ? Object.entries(inner ?? {}).filter(([k]) => k !== id) : inner,
            ]),
          );
        assert.equal(others(after), others(before));
      }),
    );
  });
});
