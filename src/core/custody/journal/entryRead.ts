import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
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
  const handle = await open(path, flags);
  try {
    const stats = await handle.stat();
    const { size, mode, uid } = stats;
    if (!stats.isFile()) throw unusable('EFTYPE');
    const isLoose = process.platform !== 'win32' && (mode & 0o077) !== 0;
    if (isLoose && ((mode & 0o022) !== 0 || uid !== process.getuid?.())) throw unusable('EPERM');
    // Whether or not it can be mended, what it holds is needed.
    if (isLoose && mends) await handle.chmod(0o600).catch(() => {});
    if (size > MAX_FILE_BYTES) throw unusable('EFBIG');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
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
