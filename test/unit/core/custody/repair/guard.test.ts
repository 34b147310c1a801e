import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '../../../../../src/core/clock.ts';
import type { RepairReport } from '../../../../../src/core/custody/repair/guard.ts';
import type { StorePromise } from '../../../../../src/core/custody/repair/lineage.ts';
import { PERSON_MS } from '../../../../../src/core/custody/repair/undone.ts';
import {
  type StoreChange,
  Vault,
  type VaultOptions,
} from '../../../../../src/core/custody/vault.ts';
import { FileLocks } from '../../../../../src/core/disk/fileLock.ts';
import { inheritProfile } from '../../../../../src/core/documents/inheritIntent.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';
import {
  moveProfile,
  resetOrder,
  setOrder,
} from '../../../../../src/core/documents/orderIntents.ts';
import {
  clearPause,
  removeProfile,
  upsertProfile,
} from '../../../../../src/core/documents/storeIntents.ts';
import { isKnown, KnownError } from '../../../../../src/core/errors.ts';
import { tokenHash } from '../../../../../src/core/model/loginFingerprint.ts';
import { workFolder } from '../../disk/workFolder.ts';

const login = (refresh: string) => ({ type: 'oauth', provider: 'p', refresh });
const sleep = (ms: number) => systemClock.sleep(ms);

interface Stored {
  version: number;
  profiles: Record<string, JsonObject>;
  order?: Record<string, string[]>;
  usageStats?: JsonObject;
}

describe('guard: what careless programs undo', () => {
  const path = workFolder();
  const store = () => path('auth-profiles.json');
  let vaults: Vault[] = [];
  let reports: RepairReport[] = [];
  let commits: StoreChange[] = [];
  let log: string[] = [];

  beforeEach(async () => {
    vaults = [];
    reports = [];
    commits = [];
    log = [];
    await writeFile(store(), JSON.stringify({ version: 1, profiles: { 'p:x': login('x') } }));
  });
  afterEach(() => {
    for (const vault of vaults) vault.dispose();
  });

  function vaultWith(options: Partial<VaultOptions> = {}): Vault {
    const vault = new Vault({
      clock: systemClock,
      log: (line) => log.push(line),
      onRepair: (report) => reports.push(report),
      onCommit: (commit) => commits.push(commit),
      guardTimes: { firstLookMs: 20, hintMs: 20 },
      ...options,
    });
    vaults.push(vault);
    return vault;
  }

  async function stored(): Promise<Stored> {
    return JSON.parse(await readFile(store(), 'utf8'));
  }

  /** In place, as CoderClaw writes. */
  async function write(change: (document: Stored) => void, document?: Stored): Promise<void> {
    const fresh = document ?? (await stored());
    change(fresh);
    await writeFile(store(), JSON.stringify(fresh));
  }

  /** How many folders this process watches, as far as the system tells. */
  async function watches(): Promise<number> {
    if (process.platform !== 'linux') return 0;
    const infos = (await readdir('/proc/self/fdinfo')).map((fd) =>
      readFile(`/proc/self/fdinfo/${fd}`, 'utf8').catch(() => ''),
    );
    return (await Promise.all(infos)).join('').match(/^inotify wd/gm)?.length ?? 0;
  }

  let uses = 0;
  /** What a writer of an old copy wanted to write. */
  const used = (document: Stored): void => {
    document.usageStats = { 'p:x': { lastUsed: uses++ } };
  };

  async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
    for (let n = 0; n < 400; n++) {
      if (await isSo()) return;
      await sleep(10);
    }
    assert.fail(`never: ${what}; ${log.join('\n')}`);
  }

  const refreshOf = async (id: string) =>
    (await stored().catch(() => undefined))?.profiles[id]?.['refresh'];

  it('I6: puts an old copy right long after the commit, and keeps what its writer changed', async () => {
    const old = await stored();
    const vault = vaultWith();
    const { aftermath } = await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    assert.equal(await aftermath, 'kept');
    await sleep(300);
    await write(used, old);
    await until('back', async () => (await refreshOf('p:a')) === '1');
    assert.deepEqual((await stored()).usageStats, old.usageStats);
    assert.deepEqual(reports, [
      { storePath: store(), part: 'profiles', key: 'p:a', outcome: 'repaired' },
    ]);
    assert.deepEqual(
      commits.map(({ intent, written }) => [intent.summary, written.before, written.after]),
      [
        ['store p:a', undefined, login('1')],
        ['put back profiles p:a', undefined, login('1')],
      ],
    );
  });

  it('control: with the guard off the change is lost', async () => {
    const old = await stored();
    const vault = vaultWith({ guardTimes: { firstLookMs: 20, hintMs: 20, mostRepairs: 0 } });
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    await sleep(300);
    await write(used, old);
    await sleep(500);
    assert.equal(await refreshOf('p:a'), undefined);
  });

  it('puts back whatever one commit changed: several profiles, and an order', async () => {
    const old = await stored();
    await vaultWith().commitStore(store(), {
      summary: 'move',
      entry: ['profiles', 'p:a'],
      apply: (document) => ({
        ...document,
        profiles: { 'p:x': login('y'), 'p:a': login('1') },
        order: { p: ['p:a', 'p:x'] },
      }),
    });
    await sleep(100);
    await write(used, old);
    await until('back', async () => (await stored().catch(() => undefined))?.order !== undefined);
    const { profiles, order } = await stored();
    assert.deepEqual(profiles, { 'p:x': login('y'), 'p:a': login('1') });
    assert.deepEqual(order, { p: ['p:a', 'p:x'] });
  });

  it('removes again what an old copy brought back, with all that names it', async () => {
    await write((document) => {
      document.profiles['p:a'] = login('1');
      document.order = { p: ['p:a', 'p:x'] };
    });
    const old = await stored();
    await vaultWith().commitStore(store(), removeProfile('p:a'));
    await sleep(100);
    await write(used, old);
    await until('gone', async () => !('p:a' in ((await stored().catch(() => old)).profiles ?? {})));
    assert.deepEqual((await stored()).order, { p: ['p:x'] });
  });

  it('removes again a copy that main has too, and leaves what names it: it is inherited', async () => {
    await write((document) => {
      document.profiles['p:a'] = login('1');
      document.order = { p: ['p:a', 'p:x'] };
      document.usageStats = { 'p:a': { lastUsed: 1 } };
    });
    const old = await stored();
    await vaultWith().commitStore(store(), inheritProfile('p:a', login('1')));
    await sleep(100);
    await write((document) => {
      document.usageStats = { 'p:a': { lastUsed: 2 } };
    }, old);
    await until('gone', async () => !('p:a' in ((await stored().catch(() => old)).profiles ?? {})));
    const { order, usageStats } = await stored();
    assert.deepEqual(order, { p: ['p:a', 'p:x'] });
    assert.deepEqual(usageStats, { 'p:a': { lastUsed: 2 } });
  });

  it('a later commit that was built on an undone document puts the earlier one right', async () => {
    const old = await stored();
    // It never looks by itself within this test.
    const vault = vaultWith({ guardTimes: { firstLookMs: 60_000, hintMs: 60_000 } });
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    await vault.commitStore(store(), upsertProfile('p:b', login('2')));
    await write(used, old);
    await vault.commitStore(store(), upsertProfile('p:c', login('3')));
    assert.deepEqual(Object.keys((await stored()).profiles), ['p:x', 'p:a', 'p:b', 'p:c']);
    await write(used, old);
    // It changes nothing itself, and writes all the same.
    const { changed } = await vault.commitStore(store(), upsertProfile('p:x', login('x')));
    assert.equal(changed, false);
    assert.deepEqual(Object.keys((await stored()).profiles), ['p:x', 'p:a', 'p:b', 'p:c']);
  });

  it('the latest commit on an entry counts, against copies of every age', async () => {
    const first = await stored();
    const vault = vaultWith();
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    const second = await stored();
    await vault.commitStore(store(), upsertProfile('p:a', login('2')));
    for (const old of [first, second, first]) {
      await sleep(100);
      await write(used, old);
      await until('back', async () => (await refreshOf('p:a')) === '2');
    }
    await vault.commitStore(store(), removeProfile('p:a'));
    for (const old of [first, second]) {
      await sleep(100);
      await write(used, old);
      const isGone = async () =>
        Object.keys((await stored().catch(() => old)).profiles).length === 1;
      await until('gone', async () => isGone());
    }
  });

  it('two windows with changes to one entry: the later one stands in the end', async () => {
    const first = await stored();
    const [one, two] = [vaultWith(), vaultWith()];
    await one.commitStore(store(), upsertProfile('p:a', login('1')));
    await two.commitStore(store(), upsertProfile('p:a', login('2')));
    await sleep(100);
    await write(used, first);
    await until('back', async () => (await refreshOf('p:a')) === '2');
    await sleep(200);
    assert.equal(await refreshOf('p:a'), '2');
  });

  it('keeps off another value, which was written on purpose', async () => {
    const vault = vaultWith();
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    await write((document) => {
      document.profiles['p:a'] = login('mine');
      used(document);
    });
    await sleep(200);
    assert.equal(await refreshOf('p:a'), 'mine');
    assert.deepEqual(reports, []);
  });

  it('I10: a token that is known to be spent is put right, whoever wrote it; none is written', async () => {
    const spent = new Set([tokenHash('0')]);
    const vault = vaultWith({ isSpent: (hash) => spent.has(hash) });
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    await write((document) => {
      document.profiles['p:a'] = { ...login('0'), email: 'changed' };
    });
    await until('back', async () => (await refreshOf('p:a')) === '1');
    // Somebody refreshed it since: now an old copy must not bring ours back.
    spent.add(tokenHash('1'));
    await write((document) => {
      delete document.profiles['p:a'];
      used(document);
    });
    await sleep(200);
    assert.equal(await refreshOf('p:a'), undefined);
    assert.equal(reports.length, 1);
  });

  it('respects a removal that another window replaced the file for', async () => {
    const [one, two] = [vaultWith(), vaultWith()];
    await one.commitStore(store(), upsertProfile('p:a', login('1')));
    await two.commitStore(store(), removeProfile('p:a'));
    await sleep(300);
    assert.equal(await refreshOf('p:a'), undefined);
    assert.deepEqual(reports, []);
  });

  it('respects a removal of ours that is noted in the journal, whatever else was written', async () => {
    const asked: unknown[] = [];
    const before = Date.now();
    const vault = vaultWith({
      removedByUs: async (...about) => {
        asked.push(about.slice(0, 3));
        assert(about[3] >= before - 35_000 && about[3] <= Date.now());
        return true;
      },
    });
    const old = await stored();
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    await write(used, old);
    await sleep(200);
    assert.equal(await refreshOf('p:a'), undefined);
    assert.deepEqual(asked, [[store(), 'p:a', login('1')]]);
  });

  it('asks for removals as of its commit, though the clock was set back since', async () => {
    let set = 0;
    const asked: number[] = [];
    const vault = vaultWith({
      clock: { ...systemClock, now: () => Date.now() + set },
      removedByUs: async (_store, _profile, _value, since) => {
        asked.push(since);
        return true;
      },
    });
    const old = await stored();
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    set = -3_600_000;
    await write(used, old);
    await until('asked', () => asked.length > 0);
    assert((asked[0] ?? 0) <= Date.now() + set);
  });

  it('respects what a person does, in place: the profile and nothing else, two seconds later', async function () {
    this.timeout(6_000);
    const vault = vaultWith();
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    await vault.commitStore(store(), upsertProfile('p:b', login('2')));
    await sleep(2_100);
    await write((document) => {
      delete document.profiles['p:a'];
    });
    await sleep(200);
    // And it is over for this one: an old copy without it is nothing new.
    await write(used);
    await sleep(200);
    assert.deepEqual(Object.keys((await stored()).profiles), ['p:x', 'p:b']);
    assert.deepEqual(reports, []);
  });

  it('respects a store that was deleted', async () => {
    const vault = vaultWith();
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    await rm(store());
    await sleep(200);
    await assert.rejects(readFile(store()));
    await writeFile(store(), '{"version":1,"profiles":{}}');
    await sleep(200);
    assert.deepEqual((await stored()).profiles, {});
  });

  it('gives up what is undone again and again, and says so once', async function () {
    this.timeout(20_000);
    const old = await stored();
    const vault = vaultWith();
    const { aftermath } = await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    for (let n = 0; n < 5; n++) {
      await write(used, old);
      await until('back', async () => (await refreshOf('p:a')) === '1');
    }
    await write(used, old);
    await until('given up', () => reports.length === 6);
    assert.equal(await refreshOf('p:a'), undefined);
    // It may have stood for long enough in between.
    assert.match(await aftermath, /^(undone|repaired)$/);
    const outcomes = reports.map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, [...Array(5).fill('repaired'), 'undone']);
  });

  it('tries again when the store cannot be mended now', async () => {
    const old = await stored();
    const vault = vaultWith({ guardTimes: { firstLookMs: 20, hintMs: 20, paceMs: 100 } });
    const { aftermath } = await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    // A key that stands twice: a rewrite would drop one of the two.
    await writeFile(store(), '{"version":1,"profiles":{"p:x":1,"p:x":2},"usageStats":{}}');
    assert.equal(await aftermath, 'unknown');
    assert.match(log.join('\n'), /store\.duplicateKey/);
    await write(used, old);
    await until('back', async () => (await refreshOf('p:a')) === '1');
  });

  it('needs no events: it looks now and then', async () => {
    const old = await stored();
    const vault = vaultWith({ guardTimes: { firstLookMs: 20, hintMs: 60_000, paceMs: 200 } });
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    await sleep(60);
    await write(used, old);
    await until('back', async () => (await refreshOf('p:a')) === '1');
  });

  it('is over after its time, and leaves nothing watched', async () => {
    const old = await stored();
    const before = await watches();
    const times = { firstLookMs: 20, hintMs: 20, paceMs: 50, windowMs: 200 };
    const vault = vaultWith({ guardTimes: times });
    await (await vault.commitStore(store(), upsertProfile('p:a', login('1')))).aftermath;
    if (process.platform === 'linux') assert.equal(await watches(), before + 1);
    await sleep(500);
    assert.equal(await watches(), before);
    await write(used, old);
    await sleep(200);
    assert.equal(await refreshOf('p:a'), undefined);
  });

  it('a look in the middle of a commit of ours does not take it for that of another', async () => {
    const first = await stored();
    let isSlow = false;
    const vault = vaultWith({
      guardTimes: { firstLookMs: 20, hintMs: 5, paceMs: 20 },
      // Between the rename and our taking note of it.
      checkpoint: async (name) => {
        if (name === 'renamed' && isSlow) await sleep(100);
      },
    });
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    const second = await stored();
    await vault.commitStore(store(), upsertProfile('p:a', login('2')));
    isSlow = true;
    await vault.commitStore(store(), removeProfile('p:a'));
    isSlow = false;
    // An old copy of before either of the two.
    await write(used, second);
    await until('gone', async () => (await refreshOf('p:a')) === undefined);
    assert.deepEqual(Object.keys((await stored()).profiles), Object.keys(first.profiles));
  });

  it('a commit during a look that has not made up its mind does not take the undoing for meant', async () => {
    const old = await stored();
    let isAsked = false;
    let answer: (isSpent: boolean) => void = () => {};
    const answered = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const vault = vaultWith({
      isSpent: () => {
        isAsked = true;
        return answered;
      },
    });
    await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    // From now on the file is not the one that it made: a person can have been at work.
    await writeFile(path('another'), JSON.stringify(await stored()));
    await rename(path('another'), store());
    await sleep(100);
    await write(used, old);
    await until('asked', () => isAsked);
    // It finds the store as the look has just seen it, with nothing else changed since.
    const later = vault.commitStore(store(), upsertProfile('p:b', login('2')));
    await sleep(100);
    answer(false);
    await later;
    await until('back', async () => (await refreshOf('p:a')) === '1');
  });

  it('looks after what another process wrote, if it stands', async () => {
    const old = await stored();
    const promised = {
      entry: ['profiles', 'p:a'] as const,
      value: login('1'),
      isOld: () => false,
    };
    const vault = vaultWith();
    assert.equal(await vault.lookAfter(store(), promised), false);
    assert.equal(await vault.lookAfter(path('nowhere', 'auth-profiles.json'), promised), false);
    const document: Stored = { ...old, profiles: { ...old.profiles, 'p:a': login('1') } };
    await writeFile(path('new'), JSON.stringify(document));
    await rename(path('new'), store());
    assert.equal(await vault.lookAfter(store(), promised), true);
    await sleep(50);
    await write(used, old);
    await until('back', async () => (await refreshOf('p:a')) === '1');
  });

  it('what is undone while several stores are held is put back by who holds them, meanwhile', async () => {
    const old = await stored();
    const vault = vaultWith();
    await vault.withStores([store()], {}, async (stores) => {
      await stores.commit(store(), upsertProfile('p:a', login('1')));
      await write(used, old);
      await until('back', async () => (await refreshOf('p:a')) === '1');
      await stores.commit(store(), upsertProfile('p:b', login('2')));
    });
    assert.equal(await refreshOf('p:b'), '2');
    assert.doesNotMatch(log.join('\n'), /cannot be looked after/);
  });

  it('puts back what is undone although a task outlives its lock', async () => {
    const old = await stored();
    const locks = new FileLocks({ app: 't', clock: systemClock, times: { holdMs: 200 } });
    const vault = vaultWith({ locks });
    const { aftermath } = await vault.commitStore(store(), upsertProfile('p:a', login('1')));
    await aftermath;
    const task = vault.withStores([store()], {}, () => sleep(1_500));
    await assert.rejects(task, (error) => isKnown(error, 'lock.lost'));
    await write(used, old);
    await until('back', async () => (await refreshOf('p:a')) === '1');
    assert.doesNotMatch(log.join('\n'), /cannot be looked after/);
  });

  describe('what another process wrote', () => {
    const promise = (value: JsonObject | undefined, ...old: unknown[]): StorePromise => ({
      entry: ['profiles', 'p:a'],
      at: Date.now(),
      value,
      isOld: (seen) => old.some((one) => isDeepStrictEqual(one, seen)),
    });
    const revoke = async (): Promise<void> => {
      const { profiles, ...rest } = await stored();
      const { 'p:a': _, ...others } = profiles;
      await writeFile(path('new'), JSON.stringify({ ...rest, profiles: others }));
      await rename(path('new'), store());
    };

    it('and is undone before anybody here saw it is put back, where it is known to have stood', async () => {
      const vault = vaultWith();
      assert.equal(await vault.lookAfter(store(), promise(login('1'))), false);
      assert.equal(await vault.lookAfter(store(), promise(login('1')), { wasMade: true }), true);
      await until('back', async () => (await refreshOf('p:a')) === '1');
    });

    it('is left to that one for a moment, unless the lock is held here anyway', async () => {
      const guardTimes = { firstLookMs: 20, hintMs: 20, othersTurnMs: 60_000 };
      const vault = vaultWith({ guardTimes });
      await vault.lookAfter(store(), promise(login('1')), { wasMade: true });
      await sleep(300);
      assert.equal(await refreshOf('p:a'), undefined);
      await vault.commitStore(store(), upsertProfile('p:b', login('2')));
      assert.equal(await refreshOf('p:a'), '1');
    });

    it('is put back by a commit that hears of it only then', async () => {
      const vault = vaultWith({ promised: async () => [promise(login('1'))] });
      await vault.commitStore(store(), upsertProfile('p:b', login('2')));
      assert.equal(await refreshOf('p:a'), '1');
      assert.equal(await refreshOf('p:b'), '2');
    });

    it('is not put back over something newer', async () => {
      await write((document) => {
        document.profiles['p:a'] = login('newer');
      });
      const vault = vaultWith({ promised: async () => [promise(login('1'))] });
      assert.equal(await vault.lookAfter(store(), promise(login('1')), { wasMade: true }), false);
      await vault.commitStore(store(), upsertProfile('p:b', login('2')));
      await sleep(200);
      assert.equal(await refreshOf('p:a'), 'newer');
    });

    it('takes the place of what was written here before it, and never of what was written after', async () => {
      const first = await stored();
      let promised: StorePromise[] = [];
      const vault = vaultWith({ promised: async () => promised });
      await vault.commitStore(store(), upsertProfile('p:a', login('1')));
      const second = await stored();
      promised = [promise(login('2'), undefined, login('1'))];
      await write(used, first);
      // Built on ours, by another, and undone together with it.
      await until('back', async () => (await refreshOf('p:a')) === '2');
      await vault.commitStore(store(), upsertProfile('p:a', login('3')));
      promised = [promise(login('1'), undefined)];
      await write(used, second);
      await until('back', async () => (await refreshOf('p:a')) === '3');
    });

    it('and was taken back on purpose is not put back, though that one has not heard yet', async function () {
      this.timeout(10_000);
      const vault = vaultWith({ promised: async () => [promise(login('1'))] });
      await write((document) => {
        document.profiles['p:a'] = login('1');
      });
      assert.equal(await vault.lookAfter(store(), promise(login('1'))), true);
      await sleep(PERSON_MS + 100);
      await revoke();
      await sleep(200);
      await vault.commitStore(store(), upsertProfile('p:b', login('2')));
      await sleep(200);
      assert.equal(await refreshOf('p:a'), undefined);
    });
  });

  it('an order that was put back is no commit of its own, and a failure says no secret', async () => {
    await write((document) => {
      document.order = { p: ['p:x', 'p:y'] };
    });
    const old = await stored();
    const vault = vaultWith({
      isSpent: () => {
        throw new KnownError('disk.failed', { path: 'p', syscall: 'read', errno: 'EIO' });
      },
    });
    await vault.commitStore(store(), setOrder('p', ['p:y']));
    await write(used, old);
    await until('back', async () => (await stored().catch(() => old)).order?.['p']?.length === 1);
    const { aftermath } = await vault.commitStore(store(), upsertProfile('p:a', login('CANARY')));
    await write(used, old);
    assert.equal(await aftermath, 'unknown');
    assert.match(log.join(), /disk\.failed/);
    assert.doesNotMatch(log.join(), /CANARY/);
  });

  describe('an order that a person moved', () => {
    it('is put back as it was moved, over old copies, and left alone where it was moved on', async () => {
      await write((document) => {
        document.profiles['p:y'] = login('y');
        document.profiles['p:z'] = login('z');
      });
      const old = await stored();
      const shown = ['p:x', 'p:y', 'p:z'];
      const orderNow = async () => (await stored().catch(() => undefined))?.order?.['p'];
      const vault = vaultWith();
      await vault.commitStore(store(), moveProfile('p', 'p:z', { before: 'p:y' }, shown));
      const once = await stored();
      await vault.commitStore(store(), moveProfile('p', 'p:x', { before: undefined }, shown));
      for (const copy of [old, once]) {
        await sleep(100);
        await write(used, copy);
        await until('back', async () => isDeepStrictEqual(await orderNow(), ['p:z', 'p:y', 'p:x']));
      }
      await write((document) => {
        document.order = { p: ['p:y', 'p:x'] };
      });
      await sleep(200);
      assert.deepEqual(await orderNow(), ['p:y', 'p:x']);
    });

    it('stays removed in every spelling', async () => {
      await write((document) => {
        document.order = { p: ['p:x'], ' P ': ['p:x'] };
      });
      const old = await stored();
      await vaultWith().commitStore(store(), resetOrder('p'));
      await write(used, old);
      await until('gone', async () => {
        const order = (await stored().catch(() => old)).order ?? {};
        return Object.keys(order).length === 0;
      });
    });
  });

  describe('a pause that was ended', () => {
    const PAUSED = { cooldownUntil: 9e12, errorCount: 2, lastFailureAt: 5, lastUsed: 4 };
    const ENDED = { errorCount: 0, lastFailureAt: 5, lastUsed: 4 };
    const end = clearPause('p:a', { inherited: undefined });
    const statsNow = async () => (await stored().catch(() => undefined))?.usageStats?.['p:a'];
    const another = (document: Stored): void => {
      document.usageStats = { ...document.usageStats, 'p:x': { lastUsed: uses++ } };
    };

    beforeEach(() =>
      write((document) => {
        document.profiles['p:a'] = login('1');
        document.usageStats = { 'p:a': PAUSED };
      }),
    );

    it('stays so when an old copy brings it back', async () => {
      const old = await stored();
      const vault = vaultWith();
      await vault.commitStore(store(), end);
      await sleep(100);
      await write(another, old);
      await until('ended', async () => isDeepStrictEqual(await statsNow(), ENDED));
      assert.deepEqual((await stored()).usageStats?.['p:x'], old.usageStats?.['p:x']);
      // Also where nothing else was changed, and nobody could have meant it.
      await write((document) => {
        document.usageStats = { ...document.usageStats, 'p:a': PAUSED };
      });
      await until('ended again', async () => isDeepStrictEqual(await statsNow(), ENDED));
      assert.deepEqual(
        reports.map(({ part, key, outcome }) => [part, key, outcome]),
        [
          ['usageStats', 'p:a', 'repaired'],
          ['usageStats', 'p:a', 'repaired'],
        ],
      );
    });

    for (const [what, later] of [
      ['a new pause', { ...PAUSED, cooldownUntil: 9e12 + 1, errorCount: 1 }],
      ['a use', { ...ENDED, lastUsed: 8 }],
      ['nothing', undefined],
    ] as const) {
      it(`${what} that CoderClaw writes after it wins, and ends the looking after`, async () => {
        const vault = vaultWith();
        await vault.commitStore(store(), end);
        await write((document) => {
          document.usageStats = later === undefined ? {} : { 'p:a': later };
        });
        await until('seen', async () => (await vault.looksAfter(store(), end.entry)) === 'over');
        await vault.commitStore(store(), upsertProfile('p:b', login('2')));
        assert.deepEqual(await statsNow(), later);
        assert.deepEqual(reports, []);
      });
    }

    it('by a sign-in stays so with the sign-in, and ends with the profile', async () => {
      const old = await stored();
      const vault = vaultWith();
      const resumes = { inherited: undefined };
      await vault.commitStore(store(), upsertProfile('p:a', login('2'), { resumes }));
      await sleep(100);
      await write(another, old);
      await until('back', async () => (await refreshOf('p:a')) === '2');
      assert.deepEqual(await statsNow(), ENDED);
      await vault.commitStore(store(), removeProfile('p:a'));
      reports = [];
      await write(another, old);
      await until('gone', async () => !('p:a' in (await stored().catch(() => old)).profiles));
      assert.equal((await stored()).usageStats?.['p:a'], undefined);
      assert.deepEqual(
        reports.map(({ part, key }) => [part, key]),
        [['profiles', 'p:a']],
      );
    });

    it('which main had, and this store had no stats of, stays so until the profile is removed', async () => {
      await write((document) => {
        document.usageStats = {};
      });
      const old = await stored();
      const vault = vaultWith();
      await vault.commitStore(store(), clearPause('p:a', { inherited: PAUSED }));
      await sleep(100);
      await write(another, old);
      await until('ended', async () => isDeepStrictEqual(await statsNow(), ENDED));
      await vault.commitStore(store(), removeProfile('p:a'));
      await sleep(200);
      assert.equal(await statsNow(), undefined);
    });

    it('which main had, is not put back for a profile that another program removed', async () => {
      await write((document) => {
        document.usageStats = {};
      });
      const vault = vaultWith();
      const endOfMain = clearPause('p:a', { inherited: PAUSED });
      await vault.commitStore(store(), endOfMain);
      await write((document) => {
        document.profiles = {};
        document.usageStats = {};
      });
      const { entry } = endOfMain;
      await until('seen', async () => (await vault.looksAfter(store(), entry)) === 'over');
      await vault.commitStore(store(), upsertProfile('p:b', login('2')));
      assert.deepEqual([await statsNow(), reports], [undefined, []]);
    });

    it('control: with the guard off the pause is back', async () => {
      const old = await stored();
      const vault = vaultWith({ guardTimes: { firstLookMs: 20, hintMs: 20, mostRepairs: 0 } });
      await vault.commitStore(store(), end);
      await write(another, old);
      await until('given up', () => reports.length === 1);
      assert.deepEqual(await statsNow(), PAUSED);
    });
  });
});
