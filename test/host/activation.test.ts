import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId } from '../../src/contributions.ts';

describe('the extension in VS Code', () => {
  it('is there', () => {
    assert.ok(vscode.extensions.getExtension(extensionId));
  });

  it('activates by itself once VS Code has started', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    const deadline = Date.now() + 15_000;
    while (extension?.isActive !== true && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(extension?.isActive, true);
  });

  it('runs where the files of the CLI are', () => {
    assert.equal(
      vscode.extensions.getExtension(extensionId)?.extensionKind,
      vscode.ExtensionKind.Workspace,
    );
  });
});
