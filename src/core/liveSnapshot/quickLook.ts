import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { callsIn } from '../disk/callsIn.ts';
import type { DiskProbe } from '../documents/hostEnvironment.ts';

/** What lies at a path, or where a link at it leads. */
export interface Seen {
  readonly stats: BigIntStats;
  readonly isLink: boolean;
}

/**
 * What `stat` says of a path, links followed; undefined where nothing is there or it cannot be seen.
 * Made on the spot where the folder lies on a local file system (`callsIn`): a status is some hundred
 * such looks. What lies behind a link may be anywhere, and is asked for through the thread pool.
 */
export async function lookAt(path: string): Promise<Seen | undefined> {
  try {
    const calls = await callsIn(dirname(path));
    const stats = await calls.find(path);
    if (!stats?.isSymbolicLink()) return stats && { stats, isLink: false };
    return { stats: await stat(path, { bigint: true }), isLink: true };
  } catch {
    return undefined;
  }
}

/** As `diskProbe`, by {@link lookAt}. */
export const quickProbe: Pick<DiskProbe, 'isFolder' | 'namesIn'> = {
  isFolder: async (path) => (await lookAt(path))?.stats.isDirectory() ?? false,
  namesIn: async (folder) => {
    try {
      return (await (await callsIn(folder)).readdir(folder)).sort();
    } catch {
      return [];
    }
  },
};
