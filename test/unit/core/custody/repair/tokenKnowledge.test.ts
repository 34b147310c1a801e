import assert from 'node:assert/strict';
import { loginHash } from '../../../../../src/core/custody/entryHash.ts';
import type {
  JournalDraft,
  JournalEntry,
} from '../../../../../src/core/custody/journal/journal.ts';
import { knowledgeOf } from '../../../../../src/core/custody/repair/tokenKnowledge.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';
import { KnownError } from '../../../../../src/core/errors.ts';

const storePath = '/s/auth-profiles.json';
const profileId = 'p:a';
const login = (refresh: string) => ({ type: 'oauth', provider: 'p', access: 'a', refresh });
const [MINE, OTHER] = [login('mine'), login('other')];

describe('what is known where one state dir cannot be read', () => {
  const broken = async (stateDirs: readonly string[]): Promise<void> => {
    if (stateDirs.includes('/bad')) {
      throw new KnownError('disk.failed', { path: '/bad', syscall: 'open', errno: 'EACCES' });
    }
  };
  const record = { kind: 'spent', at: 1, failures: 0, lostAnswers: 0 } as const;
  const by = {
    id: 'x',
    path: '/x',
    stateDir: '/s',
    owner: 'dead',
    mine: false,
    isMade: true,
  } as const;
  const draft = { kind: 'removal', storePath, profileId, login: loginHash(MINE) } as const;
  const knowing = (places: readonly string[]) =>
    knowledgeOf(
      {
        entries: async (dirs) => {
          await broken(dirs);
          return dirs.includes('/s') ? [{ ...by, draft, at: 5, answer: undefined }] : [];
        },
      },
      {
        read: async (dirs) => {
          await broken(dirs);
          return new Map(dirs.includes('/s') ? [['t', record]] : []);
        },
      },
      async () => places.map((stateDir) => ({ stateDir, agentId: 'main', storePath: stateDir })),
    );

  it('is what the others know', async () => {
    const { isSpent, removedByUs } = knowing(['/bad', '/s']);
    assert.deepEqual([await isSpent('t'), await isSpent('u')], [true, false]);
    assert.equal(await removedByUs(storePath, profileId, MINE, 0), true);
  });

  it('is nothing where there is no other', async () => {
    const { isSpent, removedByUs } = knowing(['/bad']);
    assert.equal(await isSpent('t'), false);
    assert.equal(await removedByUs(storePath, profileId, MINE, 0), false);
  });
});

describe('what is known of removals', () => {
  let entries: JournalEntry[];
  beforeEach(() => {
    entries = [];
  });

  function note(at: number, draft: JournalDraft, answer?: JsonObject): void {
    const path = `/journal/${entries.length}`;
    const by = { owner: 'dead', mine: false, isMade: true } as const;
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
    const list = [profileId];
    note(100, { kind: 'order', provider: 'p', storePath, profileId, list, seen: null });
    assert.equal(await isRemoved(MINE, 1), false);
  });
});
