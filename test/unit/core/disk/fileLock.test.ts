import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { Cancelled, systemClock } from '../../../../src/core/clock.ts';
import { callsIn } from '../../../../src/core/disk/callsIn.ts';
import type { FileCalls } from '../../../../src/core/disk/fileCalls.ts';
import { FileLocks, type FileLocksOptions } from '../../../../src/core/disk/fileLock.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import { workFolder } from './workFolder.ts';

const SHORT = { waitMs: 400, holdMs: 2_000, heartbeatMs: 20, staleMs: 200, confirmMs: 60 };
const sleep = (ms: number) => systemClock.sleep(ms);

/** A pid that was there and is no more. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('file lock', () => {
  const path = workFolder();
  const store = () => path('auth-profiles.json');
  const lockPath = () => path('auth-profiles.json.lock');

  function locksWith(options: Partial<FileLocksOptions> = {}): FileLocks {
    return new FileLocks({
      app: 'test 1',
      clock: systemClock,
      times: SHORT,
      pidReach: async () => ({ sameNamespace: true, sameUser: true }),
      ...options,
    });
  }

  /** A lock as CoderClaw leaves it. */
  async function cliLock(pid: number, ageMs = 0): Promise<void> {
    const time = new Date(Date.now() - ageMs);
    await writeFile(lockPath(), JSON.stringify({ pid, createdAt: time.toISOString() }));
    await utimes(lockPath(), time, time);
  }

  it("is CoderClaw's: the same name, pid and createdAt, and ours beside them", async () => {
    const payload = await locksWith().withFileLock(store(), {}, async () =>
      JSON.parse(await readFile(lockPath(), 'utf8')),
    );
    assert.equal(payload.pid, process.pid);
    assert(Math.abs(Date.parse(payload.createdAt) - Date.now()) < 5_000);
    assert.match(payload.nonce, /^[0-9a-f]{32}$/);
    assert.equal(payload.app, 'test 1');
    assert.deepEqual(await readdir(path()), []);
  });

  for (const [where, reach] of [
    ['namespace', { sameNamespace: false, sameUser: true }],
    ['user', { sameNamespace: true, sameUser: false }],
  ] as const) {
    it(`says pid 0 where CoderClaw runs in another ${where}`, async () => {
      const locks = locksWith({ pidReach: async () => reach });
      const payload = await locks.withFileLock(store(), {}, async () =>
        JSON.parse(await readFile(lockPath(), 'utf8')),
      );
      assert.equal(payload.pid, 0);
      assert.equal(payload.owner.pid, process.pid);
    });
  }

  it('lets one in at a time, across instances and in turn', async () => {
    const [a, b] = [locksWith(), locksWith()];
    let inside = 0;
    const finished: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 === 0 ? a : b).withFileLock(store(), {}, async () => {
          inside += 1;
          assert.equal(inside, 1);
          await sleep(1);
          inside -= 1;
          finished.push(n);
        }),
      ),
    );
    const even = finished.filter((n) => n % 2 === 0);
    assert.deepEqual(
      even,
      even.toSorted((x, y) => x - y),
    );
    assert.equal(finished.length, 20);
  });

  it('waits for a living holder, then says who it is', async () => {
    await cliLock(process.ppid);
    const started = performance.now();
    await assert.rejects(
      locksWith({ times: { ...SHORT, staleMs: 10_000 } }).withFileLock(store(), {}, async () => {}),
      (error) =>
        isKnown(error, 'lock.busy') &&
        error.facts.holder?.pid === process.ppid &&
        error.facts.waitedMs >= SHORT.waitMs,
    );
    assert(performance.now() - started < SHORT.waitMs + 300);
    assert.equal(JSON.parse(await readFile(lockPath(), 'utf8')).pid, process.ppid);
    assert.deepEqual(await readdir(path()), ['auth-profiles.json.lock']);
  });

  it('bounds the wait in the queue of this process too', async () => {
    const locks = locksWith();
    const first = locks.withFileLock(store(), {}, () => sleep(700));
    await assert.rejects(
      locks.withFileLock(store(), {}, async () => {}),
      (error) => isKnown(error, 'lock.busy'),
    );
    await first;
    // Who gave up does not break the line.
    await locks.withFileLock(store(), {}, async () => {});
  });

  it('can be cancelled while it waits, for the disk and in the queue', async () => {
    const locks = locksWith({ times: { ...SHORT, waitMs: 60_000, staleMs: 60_000 } });
    await cliLock(process.ppid);
    const controller = new AbortController();
    const waiting = [1, 2].map(() =>
      locks.withFileLock(store(), { signal: controller.signal }, async () => {}),
    );
    const outcomes = Promise.allSettled(waiting);
    await sleep(30);
    controller.abort();
    for (const outcome of await outcomes) {
      assert(outcome.status === 'rejected' && outcome.reason instanceof Cancelled);
    }
    await rm(lockPath());
    await locks.withFileLock(store(), {}, async () => {});
  });

  it("I14: takes a dead local owner's lock over within 250 ms, with the usual times", async () => {
    await cliLock(deadPid());
    const started = performance.now();
    await locksWith({ times: {} }).withFileLock(store(), {}, async () => {});
    assert(performance.now() - started < 250);
    assert.deepEqual(await readdir(path()), []);
  });

  it("does not believe a dead pid of CoderClaw's where another namespace may come", async () => {
    await cliLock(deadPid());
    const pidReach = async () => ({ sameNamespace: false, sameUser: true });
    const locks = locksWith({ pidReach, times: { ...SHORT, staleMs: 10_000 } });
    await assert.rejects(
      locks.withFileLock(store(), {}, async () => {}),
      (error) => isKnown(error, 'lock.busy'),
    );
  });

  it('takes an old lock over after watching it, even if its pid is in use again', async () => {
    await cliLock(process.ppid, 60_000);
    const started = performance.now();
    await locksWith().withFileLock(store(), {}, async () => {});
    assert(performance.now() - started >= SHORT.confirmMs);
  });

  it('does not take an old-looking lock over that moves while watched', async () => {
    await cliLock(process.ppid, 60_000);
    let waiting = true;
    const alive = (async () => {
      for (let n = 0; waiting; n++) {
        const time = new Date(Date.now() - 60_000 + n);
        await utimes(lockPath(), time, time);
        await sleep(15);
      }
    })();
    const outcome = await locksWith()
      .withFileLock(store(), {}, async () => {})
      .catch((error: unknown) => error);
    waiting = false;
    await alive;
    assert(isKnown(outcome, 'lock.busy'));
  });

  it('takes a torn lock over when it is old', async () => {
    await writeFile(lockPath(), '{"pid":');
    await utimes(lockPath(), new Date(0), new Date(0));
    await locksWith().withFileLock(store(), {}, async () => {});
  });

  it('takes a lock from the future over once it was watched for the full time', async () => {
    await cliLock(process.ppid, -3_600_000);
    await locksWith({ times: { ...SHORT, waitMs: 1_000 } }).withFileLock(
      store(),
      {},
      async () => {},
    );
  });

  it('waits until the waiting time is over for a folder in its place', async () => {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(lockPath());
    await assert.rejects(
      locksWith().withFileLock(store(), {}, async () => {}),
      (error) => isKnown(error, 'lock.busy'),
    );
  });

  it('I13: keeps both times fresh while held', async () => {
    await locksWith().withFileLock(store(), {}, async () => {
      const first = JSON.parse(await readFile(lockPath(), 'utf8'));
      const { mtimeMs } = await stat(lockPath());
      await sleep(120);
      const second = JSON.parse(await readFile(lockPath(), 'utf8'));
      assert(Date.parse(second.createdAt) > Date.parse(first.createdAt));
      assert((await stat(lockPath())).mtimeMs > mtimeMs);
      assert.equal(second.nonce, first.nonce);
    });
  });

  it('I2: proves ownership, and finds it lost when another lock stands there', async () => {
    await locksWith({ times: { ...SHORT, heartbeatMs: 60_000 } }).withFileLock(
      store(),
      {},
      async (held) => {
        await held.proveOwnership();
        await rm(lockPath());
        await assert.rejects(held.proveOwnership(), (error) => isKnown(error, 'lock.lost'));
        assert(held.signal.aborted);
        // Once lost, lost: also if something that looks alike turns up.
        await assert.rejects(held.proveOwnership(), (error) => isKnown(error, 'lock.lost'));
        await cliLock(process.ppid);
      },
    );
    assert.equal(JSON.parse(await readFile(lockPath(), 'utf8')).pid, process.ppid);
  });

  it('tells its task by itself when the lock is gone', async () => {
    await locksWith().withFileLock(store(), {}, async (held) => {
      await rm(lockPath());
      await new Promise((resolve) => held.signal.addEventListener('abort', resolve));
    });
  });

  it('I13: is lost to a task that holds it for too long', async () => {
    const locks = locksWith({ times: { ...SHORT, holdMs: 80 } });
    let late: unknown;
    const work = locks.withFileLock(store(), {}, async (held) => {
      await sleep(200);
      late = await held.proveOwnership().catch((error: unknown) => error);
    });
    await assert.rejects(work, (error) => isKnown(error, 'lock.lost'));
    assert.deepEqual(await readdir(path()), []);
    await locks.withFileLock(store(), {}, async () => {});
    await sleep(200);
    assert(isKnown(late, 'lock.lost'));
  });

  it('is not re-entrant by accident, but free again afterwards', async () => {
    const locks = locksWith();
    let afterwards: Promise<void> | undefined;
    await locks.withFileLock(store(), {}, async () => {
      await assert.rejects(
        locks.withFileLock(store(), {}, async () => {}),
        /already held/,
      );
      afterwards = sleep(50).then(() => locks.withFileLock(store(), {}, async () => {}));
    });
    await afterwards;
  });

  it('releases when the task fails, and passes the failure on', async () => {
    const failure = new Error('task');
    await assert.rejects(
      locksWith().withFileLock(store(), {}, async () => {
        throw failure;
      }),
      failure,
    );
    assert.deepEqual(await readdir(path()), []);
  });

  it('locks several files whatever order they are named in', async () => {
    const [a, b] = [locksWith(), locksWith()];
    const names = [path('x'), path('y'), path('z')];
    let inside = 0;
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (n % 2 === 0 ? a : b).withFileLocks(
          n % 3 === 0 ? names.toReversed() : names,
          {},
          async () => {
            inside += 1;
            assert.equal(inside, 1);
            assert.deepEqual(await readdir(path()), ['x.lock', 'y.lock', 'z.lock']);
            inside -= 1;
          },
        ),
      ),
    );
    assert.deepEqual(await readdir(path()), []);
  });

  it('holds none of several while one stays busy', async () => {
    await writeFile(
      path('y.lock'),
      JSON.stringify({ pid: process.ppid, createdAt: new Date().toISOString() }),
    );
    const locks = locksWith({ times: { ...SHORT, staleMs: 10_000 } });
    await assert.rejects(
      locks.withFileLocks([path('x'), path('y')], {}, async () => {}),
      (error) => isKnown(error, 'lock.busy'),
    );
    assert.deepEqual(await readdir(path()), ['y.lock']);
  });

  it('keeps nobody waiting, here or elsewhere, with those of several that are free', async () => {
    await writeFile(
      path('y.lock'),
      JSON.stringify({ pid: process.ppid, createdAt: new Date().toISOString() }),
    );
    const times = { ...SHORT, waitMs: 3_000, staleMs: 10_000 };
    const locks = locksWith({ times });
    const several = locks.withFileLocks([path('x'), path('y'), path('z')], {}, async () => 'had');
    // By now it has found out which one is busy.
    await sleep(600);
    for (const other of [locks, locksWith({ times: { ...times, waitMs: 300 } })]) {
      for (const free of ['x', 'z']) await other.withFileLock(path(free), {}, async () => {});
    }
    await rm(path('y.lock'));
    assert.equal(await several, 'had');
  });

  it('counts as held from when it is had, however long it was waited for', async () => {
    const times = { ...SHORT, waitMs: 3_000, holdMs: 400 };
    const [first, second] = [locksWith(), locksWith({ times })];
    const holding = first.withFileLocks([path('y')], {}, () => sleep(900));
    await sleep(20);
    await second.withFileLocks([path('x'), path('y')], {}, async (held) => {
      await sleep(50);
      await held.proveOwnership();
    });
    await holding;
  });

  it('is removed as soon as it can be, where that fails at the end of the task', async () => {
    let isReadOnly = false;
    const locks = locksWith({
      // It would be taken for a living one for long.
      times: { ...SHORT, staleMs: 10_000 },
      calls: async (folder) => {
        const calls = await callsIn(folder);
        const rename: FileCalls['rename'] = (from, to) => {
          if (!isReadOnly) return calls.rename(from, to);
          throw Object.assign(new Error('x'), { code: 'EACCES', syscall: 'rename' });
        };
        return { ...calls, rename };
      },
    });
    await locks.withFileLock(store(), {}, async () => {
      isReadOnly = true;
    });
    assert.deepEqual(await readdir(path()), ['auth-profiles.json.lock']);
    await assert.rejects(
      locksWith({ times: { ...SHORT, waitMs: 100, staleMs: 10_000 } }).withFileLock(
        store(),
        {},
        async () => {},
      ),
      (error) => isKnown(error, 'lock.busy'),
    );
    isReadOnly = false;
    await locks.withFileLock(store(), {}, async () => {});
    assert.deepEqual(await readdir(path()), []);
  });

  it('leaves no descriptor open', async function () {
    if (process.platform !== 'linux') return this.skip();
    const open = async () => (await readdir('/proc/self/fd')).length;
    const locks = locksWith();
    await locks.withFileLock(store(), {}, async () => {});
    const before = await open();
    for (let n = 0; n < 20; n++) {
      await cliLock(n % 2 === 0 ? deadPidOnce : process.ppid, n % 2 === 0 ? 0 : 60_000);
      await locks.withFileLock(store(), {}, async (held) => {
        if (n % 3 === 0) await rm(lockPath());
        await held.proveOwnership().catch(() => {});
      });
    }
    assert.equal(await open(), before);
  });

  const deadPidOnce = deadPid();

  it('sweeps the temporary locks of the dead only', async () => {
    const locks = locksWith();
    const living = path('.auth-profiles.json.lock.0000000000000001.tmp');
    const dead = path('.auth-profiles.json.lock.0000000000000002.tmp');
    const createdAt = new Date().toISOString();
    await writeFile(living, JSON.stringify({ pid: process.ppid, createdAt }));
    await writeFile(dead, JSON.stringify({ pid: deadPidOnce, createdAt }));
    assert.equal(await locks.isAbandoned(living), false);
    assert.equal(await locks.isAbandoned(dead), true);
    assert.equal(await locks.isAbandoned(path('none')), false);
  });
});
