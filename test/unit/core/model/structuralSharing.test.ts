import assert from 'node:assert/strict';
import fc from 'fast-check';
import { reuseEqualParts } from '../../../../src/core/model/structuralSharing.ts';

describe('reuseEqualParts', () => {
  it('gives back the previous object when all is equal', () => {
    const previous = { a: [{ id: 'x', n: 1 }], b: { c: 'd' } };
    assert.equal(reuseEqualParts(previous, structuredClone(previous)), previous);
  });

  it('keeps what is equal beside what is not', () => {
    const previous = {
      list: [
        { id: 'x', n: 1 },
        { id: 'y', n: 2 },
      ],
      other: { deep: [1] },
    };
    const next = {
      list: [
        { id: 'x', n: 1 },
        { id: 'y', n: 3 },
      ],
      other: { deep: [1] },
    };
    const shared = reuseEqualParts(previous, next);
    assert.deepEqual(shared, next);
    assert.equal(shared.list[0], previous.list[0]);
    assert.notEqual(shared.list[1], previous.list[1]);
    assert.equal(shared.other, previous.other);
  });

  it('finds items by id or path when the list has moved', () => {
    const previous = [
      { id: 'b', n: 1 },
      { id: 'c', n: 2 },
    ];
    const shared = reuseEqualParts(previous, [{ id: 'a', n: 0 }, ...structuredClone(previous)]);
    assert.equal(shared[1], previous[0]);
    assert.equal(shared[2], previous[1]);
  });

  it('sees a member that came or went', () => {
    const previous: { a: number; b?: number } = { a: 1, b: 2 };
    assert.deepEqual(reuseEqualParts(previous, { a: 1 }), { a: 1 });
    assert.deepEqual(reuseEqualParts<object>({ a: 1 }, { a: 1, b: 2 }), { a: 1, b: 2 });
  });

  it('always equals `next`, and changes neither argument', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (previous, next) => {
        const before = structuredClone([previous, next]);
        assert.deepEqual(reuseEqualParts(previous, next), next);
        assert.deepEqual([previous, next], before);
        assert.equal(reuseEqualParts(previous, structuredClone(previous)), previous);
      }),
    );
  });
});
