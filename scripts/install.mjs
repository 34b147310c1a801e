// Sees to it that what package-lock.json names is installed, so that every command works in a fresh clone.
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/**
 * @typedef {{ version?: string, optional?: boolean, peer?: boolean }} LockedPackage
 */

/**
 * Runs `npm ci` if node_modules does not hold what package-lock.json names. Compares contents, not
 * times: a checkout moves those.
 * @returns {Promise<void>}
 */
export async function ensureInstalled() {
  if (await isInstalled()) {
    return;
  }
  console.error('Installing the packages that package-lock.json names (npm ci)…');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    throw new Error('npm ci failed; see above.');
  }
}

/** @returns {Promise<boolean>} */
async function isInstalled() {
  const wanted = await lockedPackages('package-lock.json');
  // npm writes this one at the end of each install.
  const found = await lockedPackages('node_modules/.package-lock.json');
  return [...wanted].every(([path, { version, optional }]) => {
    const there = found.get(path);
    return there === undefined ? optional === true : there.version === version;
  });
}

/**
 * By path below the root, without the root itself; empty if there is no such file.
 * @param {string} file
 * @returns {Promise<Map<string, LockedPackage>>}
 */
async function lockedPackages(file) {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  /** @type {{ packages?: Record<string, LockedPackage> }} */
  const { packages = {} } = JSON.parse(text);
  return new Map(Object.entries(packages).filter(([path]) => path !== ''));
}
