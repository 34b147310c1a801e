import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { systemClock } from '../../src/core/clock.ts';
import { Vault } from '../../src/core/custody/vault.ts';
import type { CheckpointName } from '../../src/core/disk/checkpoint.ts';
import { FileLocks } from '../../src/core/disk/fileLock.ts';
import { upsertProfile } from '../../src/core/documents/storeIntents.ts';
import { workFolder } from '../unit/core/disk/workFolder.ts';
import { besideNeighbour, runWorker, startWorker, type WorkerTask } from './workers.ts';

const EMPTY = '{"version":1,"profiles":{}}';
const TOKEN = { type: 'token', provider: 'p', token: 't' };

describe('vault among processes', function () {
  this.timeout(60_000);
  const path = workFolder();
  const store = () => path('auth-profiles.json');

  async function storedIds(): Promise<string[]> {
    return Object.keys(JSON.parse(await readFile(store(), 'utf8')).profiles);
  }

  /** Runs `count` workers at once and gives the ids that were acknowledged but are not there. */
  async function lostBy(count: number, task: Partial<WorkerTask>): Promise<string[]> {
    const results = await Promise.all(
      Array.from({ length: count }, (_, n) =>
        runWorker({ store: store(), name: `w${n}`, commits: 25, ...task }),
      ),
    );
    for (const { stderr, failed } of results) assert.deepEqual([stderr, failed], ['', []]);
    const there = new Set(await storedIds());
    return results.flatMap(({ acked }) => acked).filter((id) => !there.has(id));
  }

  /** Pairs of `in` and `out` of which another process was between. */
  async function violations(turnstile: string): Promise<number> {
    const lines = (await readFile(turnstile, 'utf8')).trim().split('\n');
    let wrong = 0;
    for (let n = 0; n < lines.length; n += 2) {
      if (lines[n]?.replace('in', 'out') !== lines[n + 1]) wrong += 1;
    }
    return wrong;
  }

  it('I1, I6: 8 processes lose nothing, and commit one at a time', async () => {
    await writeFile(store(), EMPTY);
    const lost = await lostBy(8, { turnstile: path('turnstile') });
    assert.deepEqual(lost, []);
    assert.equal((await storedIds()).length, 200);
    assert.equal(await violations(path('turnstile')), 0);
    assert.deepEqual(await readdir(path()), ['auth-profiles.json', 'turnstile']);
  });

  it('control: the same with the fence off loses updates and commits at once', async () => {
    await writeFile(store(), EMPTY);
    const lost = await lostBy(8, { fence: 'off', turnstile: path('turnstile') });
    assert.notEqual(lost.length, 0);
    assert.notEqual(await violations(path('turnstile')), 0);
  });

  it('I1, I6: nothing is lost beside a thief who removes every lock that it sees', async () => {
    await writeFile(store(), EMPTY);
    await besideNeighbour('lockThief', store(), async () => {
      assert.deepEqual(await lostBy(4, { commits: 15 }), []);
    });
  });

  it('I6, I8: keeps its profiles beside a program that truncates and writes', async () => {
    await writeFile(store(), EMPTY);
    const task = { store: store(), name: 'w', commits: 40, awaitAftermath: true };
    const result = await besideNeighbour('unlockedWriter', store(), () => runWorker(task));
    assert.deepEqual([result.stderr, result.failed], ['', []]);
    const lasting = result.aftermaths.filter(([, what]) => what === 'kept' || what === 'repaired');
    const there = await storedIds();
    assert.deepEqual(
      lasting.map(([id]) => id).filter((id) => !there.includes(id)),
      [],
    );
    assert(lasting.length > 30, `${lasting.length} of 40 lasted`);
  });

  const POINTS: readonly CheckpointName[] = [
    'lock.aside',
    'lock.written',
    'lock.linked',
    'lock.held',
    'swept',
    'read',
    'temp.created',
    'temp.written',
    'temp.synced',
    'proven',
    'compared',
    'renamed',
    'folder.synced',
    'lock.releasing',
    'lock.released',
  ];
  for (const exists of [true, false]) {
    for (const at of POINTS) {
      const what = exists ? 'a store' : 'no store';
      it(`I4, I14, I16: killed at ${at} with ${what}: whole, and free again at once`, async () => {
        if (exists) await writeFile(store(), EMPTY);
        if (at === 'lock.aside') {
          const { pid } = spawnSync(process.execPath, ['-e', '']);
          const createdAt = new Date().toISOString();
          await writeFile(`${store()}.lock`, JSON.stringify({ pid, createdAt }));
        }
        const signal = { at, name: 'SIGKILL' } as const;
        const killed = await runWorker({ store: store(), name: 'w', commits: 1, signal });
        assert.equal(killed.signal, 'SIGKILL', killed.stderr);
        const isDone = POINTS.indexOf(at) >= POINTS.indexOf('renamed');
        if (exists || isDone) assert.deepEqual(await storedIds(), isDone ? ['w:0'] : []);
        else await assert.rejects(stat(store()));

        const started = performance.now();
        const vault = new Vault({ clock: systemClock, log: () => {} });
        await vault.commitStore(store(), upsertProfile('p:next', TOKEN));
        assert(performance.now() - started < 250, 'the lock was not taken over quickly');
        assert.deepEqual(await storedIds(), isDone ? ['w:0', 'p:next'] : ['p:next']);
        assert.deepEqual(await readdir(path()), ['auth-profiles.json']);
        assert.equal((await stat(store())).nlink, 1);
      });
    }
  }

  const SHORT = { staleMs: 400, confirmMs: 100, heartbeatMs: 50, waitMs: 5_000 };
  for (const at of ['lock.held', 'read', 'temp.created', 'temp.synced', 'compared'] as const) {
    it(`I1, I2: stopped at ${at} beyond the stale time: does not land on what came since`, async () => {
      await writeFile(store(), EMPTY);
      const signal = { at, name: 'SIGSTOP' } as const;
      const task = { store: store(), name: 'slow', commits: 1, signal, times: SHORT };
      const slow = startWorker(task);
      await stopped(slow.child.pid ?? 0);
      const locks = new FileLocks({ app: 't', clock: systemClock, times: SHORT });
      const vault = new Vault({ clock: systemClock, log: () => {}, locks });
      await vault.commitStore(store(), upsertProfile('p:thief', TOKEN));
      assert.deepEqual(await storedIds(), ['p:thief']);
      slow.child.kill('SIGCONT');
      const result = await slow.result;
      assert.deepEqual([result.stderr, result.acked], ['', ['slow:0']]);
      assert.deepEqual(await storedIds(), ['p:thief', 'slow:0']);
      assert.deepEqual(await readdir(path()), ['auth-profiles.json']);
    });
  }

  async function stopped(pid: number): Promise<void> {
    for (let n = 0; n < 500; n++) {
      const state = execFileSync('ps', ['-o', 'state=', '-p', String(pid)])
        .toString()
        .trim();
      if (state.startsWith('T')) return;
      await systemClock.sleep(20);
    }
    assert.fail('the worker did not stop');
  }

  it('I4: a file that may not grow (ulimit -f): disk.full, and the old store as it was', async () => {
    await writeFile(store(), EMPTY);
    const task = { store: store(), name: 'w', commits: 1, fillerBytes: 200_000 };
    const result = await runWorker(task, 'ulimit -f 8');
    assert.deepEqual([result.acked, result.failed], [[], ['disk.full']]);
    assert.equal(await readFile(store(), 'utf8'), EMPTY);
    assert.deepEqual(await readdir(path()), ['auth-profiles.json']);
    assert.deepEqual((await runWorker(task)).acked, ['w:0']);
  });

  it('I4: a full disk: disk.full, and the old store as it was', async function () {
    const disk = path('disk');
    await mkdir(disk);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    if (mount.status !== 0) return this.skip();
    try {
      const file = path('disk', 'auth-profiles.json');
      await writeFile(file, EMPTY);
      const tooBig = { store: file, name: 'w', commits: 1, fillerBytes: 100_000 };
      assert.deepEqual((await runWorker(tooBig)).failed, ['disk.full']);
      // Now not even a lock file fits.
      await writeFile(path('disk', 'ballast'), Buffer.alloc(200_000)).catch(() => {});
      assert.deepEqual((await runWorker({ ...tooBig, fillerBytes: 0 })).failed, ['disk.full']);
      assert.equal(await readFile(file, 'utf8'), EMPTY);
      assert.deepEqual(await readdir(disk), ['auth-profiles.json', 'ballast']);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  it('a folder without write permission: disk.readOnly, and the old store as it was', async () => {
    const folder = path('folder');
    await mkdir(folder);
    const file = path('folder', 'auth-profiles.json');
    await writeFile(file, EMPTY);
    const isRoot = process.getuid?.() === 0;
    const uid = 65534;
    if (isRoot) {
      // Root may write anywhere, so the worker becomes somebody else, who may come this far.
      await chmod(path(), 0o755);
      await chown(file, uid, uid);
    }
    await chmod(folder, 0o555);
    const task = { store: file, name: 'w', commits: 1, ...(isRoot && { uid }) };
    const result = await runWorker(task);
    assert.deepEqual([result.acked, result.failed], [[], ['disk.readOnly']], result.stderr);
    await chmod(folder, 0o755);
    assert.equal(await readFile(file, 'utf8'), EMPTY);
    assert.deepEqual(await readdir(folder), ['auth-profiles.json']);
  });
});
