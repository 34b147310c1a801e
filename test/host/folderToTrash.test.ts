import assert from 'node:assert/strict';
import { access, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../src/core/clock.ts';
import { isKnown } from '../../src/core/errors.ts';
import { folderToTrash } from '../../src/ui/agents/folderToTrash.ts';

describe('a folder on its way to the trash', () => {
  let root: string;
  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'coderclaw-trash-')));
  });
  after(() => rm(root, { recursive: true, force: true }));

  async function folder(name: string): Promise<string> {
    const path = await mkdtemp(join(root, name));
    await writeFile(join(path, 'file'), 'kept');
    return path;
  }
  const isThere = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );

  it('is moved by us where the trash is a folder', async () => {
    const path = await folder('ours-');
    const host = { env: { XDG_DATA_HOME: root }, homedir: root, platform: 'linux' } as const;
    const moved = await folderToTrash(path, host, systemClock);
    assert.ok(moved?.startsWith(join(root, 'Trash', 'files')));
    assert.equal(await isThere(path), false);
  });

  it('stays, or VS Code itself moves it, where only the system knows its trash', async () => {
    const path = await folder('theirs-');
    const host = { env: {}, homedir: homedir(), platform: 'win32' } as const;
    const isDesktop = vscode.env.uiKind === vscode.UIKind.Desktop;
    const failure = await folderToTrash(path, host, systemClock).then(
      () => undefined,
      (error: unknown) => error,
    );
    // A desktop without a trash refuses too, and says so.
    assert.ok(isDesktop || failure !== undefined);
    if (failure !== undefined) assert.ok(isKnown(failure, 'trash.unavailable'), String(failure));
    assert.equal(await isThere(join(path, 'file')), failure !== undefined);
  });
});
