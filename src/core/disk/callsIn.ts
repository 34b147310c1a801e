import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from './diskError.ts';
import { type FileCalls, pooledCalls } from './fileCalls.ts';

/**
 * `f_type` of statfs(2) (linux/magic.h) of file systems whose calls are answered by this machine.
 * What is not named here may be far away, or lie in the hands of another program (FUSE).
 */
const LOCAL_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x9123683e, // Btrfs
  0x58465342, // XFS
  0xf2f52010, // F2FS
  0x2fc12fc1, // ZFS
  0x01021994, // tmpfs
  0x794c7630, // overlayfs: the root of a container
]);

/** A file system can be mounted over a folder, so what was found out holds only for so long. */
const REMEMBERED_MS = 10_000;

const remembered = new Map<string, { readonly until: number; readonly calls: FileCalls }>();

/** How to make calls in a folder, by {@link findCalls}, which is asked at most every 10 s. */
export async function callsIn(folder: string): Promise<FileCalls> {
  const now = performance.now();
  const known = remembered.get(folder);
  if (known !== undefined && now < known.until) return known.calls;
  const calls = await findCalls(folder);
  remembered.set(folder, { until: now + REMEMBERED_MS, calls });
  return calls;
}

/**
 * Directly on a file system that is known to be local, else, and where that cannot be found out,
 * through the thread pool. Elsewhere than on Linux nothing is known to be local. A folder that does
 * not exist is to lie where its nearest ancestor does. The direct ones load with their first use.
 *
 * @param platform and `typeOf` (the `f_type` of a folder) are for tests.
 */
export async function findCalls(
  folder: string,
  platform: NodeJS.Platform = process.platform,
  typeOf: (folder: string) => Promise<number> = async (path) => (await statfs(path)).type,
): Promise<FileCalls> {
  if (platform !== 'linux') return pooledCalls;
  for (let asked = folder; ; asked = dirname(asked)) {
    try {
      if (!LOCAL_FILE_SYSTEMS.has(await typeOf(asked))) return pooledCalls;
      return (await import('./directCalls.ts')).directCalls;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || asked === dirname(asked)) return pooledCalls;
    }
  }
}
