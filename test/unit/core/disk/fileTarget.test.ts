import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { resolveTarget } from '../../../../src/core/disk/fileTarget.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import { workFolder } from './workFolder.ts';

describe('file target (S22)', () => {
  const path = workFolder();

  it('is the file itself, there or not', async () => {
    assert.deepEqual(await resolveTarget(path('a')), { file: path('a'), names: [path('a')] });
    await writeFile(path('a'), '');
    assert.deepEqual(await resolveTarget(path('a')), { file: path('a'), names: [path('a')] });
  });

  it('follows links, relative ones and ones that lead nowhere too', async () => {
    await mkdir(path('real'));
    await symlink('real/file', path('link'));
    await symlink(path('link'), path('outer'));
    const file = path('real', 'file');
    assert.deepEqual(await resolveTarget(path('link')), { file, names: [path('link'), file] });
    assert.deepEqual(await resolveTarget(path('outer')), { file, names: [path('outer'), file] });
  });

  it('knows one file by one name however its folder is reached', async () => {
    await mkdir(path('real'));
    await symlink(path('real'), path('alias'));
    assert.deepEqual(
      await resolveTarget(path('alias', 'f')),
      await resolveTarget(path('real', 'f')),
    );
  });

  it('gives up on a ring', async () => {
    await symlink(path('b'), path('a'));
    await symlink(path('a'), path('b'));
    await assert.rejects(resolveTarget(path('a')), (error) => isKnown(error, 'disk.failed'));
  });
});
