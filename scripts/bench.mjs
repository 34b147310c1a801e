// npm run bench: the figures that the design sets, each beside a peer in the same run. The table goes to
// stderr, the last line of stdout is one JSON object {"metrics": {…}}.
//   npm run bench -- [row…]    rows: read upsert10 upsert1000 contention refresh takeover status tree activation idle
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { ensureInstalled } from './install.mjs';

/** Not in out/, which `npm test` empties. One folder for each run. */
const outdir = `node_modules/.cache/coderclaw-auth/bench-${process.pid}`;
const metafile = `${outdir}/extension-meta.json`;

await ensureInstalled();
const { build } = await import('esbuild');
await mkdir(outdir, { recursive: true });
const sizes = spawnSync(process.execPath, ['esbuild.mjs', '--meta', metafile], {
  stdio: 'inherit',
});
if (sizes.status !== 0) throw new Error('the extension does not build');
await build({
  entryPoints: ['test/bench/*.main.ts', 'test/process/refresher.worker.ts'],
  outbase: 'test',
  outdir,
  bundle: true,
  format: 'esm',
  platform: 'node',
  splitting: true,
  packages: 'external',
  target: 'node20',
  sourcemap: 'linked',
  logLevel: 'warning',
  alias: { vscode: './test/support/l10nOnly.ts' },
});
const child = spawn(
  process.execPath,
  [`${outdir}/bench/bench.main.js`, metafile, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal));
}
child.on('close', async (code) => {
  await rm(outdir, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
