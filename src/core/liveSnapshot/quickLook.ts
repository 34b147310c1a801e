import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { callsIn } from '../disk/callsIn.ts';
import type { DiskProbe } from '../documents/hostEnvironment.ts';

/**
 * What `stat` says of a path, links followed; fails as it does. Made on the spot where the folder
 * lies on a local file system (`callsIn`): a status is some hundred such looks. What lies behind a
 * link may be anywhere, and is asked for through the thread pool.
 */
export async function statsOf(path: string): Promise<BigIntStats> {
  const calls = await callsIn(dirname(path));
  const stats = await calls.lstat(path);
  return stats.isSymbolicLink() ? await stat(path, { bigint: true }) : stats;
}

/** Whether a path is a symbolic link; false where that cannot be seen. */
export async function isLink(path: string): Promise<boolean> {
  try {
    const calls = await callsIn(dirname(path));
    return (await calls.lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

/** As `diskProbe`, by {@link statsOf}. */
export const quickProbe: Pick<DiskProbe, 'isFolder' | 'namesIn'> = {
  isFolder: async (path) => {
    try {
      return (await statsOf(path)).isDirectory();
    } catch {
      return false;
    }
  },
  namesIn: async (folder) => {
    try {
      return (await (await callsIn(folder)).readdir(folder)).sort();
    } catch {
      return [];
    }
  },
};
