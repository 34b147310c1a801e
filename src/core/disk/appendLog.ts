import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, link, lstat, open, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KnownError } from '../errors.ts';
import { asDiskError, errnoOf } from './diskError.ts';
import type { FileLocks, HeldLock } from './fileLock.ts';
import { makePrivateFolder, syncFolder } from './folder.ts';
import { meansNoHardLinks } from './linkSupport.ts';
import { type LogMark, type LogNews, readLog } from './logReader.ts';
import { renameFile } from './renameFile.ts';
import { sweepTemporaryFiles, temporaryName, unlinkIfThere } from './temporaryFiles.ts';

export interface AppendLogOptions {
  /** Absolute. Beside it: `<path>.old`, and `<path>.lock` while it is rotated. */
  readonly path: string;
  readonly locks: Pick<FileLocks, 'withFileLocks' | 'isAbandoned'>;
  /** From this size on a file is rotated. At least this much of the newest lines is kept. */
  readonly maxBytes: number;
}

/** A file that was rotated away twice while we wrote to it, or a line torn by a neighbour: again. */
const TRIES = 5;
/** An append that waits for nobody must not wait long for the rotation that it happens to cause. */
const ROTATION_WAIT_MS = 1_000;

/**
 * A bounded file of lines that many processes append to at once. What an append left behind when it
 * was killed, or when the disk was full, costs that line and no other.
 *
 * Nothing but whole lines is ever added, nothing is changed in place and nothing cut off. The file is
 * 0600, its folder 0700, from their first instant; a symbolic link in its place is not followed.
 */
export class AppendLog {
  readonly #path: string;
  readonly #locks: AppendLogOptions['locks'];
  readonly #maxBytes: number;

  constructor({ path, locks, maxBytes }: AppendLogOptions) {
    this.#path = path;
    this.#locks = locks;
    this.#maxBytes = maxBytes;
  }

  /**
   * Appends lines (without their line ends), together and in this order. When it resolves, they are on
   * stable storage. When it rejects, some of them may be there. Takes no lock, but for a rotation; one
   * that fails is left to the next append.
   *
   * @throws {KnownError} `disk.full`, `disk.readOnly`, `disk.failed`; `disk.contended` where neighbours
   * tore or dropped them again and again.
   */
  async append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    if (lines.some((line) => line.includes('\n'))) throw new Error('a line with a line end in it');
    const text = Buffer.from(`${lines.join('\n')}\n`);
    try {
      await makePrivateFolder(dirname(this.#path));
      for (let tries = 1; ; tries++) {
        const size = await this.#appendOnce(text, tries > 1);
        if (size === undefined) {
          if (tries < TRIES) continue;
          throw new KnownError('disk.contended', { path: this.#path });
        }
        if (size >= this.#maxBytes) await this.#rotate();
        return;
      }
    } catch (error) {
      throw asDiskError(error, this.#path);
    }
  }

  /**
   * All lines, oldest first: `<path>.old`, then the file itself; '' if there is none. The last line
   * may be one that is just being written.
   *
   * @throws {KnownError} `disk.readOnly`, `disk.failed`: unreadable is not empty.
   */
  async read(): Promise<string> {
    return (await this.readOn(undefined)).text;
  }

  /**
   * What was appended since an earlier read, which costs two looks if there is nothing.
   * @throws {KnownError} as {@link read}.
   */
  async readOn(mark: LogMark | undefined): Promise<LogNews> {
    try {
      return await readLog(this.#path, this.#oldPath, mark);
    } catch (error) {
      throw asDiskError(error, this.#path);
    }
  }

  get #oldPath(): string {
    return `${this.#path}.old`;
  }

  /**
   * @param isApart Begins with a line end of its own, whatever stands before it: an empty line more, but
   * no neighbour can tear into it.
   * @returns the size of the file then, or undefined if the lines are not there for good.
   */
  async #appendOnce(text: Buffer, isApart: boolean): Promise<number | undefined> {
    const handle = await this.#open();
    try {
      const before = await assertOurs(handle);
      // Whoever finds it with lines in it can rely on its name: one before did this.
      if (before.size === 0n) await syncFolder(dirname(this.#path));
      const needsEnd = before.size > 0n && (isApart || !(await endsLine(handle, before.size)));
      // One write: the system keeps the writes of several processes apart (O_APPEND).
      const bytes = needsEnd ? Buffer.concat([NEWLINE, text]) : text;
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten !== bytes.length) throw shortWrite();
      await handle.sync();
      const after = await handle.stat({ bigint: true });
      // Rotated away twice since we opened it: it has no name any more.
      if (after.nlink === 0n) return undefined;
      // A neighbour can have been torn off between our look and our write.
      return (await standsAlone(handle, text, before.size, after.size))
        ? Number(after.size)
        : undefined;
    } finally {
      await handle.close();
    }
  }

  async #open(): Promise<FileHandle> {
    const flags =
      constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    for (;;) {
      try {
        return await open(this.#path, flags);
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw error;
      }
      try {
        return await open(this.#path, flags | constants.O_CREAT | constants.O_EXCL, 0o600);
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
    }
  }

  async #rotate(): Promise<void> {
    try {
      const path = join(await realpath(dirname(this.#path)), basename(this.#path));
      const signal = AbortSignal.timeout(ROTATION_WAIT_MS);
      await this.#locks.withFileLocks([path], { signal }, async (held) => {
        // A former holder that wakes up late finds its temporary names gone, so it can rename nothing.
        await sweepTemporaryFiles(path, (temporary) => this.#locks.isAbandoned(temporary));
        if ((await lstat(path)).size >= this.#maxBytes) await moveToOld(path, this.#oldPath, held);
      });
    } catch {
      // The lines are safe. The file stays longer than it should, until a later append succeeds.
    }
  }
}

const NEWLINE = Buffer.from('\n');

/**
 * Gives the file its second name, and puts an empty one in its place. Each step renames a temporary
 * file, made before the proof of the lock and swept by its next holder: whoever wakes up late renames
 * nothing. A crash in between leaves one file under both names, and readers read it once.
 */
async function moveToOld(path: string, oldPath: string, held: HeldLock): Promise<void> {
  const folder = dirname(path);
  const [second, empty] = [temporaryName(path), temporaryName(path)];
  try {
    try {
      await link(path, second);
    } catch (error) {
      if (!meansNoHardLinks(error)) throw error;
      await held.proveOwnership();
      await renameFile(path, oldPath);
      return await syncFolder(folder);
    }
    await held.proveOwnership();
    await renameFile(second, oldPath);
    await (await open(empty, 'wx', 0o600)).close();
    await syncFolder(folder);
    await held.proveOwnership();
    await renameFile(empty, path);
    await syncFolder(folder);
  } finally {
    // Two names of one file: renaming one to the other does nothing, and leaves it.
    await unlinkIfThere(second);
    await unlinkIfThere(empty);
  }
}

/** A regular file, and nobody else's to read. */
async function assertOurs(handle: FileHandle): Promise<BigIntStats> {
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile()) throw notAFile();
  if (process.platform !== 'win32' && (stats.mode & 0o077n) !== 0n) await handle.chmod(0o600);
  return stats;
}

async function endsLine(handle: FileHandle, size: bigint): Promise<boolean> {
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, Number(size) - 1);
  return last.equals(NEWLINE);
}

/** Whether the lines stand somewhere between the two sizes, at the beginning of a line. */
async function standsAlone(
  handle: FileHandle,
  text: Buffer,
  from: bigint,
  to: bigint,
): Promise<boolean> {
  const start = Math.max(0, Number(from) - 1);
  const added = Buffer.alloc(Number(to) - start);
  const { bytesRead } = await handle.read(added, 0, added.length, start);
  const seen = added.subarray(0, bytesRead);
  if (from === 0n && seen.subarray(0, text.length).equals(text)) return true;
  return seen.includes(Buffer.concat([NEWLINE, text]));
}

function shortWrite(): Error {
  return Object.assign(new Error('short write'), { code: 'ENOSPC', syscall: 'write' });
}

function notAFile(): Error {
  return Object.assign(new Error('not a regular file'), { code: 'EFTYPE', syscall: 'open' });
}
