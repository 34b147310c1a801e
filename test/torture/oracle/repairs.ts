import type { Evidence, Finding, Hindrance } from './evidence.ts';

export interface Repairs {
  /** Entries that a neighbour undid and that came back, in milliseconds each, smallest first. */
  readonly ms: readonly number[];
  /** The same with the time in which an injected fault kept everybody from writing there. */
  readonly rawMs: readonly number[];
  /** Undone, and then changed on purpose before anybody could put it back. */
  readonly overtaken: number;
  /** Those that took longer than they may. */
  readonly slow: readonly Finding[];
}

/** Rule 8. */
export const LONGEST_REPAIR_MS = 2_000;

interface Undone {
  readonly at: number;
  readonly lost: string | null;
  readonly by: string;
}

/**
 * From a neighbour's write that took an entry away, put an older value there, or brought a removed one
 * back, to the commit that undid that; of a login, to the next commit at all. While a fault lasts that
 * keeps everybody out of a store, nobody can repair it, so that time does not count: the folder is
 * read-only, the disk full, whoever holds the store's lock is stopped, or the server is slow to answer
 * a refresh, during which the lock is held.
 */
export function repairTimes(evidence: Evidence): Repairs {
  const open = new Map<string, Undone>();
  const repairs: { readonly ms: number; readonly rawMs: number; readonly what: string }[] = [];
  let overtaken = 0;
  for (const event of evidence.events) {
    if (event.kind !== 'commit' && event.kind !== 'inPlace') continue;
    const { path, t } = event;
    for (const [part, key, before, after] of event.changes) {
      const entry = `${path} ${part} ${key}`;
      const undone = open.get(entry);
      if (event.kind === 'inPlace') {
        if (undone === undefined) open.set(entry, { at: t, lost: before, by: event.by });
        // Another neighbour's old copy happened to be the right one.
        else if (undone.lost === after) open.delete(entry);
      } else if (undone !== undefined) {
        open.delete(entry);
        if (after !== undone.lost && !key.startsWith('openai')) {
          overtaken += 1;
          continue;
        }
        const rawMs = t - undone.at;
        const ms = rawMs - hinderedMs(path, undone.at, t, evidence.hindrances);
        const { at, by } = undone;
        repairs.push({ ms, rawMs, what: JSON.stringify({ at, t, ms, rawMs, by, entry }) });
      }
    }
  }
  const sorted = (list: readonly number[]) => list.toSorted((a, b) => a - b);
  return {
    ms: sorted(repairs.map(({ ms }) => ms)),
    rawMs: sorted(repairs.map(({ rawMs }) => rawMs)),
    overtaken,
    slow: repairs
      .filter(({ ms }) => ms > LONGEST_REPAIR_MS)
      .map(({ what }) => ({ what, lines: [] })),
  };
}

/** How much of a time is covered by faults, each moment counted once. */
function hinderedMs(
  path: string,
  from: number,
  to: number,
  hindrances: readonly Hindrance[],
): number {
  let covered = 0;
  let until = from;
  const relevant = hindrances.filter(
    (one) => path.startsWith(one.below) && one.from < to && one.to > from,
  );
  for (const one of relevant.toSorted((a, b) => a.from - b.from)) {
    const begin = Math.max(one.from, until);
    const end = Math.min(one.to, to);
    covered += Math.max(0, end - begin);
    until = Math.max(until, end);
  }
  return covered;
}

/** The value below which 99 of 100 lie; 0 of none. */
export function percentile99(sorted: readonly number[]): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
}
