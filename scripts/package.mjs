// npm run package: builds the extension and packs coderclaw-auth-<version>.vsix.
import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { zipEntries } from './zipEntries.mjs';

/** What may stand in the VSIX; vsce adds the two manifests and lower-cases the texts. */
const allowed = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/package(\.nls(\.[\w-]+)?)?\.json$/,
  /^extension\/(readme|changelog)\.md$/i,
  /^extension\/license(\.txt|\.md)?$/i,
  /^extension\/dist\/[\w./-]+\.js$/,
  /^extension\/media\/[\w./-]+\.(svg|png|css|js|md)$/,
  /^extension\/media\/schemas\/[\w.-]+\.json$/,
];

/**
 * Packs what stands in dist/.
 * @returns {Promise<{ path: string, bytes: number, entries: { name: string, size: number }[] }>}
 * @throws {Error} If packing failed, or something is in it that must not be.
 */
export async function packExtension() {
  const path = await vsixPath();
  node(
    'node_modules/@vscode/vsce/vsce',
    'package',
    '--no-dependencies', // dist/ holds them
    ...['--allow-missing-repository', '--no-rewrite-relative-links'],
    ...['--out', path],
  );
  const entries = await zipEntries(path);
  const strangers = entries.filter(({ name }) => !allowed.some((pattern) => pattern.test(name)));
  if (strangers.length > 0) {
    throw new Error(
      `${path} holds what it must not: ${strangers.map(({ name }) => name).join(', ')}`,
    );
  }
  if (!entries.some(({ name }) => name === 'extension/dist/extension.js')) {
    throw new Error(`${path} does not hold dist/extension.js.`);
  }
  const missing = (await mediaInManifest()).filter(
    (media) => !entries.some(({ name }) => name === `extension/${media}`),
  );
  if (missing.length > 0) throw new Error(`${path} does not hold ${missing.join(', ')}.`);
  return { path, bytes: (await stat(path)).size, entries };
}

/** @returns {Promise<string[]>} Every file below media/ that the manifest names. */
async function mediaInManifest() {
  const manifest = await readFile('package.json', 'utf8');
  return [...manifest.matchAll(/"(?:\.\/)?(media\/[^"]+)"/g)].map(([, file = '']) => file);
}

/** @returns {Promise<string>} Where the packed extension goes. */
export async function vsixPath() {
  /** @type {{ name: string, version: string }} */
  const { name, version } = JSON.parse(await readFile('package.json', 'utf8'));
  return `${name}-${version}.vsix`;
}

/** Bundles src/ into dist/. */
export function buildExtension() {
  node('esbuild.mjs');
}

/** @param {string[]} args */
function node(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
  if (status !== 0) {
    throw new Error(`node ${args.join(' ')} failed:\n${stdout}${stderr}`);
  }
}

async function main() {
  await ensureInstalled();
  buildExtension();
  const { path, bytes, entries } = await packExtension();
  for (const { name, size } of entries) {
    console.log(`${String(size).padStart(9)}  ${name}`);
  }
  console.log(`${path}: ${entries.length} files, ${(bytes / 1024).toFixed(1)} KB`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(String(error));
    process.exitCode = 1;
  });
}
