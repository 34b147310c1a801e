import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from './diskError.ts';
import { type FileCalls, pooledCalls } from './fileCalls.ts';

const WINDOWS_TRIES = 10;

/**
 * Renames, replacing what is there. Windows refuses while another program (a virus scanner, an
 * indexer, a reader) has the file open, so there it is tried again for about a second, and
 * `beforeEach` runs before every try: what was checked before the first one may no longer hold.
 */
export async function renameFile(
  from: string,
  to: string,
  calls: FileCalls = pooledCalls,
  beforeEach?: () => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    await beforeEach?.();
    try {
      await calls.rename(from, to);
      return;
    } catch (error) {
      const errno = errnoOf(error);
      const isBusy = errno === 'EPERM' || errno === 'EBUSY' || errno === 'EACCES';
      if (process.platform !== 'win32' || !isBusy || tries === WINDOWS_TRIES) throw error;
      await sleep(20 * tries);
    }
  }
}
