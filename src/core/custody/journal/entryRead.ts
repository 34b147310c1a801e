import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { callsIn } from '../../disk/callsIn.ts';
import type { OpenFile } from '../../disk/fileCalls.ts';
import { MAX_FILE_BYTES } from '../../disk/strictRead.ts';

/**
 * The bytes of an entry: a regular file that nobody else may write. One of ours that others may read (a
 * copied folder, another umask) counts, and where `mends` it is made private on the way.
 *
 * @throws errors of system calls; those of a link, a folder, a file that others may write or that is
 * not ours though they may read it, or one of absurd size too.
 */
export async function readEntryFile(
  path: string,
  { mends }: { readonly mends: boolean },
): Promise<Buffer> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await (await callsIn(dirname(path))).open(path, flags);
  try {
    const stats = await file.stat();
    const [mode, uid] = [Number(stats.mode), Number(stats.uid)];
    if (!stats.isFile()) throw unusable('EFTYPE');
    const isLoose = process.platform !== 'win32' && (mode & 0o077) !== 0;
    if (isLoose && ((mode & 0o022) !== 0 || uid !== process.getuid?.())) throw unusable('EPERM');
    if (isLoose && mends) await makePrivate(file);
    if (stats.size > BigInt(MAX_FILE_BYTES)) throw unusable('EFBIG');
    return await readWhole(file, Number(stats.size));
  } finally {
    await file.close();
  }
}

/** Whether or not it can be mended, what it holds is needed. */
async function makePrivate(file: OpenFile): Promise<void> {
  try {
    await file.chmod(0o600);
  } catch {
    // Not ours.
  }
}

/** An entry does not grow but by its answer, of which a part is none. */
async function readWhole(file: OpenFile, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const bytesRead = await file.read(buffer, length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/**
 * Whether a failure to read is one of the machine, not of the file: then nothing is known of it, and it
 * must not count as if it were not there.
 */
export function isFaultOfMachine(errno: string): boolean {
  return MACHINE_FAULTS.has(errno);
}

const MACHINE_FAULTS: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'EAGAIN',
  'EBUSY',
  'EIO',
]);

function unusable(code: string): Error {
  return Object.assign(new Error('not an entry'), { code, syscall: 'open' });
}
