import assert from 'node:assert/strict';
import { entryHash, loginHash } from '../../../../../src/core/custody/entryHash.ts';
import type {
  JournalDraft,
  JournalEntry,
} from '../../../../../src/core/custody/journal/journal.ts';
import {
  lineageOf,
  overtakenBefore,
  promisesFor,
} from '../../../../../src/core/custody/repair/lineage.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';

const storePath = '/s/auth-profiles.json';
const profileId = 'p:a';
const login = (refresh: string): JsonObject => ({ type: 'oauth', provider: 'p', refresh });
const [A, B, C, D] = [login('a'), login('b'), login('c'), login('d')];
const seenOf = (value: JsonObject | undefined) => (value === undefined ? null : entryHash(value));

describe('lineage: which promise of a place in a store is the last', () => {
  let all: JournalEntry[];
  beforeEach(() => {
    all = [];
  });

  function note(draft: JournalDraft, more: Partial<JournalEntry>): JournalEntry {
    const path = `/journal/${all.length}`;
    const by = { owner: 'alive', mine: false, isMade: true, answer: undefined } as const;
    const entry = { id: path, path, stateDir: '/s', draft, at: all.length, ...by, ...more };
    all.push(entry);
    return entry;
  }

  function signIn(
    seen: JsonObject | undefined,
    answer: JsonObject,
    more: Partial<JournalEntry> = {},
    agreed = true,
  ): JournalEntry {
    const about = { provider: 'p', storePath, profileId, agreed };
    return note({ kind: 'store', ...about, seen: seenOf(seen) }, { answer, ...more });
  }

  function removal(of: JsonObject, more: Partial<JournalEntry> = {}): JournalEntry {
    const about = { storePath, profileId, login: loginHash(of), seen: seenOf(of) };
    return note({ kind: 'removal', ...about }, more);
  }

  function order(seen: readonly string[] | null, list: readonly string[] | null): JournalEntry {
    const before = seen && entryHash(seen);
    const about = { storePath, provider: 'p', profileId: '', seen: before };
    return note({ kind: 'order', ...about, list: list && [...list] }, {});
  }

  const isOvertaken = (entry: JournalEntry) => lineageOf(entry, all).isOvertaken;
  const last = () => promisesFor(storePath, all).map(({ value }) => value);

  it('the one that nobody built on, whatever the clocks say', () => {
    const first = signIn(undefined, A, { at: 100 });
    const second = signIn(A, B, { at: 50 });
    assert.deepEqual([isOvertaken(first), isOvertaken(second)], [true, false]);
    assert.deepEqual(last(), [B]);
    const { isOld } = lineageOf(second, all);
    assert.deepEqual([isOld(A), isOld(undefined), isOld(C)], [true, true, false]);
  });

  it('a removal, before which everything is old that came before what it removed', () => {
    const first = signIn(undefined, A);
    const second = signIn(A, B);
    const gone = removal(B);
    assert.deepEqual([first, second, gone].map(isOvertaken), [true, true, false]);
    assert.deepEqual(last(), [undefined]);
    const { isOld } = lineageOf(gone, all);
    assert.deepEqual([isOld(A), isOld(B), isOld(C)], [true, true, false]);
  });

  it('a sign-in after a removal, also of the very login', () => {
    for (const again of [C, A]) {
      all = [];
      const first = signIn(undefined, A);
      const gone = removal(A);
      const second = signIn(undefined, again);
      assert.deepEqual([gone, second].map(isOvertaken), [true, false]);
      assert.equal(isOvertaken(first), true);
      assert.deepEqual(last(), [again]);
    }
  });

  it('what was built on, the oldest first, but nothing that still holds', () => {
    const first = signIn(undefined, A);
    const second = signIn(A, B);
    const gone = removal(B);
    assert.deepEqual(overtakenBefore(gone, all), [first, second]);
    assert.deepEqual(overtakenBefore(second, all), [first]);
    assert.deepEqual(overtakenBefore(first, all), []);
    const again = signIn(undefined, A);
    assert.deepEqual(overtakenBefore(again, all).includes(again), false);
    const waiting = signIn(A, C, { isMade: false });
    assert.equal(overtakenBefore(waiting, all).includes(again), false);
  });

  it('not what came after: nothing stands in a place again and again', () => {
    const first = signIn(undefined, A);
    const gone = removal(A);
    const second = signIn(undefined, B);
    assert.deepEqual(overtakenBefore(first, all), []);
    assert.deepEqual(overtakenBefore(second, all), [first, gone]);
    all = all.filter((one) => one !== first);
    assert.equal(lineageOf(second, all).isOld(A), true, 'by the removal');
  });

  it('orders to and fro', () => {
    const [one, two] = [['a'], ['b']];
    const orders = [order(null, one), order(one, two), order(two, one)];
    assert.deepEqual(orders.map(isOvertaken), [true, true, false]);
    assert.deepEqual(last(), [one]);
    order(one, null);
    assert.deepEqual(last(), [undefined]);
  });

  it('what may still fail overtakes nobody: of a living process, or not agreed to', () => {
    const first = signIn(undefined, A);
    signIn(A, B, { isMade: false });
    signIn(A, C, { isMade: false, owner: 'dead' }, false);
    removal(A, { isMade: false });
    assert.equal(isOvertaken(first), false);
    assert.deepEqual(last(), [A]);
  });

  it('what a dead process promised does, as it will be kept; it is no promise before that', () => {
    const first = signIn(undefined, A);
    signIn(A, B, { isMade: false, owner: 'dead' });
    assert.equal(isOvertaken(first), true);
    assert.deepEqual(last(), []);
  });

  it('one that waits is overtaken by a later one that found its place first', () => {
    const waiting = signIn(A, B, { isMade: false });
    const made = signIn(A, C);
    assert.deepEqual([waiting, made].map(isOvertaken), [true, false]);
    assert.deepEqual(last(), [C]);
  });

  it('of two that know nothing of each other, the later one', () => {
    signIn(A, B);
    signIn(C, D);
    assert.deepEqual(last(), [D]);
  });

  it('other stores, other places and refreshes are nothing to it', () => {
    signIn(undefined, A);
    const { draft } = signIn(A, B);
    assert(draft.kind === 'store');
    all.pop();
    note({ ...draft, storePath: '/other' }, { answer: B });
    note({ ...draft, profileId: 'p:b' }, { answer: B });
    const from = String(loginHash(A));
    note({ kind: 'refresh', provider: 'p', from, profileId, storePath }, { answer: B });
    assert.deepEqual(last(), [A, B]);
  });

  it('a removal of an earlier version tells what it removed by its login alone', () => {
    const gone = note({ kind: 'removal', storePath, profileId, login: loginHash(A) }, {});
    const { isOvertaken: is, isOld } = lineageOf(gone, all);
    assert.deepEqual([is, isOld(A), isOld(B), isOld(undefined)], [false, true, false, false]);
  });
});
