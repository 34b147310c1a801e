import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { systemClock } from '../../../../../src/core/clock.ts';
import { entryHash, loginHash } from '../../../../../src/core/custody/entryHash.ts';
import { Journal, type JournalDraft } from '../../../../../src/core/custody/journal/journal.ts';
import { RefreshMemory } from '../../../../../src/core/custody/refresh/refreshMemory.ts';
import { knowledgeOf } from '../../../../../src/core/custody/repair/tokenKnowledge.ts';
import {
  Upkeep,
  type UpkeepNotice,
  type UpkeepOptions,
} from '../../../../../src/core/custody/repair/upkeep.ts';
import { Vault } from '../../../../../src/core/custody/vault.ts';
import { FileLocks } from '../../../../../src/core/disk/fileLock.ts';
import { describeThisProcess } from '../../../../../src/core/disk/lockOwner.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';
import { upsertProfile } from '../../../../../src/core/documents/storeIntents.ts';
import { KnownError } from '../../../../../src/core/errors.ts';
import { tokenHash } from '../../../../../src/core/model/loginFingerprint.ts';
import { workFolder } from '../../disk/workFolder.ts';
import { ManualClock } from '../../liveSnapshot/manualClock.ts';

const login = (refresh: string, more: JsonObject = {}) => ({
  type: 'oauth',
  provider: 'p',
  access: `access of ${refresh}`,
  refresh,
  expires: 1,
  ...more,
});
const OLD = login('old');
const NEW = login('new');

describe('upkeep', () => {
  const path = workFolder();
  const folder = () => path('agents', 'main', 'agent');
  const store = () => path('agents', 'main', 'agent', 'auth-profiles.json');
  const dirs = () => [path()];
  let clock: ManualClock;
  let journal: Journal;
  let memory: RefreshMemory;
  let vault: Vault;
  let upkeeps: Upkeep[];
  let notices: UpkeepNotice[];
  let settled: number;
  let owner: 'alive' | 'dead' | 'unknown';
  let mine: boolean;
  /** How far the clock of the machine has been set, in milliseconds. */
  let set: number;

  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    const locks = new FileLocks({ app: 't', clock: systemClock });
    journal = new Journal({ clock });
    memory = new RefreshMemory({ locks });
    const guardTimes = { firstLookMs: 20, hintMs: 20 };
    vault = new Vault({ clock: systemClock, log: () => {}, locks, guardTimes });
    upkeeps = [];
    notices = [];
    settled = 0;
    owner = 'dead';
    mine = false;
    set = 0;
    await mkdir(folder(), { recursive: true });
  });
  afterEach(() => {
    for (const upkeep of upkeeps) upkeep.dispose();
    vault.dispose();
  });

  function upkeepWith(options: Partial<UpkeepOptions> = {}): Upkeep {
    const upkeep = new Upkeep({
      vault,
      journal: {
        entries: async (of) =>
          (await journal.entries(of)).map((entry) => ({ ...entry, owner, mine })),
        drop: (entry) => journal.drop(entry),
        made: (entry) => journal.made(entry),
      },
      memory,
      refresher: {
        settle: async () => {
          settled += 1;
          await write({ 'p:a': NEW });
          return 'settled';
        },
      },
      places: async () => [{ stateDir: path(), agentId: 'main', storePath: store() }],
      clock: { now: () => clock.now() + set, sleep: (...args) => clock.sleep(...args) },
      steady: () => clock.now(),
      log: () => {},
      tell: (notice) => notices.push(notice),
      ...options,
    });
    upkeeps.push(upkeep);
    return upkeep;
  }

  /** The vault, with some of its ways replaced. */
  function vaultBut(other: Partial<UpkeepOptions['vault']>): UpkeepOptions['vault'] {
    return {
      commitStore: (...commit) => vault.commitStore(...commit),
      commitConfig: (...commit) => vault.commitConfig(...commit),
      withStores: (...held) => vault.withStores(...held),
      lookAfter: (...about) => vault.lookAfter(...about),
      looksAfter: (...about) => vault.looksAfter(...about),
      importLegacy: (...files) => vault.importLegacy(...files),
      ...other,
    };
  }

  async function write(profiles: JsonObject, rest: JsonObject = {}): Promise<void> {
    await writeFile(store(), JSON.stringify({ version: 1, profiles, ...rest }), { mode: 0o600 });
  }

  async function profile(id = 'p:a'): Promise<JsonObject | undefined> {
    return JSON.parse(await readFile(store(), 'utf8')).profiles[id];
  }

  async function promise(
    draft: Partial<JournalDraft> & Pick<JournalDraft, 'kind'>,
    answer?: JsonObject,
  ) {
    const all = { provider: 'p', profileId: 'p:a', storePath: store(), seen: null, ...draft };
    const { seen, provider, ...rest } = all;
    const signIn = { agreed: true, ...all };
    const isDone = draft.kind === 'store' || draft.kind === 'order';
    const done = draft.kind === 'store' ? signIn : all;
    const removal = 'seen' in draft ? { seen, ...rest } : rest;
    const body = draft.kind === 'removal' ? removal : isDone ? done : { provider, ...rest };
    const slot = await journal.open(path(), body as JournalDraft);
    if (answer !== undefined) await slot.answer(answer);
    return slot;
  }

  const open = async () => (await journal.entries(dirs())).length;

  async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
    for (let n = 0; n < 300; n++) {
      if (await isSo()) return;
      await systemClock.sleep(10);
    }
    assert.fail(`never: ${what}`);
  }

  /** Lets time pass in steps that wake whoever is due, and gives them time to work. */
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 5_000) {
      clock.advance(Math.min(5_000, left));
      await systemClock.sleep(30);
    }
  }

  it('with nothing open: nothing waits, whatever changes', async () => {
    const upkeep = upkeepWith();
    await upkeep.start();
    assert.deepEqual(clock.pending, []);
    upkeep.hint();
    upkeep.hint();
    assert.equal(clock.pending.length, 1);
    await pass(1_000);
    assert.deepEqual(clock.pending, []);
  });

  describe('a sign-in in the journal', () => {
    it('I11: of a dead process, where nothing stood: is stored, and the entry goes when it lasts', async () => {
      await promise({ kind: 'store' }, NEW);
      await upkeepWith().start();
      assert.deepEqual(await profile(), NEW);
      assert.deepEqual(notices, [{ kind: 'stored', profileId: 'p:a', storePath: store() }]);
      await pass(25_000);
      assert.equal(await open(), 1);
      await pass(10_000);
      assert.equal(await open(), 0);
      assert.deepEqual(clock.pending, []);
    });

    it('is stored after the older sign-ins that it would hide', async () => {
      const legacy = path('oauth.json');
      await writeFile(legacy, '{"q":{"refresh":"waiting"}}');
      await promise({ kind: 'store' }, NEW);
      const place = { stateDir: path(), agentId: 'main', storePath: store() };
      await upkeepWith({ places: async () => [{ ...place, legacyPaths: [legacy] }] }).start();
      assert.deepEqual(await profile(), NEW);
      assert.equal((await profile('q:default'))?.['refresh'], 'waiting');
    });

    it('replaces what stood there when it was made, and nothing else', async () => {
      const other = login('other', { accountId: 'other' });
      await write({ 'p:a': OLD, 'p:b': other });
      await promise({ kind: 'store', seen: entryHash(OLD) }, NEW);
      const mine = login('new', { accountId: 'mine' });
      await promise({ kind: 'store', profileId: 'p:b', seen: entryHash(OLD) }, mine);
      await upkeepWith().start();
      assert.deepEqual([await profile(), await profile('p:b')], [NEW, other]);
      assert.equal(await open(), 1);
    });

    it('I16: is stored once, however often it is taken up, and by however many', async () => {
      await write({ 'p:x': OLD });
      await promise({ kind: 'store' }, NEW);
      await Promise.all([1, 2, 3].map(() => upkeepWith().start()));
      const once = await readFile(store(), 'utf8');
      await Promise.all([1, 2, 3].map(() => upkeepWith().start()));
      assert.equal(await readFile(store(), 'utf8'), once);
      assert.equal(notices.length, 1);
      assert.deepEqual(JSON.parse(once).profiles, { 'p:x': OLD, 'p:a': NEW });
    });

    for (const ms of [10, -60_000]) {
      it(`that was removed ${ms} ms later by the clock is not brought back, nor what was before it`, async () => {
        await promise({ kind: 'store' }, OLD);
        await promise({ kind: 'store', seen: entryHash(OLD) }, NEW);
        clock.advance(ms);
        await promise({ kind: 'removal', login: loginHash(NEW) });
        await upkeepWith().start();
        await pass(40_000);
        await assert.rejects(readFile(store()));
        assert.equal(await open(), 1, 'the removal alone');
      });
    }

    it('that was open when something else was removed is not stored afterwards', async () => {
      await write({});
      await promise({ kind: 'store' }, NEW);
      clock.advance(10);
      await promise({ kind: 'removal', login: loginHash(OLD) });
      await upkeepWith().start();
      await pass(40_000);
      assert.deepEqual([await profile(), await open()], [undefined, 1]);
    });

    it('that is removed while its lock is waited for is not brought back', async () => {
      await write({ 'p:x': OLD });
      await promise({ kind: 'store' }, NEW);
      const others = new FileLocks({ app: 'other', clock: systemClock });
      let started: Promise<void> | undefined;
      await others.withFileLock(store(), {}, async () => {
        started = upkeepWith().start();
        await systemClock.sleep(200);
        // As by a window that signs it out in the meantime.
        const gone = { kind: 'removal', login: loginHash(NEW), seen: entryHash(NEW) } as const;
        await (await promise(gone)).made();
      });
      await started;
      assert.equal(await profile(), undefined);
    });

    it('I6: seen to stand after a removal is looked after, though the clock was set back', async () => {
      await write({ 'p:a': NEW });
      await promise({ kind: 'removal', login: loginHash(OLD) });
      clock.advance(-60_000);
      await promise({ kind: 'store' }, NEW);
      await upkeepWith().start();
      await write({}, { usageStats: { 'p:x': { lastUsed: 1 } } });
      await until('back', async () => (await profile().catch(() => undefined)) !== undefined);
    });

    it('I10: whose token has been spent since is not written', async () => {
      await write({});
      await promise({ kind: 'store' }, NEW);
      await memory.record(dirs(), { kind: 'spent', token: tokenHash('new'), at: 1 });
      await upkeepWith().start();
      assert.deepEqual([await profile(), await open()], [undefined, 0]);
    });

    it('S26: does not replace another account by itself; a day later it is given up', async () => {
      const ann = login('1', { accountId: 'ann' });
      await write({ 'p:a': ann });
      const draft = { kind: 'store', seen: entryHash(ann), agreed: false } as const;
      await promise(draft, login('2', { accountId: 'bob' }));
      await upkeepWith().start();
      assert.deepEqual([await profile(), await open()], [ann, 1]);
      clock.advance(25 * 60 * 60_000);
      await upkeepWith().start();
      assert.deepEqual([await profile(), await open()], [ann, 0]);
    });

    it('I6: the last of several stands, whichever of them an old copy brings back, whatever the clock', async () => {
      const ann = { accountId: 'ann', email: 'ann@example.com' };
      const [one, two, three] = [login('1', ann), login('2', ann), login('3', ann)];
      await promise({ kind: 'store' }, one);
      clock.advance(10);
      await promise({ kind: 'store', seen: entryHash(one) }, two);
      clock.advance(-60_000);
      await promise({ kind: 'store', seen: entryHash(two) }, three);
      for (const back of [{}, { 'p:a': one }, { 'p:a': two }, { 'p:a': three }]) {
        await write(back);
        const upkeep = upkeepWith();
        await upkeep.start();
        upkeep.dispose();
        assert.deepEqual([await profile(), await open()], [three, 3]);
      }
    });

    it('I6: what was removed before it is old', async () => {
      const ann = { accountId: 'ann', email: 'ann@example.com' };
      const [old, fresh] = [login('old', ann), login('new', ann)];
      await write({ 'p:a': old });
      await promise({ kind: 'removal', login: loginHash(old) });
      clock.advance(10);
      await promise({ kind: 'store' }, fresh);
      await upkeepWith().start();
      assert.deepEqual(await profile(), fresh);
    });

    it('of a process that lives is its own affair for a while', async () => {
      await write({});
      owner = 'alive';
      await promise({ kind: 'store' }, NEW);
      await upkeepWith().start();
      await pass(35_000);
      assert.equal(await profile(), undefined);
      await pass(10_000);
      await until('stored', async () => (await profile()) !== undefined);
    });

    it('without its tokens goes once its process is dead', async () => {
      await promise({ kind: 'store' });
      owner = 'alive';
      await upkeepWith().start();
      assert.equal(await open(), 1);
      owner = 'dead';
      await upkeepWith().start();
      assert.equal(await open(), 0);
    });

    it('I6: that stands is looked after, here too', async () => {
      await write({ 'p:a': NEW });
      owner = 'alive';
      await promise({ kind: 'store' }, NEW);
      await upkeepWith().start();
      await write({}, { usageStats: { 'p:x': { lastUsed: 1 } } });
      await until('back', async () => (await profile().catch(() => undefined)) !== undefined);
    });

    it('that cannot be stored now waits: told once, tried again ever more rarely, and at once on a hint', async () => {
      await promise({ kind: 'store' }, NEW);
      let tries = 0;
      let isFull = true;
      const upkeep = upkeepWith({
        vault: vaultBut({
          commitStore: async (...commit) => {
            tries += 1;
            if (isFull) throw new KnownError('disk.full', { path: store() });
            return await vault.commitStore(...commit);
          },
        }),
      });
      await upkeep.start();
      assert.equal(tries, 1);
      const seconds: number[] = [];
      for (let second = 1; second <= 20; second++) {
        const before = tries;
        clock.advance(1_000);
        // Whoever was due has looked by then, however busy the machine is.
        await until('asleep again', () => clock.pending.length > 0);
        if (tries > before) seconds.push(second);
      }
      assert.deepEqual(seconds, [1, 3, 7, 15]);
      assert.deepEqual(
        notices.map((notice) => notice.kind === 'waiting' && notice.error.code),
        ['disk.full'],
      );
      isFull = false;
      upkeep.hint();
      clock.advance(300);
      await until('stored', async () => (await profile().catch(() => undefined)) !== undefined);
    });
  });

  describe('a refresh in the journal', () => {
    const from = tokenHash('old');

    it('without an answer, of a dead process: unsure, written down once by however many', async () => {
      await write({ 'p:a': OLD });
      await promise({ kind: 'refresh', from });
      await Promise.all([1, 2, 3].map(() => upkeepWith().start()));
      const record = (await memory.read(dirs())).get(from);
      assert.deepEqual([record?.kind, record?.lostAnswers], ['unsure', 1]);
      assert.equal(record?.retryAt, clock.now() + 60_000);
      assert.deepEqual([await open(), await profile(), settled], [0, OLD, 0]);
    });

    it('I16: is not counted twice when we die between writing it down and dropping it', async () => {
      await write({ 'p:a': OLD });
      await promise({ kind: 'refresh', from });
      const dying = upkeepWith({
        journal: {
          entries: async () =>
            (await journal.entries(dirs())).map((entry) => ({ ...entry, owner, mine })),
          drop: async () => {
            throw new KnownError('disk.readOnly', { path: 'p' });
          },
          made: (entry) => journal.made(entry),
        },
      });
      await dying.start();
      assert.equal(await open(), 1);
      await upkeepWith().start();
      assert.equal((await memory.read(dirs())).get(from)?.lostAnswers, 1);
      assert.equal(await open(), 0);
    });

    it('is not unsure where something is known since', async () => {
      await write({ 'p:a': OLD });
      await promise({ kind: 'refresh', from });
      const at = clock.now() + 1;
      await memory.record(dirs(), { kind: 'transient', token: from, at, retryAt: at });
      await upkeepWith().start();
      assert.equal((await memory.read(dirs())).get(from)?.kind, 'transient');
      assert.equal(await open(), 0);
    });

    it('I11: whose answer comes while we wait for the lock stays', async () => {
      await write({ 'p:a': OLD });
      const slot = await promise({ kind: 'refresh', from });
      const upkeep = upkeepWith({
        vault: vaultBut({
          withStores: async (...held) => {
            await slot.answer({ fields: {} });
            return await vault.withStores(...held);
          },
        }),
      });
      await upkeep.start();
      assert.deepEqual([(await memory.read(dirs())).get(from), await open()], [undefined, 1]);
      clock.advance(300);
      await until('settled', () => settled === 1);
    });

    it('without an answer is left to a process that lives, for five minutes', async () => {
      await write({ 'p:a': OLD });
      owner = 'alive';
      await promise({ kind: 'refresh', from });
      await upkeepWith().start();
      clock.advance(290_000);
      await upkeepWith().start();
      assert.equal(await open(), 1);
      clock.advance(20_000);
      await upkeepWith().start();
      assert.equal(await open(), 0);
    });

    it('is not unsure where a refresh spends nothing', async () => {
      await write({ 'p:a': OLD });
      await promise({ kind: 'refresh', from });
      await upkeepWith({ rotates: async () => false }).start();
      assert.equal((await memory.read(dirs())).get(from)?.kind, 'transient');
    });

    it('I11: with an answer is settled where the old token still stands, and goes when that lasts', async () => {
      await write({ 'p:a': OLD });
      await promise({ kind: 'refresh', from }, { fields: {} });
      await upkeepWith().start();
      assert.equal(settled, 1);
      assert.deepEqual(notices, [{ kind: 'stored', profileId: 'p:a', storePath: store() }]);
      await pass(40_000);
      assert.deepEqual([settled, await open(), clock.pending], [1, 0, []]);
    });

    it('an older token of the same family counts, and one in the runtime cache', async () => {
      await memory.record(dirs(), { kind: 'spent', token: tokenHash('older'), at: 1, next: from });
      for (const [inStore, inCache] of [
        ['older', 'new'],
        ['new', 'old'],
      ] as const) {
        const cache = path('agents', 'main', 'agent', 'auth.json');
        await write({ 'p:a': login(inStore) });
        await writeFile(cache, JSON.stringify({ p: login(inCache) }));
        const { path: entry } = await promise({ kind: 'refresh', from }, { fields: {} });
        settled = 0;
        const upkeep = upkeepWith();
        await upkeep.start();
        upkeep.dispose();
        assert.equal(settled, 1);
        await journal.drop({ path: entry });
      }
    });

    it('I6: what falls back afterwards is settled again, counted and told', async () => {
      await write({ 'p:a': NEW });
      await promise({ kind: 'refresh', from }, { fields: {} });
      await upkeepWith().start();
      assert.equal(settled, 0);
      await write({ 'p:a': OLD });
      // Its own watcher gives the hint.
      await until('hinted', () => clock.pending.some((at) => at <= clock.now() + 200));
      clock.advance(200);
      await until('settled', () => settled === 1);
      await until('told', () => notices.length === 1);
      assert.equal(notices[0]?.kind, 'repaired');
    });

    it('that never takes is tried ever more rarely, and told once', async () => {
      await write({ 'p:a': OLD });
      await promise({ kind: 'refresh', from }, { fields: {} });
      const refresher = {
        settle: async (): Promise<'settled'> => {
          settled += 1;
          return 'settled';
        },
      };
      await upkeepWith({ refresher }).start();
      for (let n = 0; n < 30; n++) {
        clock.advance(1_000);
        await systemClock.sleep(15);
      }
      assert(settled > 3 && settled < 8, `${settled} times`);
      assert.equal(notices.length, 1);
    });
  });

  describe("an answer that is somebody else's", () => {
    const from = tokenHash('old');
    const answer = (refresh: string): JsonObject => ({
      fields: { access: 'a', refresh, expires: 9e12 },
      identity: { provider: 'p', accountId: 'bob' },
    });
    const ann = { ...OLD, accountId: 'ann' };

    for (const [refresh, kind] of [
      ['new', 'spent'],
      ['old', 'refused'],
    ] as const) {
      it(`is not looked at for ever: the token that was sent is ${kind}`, async () => {
        await write({ 'p:a': ann });
        await promise({ kind: 'refresh', from }, answer(refresh));
        await upkeepWith().start();
        const record = (await memory.read(dirs())).get(from);
        assert.deepEqual([record?.kind, record?.next], [kind, undefined]);
        assert.deepEqual([await profile(), settled, notices], [ann, 0, []]);
        await pass(40_000);
        assert.deepEqual([await open(), clock.pending], [0, []]);
      });
    }

    it('goes to whoever else has that token, and may be of that person', async () => {
      await write({ 'p:a': ann, 'p:b': OLD });
      await promise({ kind: 'refresh', from }, answer('new'));
      await upkeepWith().start();
      assert.equal(settled, 1);
    });
  });

  describe('an order in the journal', () => {
    const [OLDER, MINE] = [
      ['p:x', 'p:a'],
      ['p:a', 'p:x'],
    ];
    const order = async () => JSON.parse(await readFile(store(), 'utf8')).order?.p;
    const draft = (seen: string | null, list: readonly string[] | null = MINE) =>
      promise({ kind: 'order', provider: 'p', list: list && [...list], seen });

    it('I6: of a dead process, undone by an old copy: is put back, and the entry goes when it lasts', async () => {
      for (const [undone, seen] of [
        [undefined, null],
        [OLDER, entryHash(OLDER)],
      ] as const) {
        await write({ 'p:x': OLD }, undone && { order: { p: undone } });
        await draft(seen);
        const upkeep = upkeepWith();
        await upkeep.start();
        assert.deepEqual(await order(), MINE);
        await pass(25_000);
        assert.equal(await open(), 1);
        await pass(10_000);
        assert.equal(await open(), 0);
        upkeep.dispose();
      }
    });

    it('that says there is to be none is kept too', async () => {
      await write({}, { order: { p: OLDER } });
      await draft(entryHash(OLDER), null);
      await upkeepWith().start();
      assert.equal(await order(), undefined);
    });

    it('another choice since stays', async () => {
      await write({}, { order: { p: ['p:z'] } });
      await draft(entryHash(OLDER));
      await upkeepWith().start();
      assert.deepEqual([await order(), await open()], [['p:z'], 0]);
    });

    it('of a process that lives is its own affair for a while', async () => {
      await write({}, { order: { p: OLDER } });
      owner = 'alive';
      await draft(entryHash(OLDER));
      await upkeepWith().start();
      await pass(35_000);
      assert.deepEqual(await order(), OLDER);
      await pass(10_000);
      await until('put back', async () => (await order())[0] === 'p:a');
    });

    it('that stands is looked after, here too', async () => {
      await write({}, { order: { p: MINE } });
      owner = 'alive';
      await draft(entryHash(OLDER));
      await upkeepWith().start();
      await write({}, { order: { p: OLDER }, usageStats: { 'p:x': { lastUsed: 1 } } });
      await until('back', async () => (await order())[0] === 'p:a');
    });

    it('the last of several stands, to and fro, whichever an old copy brings back', async () => {
      await draft(entryHash(OLDER));
      clock.advance(10);
      await draft(entryHash(MINE), OLDER);
      clock.advance(10);
      await draft(entryHash(OLDER));
      for (const back of [OLDER, MINE]) {
        await write({}, { order: { p: back } });
        const upkeep = upkeepWith();
        await upkeep.start();
        upkeep.dispose();
        assert.deepEqual([await order(), await open()], [MINE, 3]);
      }
    });

    it('of a store that was deleted makes none', async () => {
      await draft(null);
      await upkeepWith().start();
      await assert.rejects(readFile(store()));
      assert.equal(await open(), 0);
    });
  });

  describe('a removal in the journal', () => {
    it('of a dead process that never came to it: the same login is removed, another stays', async () => {
      await write({ 'p:a': NEW, 'p:b': NEW }, { order: { p: ['p:a', 'p:b'] } });
      await promise({ kind: 'removal', login: loginHash(NEW) });
      await promise({ kind: 'removal', profileId: 'p:b', login: loginHash(OLD) });
      await upkeepWith().start();
      assert.deepEqual([await profile(), await profile('p:b')], [undefined, NEW]);
      assert.deepEqual(
        notices.map(({ kind, profileId }) => [kind, profileId]),
        [['stored', 'p:a']],
      );
    });

    it('of a process that lives is its own affair; when it never comes to it, it goes', async () => {
      await write({ 'p:a': NEW });
      owner = 'alive';
      await promise({ kind: 'removal', login: loginHash(NEW) });
      await upkeepWith().start();
      await pass(60_000);
      assert.deepEqual([await profile(), await open()], [NEW, 1]);
      await pass(10_000);
      assert.deepEqual([await profile(), await open()], [NEW, 0]);
    });

    it('is remembered from when it is done, not from before the wait for the lock', async () => {
      await write({ 'p:a': NEW });
      owner = 'alive';
      await promise({ kind: 'removal', login: loginHash(NEW) });
      await upkeepWith().start();
      await pass(30_000);
      await write({});
      await pass(60_000);
      assert.equal(await open(), 1);
      await pass(15_000);
      assert.equal(await open(), 0);
    });

    for (const ms of [3_600_000, -3_600_000]) {
      it(`is remembered for as long when the clock is set by ${ms / 60_000} min`, async () => {
        await write({});
        await promise({ kind: 'removal', login: loginHash(NEW) });
        await upkeepWith().start();
        set = ms;
        await pass(60_000);
        assert.equal(await open(), 1);
        await pass(10_000);
        assert.equal(await open(), 0);
      });
    }

    it('of a process that died long ago is made still, but not for ever', async () => {
      await write({ 'p:a': NEW, 'p:b': NEW });
      await promise({ kind: 'removal', profileId: 'p:b', login: loginHash(NEW) });
      clock.advance(20 * 60 * 60_000);
      await promise({ kind: 'removal', login: loginHash(NEW) });
      clock.advance(5 * 60 * 60_000);
      await upkeepWith().start();
      assert.deepEqual([await profile(), await profile('p:b')], [undefined, NEW]);
    });

    it('that was signed in to again removes nothing, and is still remembered', async () => {
      await write({ 'p:a': NEW });
      await promise({ kind: 'removal', login: loginHash(NEW) });
      clock.advance(10);
      await promise({ kind: 'store' }, NEW);
      await upkeepWith().start();
      assert.deepEqual([await profile(), await open()], [NEW, 2]);
    });

    it('that a person takes back by another program is not made again', async () => {
      await write({});
      await promise({ kind: 'removal', login: loginHash(NEW) });
      const looksAfter = async () => 'over' as const;
      const upkeep = upkeepWith({ vault: vaultBut({ looksAfter }) });
      await upkeep.start();
      await write({ 'p:a': NEW });
      await pass(15_000);
      assert.deepEqual(await profile(), NEW);
    });

    it('that stands is looked after, here too', async () => {
      await write({});
      await promise({ kind: 'removal', login: loginHash(NEW) });
      await upkeepWith().start();
      await write({ 'p:a': NEW }, { usageStats: { 'p:x': { lastUsed: 1 } } });
      await until('gone', async () => (await profile().catch(() => NEW)) === undefined);
    });
  });

  describe('what a living process has made', () => {
    const used = { usageStats: { 'p:x': { lastUsed: 1 } } };
    const MINE = ['p:a', 'p:x'];
    const kinds = {
      'a sign-in': {
        draft: () => promise({ kind: 'store' }, NEW),
        undone: () => write({}, used),
        isBack: async () => (await profile().catch(() => undefined)) !== undefined,
      },
      'an order': {
        draft: () => promise({ kind: 'order', provider: 'p', list: MINE, seen: null }),
        undone: () => write({ 'p:x': OLD }, used),
        isBack: async () =>
          JSON.parse(await readFile(store(), 'utf8').catch(() => '{}')).order !== undefined,
      },
      'a removal': {
        draft: () => promise({ kind: 'removal', login: loginHash(NEW) }),
        undone: () => write({ 'p:a': NEW }, used),
        isBack: async () => (await profile().catch(() => NEW)) === undefined,
      },
    };

    for (const [name, { draft, undone, isBack }] of Object.entries(kinds)) {
      it(`I6: ${name}, undone before anybody else saw it: is put back without waiting for its turn`, async () => {
        owner = 'alive';
        const slot = await draft();
        await slot.made();
        await undone();
        await upkeepWith().start();
        await until('back', isBack);
      });

      it(`control: ${name} that it has not come to is its own affair`, async () => {
        owner = 'alive';
        await draft();
        await undone();
        await upkeepWith().start();
        await systemClock.sleep(400);
        assert.equal(await isBack(), false);
      });
    }

    it('I6: a sign-in after a removal, whatever the clock says: is no less a sign-in', async () => {
      const locks = new FileLocks({ app: 't', clock: systemClock });
      const places = async () => [{ stateDir: path(), agentId: 'main', storePath: store() }];
      const alive: Pick<Journal, 'entries'> = {
        entries: async (of) => (await journal.entries(of)).map((one) => ({ ...one, owner })),
      };
      const knowing = new Vault({
        clock: { now: () => clock.now(), sleep: systemClock.sleep },
        ...{ log: () => {}, locks },
        guardTimes: { firstLookMs: 20, hintMs: 20 },
        ...knowledgeOf(alive, memory, places),
      });
      try {
        owner = 'alive';
        await write({});
        const gone = { kind: 'removal', login: loginHash(OLD), seen: entryHash(OLD) } as const;
        await (await promise(gone)).made();
        clock.advance(-60_000);
        const slot = await promise({ kind: 'store' }, NEW);
        const made = () => slot.made();
        await knowing.commitStore(store(), upsertProfile('p:a', NEW), { made });
        await write({}, used);
        // Both who made it, and who takes it up from the journal.
        await until('back', async () => (await profile().catch(() => undefined)) !== undefined);
        knowing.dispose();
        await write({}, used);
        await upkeepWith().start();
        await until('back', async () => (await profile().catch(() => undefined)) !== undefined);
      } finally {
        knowing.dispose();
      }
    });

    it('stays undone where a later one has been made on top of it', async () => {
      owner = 'alive';
      await (await promise({ kind: 'store' }, OLD)).made();
      await (await promise({ kind: 'store', seen: entryHash(OLD) }, NEW)).made();
      await write({}, used);
      await upkeepWith().start();
      await until('back', async () => (await profile().catch(() => undefined)) !== undefined);
      assert.deepEqual(await profile(), NEW);
    });

    it('is put back although a later one is still waiting for its turn', async () => {
      owner = 'alive';
      await (await promise({ kind: 'store' }, OLD)).made();
      await promise({ kind: 'store', seen: entryHash(OLD) }, NEW);
      await write({}, used);
      await upkeepWith().start();
      await until('back', async () => (await profile().catch(() => undefined)) !== undefined);
      assert.deepEqual(await profile(), OLD);
    });

    it('says so where it is seen to stand and nobody had', async () => {
      owner = 'alive';
      await write({ 'p:a': NEW });
      await promise({ kind: 'store' }, NEW);
      await upkeepWith().start();
      assert.deepEqual(
        (await journal.entries(dirs())).map(({ isMade }) => isMade),
        [true],
      );
    });
  });

  it('I6: what had been replaced before a removal does not come back by an old copy', async () => {
    for (const made of [true, false]) {
      const slots = [
        await promise({ kind: 'store', seen: entryHash(OLD) }, NEW),
        await promise({ kind: 'removal', login: loginHash(NEW), seen: entryHash(NEW) }),
      ];
      if (made) for (const slot of slots) await slot.made();
      await write({ 'p:a': OLD }, { usageStats: { 'p:x': { lastUsed: 1 } } });
      await upkeepWith().start();
      await until('gone', async () => (await profile().catch(() => OLD)) === undefined);
      for (const slot of slots) await slot.drop();
    }
  });

  describe('what dead processes left', () => {
    it('a lock and temporary files go at the start', async () => {
      await write({});
      const { pid } = spawnSync(process.execPath, ['-e', '']);
      const createdAt = new Date().toISOString();
      await writeFile(`${store()}.lock`, JSON.stringify({ pid, createdAt }));
      const began = performance.now();
      await upkeepWith().start();
      assert(performance.now() - began < 250, 'the lock was not taken over quickly');
      assert.deepEqual(await readdir(folder()), ['auth-profiles.json']);
      for (const name of [
        '.auth-profiles.json.0123456789abcdef.tmp',
        '.auth.json.0123456789abcdef.tmp',
      ]) {
        const left = path('agents', 'main', 'agent', name);
        await writeFile(left, 'half');
        await upkeepWith().start();
        assert.equal((await readdir(folder())).length, 2, 'it may be somebody at work');
        await utimes(left, 0, 0);
        await upkeepWith().start();
        assert.deepEqual(await readdir(folder()), ['auth-profiles.json']);
      }
    });

    it('beside a config too', async () => {
      await write({});
      const config = path('coderclaw.json');
      const lock = '.coderclaw.json.lock.0123456789abcdef.tmp';
      const { pid } = spawnSync(process.execPath, ['-e', '']);
      const { namespace } = describeThisProcess();
      const payload = { pid, createdAt: new Date().toISOString(), owner: { pid, namespace } };
      for (const [name, text] of [
        [lock, JSON.stringify(payload)],
        ['.coderclaw.json.0123456789abcdef.tmp', 'half'],
      ] as const) {
        await writeFile(path(name), text, { mode: 0o600 });
        await utimes(path(name), 0, 0);
        await upkeepWith({ configs: async () => [config] }).start();
        assert.deepEqual((await readdir(path())).sort(), ['agents']);
      }
    });

    it('a lock of somebody who lives stays, and is not waited for', async () => {
      await write({});
      const lock = JSON.stringify({ pid: process.ppid, createdAt: new Date().toISOString() });
      await writeFile(`${store()}.lock`, lock);
      await upkeepWith().start();
      assert.equal(await readFile(`${store()}.lock`, 'utf8'), lock);
    });
  });

  it('goes on with the other state dirs where a journal cannot be read, and tells of it once', async () => {
    const locked = path('locked');
    const log: string[] = [];
    await promise({ kind: 'store' }, NEW);
    const upkeep = upkeepWith({
      log: (line) => log.push(line),
      journal: {
        entries: async (of) => {
          if (of.includes(locked)) {
            throw new KnownError('disk.failed', { path: locked, syscall: 'open', errno: 'EIO' });
          }
          return (await journal.entries(of)).map((entry) => ({ ...entry, owner, mine }));
        },
        drop: (entry) => journal.drop(entry),
        made: (entry) => journal.made(entry),
      },
      places: async () => [
        { stateDir: locked, agentId: 'main', storePath: path('locked', 'auth-profiles.json') },
        { stateDir: path(), agentId: 'main', storePath: store() },
      ],
    });
    await upkeep.start();
    assert.deepEqual(await profile(), NEW);
    upkeep.hint();
    await pass(1_000);
    assert.equal(log.filter((line) => line.includes('disk.failed')).length, 1, log.join('\n'));
  });

  it('looks again after a minute at a journal that could not be read, though nothing is open', async () => {
    let asked = 0;
    const entries = async () => {
      if (++asked > 1) return [];
      throw new KnownError('disk.failed', { path: path(), syscall: 'open', errno: 'EIO' });
    };
    await upkeepWith({ journal: { entries, drop: async () => {}, made: async () => {} } }).start();
    assert.equal(asked, 1);
    await pass(60_000);
    assert.equal(asked, 2);
    assert.deepEqual(clock.pending, []);
  });
});
