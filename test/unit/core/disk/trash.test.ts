import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { moveToTrash, type TrashHost } from '../../../../src/core/disk/trash.ts';
import { isKnown, KnownError } from '../../../../src/core/errors.ts';
import { workFolder } from './workFolder.ts';

const CLOCK = { now: () => new Date(2026, 2, 21, 7, 8, 9).getTime() };

describe('the trash', () => {
  const path = workFolder();
  const host = (platform: NodeJS.Platform, env = {}): TrashHost => ({
    env,
    homedir: path('home'),
    platform,
  });
  const full = async (folder: string): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(`${folder}/auth-profiles.json`, 'secret', { mode: 0o600 });
  };
  const linux = (folder = path('wörk 1%')) => moveToTrash(folder, host('linux'), CLOCK);

  it('takes a folder whole, with a note of where it stood and when', async () => {
    await full(path('wörk 1%'));
    const trash = path('home', '.local', 'share', 'Trash');
    assert.equal(await linux(), `${trash}/files/wörk 1%`);
    assert.equal(await readFile(`${trash}/files/wörk 1%/auth-profiles.json`, 'utf8'), 'secret');
    assert.equal(
      await readFile(`${trash}/info/wörk 1%.trashinfo`, 'utf8'),
      `[Trash Info]\nPath=${path()}/w%C3%B6rk%201%25\nDeletionDate=2026-03-21T07:08:09\n`,
    );
    for (const folder of [trash, `${trash}/files`, `${trash}/info`]) {
      assert.equal((await stat(folder)).mode & 0o777, 0o700, folder);
    }
    assert.deepEqual(await readdir(path()), ['home']);
  });

  it('is where the environment says, if that is an absolute path', async () => {
    await full(path('a'));
    const given = host('linux', { XDG_DATA_HOME: path('data') });
    assert.equal(await moveToTrash(path('a'), given, CLOCK), path('data', 'Trash', 'files', 'a'));
    await full(path('a'));
    const relative = host('linux', { XDG_DATA_HOME: 'data' });
    assert.match(await moveToTrash(path('a'), relative, CLOCK), /home\/\.local\/share\/Trash/);
  });

  it('replaces nothing that is in it, with or without a note', async () => {
    const trash = path('home', '.local', 'share', 'Trash');
    await mkdir(`${trash}/files/work`, { recursive: true });
    await mkdir(`${trash}/info`);
    await writeFile(`${trash}/info/work 2.trashinfo`, 'of another');
    await full(path('work'));
    assert.equal(await linux(path('work')), `${trash}/files/work 3`);
    assert.deepEqual(await readdir(`${trash}/files/work`), []);
    assert.equal(await readFile(`${trash}/info/work 2.trashinfo`, 'utf8'), 'of another');
    assert.deepEqual((await readdir(`${trash}/info`)).sort(), [
      'work 2.trashinfo',
      'work 3.trashinfo',
    ]);
  });

  it('of macOS has no notes', async () => {
    for (const name of ['work', 'work 2']) {
      await full(path('work'));
      const moved = await moveToTrash(path('work'), host('darwin'), CLOCK);
      assert.equal(moved, path('home', '.Trash', name));
      assert.deepEqual(await readdir(moved), ['auth-profiles.json']);
    }
  });

  it('is not known on Windows', async () => {
    await full(path('work'));
    await assert.rejects(
      moveToTrash(path('work'), host('win32'), CLOCK),
      (error) => isKnown(error, 'trash.unavailable') && error.facts.why === 'platform',
    );
    assert.deepEqual(await readdir(path('work')), ['auth-profiles.json']);
  });

  it('on another device is told of, and nothing is copied', async function () {
    const [here, there] = await Promise.all([
      stat(path()),
      stat('/dev/shm').catch(() => undefined),
    ]);
    if (there === undefined || there.dev === here.dev) this.skip();
    await full(path('work'));
    const elsewhere = `/dev/shm/coderclaw-auth-test-${process.pid}`;
    const { rm } = await import('node:fs/promises');
    try {
      const other = host('linux', { XDG_DATA_HOME: elsewhere });
      await assert.rejects(
        moveToTrash(path('work'), other, CLOCK),
        (error) => isKnown(error, 'trash.unavailable') && error.facts.why === 'otherDevice',
      );
      assert.deepEqual(await readdir(`${elsewhere}/Trash/files`), []);
      assert.deepEqual(
        await readdir(`${elsewhere}/Trash/info`),
        [],
        'no note of what is not there',
      );
      assert.deepEqual(await readdir(path('work')), ['auth-profiles.json']);
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  it('that may not be written to leaves the folder where it is', async function () {
    if (process.getuid?.() === 0) this.skip();
    await full(path('work'));
    await mkdir(path('home'));
    await chmod(path('home'), 0o500);
    await assert.rejects(
      linux(path('work')),
      (error) => isKnown(error, 'trash.unavailable') && error.facts.why === 'refused',
    );
    assert.deepEqual(await readdir(path('work')), ['auth-profiles.json']);
  });

  it('takes folders only: no file, no link to one, nothing that is not there', async () => {
    await full(path('work'));
    await symlink(path('work'), path('link'));
    for (const name of ['link', 'work/auth-profiles.json', 'nothing']) {
      await assert.rejects(linux(path(name)), KnownError);
    }
    assert.ok((await lstat(path('link'))).isSymbolicLink());
    assert.deepEqual(await readdir(path('work')), ['auth-profiles.json']);
  });
});
