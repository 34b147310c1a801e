import assert from 'node:assert/strict';
import { loginHash } from '../../../../../src/core/custody/entryHash.ts';
import type {
  JournalDraft,
  JournalEntry,
} from '../../../../../src/core/custody/journal/journal.ts';
import { knowledgeOf } from '../../../../../src/core/custody/repair/tokenKnowledge.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';

const storePath = '/s/auth-profiles.json';
const profileId = 'p:a';
const login = (refresh: string) => ({ type: 'oauth', provider: 'p', access: 'a', refresh });
const [MINE, OTHER] = [login('mine'), login('other')];

describe('what is known of removals', () => {
  let entries: JournalEntry[];
  beforeEach(() => {
    entries = [];
  });

  function note(at: number, draft: JournalDraft, answer?: JsonObject): void {
    const path = `/journal/${entries.length}`;
    const by = { owner: 'dead', mine: false } as const;
    entries.push({ id: path, path, stateDir: '/s', draft, at, ...by, answer });
  }
  const removal = (at: number, value: JsonObject, id = profileId): void =>
    note(at, { kind: 'removal', storePath, profileId: id, login: loginHash(value) });
  const signIn = (at: number, value: JsonObject): void =>
    note(at, { kind: 'store', provider: 'p', storePath, profileId, seen: null }, value);

  const isRemoved = (value: JsonObject | undefined, since: number): Promise<boolean> =>
    knowledgeOf({ entries: async () => entries }, { read: async () => new Map() }, async () => [
      { stateDir: '/s', agentId: 'main', storePath },
    ]).removedByUs(storePath, profileId, value, since);

  it('the very login counts, whatever the clocks say', async () => {
    removal(100, MINE);
    assert.equal(await isRemoved(MINE, 1e12), true);
  });

  it('another login under that id counts if that was later', async () => {
    removal(100, OTHER);
    assert.deepEqual([await isRemoved(MINE, 99), await isRemoved(MINE, 101)], [true, false]);
    assert.deepEqual([await isRemoved({}, 99), await isRemoved(undefined, 101)], [true, false]);
  });

  it('the same login that was stored again after it does not', async () => {
    removal(100, MINE);
    signIn(50, MINE);
    assert.equal(await isRemoved(MINE, 1), true);
    signIn(200, OTHER);
    assert.deepEqual([await isRemoved(MINE, 1), await isRemoved(OTHER, 1)], [true, false]);
    signIn(200, MINE);
    assert.equal(await isRemoved(MINE, 1), false);
  });

  it('other profiles, and orders, do not', async () => {
    removal(100, MINE, 'p:b');
    const order = { kind: 'order', provider: 'p', list: [profileId], seen: null } as const;
    note(100, { ...order, storePath, profileId });
    assert.equal(await isRemoved(MINE, 1), false);
  });
});
