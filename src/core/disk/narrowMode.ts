import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { KnownError } from '../errors.ts';
import { asDiskError } from './diskError.ts';

/**
 * Takes from a file or folder of ours the permissions beyond `wanted`, and adds none. By descriptor, and
 * never through a link in its last place (an absolute path without links is expected): nobody can put
 * something else there meanwhile. What belongs to another user is left alone.
 *
 * @throws {KnownError} `disk.readOnly` without permission; `disk.failed`, also where it is a link or of the
 * other kind now, is not ours, or lies on a file system that has no such modes (`ENOTSUP`).
 */
export async function narrowMode(
  path: string,
  { isFolder, wanted }: { readonly isFolder: boolean; readonly wanted: number },
): Promise<void> {
  try {
    const file = await open(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    try {
      const stats = await file.stat();
      const isOfKind = isFolder ? stats.isDirectory() : stats.isFile();
      if (!isOfKind) throw failed(path, 'EFTYPE');
      if (stats.uid !== process.geteuid?.()) throw failed(path, 'EPERM');
      const mode = stats.mode & 0o777;
      if ((mode & ~wanted) === 0) return;
      await file.chmod(mode & wanted);
      // Some file systems make modes up, and say nothing.
      if (((await file.stat()).mode & 0o777 & ~wanted) !== 0) throw failed(path, 'ENOTSUP');
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asDiskError(error, path);
  }
}

function failed(path: string, errno: string): KnownError {
  return new KnownError('disk.failed', { path, syscall: 'chmod', errno });
}
