import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { cliProgram } from '../../../src/core/cliProgram.ts';
import { isKnown } from '../../../src/core/errors.ts';
import { workFolder } from './disk/workFolder.ts';

describe('where the coderclaw program lies', () => {
  const path = workFolder();
  const home = () => path('home');
  beforeEach(async () => {
    for (const folder of ['home', 'bin']) await mkdir(path(folder));
    await writeFile(path('home', 'mine'), '#!/bin/sh\n', { mode: 0o755 });
    await writeFile(path('bin', 'coderclaw'), '#!/bin/sh\n', { mode: 0o755 });
    await writeFile(path('home', 'plain'), 'text', { mode: 0o644 });
  });
  const found = (setting: unknown, PATH = path('bin')) => cliProgram(setting, { PATH }, home());

  it('on PATH, unless a setting names it', async () => {
    for (const none of ['', '  ', undefined, 7]) {
      assert.equal(await found(none), path('bin', 'coderclaw'));
    }
    assert.equal(await found('', path('home')), undefined);
    assert.equal(await found(path('home', 'mine')), path('home', 'mine'));
    assert.equal(await found(' ~/mine '), path('home', 'mine'));
  });

  it('a setting that names no program is told, and nothing taken in its place', async () => {
    for (const bad of [
      '~/nowhere',
      '~/plain',
      '~',
      home(),
      'coderclaw',
      './coderclaw',
      '../mine',
    ]) {
      await assert.rejects(found(bad), (error) => {
        return isKnown(error, 'cli.notAProgram') && error.facts.path === bad;
      });
    }
  });
});
