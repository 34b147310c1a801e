import { isDeepStrictEqual } from 'node:util';
import { nextTurn } from './nextTurn.ts';
import type { AgentRead, Reads, StateDirRead, StoreRead } from './reads.ts';
import type { Snapshot } from './snapshot.ts';

/** What a Snapshot was made from, and the span of time in which nothing else comes of that. */
interface Made {
  readonly reads: Reads;
  /** Milliseconds since the epoch, both; the turn itself is outside. */
  readonly from: number;
  readonly turn: number | undefined;
}

const made = new WeakMap<Snapshot, Made>();

/** Notes what a Snapshot was made from, at its `takenAt`. */
export function noteMaking(snapshot: Snapshot, reads: Reads): void {
  const from = snapshot.takenAt;
  made.set(snapshot, { reads, from, turn: nextTurn(reads, from) });
}

/**
 * The Snapshot that comes of `reads` at `now`, if `previous` was noted and shows just that; else
 * undefined, and it has to be built. Nothing goes into a Snapshot but its reads and the time:
 *
 * - Whole stores and configs must be the very same objects, as their readers return them for
 *   unchanged files. (Equal ones are not enough: in a Map of profiles the sequence counts too.) All
 *   else in the reads is small, and has to be equal.
 * - The time must lie between the making and the next turn, which `nextTurn` has to know of.
 */
export function sameAgain(
  previous: Snapshot | undefined,
  reads: Reads,
  now: number,
): Snapshot | undefined {
  if (previous === undefined) return undefined;
  const making = made.get(previous);
  if (making === undefined || now < making.from) return undefined;
  if (making.turn !== undefined && now >= making.turn) return undefined;
  if (!isSame(making.reads, reads)) return undefined;
  const again = { ...previous, takenAt: now };
  made.set(again, { ...making, reads });
  return again;
}

/** The next moment at which something else comes of the reads of a noted Snapshot ({@link nextTurn}). */
export function turnOf(snapshot: Snapshot): number | undefined {
  return made.get(snapshot)?.turn;
}

function isSame({ stateDirs: dirsA, ...a }: Reads, { stateDirs: dirsB, ...b }: Reads): boolean {
  return areSame(dirsA, dirsB, isSameDir) && isDeepStrictEqual(a, b);
}

function isSameDir(
  { config: configA, agents: agentsA, mainStore: mainA, ...a }: StateDirRead,
  { config: configB, agents: agentsB, mainStore: mainB, ...b }: StateDirRead,
): boolean {
  return (
    configA === configB &&
    isSameStore(mainA, mainB) &&
    areSame(agentsA, agentsB, isSameAgent) &&
    isDeepStrictEqual(a, b)
  );
}

function isSameAgent(
  { store: a, ...restA }: AgentRead,
  { store: b, ...restB }: AgentRead,
): boolean {
  return isSameStore(a, b) && isDeepStrictEqual(restA, restB);
}

function isSameStore(a: StoreRead, b: StoreRead): boolean {
  return a === b || (a.kind !== 'whole' && isDeepStrictEqual(a, b));
}

function areSame<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return a.length === b.length && a.every((item, n) => same(item, b[n] as T));
}
