import assert from 'node:assert/strict';
import type { TokenRecord } from '../../../../src/core/model/refreshLog.ts';
import {
  areTwoGrants,
  familyOf,
  isSpent,
  isUsedUp,
  successorsOf,
} from '../../../../src/core/model/tokenFamily.ts';

const record = (kind: TokenRecord['kind'], next?: string, lostAnswers = 0): TokenRecord => ({
  kind,
  at: 1,
  failures: 0,
  lostAnswers,
  ...(next !== undefined && { next }),
});

describe('token families', () => {
  // a -> b -> c -> d, and a2 -> b too: two programs saw b come from different tokens.
  const records = new Map([
    ['a', record('spent', 'b')],
    ['a2', record('spent', 'b')],
    ['b', record('spent', 'c')],
    ['c', record('spent', 'd')],
    ['other', record('spent', 'another')],
  ]);

  it('follow what came after, nearest first', () => {
    assert.deepEqual(successorsOf('a', records), ['b', 'c', 'd']);
    assert.deepEqual(successorsOf('d', records), []);
    assert.deepEqual(successorsOf('unknown', records), []);
  });

  it('are the token, all from which it came, and what came of it and is spent too', () => {
    assert.deepEqual([...familyOf('b', records)].sort(), ['a', 'a2', 'b', 'c']);
    assert.deepEqual([...familyOf('d', records)].sort(), ['a', 'a2', 'b', 'c', 'd']);
    assert.deepEqual([...familyOf('unknown', records)], ['unknown']);
  });

  it('end where a wrong log goes in circles', () => {
    const circle = new Map([
      ['a', record('spent', 'b')],
      ['b', record('spent', 'a')],
    ]);
    assert.deepEqual(successorsOf('a', circle), ['b']);
    assert.deepEqual([...familyOf('a', circle)].sort(), ['a', 'b']);
  });

  it('know which tokens are used up', () => {
    const more = new Map([
      ...records,
      ['refused', record('refused')],
      ['lost', record('unsure', undefined, 2)],
      ['lostOnce', record('unsure', undefined, 1)],
      ['failing', record('transient')],
    ]);
    const usedUp = [...more.keys(), 'unknown'].filter((token) => isUsedUp(token, more));
    assert.deepEqual(usedUp, ['a', 'a2', 'b', 'c', 'other', 'refused', 'lost']);
    assert.deepEqual(
      [...more.keys()].filter((token) => isSpent(token, more)),
      [...records.keys()],
    );
  });

  describe('of two sign-ins', () => {
    const known = (...steps: readonly (readonly [string, number, string])[]) =>
      new Map(steps.map(([token, at, next]) => [token, { ...record('spent', next), at }]));
    const both = (records: ReadonlyMap<string, TokenRecord>) => {
      const found = areTwoGrants('a', 'b', records);
      assert.equal(areTwoGrants('b', 'a', records), found);
      return found;
    };

    it('are told where each line went on after the other had begun', () => {
      assert.ok(both(known(['a1', 1, 'a2'], ['b1', 2, 'b2'], ['a2', 3, 'a'], ['b2', 4, 'b'])));
    });

    it('are not where one line may have come from the end of the other', () => {
      // Somebody else may have spent a, and got b1.
      assert.equal(
        both(known(['a1', 1, 'a2'], ['a2', 2, 'a'], ['b1', 3, 'b2'], ['b2', 4, 'b'])),
        false,
      );
    });

    it('are not where the lines meet, nor where one token is unknown', () => {
      assert.equal(
        both(
          known(['o', 1, 'b1'], ['b1', 2, 'b'], ['a1', 3, 'a'], ['o2', 4, 'a1'], ['a1', 5, 'b1']),
        ),
        false,
      );
      assert.equal(both(known(['o', 1, 'a'], ['a', 2, 'b1'], ['b1', 3, 'b'])), false);
      assert.equal(both(known(['a1', 1, 'a2'], ['a2', 3, 'a'])), false);
      assert.equal(both(new Map()), false);
    });
  });
});
