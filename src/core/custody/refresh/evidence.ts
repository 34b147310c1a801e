import type { KnownError } from '../../errors.ts';
import { type StorePlace, stateDirsOf } from '../storePlaces.ts';
import type { Evidence } from './newerTokens.ts';
import { type Damaged, isPassing, readLogins } from './readLogins.ts';
import type { RefresherParts } from './refreshTypes.ts';

/** All that can be found out about where tokens are, and what cannot. */
export interface Look extends Evidence {
  readonly damaged: readonly Damaged[];
  /** State dirs whose memory can be read. */
  readonly stateDirs: readonly string[];
  /** Those whose memory cannot be read, and why. */
  readonly closed: ReadonlyMap<string, KnownError>;
}

/**
 * Looks at every place. A state dir of which nothing can be read is left out, with a line in the log.
 *
 * @param token and `givenUp`: see `ReadOptions`.
 * @throws {KnownError} `store.*`, `disk.*`: not enough is known to send anything.
 */
export async function lookAround(
  places: readonly StorePlace[],
  {
    memory,
    journal,
    log,
    services,
  }: Pick<RefresherParts, 'memory' | 'journal' | 'log' | 'services'>,
  { token, givenUp = new Set() }: { token: string; givenUp?: ReadonlySet<string> | undefined },
): Promise<Look> {
  const all = stateDirsOf(places);
  const [{ logins, damaged }, { records, unreadable }, entries] = await Promise.all([
    readLogins(places, { clock: services.clock, log, token, givenUp }),
    memory.readEach(all),
    journal.entries(all),
  ]);
  for (const error of unreadable.values()) if (isPassing(error)) throw error;
  const stateDirs = all.filter((dir) => !unreadable.has(dir));
  return { logins, damaged, records, entries, stateDirs, closed: unreadable };
}

/**
 * Nothing may be sent for a login of which it is not known what became of its token.
 * @param paths The stores that hold it.
 * @throws {KnownError} `disk.*`: why the memory of one of its state dirs cannot be read.
 */
export function assertRemembered(
  { closed }: Look,
  own: StorePlace,
  places: readonly StorePlace[],
  paths: readonly string[],
): void {
  const holders = places.filter(({ storePath }) => paths.includes(storePath));
  for (const { stateDir } of [own, ...holders]) {
    const error = closed.get(stateDir);
    if (error !== undefined) throw error;
  }
}

/** Why newer tokens may stand where nobody could look; undefined if all could be read. */
export function doubtOf({ damaged, closed }: Look): KnownError | undefined {
  return damaged.find(({ stateDir }) => !closed.has(stateDir))?.error;
}

/** Paths that a look has waited for in vain. */
export function damagedPaths({ damaged }: Look): ReadonlySet<string> {
  return new Set(damaged.map(({ path }) => path));
}
