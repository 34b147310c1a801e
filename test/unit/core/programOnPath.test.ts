import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { programOnPath } from '../../../src/core/programOnPath.ts';
import { workFolder } from './disk/workFolder.ts';

describe('a program on PATH', () => {
  const path = workFolder();
  if (process.platform === 'win32') return;

  const on = (...folders: string[]) => programOnPath('claude', { PATH: folders.join(delimiter) });

  beforeEach(async () => {
    for (const name of ['a', 'b', 'c']) await mkdir(path(name));
  });

  it('is the first that can be started', async () => {
    await writeFile(path('a', 'claude'), '', { mode: 0o644 });
    await mkdir(path('b', 'claude'));
    await writeFile(path('c', 'claude'), '', { mode: 0o755 });
    assert.equal(await on(path('nowhere'), path('a'), path('b'), path('c')), path('c', 'claude'));
  });

  it('is none where there is none', async () => {
    assert.equal(await on(path('a')), undefined);
    assert.equal(await programOnPath('claude', {}), undefined);
  });

  it('is never one of the folder that is open', async () => {
    await writeFile(path('a', 'claude'), '', { mode: 0o755 });
    const before = process.cwd();
    process.chdir(path('a'));
    try {
      assert.equal(await on('.', '', 'a'), undefined);
    } finally {
      process.chdir(before);
    }
  });
});
