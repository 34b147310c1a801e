// npm run torture: many processes, hostile neighbours and faults on the same files, and a count of what
// was lost. The last line of stdout is one JSON object; it ends with 1 if anything was.
//   npm run torture -- --seconds 600 --seed 7 [--processes 8] [--stores 6] [--keep]
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { ensureInstalled } from './install.mjs';

/** Not in out/, which `npm test` empties: a torture can last for hours. One folder for each run. */
const outdir = `node_modules/.cache/coderclaw-auth/torture-${process.pid}`;

await ensureInstalled();
const { build } = await import('esbuild');
await build({
  entryPoints: ['test/torture/*.main.ts', 'test/torture/*.worker.ts'],
  outdir: `${outdir}/torture`,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  target: 'node20',
  sourcemap: 'linked',
  logLevel: 'warning',
});
const child = spawn(
  process.execPath,
  ['--enable-source-maps', `${outdir}/torture/torture.main.js`, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  // It ends its own children and unmounts its disk.
  process.on(signal, () => child.kill(signal));
}
child.on('close', async (code) => {
  await rm(outdir, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
