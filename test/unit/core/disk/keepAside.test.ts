import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { keepAside } from '../../../../src/core/disk/keepAside.ts';
import { KnownError } from '../../../../src/core/errors.ts';
import { workFolder } from './workFolder.ts';

describe('keeping a file aside', () => {
  const path = workFolder();

  it('moves it whole under the new name, 0600', async () => {
    await writeFile(path('a'), 'old');
    await chmod(path('a'), 0o644);
    assert.equal(await keepAside(path('a'), path('a.kept')), path('a.kept'));
    assert.deepEqual(await readdir(path()), ['a.kept']);
    assert.equal(await readFile(path('a.kept'), 'utf8'), 'old');
    assert.equal((await stat(path('a.kept'))).mode & 0o777, 0o600);
  });

  it('replaces nothing: another name is found', async () => {
    await writeFile(path('a'), 'old');
    await writeFile(path('a.kept'), 'there');
    await mkdir(path('a.kept-2'));
    assert.equal(await keepAside(path('a'), path('a.kept')), path('a.kept-3'));
    assert.equal(await readFile(path('a.kept'), 'utf8'), 'there');
    assert.equal(await readFile(path('a.kept-3'), 'utf8'), 'old');
  });

  it('leaves nothing behind where it cannot', async () => {
    await assert.rejects(keepAside(path('a'), path('a.kept')), KnownError);
    await mkdir(path('folder'));
    await assert.rejects(keepAside(path('folder'), path('a.kept')), KnownError);
    assert.deepEqual(await readdir(path()), ['folder']);
  });
});
