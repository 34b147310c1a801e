import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { errnoOf } from '../../disk/diskError.ts';
import { resolveTarget } from '../../disk/fileTarget.ts';
import { lookAtLock } from '../../disk/lockFile.ts';
import { describeThisProcess, ownerLiveness, pidReachIn } from '../../disk/lockOwner.ts';
import { runtimeCachePath } from '../../documents/locations.ts';

/** A commit under way has its temporary file for milliseconds. */
const LEFT_MS = 2_000;

/**
 * Whether a process that is gone left something beside a store or a config (absolute path): a lock of
 * a dead owner, or temporary files that nobody works on. Whoever takes the lock of it sweeps both.
 * @throws errors of system calls.
 */
export async function hasLeftovers(path: string, clock: Clock): Promise<boolean> {
  let names: readonly string[];
  try {
    ({ names } = await resolveTarget(path));
  } catch (error) {
    // The agent has no folder, or a link leads out of one that is gone.
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
  for (const name of names) {
    if ((await isLeftLock(`${name}.lock`)) || (await hasLeftFiles(name, clock))) return true;
  }
  return false;
}

async function isLeftLock(path: string): Promise<boolean> {
  const seen = await lookAtLock(path);
  if (seen === undefined || seen.isForeign) return false;
  const reach = await pidReachIn(dirname(path));
  return ownerLiveness(seen.payload, describeThisProcess(), reach) === 'dead';
}

async function hasLeftFiles(file: string, clock: Clock): Promise<boolean> {
  const folder = dirname(file);
  const bases = [basename(file), `${basename(file)}.lock`, basename(runtimeCachePath(''))];
  for (const name of await readdir(folder)) {
    const [, base = ''] = /^\.(.+)\.[\da-f]{16}\.tmp$/.exec(name) ?? [];
    if (bases.includes(base) && (await isOld(join(folder, name), clock))) return true;
  }
  return false;
}

async function isOld(path: string, clock: Clock): Promise<boolean> {
  try {
    return clock.now() - (await stat(path)).mtimeMs > LEFT_MS;
  } catch {
    // Gone, so somebody was working on it.
    return false;
  }
}
