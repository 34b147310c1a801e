import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where VS Code is given something to show. */
const SURFACE =
  /window\.(show(Error|Warning|Information)Message|showQuickPick|showInputBox|create(QuickPick|InputBox|WebviewPanel|StatusBarItem)|setStatusBarMessage|withProgress)|new TreeItem\(|provideTextDocumentContent|\.webview\b/;
/** What masks, directly or within. */
const MASK = /import \{[^}]*\} from '[./]*(words\/)?(masking|shownItem|plainText)\.ts'/;

/** What these show comes from no file and no provider. */
const EXCEPTIONS = [
  // Agents are named by their ids, which have no @.
  'agents/leftFolder.ts',
  // Titles and prompts of our own; the models are ids of the config.
  'commands/sessionCommands.ts',
];

describe('surfaces', () => {
  it('whatever shows something masks e-mail addresses on the way', async () => {
    const root = join('src', 'ui');
    const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'));
    const unmasked: string[] = [];
    let surfaces = 0;
    for (const file of files) {
      const text = await readFile(join(root, file), 'utf8');
      if (!SURFACE.test(text)) continue;
      surfaces += 1;
      if (!MASK.test(text)) unmasked.push(file.replaceAll('\\', '/'));
    }
    assert.ok(surfaces > 10, 'the search itself works');
    assert.deepEqual(unmasked.sort(), EXCEPTIONS);
  });
});
