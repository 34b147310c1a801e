// Builds the extension into dist/ and, with --tests, the test rings into out/.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** @param {string} folder @param {RegExp} wanted @returns {Promise<string[]>} */
async function filesBelow(folder, wanted) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && wanted.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  splitting: true,
  logLevel: 'warning',
};

// What VS Code loads. Flows that are used rarely (sign-in, config edits) are split off by `import()`.
await rm('dist', { recursive: true, force: true });
const extension = await build({
  ...common,
  entryPoints: ['src/extension.ts'],
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  target: 'node22',
  external: ['vscode'],
  minify: true,
  metafile: true,
});
if (process.argv.includes('--sizes')) {
  for (const [file, { bytes }] of Object.entries(extension.metafile.outputs)) {
    console.log(`${file} ${bytes}`);
  }
}

if (process.argv.includes('--tests')) {
  await rm('out', { recursive: true, force: true });
  await mkdir('out');
  await writeFile('out/extension-meta.json', JSON.stringify(extension.metafile));
  /** @type {import('esbuild').BuildOptions} */
  const tests = {
    ...common,
    outdir: 'out',
    outbase: 'test',
    target: 'node20',
    packages: 'external',
    sourcemap: 'linked',
    chunkNames: 'chunks/[name]-[hash]',
  };
  // Plain Node: `vscode` is only its l10n here, so a test that pulls in more of it does not build.
  await build({
    ...tests,
    entryPoints: [
      ...(await filesBelow('test/unit', /\.test\.ts$/)),
      ...(await filesBelow('test/process', /\.(test|worker)\.ts$/)),
      ...(await filesBelow('test/e2e', /\.test\.ts$/)),
      ...(await filesBelow('test/support', /\.main\.ts$/)),
    ],
    alias: { vscode: './test/support/l10nOnly.ts' },
  });
  // Inside the extension host. Bundled whole: the host resolves no node_modules of ours.
  await build({
    ...tests,
    splitting: false,
    packages: 'bundle',
    target: 'node22',
    entryPoints: ['test/host/index.ts'],
    external: ['vscode', 'mocha'],
  });
}
