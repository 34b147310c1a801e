import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { lstat, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { callsIn, findCalls } from '../../../../src/core/disk/callsIn.ts';
import { directCalls } from '../../../../src/core/disk/directCalls.ts';
import { errnoOf } from '../../../../src/core/disk/diskError.ts';
import { type FileCalls, pooledCalls } from '../../../../src/core/disk/fileCalls.ts';
import { workFolder } from './workFolder.ts';

const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
const EXT4 = 0xef53;
const NFS = 0x6969;

const kinds: readonly [string, FileCalls][] = [
  ['pooled', pooledCalls],
  ['direct', directCalls],
];
for (const [kind, calls] of kinds) {
  describe(`file calls, ${kind}`, () => {
    const path = workFolder();

    async function errnoOfCall(call: () => unknown): Promise<string | undefined> {
      try {
        await call();
        return undefined;
      } catch (error) {
        return errnoOf(error);
      }
    }

    // More than is written and read at once.
    for (const size of [0, 100, 3_000_000]) {
      it(`writes and reads back ${size} bytes, private from the start`, async () => {
        const bytes = Buffer.alloc(size, 'abcdefg');
        const file = await calls.open(path('file'), NEW_FILE, 0o600);
        await file.writeAll(bytes);
        await file.sync();
        const back = Buffer.alloc(size + 1);
        let length = 0;
        for (let more = -1; more !== 0; length += more)
          more = await file.read(back, length, length);
        assert.deepEqual(back.subarray(0, length), bytes);
        assert.equal((await file.stat()).size, BigInt(size));
        await file.close();
        assert.deepEqual(await readFile(path('file')), bytes);
        assert.equal((await stat(path('file'))).mode & 0o777, 0o600);
      });
    }

    it('finds what is there, a link itself too, and tells nothing from what cannot be seen', async () => {
      await writeFile(path('file'), 'x');
      await symlink('nowhere', path('link'));
      assert.equal((await calls.find(path('file')))?.size, 1n);
      assert.equal((await calls.find(path('link')))?.isSymbolicLink(), true);
      assert.equal(await calls.find(path('nothing')), undefined);
      assert.equal(await errnoOfCall(() => calls.find(path('x'.repeat(300)))), 'ENAMETOOLONG');
    });

    it('goes by its descriptor, wherever the file is by then', async () => {
      const file = await calls.open(path('file'), NEW_FILE, 0o600);
      await file.writeAll(Buffer.from('old text'));
      await calls.rename(path('file'), path('moved'));
      await file.overwrite('new');
      await file.utimes(1000, 2000);
      await file.chmod(0o400);
      await file.close();
      assert.equal(await readFile(path('moved'), 'utf8'), 'new text');
      const { mtimeMs, mode } = await stat(path('moved'));
      assert.deepEqual([mtimeMs, mode & 0o777], [2_000_000, 0o400]);
    });

    it('links, renames, copies, lists and deletes', async () => {
      await writeFile(path('a'), 'text');
      await calls.link(path('a'), path('b'));
      assert.equal(
        (await calls.lstat(path('b'))).ino,
        (await lstat(path('a'), { bigint: true })).ino,
      );
      await calls.rename(path('b'), path('c'));
      await calls.copyFile(path('a'), path('d'), constants.COPYFILE_EXCL);
      await calls.unlink(path('a'));
      assert.deepEqual([...(await calls.readdir(path()))].sort(), ['c', 'd']);
      await symlink('c', path('link'));
      assert.equal(await calls.readlink(path('link')), 'c');
      assert.equal(await calls.realpath(path('link')), path('c'));
      assert.equal((await calls.lstat(path('link'))).isSymbolicLink(), true);
    });

    it('fails with the code of the system', async () => {
      await writeFile(path('a'), '');
      await writeFile(path('b'), '');
      const copy = () => calls.copyFile(path('a'), path('b'), constants.COPYFILE_EXCL);
      assert.equal(await errnoOfCall(() => calls.open(path('x'), constants.O_RDONLY)), 'ENOENT');
      assert.equal(await errnoOfCall(() => calls.open(path('a'), NEW_FILE, 0o600)), 'EEXIST');
      assert.equal(await errnoOfCall(() => calls.lstat(path('x'))), 'ENOENT');
      assert.equal(await errnoOfCall(() => calls.link(path('a'), path('b'))), 'EEXIST');
      assert.equal(await errnoOfCall(() => calls.rename(path('x'), path('b'))), 'ENOENT');
      assert.equal(await errnoOfCall(() => calls.unlink(path('x'))), 'ENOENT');
      assert.equal(await errnoOfCall(() => calls.readlink(path('a'))), 'EINVAL');
      assert.equal(await errnoOfCall(copy), 'EEXIST');
    });
  });
}

describe('which file calls', () => {
  const path = workFolder();
  const none = Object.assign(new Error('ENOENT'), { code: 'ENOENT' });

  it('direct on a local file system, pooled on any other and where nobody can tell', async () => {
    assert.equal(await findCalls('/x', 'linux', async () => EXT4), directCalls);
    assert.equal(await findCalls('/x', 'linux', async () => NFS), pooledCalls);
    assert.equal(await findCalls('/x', 'linux', async () => 0x1234), pooledCalls);
    assert.equal(await findCalls('/x', 'darwin', async () => EXT4), pooledCalls);
    assert.equal(await findCalls('/x', 'win32', async () => EXT4), pooledCalls);
    const refusedInX = async (folder: string) => {
      if (folder === '/x') throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
      return EXT4;
    };
    assert.equal(await findCalls('/x', 'linux', refusedInX), pooledCalls);
  });

  it('a folder that is yet to be made lies where its nearest ancestor does', async () => {
    const asked: string[] = [];
    const typeOf = async (folder: string): Promise<number> => {
      asked.push(folder);
      if (folder !== '/disk') throw none;
      return EXT4;
    };
    assert.equal(await findCalls('/disk/a/b', 'linux', typeOf), directCalls);
    assert.deepEqual(asked, ['/disk/a/b', '/disk/a', '/disk']);
    assert.equal(await findCalls('/a', 'linux', async () => Promise.reject(none)), pooledCalls);
  });

  it('is the same for the same folder', async () => {
    assert.equal(await callsIn(path()), await callsIn(path()));
  });
});
