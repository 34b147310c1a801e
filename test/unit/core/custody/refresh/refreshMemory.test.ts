import assert from 'node:assert/strict';
import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { systemClock } from '../../../../../src/core/clock.ts';
import { RefreshMemory } from '../../../../../src/core/custody/refresh/refreshMemory.ts';
import { FileLocks } from '../../../../../src/core/disk/fileLock.ts';
import { ownFolderOf } from '../../../../../src/core/documents/ownFolder.ts';
import { isKnown } from '../../../../../src/core/errors.ts';
import { tokenHash } from '../../../../../src/core/model/loginFingerprint.ts';
import { formatRefreshEvent, type RefreshEvent } from '../../../../../src/core/model/refreshLog.ts';
import { workFolder } from '../../disk/workFolder.ts';

const at = 1_763_842_227_123;
const spent = (name: string): RefreshEvent => ({
  kind: 'spent',
  token: tokenHash(name),
  at,
  next: tokenHash(`after ${name}`),
});
const unsure: RefreshEvent = { kind: 'unsure', token: tokenHash('u'), at, retryAt: at + 60_000 };

describe('refresh memory', () => {
  const path = workFolder();
  const dirs = () => [path('one'), path('two')];
  const logOf = (dir: string) => ownFolderOf(dir).refreshLog;
  const memory = () =>
    new RefreshMemory({ locks: new FileLocks({ app: 't', clock: systemClock }) });

  it('knows nothing where nothing was recorded, and makes nothing', async () => {
    assert.equal((await memory().read(dirs())).size, 0);
    await assert.rejects(stat(path('one')));
  });

  it('reads what can be read, and says what cannot', async () => {
    await memory().record([path('one')], spent('a'));
    await mkdir(logOf(path('two')), { recursive: true });
    const { records, unreadable } = await memory().readEach(dirs());
    assert.equal(records.get(tokenHash('a'))?.kind, 'spent');
    assert.deepEqual([...unreadable.keys()], [path('two')]);
    await assert.rejects(memory().read(dirs()), { code: 'disk.failed' });
    await assert.rejects(memory().readFor(path('two'), dirs()), { code: 'disk.failed' });
    assert.equal((await memory().readFor(path('one'), dirs())).size, 1);
  });

  it('remembers in each of the state dirs, for every program', async () => {
    await memory().record(dirs(), spent('a'));
    for (const dir of dirs()) {
      const record = (await memory().read([dir])).get(tokenHash('a'));
      assert.deepEqual([record?.kind, record?.next], ['spent', tokenHash('after a')]);
      assert.equal((await stat(logOf(dir))).mode & 0o777, 0o600);
    }
  });

  it('takes all state dirs together, and one event in two of them for one', async () => {
    await memory().record(dirs(), unsure);
    await memory().record([path('one')], spent('a'));
    await memory().record([path('two')], spent('b'));
    const records = await memory().read([...dirs(), path('one')]);
    assert.equal(records.size, 3);
    assert.equal(records.get(unsure.token)?.lostAnswers, 1);
  });

  it('lets no state dir hide what another knows', async () => {
    await memory().record([path('one')], { ...spent('u'), at: at - 1 });
    await memory().record([path('two')], unsure);
    assert.equal((await memory().read(dirs())).get(unsure.token)?.kind, 'spent');
    assert.equal((await memory().read(dirs().reverse())).get(unsure.token)?.kind, 'spent');
  });

  it('writes an event once where a state dir is named twice', async () => {
    await memory().record([path('one'), path('one')], unsure);
    assert.equal((await readFile(logOf(path('one')), 'utf8')).split('\n').length, 2);
  });

  it('folds each event once, also with reads under way', async () => {
    const reader = memory();
    for (let n = 1; n <= 6; n++) {
      const event = { kind: 'transient', token: unsure.token, at: at + n, retryAt: at } as const;
      await reader.record([path('one')], event);
      if (n % 2 === 1) continue;
      const reads = await Promise.all([1, 2, 3].map(() => reader.read([path('one')])));
      for (const records of reads) assert.equal(records.get(unsure.token)?.failures, n);
    }
  });

  it('hears of what others recorded since, and gives the same object while nothing was', async () => {
    const reader = memory();
    await memory().record(dirs(), spent('a'));
    const first = await reader.read(dirs());
    assert.equal(await reader.read(dirs()), first);
    await memory().record([path('two')], spent('b'));
    const second = await reader.read(dirs());
    assert.deepEqual([first.size, second.size], [1, 2]);
    assert.equal((await reader.read([path('one')])).size, 1);
  });

  it('reads only what is new', async () => {
    const reader = memory();
    await memory().record([path('one')], spent('a'));
    await reader.read([path('one')]);
    // What was read before is not read again, so this goes unseen.
    const handle = await open(logOf(path('one')), 'r+');
    await handle.write('!!!!');
    await handle.close();
    await memory().record([path('one')], spent('b'));
    assert.equal((await reader.read([path('one')])).size, 2);
    assert.equal((await memory().read([path('one')])).size, 1);
  });

  it('has what was recorded before the call in the answer, also with reads under way', async () => {
    const reader = memory();
    await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        await reader.record(dirs(), spent(`t${n}`));
        assert((await reader.read(dirs())).has(tokenHash(`t${n}`)));
      }),
    );
  });

  it('still writes to the others where one state dir fails, and says so', async () => {
    await writeFile(path('one'), 'not a folder');
    await assert.rejects(memory().record(dirs(), spent('a')), (error) =>
      isKnown(error, 'disk.failed'),
    );
    assert.equal((await memory().read([path('two')])).size, 1);
  });

  it('does not take a log that it cannot read for an empty one', async () => {
    await mkdir(logOf(path('one')), { recursive: true });
    const reader = memory();
    await assert.rejects(reader.read(dirs()), (error) => isKnown(error, 'disk.failed'));
    await assert.rejects(reader.read(dirs()), (error) => isKnown(error, 'disk.failed'));
  });

  it('forgets none of the last 5,600 tokens, whenever a file is rotated', async function () {
    this.timeout(20_000);
    const [dir] = dirs() as [string, string];
    await memory().record([dir], spent('first'));
    const events = Array.from({ length: 16_200 }, (_, n) => spent(`t${n}`));
    const lines = events.map((event) => `${formatRefreshEvent(event)}\n`);
    const step = 2_700;
    for (let n = step; n <= lines.length; n += step) {
      await writeFile(logOf(dir), lines.slice(n - step, n).join(''), { flag: 'a' });
      // One that rotates if it is time.
      await memory().record([dir], unsure);
      const records = await memory().read([dir]);
      const last = events.slice(Math.max(0, n - 5_600), n);
      assert.equal(last.filter(({ token }) => !records.has(token)).length, 0);
    }
    assert.equal((await memory().read([dir])).has(tokenHash('first')), false, 'it is bounded');
    assert((await readFile(`${logOf(dir)}.old`)).length >= 1024 * 1024);
  });
});
