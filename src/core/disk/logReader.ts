import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { errnoOf } from './diskError.ts';

/** Where a reader of an {@link AppendLog} stopped. */
export interface LogMark {
  /** The two files, whatever their content. */
  readonly files: string;
  /** Size of the newer one when it was looked at. */
  readonly size: number;
  /** How much of it was read: up to the end of its last whole line. */
  readonly offset: number;
}

export interface LogNews {
  /** Since the mark, or everything where the mark no longer holds (`isWhole`). */
  readonly text: string;
  readonly isWhole: boolean;
  readonly mark: LogMark;
}

/**
 * Reads both files of a log, the older one first, or what was appended to the newer one since `mark`.
 * Without a mark it ends where the file does; after one, at the end of a whole line.
 */
export async function readLog(
  path: string,
  oldPath: string,
  mark: LogMark | undefined,
): Promise<LogNews> {
  if (mark !== undefined && (await isUnchanged(path, oldPath, mark))) {
    return { text: '', isWhole: false, mark };
  }
  // In this order: a rotation in between shows us one file twice, and hides none.
  const current = await openIfThere(path);
  const old = await openIfThere(oldPath).catch(async (error) => {
    await current?.handle.close();
    throw error;
  });
  try {
    const files = `${keyOf(current?.stats)} ${keyOf(old?.stats)}`;
    const isSame = mark !== undefined && mark.files === files && sizeOf(current) >= mark.offset;
    const from = isSame ? mark.offset : 0;
    const added = current === undefined ? EMPTY : await readFrom(current.handle, from);
    const newMark = {
      files,
      size: from + added.length,
      offset: from + added.lastIndexOf('\n') + 1,
    };
    if (isSame) {
      const text = added.toString('utf8', 0, newMark.offset - from);
      return { text, isWhole: false, mark: newMark };
    }
    const isTwice = current !== undefined && keyOf(current.stats) === keyOf(old?.stats);
    const older = old === undefined || isTwice ? EMPTY : await readFrom(old.handle, 0);
    return { text: joined(older, added), isWhole: true, mark: newMark };
  } finally {
    await current?.handle.close();
    await old?.handle.close();
  }
}

const EMPTY = Buffer.alloc(0);
const CHUNK_BYTES = 64 * 1024;

interface OpenFile {
  readonly handle: FileHandle;
  readonly stats: BigIntStats;
}

async function isUnchanged(path: string, oldPath: string, mark: LogMark): Promise<boolean> {
  const [current, old] = await Promise.all([statsIfThere(path), statsIfThere(oldPath)]);
  return (
    `${keyOf(current)} ${keyOf(old)}` === mark.files && Number(current?.size ?? 0n) === mark.size
  );
}

async function statsIfThere(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function openIfThere(path: string): Promise<OpenFile | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await handle.stat({ bigint: true });
    if (stats.isFile()) return { handle, stats };
    throw Object.assign(new Error('not a regular file'), { code: 'EFTYPE', syscall: 'open' });
  } catch (error) {
    await handle?.close();
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The number of a file can be given to another once it is gone; hardly with the same birth. */
function keyOf(stats: BigIntStats | undefined): string {
  return stats === undefined ? '' : `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
}

function sizeOf(file: OpenFile | undefined): number {
  return Number(file?.stats.size ?? 0n);
}

/** To the end, which may move on while we read. */
async function readFrom(handle: FileHandle, offset: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let at = offset; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** The older file's last line can be torn. */
function joined(older: Buffer, newer: Buffer): string {
  const first = older.toString();
  return first === '' || first.endsWith('\n')
    ? first + newer.toString()
    : `${first}\n${newer.toString()}`;
}
