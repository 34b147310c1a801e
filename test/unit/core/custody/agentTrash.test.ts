import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { access, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { moveAgentAway } from '../../../../src/core/custody/agentTrash.ts';
import { Journal, type JournalDraft } from '../../../../src/core/custody/journal/journal.ts';
import { RefreshMemory } from '../../../../src/core/custody/refresh/refreshMemory.ts';
import { Upkeep } from '../../../../src/core/custody/repair/upkeep.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import { upsertProfile } from '../../../../src/core/documents/storeIntents.ts';
import { KnownError } from '../../../../src/core/errors.ts';
import { workFolder } from '../disk/workFolder.ts';

const LOGIN = { type: 'oauth', provider: 'p', access: 'a', refresh: 'r', expires: 1 };

const ORDER: Partial<JournalDraft> = { kind: 'order', list: ['p:a'] };

describe('the folder of a removed agent', () => {
  const path = workFolder();
  const folder = (agentId = 'work') => path('agents', agentId);
  const store = (agentId = 'work') => path('agents', agentId, 'agent', 'auth-profiles.json');
  const trashed = (...names: string[]) => path('trash', ...names);
  let journal: Journal;
  let vault: Vault;
  let upkeep: Upkeep;

  beforeEach(async () => {
    journal = new Journal({ clock: systemClock });
    vault = new Vault({
      clock: systemClock,
      log: () => {},
      guardTimes: { firstLookMs: 1, hintMs: 1 },
    });
    upkeep = new Upkeep({
      ...{ vault, journal, clock: systemClock, log: () => {} },
      memory: new RefreshMemory({ locks: new FileLocks({ app: 't', clock: systemClock }) }),
      refresher: { settle: async () => 'waiting' },
      places: async () => [{ stateDir: path(), agentId: 'work', storePath: store() }],
      // As if whoever opened an entry had had its turn.
      times: { signInTurnMs: 0 },
    });
    for (const agentId of ['main', 'work']) {
      await mkdir(dirname(store(agentId)), { recursive: true });
      await writeFile(store(agentId), JSON.stringify({ version: 1, profiles: { 'p:a': LOGIN } }));
    }
  });
  afterEach(() => {
    upkeep.dispose();
    vault.dispose();
  });

  const move = async (from: string): Promise<string> => {
    await rename(from, trashed());
    return trashed();
  };
  const moved = (platform: NodeJS.Platform = 'linux', how: typeof move = move) =>
    moveAgentAway(
      { vault, journal, platform },
      { stateDir: path(), folder: folder(), storePath: store() },
      how,
    );
  const isThere = (file: string): Promise<boolean> =>
    access(file).then(
      () => true,
      () => false,
    );
  async function promise(draft: Partial<JournalDraft>, agentId = 'work') {
    const place = { provider: 'p', profileId: 'p:b', storePath: store(agentId), seen: null };
    const slot = await journal.open(path(), { kind: 'store', ...place, ...draft } as JournalDraft);
    if (draft.kind !== 'order') await slot.answer(LOGIN);
    return slot;
  }
  const open = async () => (await journal.entries([path()])).map(({ draft }) => draft.storePath);

  for (const platform of ['linux', 'win32'] as const) {
    it(`goes as a whole, without a lock in it: ${platform}`, async () => {
      assert.equal(await moved(platform), trashed());
      assert.equal(await isThere(folder()), false);
      assert.deepEqual(await readdir(trashed('agent')), ['auth-profiles.json']);
    });

    it(`is not made again by what was promised for its store: ${platform}`, async () => {
      await promise({});
      await promise(ORDER);
      await promise({}, 'main');
      await moved(platform);
      assert.deepEqual(await open(), [store('main')]);
      await upkeep.start();
      assert.equal(await isThere(folder()), false);
    });
  }

  it('is not made again by the guard of what was just written', async () => {
    await vault.commitStore(store(), upsertProfile('p:c', LOGIN));
    await moved();
    // The guard looks by itself; a commit elsewhere, and its aftermath, come after that.
    const { aftermath } = await vault.commitStore(store('main'), upsertProfile('p:c', LOGIN));
    await aftermath;
    assert.equal(await vault.looksAfter(store(), ['profiles', 'p:c']), 'over');
    assert.equal(await isThere(folder()), false);
  });

  it('waits for a refresh that is under way in its store', async () => {
    const told = new EventEmitter();
    const [held, answer] = [once(told, 'held'), once(told, 'answer')];
    const refreshing = vault.withStores([store()], {}, async (stores) => {
      told.emit('held');
      await answer;
      await stores.commit(store(), upsertProfile('p:a', { ...LOGIN, refresh: 'r2' }));
    });
    await held;
    const moving = moved();
    assert.equal(await isThere(folder()), true);
    told.emit('answer');
    await Promise.all([refreshing, moving]);
    assert.match(await readFile(trashed('agent', 'auth-profiles.json'), 'utf8'), /r2/);
  });

  it('stays where it is if it cannot be moved, and is free', async () => {
    const fails = () => moved('linux', () => Promise.reject(new KnownError('disk.full', fault)));
    const fault = { path: folder(), syscall: 'rename', errno: 'ENOSPC' };
    await assert.rejects(fails, { code: 'disk.full' });
    assert.deepEqual(await readdir(dirname(store())), ['auth-profiles.json']);
  });

  it('goes without its store where that is elsewhere, whose promises stay', async () => {
    const elsewhere = path('mine', 'auth-profiles.json');
    await mkdir(dirname(elsewhere));
    await promise({ storePath: elsewhere });
    const left = { stateDir: path(), folder: folder(), storePath: elsewhere };
    await moveAgentAway({ vault, journal, platform: 'linux' }, left, move);
    assert.deepEqual(await open(), [elsewhere]);
    assert.equal(await isThere(trashed('agent')), true);
  });

  it('is known by where its state folder really is', async () => {
    await promise({});
    await symlink(path(), path('link'));
    const storePath = path('link', 'agents', 'work', 'agent', 'auth-profiles.json');
    await promise({ storePath });
    const left = { stateDir: path(), folder: folder(), storePath };
    await moveAgentAway({ vault, journal, platform: 'linux' }, left, move);
    assert.deepEqual(await readdir(trashed('agent')), ['auth-profiles.json']);
    assert.deepEqual(await open(), []);
  });
});
