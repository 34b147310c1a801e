import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../../src/core/documents/json.ts';
import {
  entryOf,
  moveFirst,
  removeProfile,
  setOrder,
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

  it('set and remove an order', () => {
    const document = { profiles: {}, order: { q: ['q:1'] } };
    const set = setOrder('p', ['p:b', 'p:a']).apply(document, 's');
    assert.deepEqual(set, { profiles: {}, order: { q: ['q:1'], p: ['p:b', 'p:a'] } });
    assert.deepEqual(setOrder('p', []).apply(set, 's'), document);
    assert.equal(setOrder('p', []).apply(document, 's'), document);
  });

  describe('move a profile to the front', () => {
    const profiles = { 'z:a': TOKEN, 'z:b': TOKEN };
    const moved = (order: JsonObject) => {
      const intent = moveFirst('zai', 'z:a', ['z:b', 'z:a']);
      const after = intent.apply({ profiles, order }, 's');
      const [first] = entryOf(after, ...intent.entry) as readonly JsonValue[];
      assert.equal(first, 'z:a', 'the entry that tells whether it stands');
      assert.deepEqual(intent.apply(after, 's'), after);
      return after['order'];
    };

    it('of the list that is there, in whatever spelling, and keep the rest', () => {
      assert.deepEqual(moved({ 'Z.AI': ['z:new', ' z:a ', 7, 'z:b', 'z:a'], q: ['q:1'] }), {
        'Z.AI': ['z:a', 'z:new', 7, 'z:b'],
        q: ['q:1'],
      });
      assert.deepEqual(moved({ zai: ['z:b'] }), { zai: ['z:a', 'z:b'] });
    });

    it('of the order that was shown, where the store has none', () => {
      assert.deepEqual(moved({ q: ['q:1'] }), { q: ['q:1'], zai: ['z:a', 'z:b'] });
      // CoderClaw takes these for no list.
      assert.deepEqual(moved({ 'z.ai': [' '], zai: 'z:b' }), {
        'z.ai': [' '],
        zai: ['z:a', 'z:b'],
      });
    });

    it('unless it has gone', () => {
      assert.throws(
        () => moveFirst('zai', 'z:c', []).apply({ profiles }, 's'),
        (error) => isKnown(error, 'profile.gone'),
      );
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
