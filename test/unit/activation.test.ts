import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Metafile } from 'esbuild';

/** What an activation loads: the entry and every chunk that it imports statically, minified. */
async function loadedAtActivation(): Promise<{
  files: number;
  bytes: number;
  inputs: readonly string[];
}> {
  const meta: Metafile = JSON.parse(await readFile('out/extension-meta.json', 'utf8'));
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { kind, external, path: next } of meta.outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) visit(next);
    }
  };
  visit('dist/extension.js');
  const outputs = [...seen].flatMap((path) => meta.outputs[path] ?? []);
  return {
    files: outputs.length,
    bytes: outputs.reduce((sum, output) => sum + output.bytes, 0),
    inputs: outputs.flatMap((output) => Object.keys(output.inputs)),
  };
}

describe('what an activation costs', () => {
  it('loads at most 60 KB', async () => {
    const { bytes } = await loadedAtActivation();
    assert.ok(bytes > 10_000, 'the measure itself works');
    assert.ok(bytes <= 60 * 1024, `${bytes} bytes`);
  });

  it('loads two files: the entry, and what it shares with what is loaded later', async () => {
    const { files } = await loadedAtActivation();
    assert.equal(files, 2);
  });

  it('loads no library, neither the vault nor the sign-in, and no row or hover', async () => {
    const { inputs } = await loadedAtActivation();
    const heavy =
      /node_modules|custody\/vault|signin\/attempt|documents\/config(Edits|Includes)|core\/redact|disk\/directCalls|signin\/secrets|okenEnds|tree\/(nodes|rows)|[hH]over|stateSentence/;
    assert.deepEqual(
      inputs.filter((input) => heavy.test(input)),
      [],
    );
  });
});
