import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { KnownError } from '../../src/core/errors.ts';
import { waysOut } from '../../src/ui/waysOut.ts';

describe('what can be done about a failure', () => {
  let folder: string;
  let path: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coderclaw-ways-'));
    path = join(folder, 'coderclaw.json');
    await writeFile(path, '{\n  "auth": {},\n  "agents": nothing\n}\n');
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true, force: true });
  });

  /** Where the caret stands once the one way has been gone; counted from 1. */
  async function openedAt(error: KnownError): Promise<readonly [string, number, number]> {
    const [way, ...others] = waysOut(error);
    assert.equal(way?.label, 'Open Config');
    assert.equal(others.length, 0);
    await way.run();
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const { line, character } = editor.selection.active;
    return [editor.document.fileName, line + 1, character + 1];
  }

  it('a config that is not valid is opened where that is', async () => {
    const facts = { path, detail: 'unexpected "n"', line: 3, column: 13 };
    assert.deepEqual(await openedAt(new KnownError('config.invalid', facts)), [path, 3, 13]);
  });

  it('one that takes a part from elsewhere is opened, and any other failure offers nothing', async () => {
    const facts = { path, key: 'agents.list' };
    const [opened] = await openedAt(new KnownError('config.notEditable', facts));
    assert.equal(opened, path);
    assert.deepEqual(waysOut(new KnownError('disk.full', { path })), []);
    assert.deepEqual(waysOut(new Error('x')), []);
  });
});
