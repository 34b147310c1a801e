// Builds the extension into dist/ and, with --tests, the test rings into out/.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

/** @param {string} folder @param {RegExp} wanted @returns {Promise<string[]>} */
async function filesBelow(folder, wanted) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && wanted.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Lets every module that is loaded late, by `import()`, import the entry, which is loaded by then. So
 * all that an activation needs is needed by the same modules, and esbuild puts it into one chunk
 * rather than one for each set of modules that share something: 2 files to load in place of 20, and
 * no code to tie them together.
 * @param {string} entry @returns {Promise<import('esbuild').Plugin>}
 */
async function inOneChunk(entry) {
  /** @type {Set<string>} */
  const late = new Set();
  for (const file of await filesBelow('src', /\.ts$/)) {
    const text = await readFile(file, 'utf8');
    for (const [, path = ''] of text.matchAll(/\bimport\('(\.[^']+)'\)/g)) {
      late.add(resolve(dirname(file), path));
    }
  }
  const importEntry = `\nimport ${JSON.stringify(resolve(entry))};\n`;
  return {
    name: 'inOneChunk',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, async ({ path }) =>
        late.has(path)
          ? { contents: (await readFile(path, 'utf8')) + importEntry, loader: 'ts' }
          : undefined,
      ),
  };
}

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  splitting: true,
  logLevel: 'warning',
};

// `--meta <file>`: only says what dist/ would hold, to that file, and writes nothing else.
const metaAt = process.argv.indexOf('--meta') + 1;

// What VS Code loads. Flows that are used rarely (sign-in, config edits) are split off by `import()`.
if (metaAt === 0) await rm('dist', { recursive: true, force: true });
const extension = await build({
  ...common,
  entryPoints: ['src/extension.ts'],
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  target: 'node22',
  external: ['vscode'],
  minify: true,
  charset: 'utf8',
  metafile: true,
  write: metaAt === 0,
  plugins: [await inOneChunk('src/extension.ts')],
});
// What the page of the dashboard runs, in a frame of its own: one file for a browser.
if (metaAt === 0) {
  await build({
    entryPoints: { dashboard: 'src/ui/dashboard/page/main.ts' },
    outdir: 'dist',
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome128',
    minify: true,
    charset: 'utf8',
    logLevel: 'warning',
  });
}
if (metaAt > 0) await writeFile(process.argv[metaAt] ?? '', JSON.stringify(extension.metafile));
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
      ...(await filesBelow('test/torture', /\.(main|worker)\.ts$/)),
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
