import assert from 'node:assert/strict';
import {
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import {
  isSameSighting,
  LockFile,
  lookAtLock,
  removeLock,
} from '../../../../src/core/disk/lockFile.ts';
import { temporaryName } from '../../../../src/core/disk/temporaryFiles.ts';
import { withoutHardLinks } from './withoutHardLinks.ts';
import { workFolder } from './workFolder.ts';

describe('lock file', () => {
  const path = workFolder();
  const lockPath = () => path('store.lock');

  it('is published whole, 0600, and leaves no temporary name', async () => {
    const lock = await LockFile.publish(lockPath(), 'text');
    assert(lock);
    assert.equal(await readFile(lockPath(), 'utf8'), 'text');
    assert.equal((await stat(lockPath())).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(path()), ['store.lock']);
    await lock.release();
    assert.deepEqual(await readdir(path()), []);
  });

  it('is never seen empty: its name appears with its content', async () => {
    const checkpoint = async (): Promise<void> => {
      const seen = await lookAtLock(lockPath());
      assert(seen === undefined || seen.text === 'text');
    };
    const lock = await LockFile.publish(lockPath(), 'text', checkpoint);
    await lock?.release();
  });

  it('gives way to whatever is there', async () => {
    await writeFile(lockPath(), 'theirs');
    assert.equal(await LockFile.publish(lockPath(), 'ours'), undefined);
    assert.equal(await readFile(lockPath(), 'utf8'), 'theirs');
    assert.deepEqual(await readdir(path()), ['store.lock']);
  });

  it('leaves no descriptor open when it gives way', async function () {
    if (process.platform !== 'linux') return this.skip();
    const open = async () => (await readdir('/proc/self/fd')).length;
    await writeFile(lockPath(), 'theirs');
    const before = await open();
    for (let n = 0; n < 20; n++) await LockFile.publish(lockPath(), 'ours');
    assert.equal(await open(), before);
  });

  it('counts as published when the link was made though it was refused (NFS)', async () => {
    // What the client sees when the answer to its first, successful link was lost.
    const checkpoint = async (name: string): Promise<void> => {
      if (name !== 'lock.written') return;
      const [temporary] = await readdir(path());
      await link(path(temporary ?? ''), lockPath());
    };
    const lock = await LockFile.publish(lockPath(), 'ours', checkpoint);
    assert(lock && (await lock.isOurs()));
    await lock.release();
    assert.deepEqual(await readdir(path()), []);
  });

  it('moves both of its times with a heartbeat', async () => {
    const lock = await LockFile.publish(lockPath(), 'text 1');
    const later = Date.now() + 100_000;
    await lock?.beat('text 2', later);
    assert.equal(await readFile(lockPath(), 'utf8'), 'text 2');
    assert(Math.abs((await stat(lockPath())).mtimeMs - later) < 2);
    await lock?.release();
  });

  it('I3: is not removed on release if another took its place', async () => {
    const lock = await LockFile.publish(lockPath(), 'ours');
    await rm(lockPath());
    await writeFile(lockPath(), 'theirs');
    assert.equal(await lock?.isOurs(), false);
    await lock?.release();
    assert.equal(await readFile(lockPath(), 'utf8'), 'theirs');
  });

  it('I3: puts a lock back that slipped in between proof and release', async () => {
    const lock = await LockFile.publish(lockPath(), 'ours');
    // The proof has just succeeded; now a thief is faster than the rename.
    await rm(lockPath());
    await writeFile(lockPath(), 'theirs');
    const ours = await stat(lockPath(), { bigint: true });
    const removed = await removeLock(lockPath(), (seen) => seen.text === 'ours');
    assert.equal(removed, false);
    assert.equal(await readFile(lockPath(), 'utf8'), 'theirs');
    assert.equal((await stat(lockPath(), { bigint: true })).ino, ours.ino);
    assert.deepEqual(await readdir(path()), ['store.lock']);
    await lock?.release();
  });

  it('does not put a lock back over a newer one', async () => {
    await writeFile(lockPath(), 'second');
    const atAside = () => writeFile(lockPath(), 'third');
    assert.equal(await removeLock(lockPath(), (seen) => seen.text === 'first', atAside), false);
    assert.equal(await readFile(lockPath(), 'utf8'), 'third');
    assert.deepEqual(await readdir(path()), ['store.lock']);
  });

  it('is taken from one thief by one only', async () => {
    await writeFile(lockPath(), 'stale');
    const isStale = (seen: { text: string }) => seen.text === 'stale';
    await Promise.all(Array.from({ length: 8 }, () => removeLock(lockPath(), isStale)));
    assert.deepEqual(await readdir(path()), []);
  });

  it('is another sighting after a heartbeat, a rewrite or a replacement', async () => {
    await writeFile(lockPath(), 'text');
    const look = async () => {
      const seen = await lookAtLock(lockPath());
      assert(seen);
      return seen;
    };
    const first = await look();
    assert(isSameSighting(first, await look()));
    await utimes(lockPath(), new Date(), new Date(Date.now() + 5_000));
    const second = await look();
    assert(!isSameSighting(first, second));
    await rename(lockPath(), path('old'));
    await writeFile(lockPath(), 'text');
    assert(!isSameSighting(second, await look()));
  });

  it('does not follow a link, enter a folder or wait for a pipe', async () => {
    await writeFile(path('secret'), '{"pid": 1}');
    await symlink(path('secret'), lockPath());
    const viaLink = await lookAtLock(lockPath());
    assert(viaLink?.isForeign && viaLink.text === '');
    await mkdir(path('folder.lock'));
    assert((await lookAtLock(path('folder.lock')))?.isForeign);
  });

  it('reads no more of a lock than any lock has', async () => {
    await writeFile(lockPath(), 'x'.repeat(1_000_000));
    assert.equal((await lookAtLock(lockPath()))?.text.length, 4096);
  });

  it('does without hard links: created in place, put back as a copy', async () => {
    await withoutHardLinks(async () => {
      const lock = await LockFile.publish(lockPath(), 'ours');
      assert(lock && (await lock.isOurs()));
      assert.equal(await readFile(lockPath(), 'utf8'), 'ours');
      assert.equal((await stat(lockPath())).mode & 0o777, 0o600);
      assert.equal(await LockFile.publish(lockPath(), 'second'), undefined);
      assert.equal(await removeLock(lockPath(), () => false), false);
      assert.equal(await readFile(lockPath(), 'utf8'), 'ours');
      // A copy is another file: the holder counts its lock as lost, and leaves the copy alone.
      assert.equal(await lock.isOurs(), false);
      await lock.release();
      assert.deepEqual(await readdir(path()), ['store.lock']);
    });
  });

  it('has temporary names that no lock and no store has', () => {
    assert.match(temporaryName('/a/store.lock'), /^\/a\/\.store\.lock\.[0-9a-f]{16}\.tmp$/);
  });
});
