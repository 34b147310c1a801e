import assert from 'node:assert/strict';
import { mkdir, unlink, writeFile } from 'node:fs/promises';
import { systemClock } from '../../../../../src/core/clock.ts';
import { LockHolders, programIn } from '../../../../../src/core/custody/audit/lockHolders.ts';
import { FileLocks } from '../../../../../src/core/disk/fileLock.ts';
import { describeThisProcess } from '../../../../../src/core/disk/lockOwner.ts';
import { workFolder } from '../../disk/workFolder.ts';

describe('who was seen with a lock', () => {
  const path = workFolder();
  const store = () => path('store');
  let now = 0;
  let asked: number[] = [];
  const holders = () =>
    new LockHolders({
      app: 'us/1',
      now: () => now,
      commandOf: async (pid) => {
        asked.push(pid);
        return ['/usr/bin/node', '/x/node_modules/coderclaw/dist/index.js', 'CANARY'];
      },
    });
  const lock = (payload: object | string) =>
    writeFile(`${store()}.lock`, typeof payload === 'string' ? payload : JSON.stringify(payload));
  const createdAt = new Date().toISOString();
  /** Alive, and not this process. */
  const other = process.ppid;

  beforeEach(() => {
    now = 0;
    asked = [];
  });

  it('is told for the first look after it has let go, some seconds later at most', async () => {
    const holder = { pid: other, program: 'coderclaw' };
    for (const [later, seenThen] of [
      [10_000, holder],
      [10_001, undefined],
    ] as const) {
      const seen = holders();
      now = 0;
      await lock({ pid: other, createdAt });
      assert.deepEqual(await seen.look(store()), holder);
      assert.deepEqual(await seen.look(store()), holder);
      await unlink(`${store()}.lock`);
      now = later;
      assert.deepEqual(await seen.look(store()), seenThen);
      assert.equal(await seen.look(store()), undefined, 'what comes now is by somebody else');
    }
  });

  it('is nobody for another window of ours, of whatever version, also once it has let go', async () => {
    const seen = holders();
    const { namespace } = describeThisProcess();
    for (const app of ['us/1', 'us/2', 'us']) {
      await lock({ pid: other, createdAt, app, owner: { pid: other, namespace } });
      assert.equal(await seen.look(store()), undefined);
      await unlink(`${store()}.lock`);
      assert.equal(await seen.look(store()), undefined);
    }
    await lock({ pid: other, createdAt, app: 'usher/1', owner: { pid: other, namespace } });
    assert.deepEqual(await seen.look(store()), { pid: other, program: 'usher/1' });
  });

  it('is named by the lock itself where it says so', async () => {
    const seen = holders();
    const { namespace } = describeThisProcess();
    await lock({ pid: 0, createdAt, app: 'other/2', owner: { pid: other, namespace } });
    assert.deepEqual(await seen.look(store()), { pid: other, program: 'other/2' });
    assert.deepEqual(asked, []);
  });

  it('is not looked up by a pid that belongs to another machine or container', async () => {
    const seen = holders();
    await lock({ pid: 0, createdAt, owner: { pid: other, namespace: 'elsewhere' } });
    assert.deepEqual(await seen.look(store()), { pid: other });
    assert.deepEqual(asked, []);
  });

  it('is nobody for our own lock, one that a dead process left, or what is no lock', async () => {
    const seen = holders();
    const locks = new FileLocks({ app: 'another name', clock: systemClock });
    const own = await locks.withFileLock(store(), {}, () => seen.look(store()));
    assert.equal(own, undefined);
    await lock({ pid: 0x7ffffffe, createdAt });
    assert.equal(await seen.look(store()), undefined);
    await unlink(`${store()}.lock`);
    await mkdir(`${store()}.lock`);
    assert.equal(await seen.look(store()), undefined);
    assert.equal(await seen.look(path('no', 'such', 'folder')), undefined);
  });

  it('is somebody without a name for a lock that tells nothing', async () => {
    const seen = holders();
    for (const payload of ['', { pid: 0, createdAt }]) {
      await lock(payload);
      assert.deepEqual(await seen.look(store()), {});
    }
  });
});

describe('what people call a program', () => {
  const cases: readonly [readonly string[], string | undefined][] = [
    [['coderclaw', ''], 'coderclaw'],
    [['coderclaw models status', ''], 'coderclaw'],
    [['/usr/local/bin/codex', 'login', 'CANARY'], 'codex'],
    [['node', '/opt/lib/node_modules/coderclaw/bin/run.mjs', 'gateway'], 'coderclaw'],
    [['/usr/bin/node22', '--max-old-space-size=1', '/x/node_modules/@a/b/dist/cli.js'], '@a/b'],
    [['node', '/x/node_modules/a/node_modules/b/index.js'], 'b'],
    [['node', '/home/ann/tools/refresh-all.ts', '--token=CANARY'], 'refresh-all'],
    [['node', '/home/ann/gateway/index.js'], 'gateway'],
    [['node'], 'node'],
    [['node', '--eval'], 'node'],
    [['bash', '/home/ann/sync.sh'], 'sync'],
    [['/opt/node-red'], 'node-red'],
    [['/opt/a\u202eb'], undefined],
    [[''], undefined],
    [[], undefined],
  ];
  for (const [command, name] of cases) {
    it(`${JSON.stringify(command)} is ${name}`, () => assert.equal(programIn(command), name));
  }
});
