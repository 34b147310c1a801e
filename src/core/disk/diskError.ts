import { Cancelled } from '../clock.ts';
import { KnownError } from '../errors.ts';
import { errnoOf } from './errno.ts';

export { errnoOf };

/**
 * Turns a failed system call into the {@link KnownError} that says what a person can do about it;
 * `path` is the file that the person knows, not a temporary one. Other failures pass as they are.
 */
export function asDiskError(error: unknown, path: string): unknown {
  if (error instanceof KnownError || error instanceof Cancelled) return error;
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
    // A file may not grow any more (`ulimit -f`, or the limit of the file system).
    case 'EFBIG':
      return new KnownError('disk.full', { path }, { cause: error });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new KnownError('disk.readOnly', { path }, { cause: error });
    default:
      return new KnownError(
        'disk.failed',
        { path, syscall: syscallOf(error), errno },
        { cause: error },
      );
  }
}

function syscallOf(error: unknown): string {
  if (!(error instanceof Error) || !('syscall' in error)) return 'unknown';
  return typeof error.syscall === 'string' ? error.syscall : 'unknown';
}
