import { constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checkpoint } from './checkpoint.ts';
import { errnoOf } from './diskError.ts';
import { type FileCalls, type OpenFile, pooledCalls } from './fileCalls.ts';
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
export async function lookAtLock(
  path: string,
  calls: FileCalls = pooledCalls,
): Promise<SeenLock | undefined> {
  let file: OpenFile | undefined;
  try {
    file = await calls.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(MAX_PAYLOAD_BYTES);
    const stats = await file.stat();
    const isForeign = !stats.isFile();
    const length = isForeign ? 0 : await file.read(buffer, 0, 0);
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
    return await lookFromOutside(path, calls);
  } finally {
    await file?.close();
  }
}

async function lookFromOutside(path: string, calls: FileCalls): Promise<SeenLock | undefined> {
  try {
    const stats = await calls.lstat(path);
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
  calls: FileCalls = pooledCalls,
): Promise<boolean> {
  const aside = temporaryName(path);
  try {
    await renameFile(path, aside, calls);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return true;
    throw error;
  }
  await atAside?.();
  try {
    const seen = await lookAtLock(aside, calls);
    if (seen === undefined || isMeant(seen)) return true;
    await putBack(aside, path, calls);
    return false;
  } finally {
    await unlinkIfThere(aside, calls);
  }
}

async function putBack(aside: string, path: string, calls: FileCalls): Promise<void> {
  try {
    await calls.link(aside, path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' || errnoOf(error) === 'ENOENT') return;
    if (!meansNoHardLinks(error)) throw error;
    // A copy has another identity, so a holder of ours will count it as lost: the safe side.
    try {
      await calls.copyFile(aside, path, constants.COPYFILE_EXCL);
    } catch (reason) {
      if (errnoOf(reason) !== 'EEXIST') throw reason;
    }
  }
}

const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;

/** A lock that we published. Its descriptor stays open, so its identity cannot be reused. */
export class LockFile {
  readonly path: string;
  readonly #file: OpenFile;
  readonly #identity: FileIdentity;
  readonly #calls: FileCalls;

  private constructor(path: string, file: OpenFile, identity: FileIdentity, calls: FileCalls) {
    this.path = path;
    this.#file = file;
    this.#identity = identity;
    this.#calls = calls;
  }

  /**
   * Publishes a lock file whole: nobody ever sees an empty one. Undefined if another is there.
   * On a file system without hard links it is created in place and filled with one write.
   */
  static async publish(
    path: string,
    text: string,
    checkpoint?: Checkpoint,
    calls: FileCalls = pooledCalls,
  ): Promise<LockFile | undefined> {
    const temporary = temporaryName(path);
    const file = await calls.open(temporary, NEW_FILE, 0o600);
    let published = false;
    let hardLinks = true;
    try {
      await file.writeAll(Buffer.from(text));
      const identity = identityOf(await file.stat());
      await checkpoint?.('lock.written');
      try {
        await calls.link(temporary, path);
        published = true;
      } catch (error) {
        // EEXIST over NFS can be our own link, whose first answer was lost. ENOENT: swept.
        if (errnoOf(error) === 'EEXIST') published = await isAt(path, identity, calls);
        else if (meansNoHardLinks(error)) hardLinks = false;
        else if (errnoOf(error) !== 'ENOENT') throw error;
      }
      if (published) {
        await checkpoint?.('lock.linked');
        return new LockFile(path, file, identity, calls);
      }
    } finally {
      if (!published) await file.close();
      await unlinkIfThere(temporary, calls).catch(() => {
        // Only a name too many; a later commit sweeps it.
      });
    }
    return hardLinks ? undefined : await LockFile.#createInPlace(path, text, calls);
  }

  static async #createInPlace(
    path: string,
    text: string,
    calls: FileCalls,
  ): Promise<LockFile | undefined> {
    let file: OpenFile;
    try {
      file = await calls.open(path, NEW_FILE, 0o600);
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return undefined;
      throw error;
    }
    const lock = new LockFile(path, file, identityOf(await file.stat()), calls);
    try {
      await file.writeAll(Buffer.from(text));
      return lock;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Whether the path still leads to our file. */
  isOurs(): Promise<boolean> {
    return isAt(this.path, this.#identity, this.#calls);
  }

  /** Moves both times of the lock to `now`. Harmless if it is no longer ours: it goes by descriptor. */
  async beat(text: string, now: number): Promise<void> {
    await this.#file.overwrite(text);
    await this.#file.utimes(now / 1000, now / 1000);
  }

  /**
   * Removes the lock file if it is still ours, and lets go of it. Where it cannot be removed now (its
   * folder is read-only for a moment), that is tried again in the background for as long as others
   * would take it for a living lock.
   * @throws errors of system calls: it is not removed yet.
   */
  async release(atAside?: () => void | Promise<void>): Promise<void> {
    try {
      await this.#remove(atAside);
    } catch (error) {
      void this.#removeLater();
      throw error;
    }
    await this.#file.close();
  }

  async #remove(atAside?: () => void | Promise<void>): Promise<void> {
    if (!(await this.isOurs())) return;
    const isOurs = (seen: SeenLock) => isSameFile(seen.identity, this.#identity);
    await removeLock(this.path, isOurs, atAside, this.#calls);
  }

  /** Never rejects, and keeps no process from ending: the lock of a dead owner is nobody's. */
  async #removeLater(): Promise<void> {
    const until = performance.now() + REMOVE_FOR_MS;
    for (let waitMs = FIRST_REMOVE_MS; performance.now() < until; waitMs *= 2) {
      await sleep(Math.min(waitMs, LONGEST_REMOVE_MS), undefined, { ref: false });
      try {
        await this.#remove();
        break;
      } catch {
        // Not yet.
      }
    }
    try {
      await this.#file.close();
    } catch {
      // There is nothing left to let go of.
    }
  }
}

const FIRST_REMOVE_MS = 20;
const LONGEST_REMOVE_MS = 500;
/** Without a heartbeat it is stale for CoderClaw after 30 s, for us a little later. */
const REMOVE_FOR_MS = 40_000;

async function isAt(path: string, identity: FileIdentity, calls: FileCalls): Promise<boolean> {
  try {
    return isSameFile(identityOf(await calls.lstat(path)), identity);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
