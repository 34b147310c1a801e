import type { KnownError } from '../../errors.ts';
import { type KeeperParts, type Round, steadyOf } from './promises.ts';

/** Locks of the config pass, and disks too; what is wrong with its text does not. */
const PASSING = /^(lock|disk)\./;
const MOST_TRIES = 8;
const FIRST_RETRY_MS = 1_000;

/**
 * Does what belongs to a change and comes after it (`afterStore.ts`), for a process that may not have
 * come to it. One that lives does it by itself, unless the change was made here.
 *
 * @param times How often it is to have been done by now.
 * @returns in how many milliseconds it has to be tried again; undefined: the entry may go.
 */
export async function finish(
  { entry, care }: Round,
  parts: KeeperParts,
  times: number,
  task: () => Promise<{ readonly configFault?: KnownError }>,
): Promise<number | undefined> {
  if (entry.owner === 'alive' && !care.isMadeHere) return undefined;
  const { done, tries, nextAt } = care.finishing ?? { done: 0, tries: 0, nextAt: 0 };
  if (done >= times) return undefined;
  const now = steadyOf(parts);
  if (now < nextAt) return nextAt - now;
  const { configFault } = await task();
  if (configFault === undefined || !PASSING.test(configFault.code) || tries >= MOST_TRIES) {
    if (configFault !== undefined) {
      const { kind, profileId } = entry.draft;
      parts.log(`${kind} of ${profileId}: the config was left behind: ${configFault.code}`);
    }
    care.finishing = { done: done + 1, tries: 0, nextAt: 0 };
    return undefined;
  }
  const ms = FIRST_RETRY_MS * 2 ** tries;
  care.finishing = { done, tries: tries + 1, nextAt: steadyOf(parts) + ms };
  return ms;
}
