import { type BigIntStats, constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from './errno.ts';
import { type FileCalls, type OpenFile, pooledCalls } from './fileCalls.ts';
import { type FileIdentity, identityOf } from './fileIdentity.ts';

/** Larger files are not read: nobody's credentials need that, and it would stall the host. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** What stands at a path. The three are never mixed up: above all, unreadable is not absent. */
export type StrictRead = AbsentFile | UnreadableFile | ReadFile;

export interface AbsentFile {
  readonly kind: 'absent';
}

export interface UnreadableFile {
  readonly kind: 'unreadable';
  /**
   * The error of the system call; `EFBIG` for a file over {@link MAX_FILE_BYTES}, `EFTYPE` for what
   * is not a regular file, `EBUSY` for one that never stood still.
   */
  readonly errno: string;
}

export interface ReadFile {
  readonly kind: 'bytes';
  readonly bytes: Buffer;
  readonly identity: FileIdentity;
  /** Permission bits, e.g. 0o600. */
  readonly mode: number;
  readonly uid: number;
}

const TRIES = 20;

/**
 * Reads a whole file through one descriptor. If the file changed meanwhile it is read again, so
 * `bytes` are what the file held at one moment (that moment can still lie within another program's
 * truncate-and-write: only the content tells). Follows symbolic links. Takes no lock; never throws
 * for what the disk may hold.
 */
export async function strictRead(
  path: string,
  calls: FileCalls = pooledCalls,
): Promise<StrictRead> {
  for (let tries = 1; tries <= TRIES; tries++) {
    let file: OpenFile;
    try {
      // O_NONBLOCK: opening a pipe must not wait for its other end.
      file = await calls.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      return errnoOf(error) === 'ENOENT' ? { kind: 'absent' } : unreadable(error);
    }
    try {
      const read = await readOnce(file);
      if (read !== 'changed') return read;
    } catch (error) {
      return unreadable(error);
    } finally {
      await file.close();
    }
    await sleep(2);
  }
  return { kind: 'unreadable', errno: 'EBUSY' };
}

async function readOnce(file: OpenFile): Promise<ReadFile | UnreadableFile | 'changed'> {
  const before = await file.stat();
  if (!before.isFile()) return { kind: 'unreadable', errno: 'EFTYPE' };
  if (before.size > BigInt(MAX_FILE_BYTES)) return { kind: 'unreadable', errno: 'EFBIG' };
  // One byte more than there should be: a file that grows shows itself.
  const buffer = Buffer.allocUnsafe(Number(before.size) + 1);
  let length = 0;
  while (length < buffer.length) {
    const bytesRead = await file.read(buffer, length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  const after = await file.stat();
  if (length !== Number(before.size) || !isUnchanged(before, after)) return 'changed';
  return {
    kind: 'bytes',
    bytes: buffer.subarray(0, length),
    identity: identityOf(before),
    mode: Number(before.mode & 0o777n),
    uid: Number(before.uid),
  };
}

function isUnchanged(before: BigIntStats, after: BigIntStats): boolean {
  return before.size === after.size && before.mtimeNs === after.mtimeNs;
}

function unreadable(error: unknown): UnreadableFile {
  const errno = errnoOf(error);
  if (errno === undefined) throw error;
  return { kind: 'unreadable', errno };
}
