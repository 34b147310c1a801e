import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versionOf } from '../../../../src/core/liveSnapshot/fileVersion.ts';

describe('versionOf', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'file-version-'));
    path = join(folder, 'file');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is nothing where there is no file', async () => {
    assert.equal(await versionOf(path, Date.now()), undefined);
  });

  it('differs after a write, a replacement, and one that puts the old time back', async () => {
    const keys = new Set<string | undefined>();
    const look = async () => keys.add((await versionOf(path, Date.now()))?.key);
    await writeFile(path, 'one');
    await look();
    const { atime, mtime } = await stat(path);
    await writeFile(path, 'three');
    await look();
    await writeFile(`${path}.new`, 'three');
    await rename(`${path}.new`, path);
    await look();
    await writeFile(path, 'one');
    await utimes(path, atime, mtime);
    await look();
    assert.equal(keys.size, 4);
  });

  it('is settled once the file has been left alone for longer than a coarse time stamp', async () => {
    await writeFile(path, 'one');
    const { ctimeMs } = await stat(path);
    assert.equal((await versionOf(path, ctimeMs + 2_000))?.settled, false);
    assert.equal((await versionOf(path, ctimeMs + 3_000))?.settled, true);
    // A clock behind the file's is no reason to trust it.
    assert.equal((await versionOf(path, ctimeMs - 60_000))?.settled, false);
  });
});
