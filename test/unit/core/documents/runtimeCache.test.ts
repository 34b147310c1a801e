import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import {
  holdsSecretOf,
  inStep,
  movedOn,
  parseRuntimeCache,
  runtimeCacheEntries,
} from '../../../../src/core/documents/runtimeCache.ts';
import { tokenHash } from '../../../../src/core/model/loginFingerprint.ts';
import { storeOf, vectorCases } from '../model/vectorCases.ts';

interface CacheVector {
  readonly now: number;
  readonly store: JsonObject;
  readonly authJsonBefore?: JsonObject;
  readonly wrote: boolean;
  readonly authJsonAfter: JsonObject | null;
}

const NOW = 1_795_000_000_000;

describe('the runtime cache, as CoderClaw writes it', () => {
  const vectors = vectorCases<CacheVector>('runtime-cache');

  vectors.forEach(({ now, store, authJsonBefore, wrote, authJsonAfter }, index) => {
    it(`runtime-cache ${index}`, () => {
      const entries = Object.fromEntries(runtimeCacheEntries(storeOf(store), now));
      const after = { ...authJsonBefore, ...entries };
      assert.equal(!isDeepStrictEqual(after, authJsonBefore ?? {}), wrote);
      assert.deepEqual(after, authJsonAfter ?? {});
      // As it is brought in step: entries that hold what has just gone become these.
      const was = { type: 'api_key', provider: 'p', key: 'what has gone' };
      const gone = Object.fromEntries(Object.keys(entries).map((provider) => [provider, was]));
      const before = { ...authJsonBefore, ...gone, 'of no profile': was };
      assert.deepEqual(inStep(before, was, storeOf(store), now), authJsonAfter ?? {});
    });
  });

  it('compared them all', () => {
    assert.equal(vectors.length, 30);
    assert.equal(vectors.filter(({ wrote }) => wrote).length, 17);
  });

  const entries = (profiles: JsonObject): JsonObject =>
    Object.fromEntries(runtimeCacheEntries(storeOf({ version: 1, profiles }), NOW));

  it('takes the first that can be used, an expired sign-in included, an expired token not', () => {
    const oauth = { type: 'oauth', provider: 'p', access: ' a ', refresh: 'r', expires: NOW - 1 };
    const stored = { type: 'oauth', access: 'a', refresh: 'r', expires: NOW - 1 };
    const token = { type: 'token', provider: 'p', token: 't', expires: NOW };
    assert.deepEqual(entries({ 'p:t': token, 'p:o': oauth }), { p: stored });
    assert.deepEqual(entries({ 'p:o': { ...oauth, refresh: ' ' } }), {});
    assert.deepEqual(entries({ 'p:o': { ...oauth, expires: 0 } }), {});
  });
});

describe('keeping the runtime cache in step', () => {
  const login = { access: 'a2', refresh: 'r2', expires: 2 };
  const old = { type: 'oauth', access: 'a1', refresh: 'r1', expires: 1, accountId: 'x' };

  describe('after a refresh', () => {
    it('moves every sign-in on that holds the old refresh token, and nothing else', () => {
      const cache = {
        p: old,
        q: { ...old, access: 'another' },
        key: { type: 'api_key', key: 'r1' },
        typeless: { refresh: 'r1' },
        newer: { ...old, refresh: 'r3' },
        list: ['r1'],
        text: 'r1',
      };
      assert.deepEqual(movedOn(cache, tokenHash('r1'), login), {
        ...cache,
        p: { ...old, ...login },
        q: { ...old, ...login },
      });
    });

    it('keeps the sequence of the keys, and odd ones', () => {
      const cache = JSON.parse('{"z":1,"__proto__":{"type":"oauth","refresh":"r1"},"a":2}');
      const moved = movedOn(cache, tokenHash('r1'), login);
      assert.deepEqual(Object.keys(moved), ['z', '__proto__', 'a']);
      assert.match(JSON.stringify(moved), /"__proto__":\{"type":"oauth","refresh":"r2"/);
    });
  });

  describe('after a profile was replaced or removed', () => {
    const was = { type: 'oauth', provider: 'p', access: 'a1', refresh: 'r1', expires: 1 };
    const store = (profiles: JsonObject) => storeOf({ version: 1, profiles });
    const next = { type: 'oauth', provider: 'P ', ...login };

    it('an entry with a secret of it becomes what CoderClaw would write now', () => {
      for (const entry of [
        old,
        { type: 'oauth', access: 'other', refresh: 'r1' },
        { type: 'api_key', key: 'a1' },
      ]) {
        const after = inStep({ p: entry, q: 1 }, was, store({ 'p:x': next }), NOW);
        assert.deepEqual(after, { p: { type: 'oauth', ...login }, q: 1 });
      }
    });

    it('and goes where nothing usable is left for that provider', () => {
      assert.deepEqual(inStep({ p: old, q: 1 }, was, store({}), NOW), { q: 1 });
      assert.deepEqual(inStep({ other: old }, was, store({ 'p:x': next }), NOW), {});
    });

    it('an entry that holds anything else may be newer, and stays', () => {
      const cache = { p: { ...old, access: 'a9', refresh: 'r9' }, q: { note: 'r1' }, s: 'r1' };
      assert.equal(isDeepStrictEqual(inStep(cache, was, store({}), NOW), cache), true);
    });

    it('an entry that is right as it is stays', () => {
      const copy = { type: 'oauth', access: 'a1', refresh: 'r1', expires: 1 };
      assert.deepEqual(inStep({ p: copy }, was, store({ 'p:y': was }), NOW), { p: copy });
    });

    it('a credential without a secret means nothing', () => {
      const cache = { p: { type: 'api_key', key: '' } };
      for (const nothing of [undefined, null, {}, { key: ' ' }, 'r1']) {
        assert.deepEqual(inStep(cache, nothing, store({}), NOW), cache);
        assert.equal(holdsSecretOf(cache, nothing), false);
      }
    });
  });

  it('understands whole objects only', () => {
    for (const text of ['', '{', '[]', 'null', '1', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`]) {
      assert.equal(parseRuntimeCache(text), undefined, text.slice(0, 10));
    }
    assert.deepEqual(parseRuntimeCache('{"a":{}}'), { a: {} });
  });
});
