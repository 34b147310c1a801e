import assert from 'node:assert/strict';
import { chmod, link, lstat, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type ReplaceGuard, replaceFile } from '../../../../src/core/disk/atomicFile.ts';
import type { CheckpointName } from '../../../../src/core/disk/checkpoint.ts';
import { strictRead } from '../../../../src/core/disk/strictRead.ts';
import { isKnown, KnownError } from '../../../../src/core/errors.ts';
import { withoutHardLinks } from './withoutHardLinks.ts';
import { workFolder } from './workFolder.ts';

const NEW = Buffer.from('new content');

describe('atomic file', () => {
  const path = workFolder();

  async function guard(overrides: Partial<ReplaceGuard> = {}): Promise<ReplaceGuard> {
    const expected = await strictRead(path('file'));
    assert(expected.kind !== 'unreadable');
    return { expected, reparse: () => {}, proveOwnership: async () => {}, ...overrides };
  }

  /** Runs `act` at a point of a replacement. */
  async function replaceWith(point: CheckpointName, act: () => Promise<unknown>): Promise<unknown> {
    const checkpoint = async (name: CheckpointName): Promise<void> => {
      if (name === point) await act();
    };
    return await replaceFile(path('file'), NEW, await guard({ checkpoint }));
  }

  it('creates and replaces', async () => {
    await replaceFile(path('file'), NEW, await guard());
    assert.equal(await readFile(path('file'), 'utf8'), 'new content');
    await replaceFile(path('file'), Buffer.from('newer'), await guard());
    assert.equal(await readFile(path('file'), 'utf8'), 'newer');
    assert.deepEqual(await readdir(path()), ['file']);
  });

  it('I15: no file is ever looser than 0600, and a looser one becomes 0600', async () => {
    await writeFile(path('file'), 'old');
    await chmod(path('file'), 0o644);
    const modes = new Set<number>();
    const checkpoint = async (): Promise<void> => {
      for (const name of await readdir(path())) {
        const { mode } = await lstat(path(name));
        if (name !== 'file') modes.add(mode & 0o777);
      }
    };
    await replaceFile(path('file'), NEW, await guard({ checkpoint }));
    assert.deepEqual([...modes], [0o600]);
    assert.equal((await stat(path('file'))).mode & 0o777, 0o600);
  });

  it('keeps a stricter mode', async () => {
    await writeFile(path('file'), 'old');
    await chmod(path('file'), 0o400);
    await replaceFile(path('file'), NEW, await guard());
    assert.equal((await stat(path('file'))).mode & 0o777, 0o400);
  });

  it("keeps the owner when root writes another user's file", async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const { chown } = await import('node:fs/promises');
    await writeFile(path('file'), 'old');
    await chown(path('file'), 12345, 12345);
    await replaceFile(path('file'), NEW, await guard());
    assert.equal((await stat(path('file'))).uid, 12345);
  });

  for (const point of ['temp.created', 'temp.synced', 'proven'] as const) {
    it(`starts over if the file changed at ${point}`, async () => {
      await writeFile(path('file'), 'old');
      await assert.rejects(
        replaceWith(point, () => writeFile(path('file'), 'CLI')),
        (error) => isKnown(error, 'disk.contended'),
      );
      assert.equal(await readFile(path('file'), 'utf8'), 'CLI');
      assert.deepEqual(await readdir(path()), ['file']);
    });
  }

  it('does not replace a file that appeared at the last moment', async () => {
    await assert.rejects(
      replaceWith('compared', () => writeFile(path('file'), 'CLI')),
      (error) => isKnown(error, 'disk.contended'),
    );
    assert.equal(await readFile(path('file'), 'utf8'), 'CLI');
  });

  it('does without hard links', async () => {
    await withoutHardLinks(async () => replaceFile(path('file'), NEW, await guard()));
    assert.equal(await readFile(path('file'), 'utf8'), 'new content');
    assert.deepEqual(await readdir(path()), ['file']);
  });

  it('starts over if the file was removed', async () => {
    await writeFile(path('file'), 'old');
    await assert.rejects(
      replaceWith('temp.synced', () => rm(path('file'))),
      (error) => isKnown(error, 'disk.contended'),
    );
    assert.deepEqual(await readdir(path()), []);
  });

  it('I2: writes nothing without proof of the lock', async () => {
    await writeFile(path('file'), 'old');
    const proveOwnership = async (): Promise<never> => {
      throw new KnownError('lock.lost', { path: 'x' });
    };
    await assert.rejects(replaceFile(path('file'), NEW, await guard({ proveOwnership })), (error) =>
      isKnown(error, 'lock.lost'),
    );
    assert.equal(await readFile(path('file'), 'utf8'), 'old');
    assert.deepEqual(await readdir(path()), ['file']);
  });

  it('I1: cannot rename once its temporary file was swept, even after all checks', async () => {
    await writeFile(path('file'), 'old');
    const sweep = async (): Promise<void> => {
      for (const name of await readdir(path())) if (name !== 'file') await rm(path(name));
    };
    await assert.rejects(replaceWith('compared', sweep), (error) => isKnown(error, 'lock.lost'));
    assert.equal(await readFile(path('file'), 'utf8'), 'old');
  });

  it('writes nothing if what came back from the disk is not what was meant', async () => {
    await writeFile(path('file'), 'old');
    const reparse = (written: Buffer): void => {
      assert.equal(written.toString(), 'something else');
    };
    await assert.rejects(replaceFile(path('file'), NEW, await guard({ reparse })));
    assert.equal(await readFile(path('file'), 'utf8'), 'old');
    assert.deepEqual(await readdir(path()), ['file']);
  });

  it('finds a file that the disk cut short', async () => {
    await writeFile(path('file'), 'old');
    const cut = async (): Promise<void> => {
      const { truncate } = await import('node:fs/promises');
      for (const name of await readdir(path())) if (name !== 'file') await truncate(path(name), 3);
    };
    await assert.rejects(replaceWith('temp.written', cut), (error) => isKnown(error, 'disk.full'));
    assert.equal(await readFile(path('file'), 'utf8'), 'old');
  });

  it('finds bytes that came back from the disk as others', async () => {
    await writeFile(path('file'), 'old');
    const turn = async (): Promise<void> => {
      for (const name of await readdir(path())) {
        if (name !== 'file') await writeFile(path(name), 'NEW content');
      }
    };
    await assert.rejects(replaceWith('temp.written', turn), (error) => isKnown(error, 'disk.full'));
    assert.equal(await readFile(path('file'), 'utf8'), 'old');
  });

  it('leaves another hard link to the old file as it was', async () => {
    await writeFile(path('file'), 'old');
    await link(path('file'), path('other'));
    await replaceFile(path('file'), NEW, await guard());
    assert.equal(await readFile(path('other'), 'utf8'), 'old');
  });
});
