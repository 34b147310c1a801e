import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from './diskError.ts';
import { type FileCalls, pooledCalls } from './fileCalls.ts';

/** A fresh name beside `path` that no store, config or lock ever has. */
export function temporaryName(path: string): string {
  const name = `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`;
  return join(dirname(path), name);
}

/**
 * Deletes every temporary file of `path`, and those of its lock whose makers are dead. Only for the
 * holder of the lock of `path`.
 *
 * This is more than tidiness. A former holder that was stopped just before its rename (a suspended
 * laptop, SIGSTOP) could wake up and put an old document over newer ones: no check before a rename
 * can rule that out. But its temporary file is gone once the next holder has swept, so its rename
 * fails. Sweeping before reading is therefore part of the lock.
 *
 * @param companions names of other files in the same folder that are written under the same lock.
 * @returns how many were deleted.
 */
export async function sweepTemporaryFiles(
  path: string,
  isAbandonedLock: (temporary: string) => Promise<boolean>,
  companions: readonly string[] = [],
  calls: FileCalls = pooledCalls,
): Promise<number> {
  const folder = dirname(path);
  const names = await calls.readdir(folder);
  let swept = 0;
  for (const base of [basename(path), ...companions]) {
    for (const name of temporaryNamesOf(base, names)) {
      await unlinkIfThere(join(folder, name), calls);
      swept += 1;
    }
  }
  for (const name of temporaryNamesOf(`${basename(path)}.lock`, names)) {
    if (!(await isAbandonedLock(join(folder, name)))) continue;
    await unlinkIfThere(join(folder, name), calls);
    swept += 1;
  }
  return swept;
}

function temporaryNamesOf(base: string, names: readonly string[]): string[] {
  const prefix = `.${base}.`;
  return names.filter(
    (name) => name.startsWith(prefix) && /^[0-9a-f]{16}\.tmp$/.test(name.slice(prefix.length)),
  );
}

/** Deletes a file; one that is not there is fine. */
export async function unlinkIfThere(path: string, calls: FileCalls = pooledCalls): Promise<void> {
  try {
    await calls.unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
