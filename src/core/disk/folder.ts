import { constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from './diskError.ts';
import { type FileCalls, pooledCalls } from './fileCalls.ts';

/**
 * Makes the names in a folder (creations, renames) survive a power cut. Windows has no such call
 * for folders and orders them itself; some network file systems refuse it: both count as done.
 */
export async function syncFolder(folder: string, calls: FileCalls = pooledCalls): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await calls.open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'EINVAL' && errno !== 'ENOTSUP' && errno !== 'EOPNOTSUPP') throw error;
  } finally {
    await handle.close();
  }
}

/** Makes sure that a folder exists; what has to be created is 0700 and survives a power cut. */
export async function makePrivateFolder(
  folder: string,
  calls: FileCalls = pooledCalls,
): Promise<void> {
  if (await isFolder(folder, calls)) return;
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const top = dirname(first);
  for (let parent = dirname(folder); ; parent = dirname(parent)) {
    await syncFolder(parent);
    if (parent === top || parent === dirname(parent)) return;
  }
}

/** Whatever else it is, or if it cannot be seen: making it will tell. */
async function isFolder(path: string, calls: FileCalls): Promise<boolean> {
  try {
    return (await calls.lstat(path)).isDirectory();
  } catch {
    return false;
  }
}
