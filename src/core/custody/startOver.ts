import type { Clock } from '../clock.ts';
import { type ErrorCode, KnownError } from '../errors.ts';

const MOST_TRIES = 30;
const LONGEST_MS = 60_000;

/**
 * Makes an attempt again, from its read, while it fails because somebody else was faster: the lock
 * was lost, or the file is no longer what was read. Nothing was written in either case.
 *
 * @throws the last failure when it keeps happening; any other at once.
 */
export async function startOver<T>(
  attempt: () => Promise<T>,
  clock: Clock,
  signal?: AbortSignal,
  overtaken: readonly ErrorCode[] = ['lock.lost', 'disk.contended'],
): Promise<T> {
  const deadline = performance.now() + LONGEST_MS;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const wasOvertaken = error instanceof KnownError && overtaken.includes(error.code);
      if (!wasOvertaken || tries === MOST_TRIES || performance.now() > deadline) throw error;
    }
    await clock.sleep(5 + 20 * Math.random(), signal);
  }
}
