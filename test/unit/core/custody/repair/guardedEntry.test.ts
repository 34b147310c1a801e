import assert from 'node:assert/strict';
import { type GuardedEntry, isLater } from '../../../../../src/core/custody/repair/guardedEntry.ts';
import type { JsonValue } from '../../../../../src/core/documents/json.ts';

const [A, B] = ['a', 'b'];
const old =
  (...values: readonly (JsonValue | undefined)[]) =>
  (value: JsonValue | undefined): boolean =>
    values.includes(value);

describe('guard: which of two promises of one entry came later', () => {
  const known = (value: JsonValue | undefined, ...before: readonly (JsonValue | undefined)[]) =>
    ({ value, isOld: old(...before), since: 100 }) as unknown as GuardedEntry;
  const promise = (
    value: JsonValue | undefined,
    at: number,
    ...before: readonly (JsonValue | undefined)[]
  ) => ({ entry: ['profiles', 'p:a'] as const, value, isOld: old(...before), at });

  it('the one that was built on the other, whatever the clocks say', () => {
    assert.equal(isLater(promise(B, 50, A), known(A), false), true);
    assert.equal(isLater(promise(A, 150), known(B, A), true), false);
    assert.equal(isLater(promise(undefined, 50, A), known(A), false), true);
  });

  it('where each was built on the other, the later one', () => {
    assert.equal(isLater(promise(B, 150, A), known(A, B), false), true);
    assert.equal(isLater(promise(B, 50, A), known(A, B), true), false);
  });

  it('where neither knows the other, the one that stands', () => {
    assert.equal(isLater(promise(B, 50), known(A), true), true);
    assert.equal(isLater(promise(B, 150), known(A), false), false);
  });

  it('a removal that is made and does not know what led up to it: by the time', () => {
    // A was put where nothing stood, then something that nobody remembers, then it was removed.
    assert.equal(isLater(promise(undefined, 150, B), known(A, undefined), true), true);
    // The removal that A was put after.
    assert.equal(isLater(promise(undefined, 50, B), known(A, undefined), true), false);
    assert.equal(isLater(promise(undefined, 150, B), known(A, undefined), false), false);
  });
});
