import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { changedEntries } from '../../../../../src/core/custody/repair/changedEntries.ts';
import {
  PERSON_MS,
  type Promised,
  type Sighting,
  standingOf,
} from '../../../../../src/core/custody/repair/undone.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';

const A = { type: 'oauth', provider: 'p', refresh: 'a' };
const B = { type: 'oauth', provider: 'p', refresh: 'b' };
const other = (n: number): JsonObject => ({ 'p:x': { lastUsed: n } });

describe('undone', () => {
  const added: Promised = {
    entry: ['profiles', 'p:a'],
    value: B,
    isOld: (value) => value === undefined,
  };
  const replaced: Promised = { ...added, isOld: (value) => value === A };
  const removed: Promised = { ...added, value: undefined, isOld: (value) => value === A };
  const store = (profiles: JsonObject, rest: JsonObject = {}): JsonObject => ({
    version: 1,
    profiles,
    ...rest,
  });

  const cases: readonly [string, Promised, Partial<Sighting>, ReturnType<typeof standingOf>][] = [
    ['as we wrote it', added, { document: store({ 'p:a': { ...B } }) }, 'stands'],
    ['another value', replaced, { document: store({ 'p:a': { ...A, refresh: 'c' } }) }, 'other'],
    [
      'a new profile gone in an old copy with a change of its own',
      added,
      { document: store({}, { usageStats: other(2) }), last: store({ 'p:a': B }) },
      'undone',
    ],
    [
      'an old value in such a copy',
      replaced,
      { document: store({ 'p:a': A }, { usageStats: other(2) }), last: store({ 'p:a': B }) },
      'undone',
    ],
    [
      'a removed profile in such a copy',
      removed,
      { document: store({ 'p:a': A }, { usageStats: other(2) }), last: store({}) },
      'undone',
    ],
    [
      'a profile gone with all that names it, and nothing else',
      added,
      {
        document: store({ 'p:b': A }, { order: { p: ['p:b'] } }),
        last: store(
          { 'p:a': B, 'p:b': A },
          {
            order: { p: ['p:a ', 'p:b'], q: ['p:a'] },
            lastGood: { p: 'p:a' },
            usageStats: { 'p:a': {} },
          },
        ),
      },
      'revoked',
    ],
    [
      'the same where CoderClaw drops what it does not know',
      added,
      {
        document: store({}),
        last: store({ 'p:a': B, odd: { type: 'new' } }, { future: 1, order: { p: 1, q: [] } }),
      },
      'revoked',
    ],
    [
      'the same where another profile went too',
      added,
      { document: store({}), last: store({ 'p:a': B, 'p:b': A }) },
      'undone',
    ],
    [
      'gone from our very file, in a moment in which no person can act',
      added,
      { document: store({}), last: store({ 'p:a': B }), isOurFile: true, ageMs: PERSON_MS },
      'undone',
    ],
    [
      'gone from another file in the same moment',
      added,
      { document: store({}), last: store({ 'p:a': B }), isOurFile: false, ageMs: 1 },
      'revoked',
    ],
    ['gone from a file that we know nothing of', added, { document: store({}) }, 'undone'],
  ];
  for (const [what, promised, seen, expected] of cases) {
    it(`${what}: ${expected}`, () => {
      const all = { last: undefined, isOurFile: true, ageMs: PERSON_MS + 1, ...seen };
      assert.equal(standingOf(promised, { document: {}, ...all }), expected);
    });
  }

  it('an order set back and nothing else is meant; in an old copy it is undone', () => {
    const promised: Promised = {
      entry: ['order', 'p'],
      value: ['x', 'y'],
      isOld: (value) => Array.isArray(value) && value[0] === 'y',
    };
    const last = store({}, { order: { p: ['x', 'y'] } });
    const seen = { last, isOurFile: true, ageMs: PERSON_MS + 1 };
    const back = store({}, { order: { p: ['y', 'x'] } });
    assert.equal(standingOf(promised, { ...seen, document: back }), 'revoked');
    const copy = { ...back, lastGood: { p: 'x' } };
    assert.equal(standingOf(promised, { ...seen, document: copy }), 'undone');
  });

  it('usage is undone where it is exactly as it was; all else is later, whatever was changed with it', () => {
    const promised: Promised = {
      entry: ['usageStats', 'p:a'],
      value: { errorCount: 0 },
      isOld: (value) => isDeepStrictEqual(value, { cooldownUntil: 5 }),
    };
    const last = store({}, { usageStats: { 'p:a': promised.value ?? null } });
    const seen = { last, isOurFile: false, ageMs: PERSON_MS + 1 };
    const standing = (usageStats: JsonObject) =>
      standingOf(promised, { ...seen, document: store({}, { usageStats }) });
    assert.equal(standing({ 'p:a': { errorCount: 0 }, 'p:b': {} }), 'stands');
    assert.equal(standing({ 'p:a': { cooldownUntil: 5 } }), 'undone');
    assert.equal(standing({ 'p:a': { cooldownUntil: 6 } }), 'other');
    assert.equal(standing({}), 'other');
  });

  it('what a commit changed: profiles, orders and usage, added, replaced and gone', () => {
    const before = store({ 'p:a': A, 'p:b': B, 'p:c': B }, { order: { p: ['1'] } });
    const rest = { usageStats: other(1), lastGood: { p: 'p:a' } };
    const after = store({ 'p:a': { ...A }, 'p:b': A, 'p:d': B }, rest);
    assert.deepEqual(
      changedEntries(before, after).map(({ entry, before, after }) => [...entry, before, after]),
      [
        ['profiles', 'p:b', B, A],
        ['profiles', 'p:c', B, undefined],
        ['profiles', 'p:d', undefined, B],
        ['order', 'p', ['1'], undefined],
        ['usageStats', 'p:x', undefined, { lastUsed: 1 }],
      ],
    );
  });
});
