import { constants } from 'node:fs';
import { copyFile, type FileHandle, link, lstat, open } from 'node:fs/promises';
import type { Checkpoint } from './checkpoint.ts';
import { errnoOf } from './diskError.ts';
import { type FileIdentity, identityOf, isSameFile } from './fileIdentity.ts';
import { meansNoHardLinks } from './linkSupport.ts';
import { type LockPayload, MAX_PAYLOAD_BYTES, parseLockPayload } from './lockPayload.ts';
import { renameFile } from './renameFile.ts';
import { temporaryName, unlinkIfThere } from './temporaryFiles.ts';

/** A lock file as it stood at one moment, ours or not. */
export interface SeenLock {
  readonly identity: FileIdentity;
  readonly mtimeNs: bigint;
  readonly text: string;
  readonly payload: LockPayload;
  /** A folder, a link, a pipe: not of this protocol. */
  readonly isForeign: boolean;
}

export function isSameSighting(a: SeenLock, b: SeenLock): boolean {
  return isSameFile(a.identity, b.identity) && a.mtimeNs === b.mtimeNs && a.text === b.text;
}

/** Looks at a lock file; undefined if there is none. One that may not be read has an empty text. */
export async function lookAtLock(path: string): Promise<SeenLock | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(MAX_PAYLOAD_BYTES);
    const stats = await handle.stat({ bigint: true });
    const isForeign = !stats.isFile();
    const length = isForeign ? 0 : (await handle.read(buffer, 0, buffer.length, 0)).bytesRead;
    const text = buffer.toString('utf8', 0, length);
    return {
      identity: identityOf(stats),
      mtimeNs: stats.mtimeNs,
      text,
      payload: parseLockPayload(text),
      isForeign,
    };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    return await lookFromOutside(path);
  } finally {
    await handle?.close();
  }
}

async function lookFromOutside(path: string): Promise<SeenLock | undefined> {
  try {
    const stats = await lstat(path, { bigint: true });
    const { mtimeNs } = stats;
    const isForeign = !stats.isFile();
    return { identity: identityOf(stats), mtimeNs, text: '', payload: {}, isForeign };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes the lock at `path` if, and only if, it is the one that `isMeant` accepts.
 *
 * Looking and then deleting could delete a lock that came in between. So it is renamed aside first,
 * which only one process can do, and looked at there; a wrong one is put back unless its place is
 * taken by then. Its owner, if it lost its lock so, finds out before it commits.
 *
 * @returns whether the lock that was meant is gone from `path`, by us or another.
 */
export async function removeLock(
  path: string,
  isMeant: (seen: SeenLock) => boolean,
  atAside?: () => void | Promise<void>,
): Promise<boolean> {
  const aside = temporaryName(path);
  try {
    await renameFile(path, aside);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return true;
    throw error;
  }
  await atAside?.();
  try {
    const seen = await lookAtLock(aside);
    if (seen === undefined || isMeant(seen)) return true;
    await putBack(aside, path);
    return false;
  } finally {
    await unlinkIfThere(aside);
  }
}

async function putBack(aside: string, path: string): Promise<void> {
  try {
    await link(aside, path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' || errnoOf(error) === 'ENOENT') return;
    if (!meansNoHardLinks(error)) throw error;
    // A copy has another identity, so a holder of ours will count it as lost: the safe side.
    await copyFile(aside, path, constants.COPYFILE_EXCL).catch((reason: unknown) => {
      if (errnoOf(reason) !== 'EEXIST') throw reason;
    });
  }
}

/** A lock that we published. Its descriptor stays open, so its identity cannot be reused. */
export class LockFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #identity: FileIdentity;

  private constructor(path: string, handle: FileHandle, identity: FileIdentity) {
    this.path = path;
    this.#handle = handle;
    this.#identity = identity;
  }

  /**
   * Publishes a lock file whole: nobody ever sees an empty one. Undefined if another is there.
   * On a file system without hard links it is created in place and filled with one write.
   */
  static async publish(
    path: string,
    text: string,
    checkpoint?: Checkpoint,
  ): Promise<LockFile | undefined> {
    const temporary = temporaryName(path);
    const handle = await open(temporary, 'wx+', 0o600);
    let published = false;
    let hardLinks = true;
    try {
      await handle.writeFile(text);
      const identity = identityOf(await handle.stat({ bigint: true }));
      await checkpoint?.('lock.written');
      try {
        await link(temporary, path);
        published = true;
      } catch (error) {
        // EEXIST over NFS can be our own link, whose first answer was lost. ENOENT: swept.
        if (errnoOf(error) === 'EEXIST') published = await isAt(path, identity);
        else if (meansNoHardLinks(error)) hardLinks = false;
        else if (errnoOf(error) !== 'ENOENT') throw error;
      }
      if (published) {
        await checkpoint?.('lock.linked');
        return new LockFile(path, handle, identity);
      }
    } finally {
      if (!published) await handle.close();
      await unlinkIfThere(temporary).catch(() => {
        // Only a name too many; a later commit sweeps it.
      });
    }
    return hardLinks ? undefined : await LockFile.#createInPlace(path, text);
  }

  static async #createInPlace(path: string, text: string): Promise<LockFile | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(path, 'wx+', 0o600);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return undefined;
      throw error;
    }
    const identity = identityOf(await handle.stat({ bigint: true }));
    const lock = new LockFile(path, handle, identity);
    try {
      await handle.writeFile(text);
      return lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Whether the path still leads to our file. */
  isOurs(): Promise<boolean> {
    return isAt(this.path, this.#identity);
  }

  /** Moves both times of the lock to `now`. Harmless if it is no longer ours: it goes by descriptor. */
  async beat(text: string, now: number): Promise<void> {
    await this.#handle.write(text, 0, 'utf8');
    await this.#handle.utimes(now / 1000, now / 1000);
  }

  /** Removes the lock file if it is still ours, and lets go of it in any case. */
  async release(atAside?: () => void | Promise<void>): Promise<void> {
    try {
      if (!(await this.isOurs())) return;
      await removeLock(this.path, (seen) => isSameFile(seen.identity, this.#identity), atAside);
    } finally {
      await this.#handle.close();
    }
  }
}

async function isAt(path: string, identity: FileIdentity): Promise<boolean> {
  try {
    return isSameFile(identityOf(await lstat(path, { bigint: true })), identity);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
