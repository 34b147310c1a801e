import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { systemClock } from '../../../../../src/core/clock.ts';
import { StoreRounds } from '../../../../../src/core/custody/repair/storeRounds.ts';
import { workFolder } from '../../disk/workFolder.ts';

describe('what a round of the upkeep sees of stores', () => {
  const path = workFolder();
  const has = (...names: readonly string[]): Promise<boolean> =>
    new StoreRounds([], systemClock).hasFolder(path(...names, 'auth-profiles.json'));

  it('that a folder is there, or has gone', async () => {
    await mkdir(path('there'));
    await writeFile(path('file'), '');
    assert.equal(await has('there'), true);
    assert.equal(await has('gone', 'deeper'), false);
    assert.equal(await has('file'), false);
    assert.equal(await has('file', 'below'), false);
  });

  it('not that it has gone where that cannot be seen: a promise would be dropped for it', async () => {
    await symlink(path('loop'), path('loop'));
    await assert.rejects(has('loop'), (error) => error instanceof Error && 'code' in error);
  });
});
