import { basename, dirname, join, resolve } from 'node:path';
import { KnownError } from '../errors.ts';
import { errnoOf } from './diskError.ts';
import { type FileCalls, pooledCalls } from './fileCalls.ts';

/** A file that may be reached through symbolic links. Folders in all paths are resolved. */
export interface FileTarget {
  /** Where the content is, or would be: not a link. */
  readonly file: string;
  /**
   * The names under which programs know it: the one asked for and the one it leads to (often the
   * same). Its lock is the lock of both.
   */
  readonly names: readonly string[];
}

const MOST_LINKS = 40;

/**
 * Follows a path to the file that a write must replace: replacing the link itself would cut the file
 * off from whoever manages it (dotfiles in a repository, a shared folder). A link that leads nowhere
 * leads to the file to be created. The folder of `path` must exist.
 *
 * @throws {KnownError} `disk.failed` for a ring of links.
 */
export async function resolveTarget(
  path: string,
  calls: FileCalls = pooledCalls,
): Promise<FileTarget> {
  const named = await inRealFolder(path, calls);
  let file = named;
  for (let links = 0; links < MOST_LINKS; links++) {
    const next = await linkTarget(file, calls);
    if (next === undefined) return { file, names: file === named ? [file] : [named, file] };
    file = await inRealFolder(resolve(dirname(file), next), calls);
  }
  throw new KnownError('disk.failed', { path, syscall: 'readlink', errno: 'ELOOP' });
}

async function inRealFolder(path: string, calls: FileCalls): Promise<string> {
  return join(await calls.realpath(dirname(path)), basename(path));
}

async function linkTarget(path: string, calls: FileCalls): Promise<string | undefined> {
  try {
    return await calls.readlink(path);
  } catch (error) {
    const errno = errnoOf(error);
    // Windows says UNKNOWN for what is not a link.
    if (errno === 'EINVAL' || errno === 'ENOENT' || errno === 'UNKNOWN') return undefined;
    throw error;
  }
}
