import { chmod, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asDiskError, errnoOf } from './diskError.ts';
import { syncFolder } from './folder.ts';
import { renameFile } from './renameFile.ts';
import { unlinkIfThere } from './temporaryFiles.ts';

const MOST_NAMES = 100;

/**
 * Renames a file to a free name that begins with `name` (same folder): that one, or `<name>-2` and so
 * on. It becomes 0600 first. No file is ever replaced: the new name is reserved by an empty file of
 * ours. Durable once resolved.
 *
 * @returns the new path.
 * @throws {KnownError} `disk.*`: the file is where it was.
 */
export async function keepAside(path: string, name: string): Promise<string> {
  try {
    await chmod(path, 0o600);
    const reserved = await reserve(name);
    try {
      await renameFile(path, reserved);
    } catch (error) {
      await unlinkIfThere(reserved);
      throw error;
    }
    await syncFolder(dirname(path));
    return reserved;
  } catch (error) {
    throw asDiskError(error, path);
  }
}

async function reserve(name: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? name : `${name}-${number}`;
    try {
      await (await open(path, 'wx', 0o600)).close();
      return path;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST' || number === MOST_NAMES) throw error;
    }
  }
}
