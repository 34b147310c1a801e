import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { extensionId } from '../../src/contributions.ts';

describe('the documentation of the API for providers', () => {
  it('shows the example that the tests sign in with, whole', async () => {
    const text = await readFile('docs/provider-api.md', 'utf8');
    const shown = /```js\n(.*?)```/s.exec(text)?.[1];
    assert.equal(shown, await readFile('docs/example-provider/extension.js', 'utf8'));
    const manifest = JSON.parse(await readFile('docs/example-provider/package.json', 'utf8'));
    assert.deepEqual(manifest.extensionDependencies, [extensionId]);
    for (const key of ['extensionDependencies', 'activationEvents']) {
      const line = `"${key}": ${JSON.stringify(manifest[key])}`;
      assert.ok(text.includes(line), line);
    }
  });

  it('the example is short', async () => {
    const text = await readFile('docs/example-provider/extension.js', 'utf8');
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    assert.ok(lines.length <= 35, `${lines.length} lines`);
  });
});
