import type { AuditEntry } from '../model/auditEntry.ts';

/** What the audit trail tells of one profile in one store. Milliseconds since the epoch. */
export interface ProfileHistory {
  /** When the credential that stands there came in: by a sign-in, an import, or seen for the first time. */
  readonly since?: number;
  /** `since` is a sign-in or an import, rather than the first that was seen. */
  readonly isSignIn?: true;
  /** When it was renewed after that, oldest first. */
  readonly renewedAt: readonly number[];
}

/** By {@link historyKey}. */
export type Histories = ReadonlyMap<string, ProfileHistory>;

/** Renewals of one moment, or of one day where they lie further back. */
export interface RenewalMark {
  /** The last of them: milliseconds since the epoch. */
  readonly at: number;
  readonly count: number;
}

const DAY = 24 * 60 * 60_000;

/** Older renewals are gathered by day: apart they could not be told on any range that shows them. */
const APART_MS = 2 * DAY;

/** Names a profile by where it is stored. */
export function historyKey(storePath: string, profileId: string): string {
  return JSON.stringify([storePath, profileId]);
}

/** Folds the entries of a trail, oldest first, into the history of each profile. Pure. */
export function historiesOf(entries: readonly AuditEntry[]): Histories {
  const histories = new Map<string, Writable>();
  for (const entry of entries) {
    if (entry.profileId === undefined) continue;
    const key = historyKey(entry.storePath, entry.profileId);
    const next = after(histories.get(key), entry);
    if (next === undefined) histories.delete(key);
    else histories.set(key, next);
  }
  return histories;
}

/**
 * The renewals of the time from `from` to `now`, oldest first: each by itself in the last two days, by
 * day before that. Pure; times in milliseconds since the epoch.
 */
export function renewalMarks(
  renewedAt: readonly number[],
  from: number,
  now: number,
): readonly RenewalMark[] {
  const marks = new Map<number, RenewalMark>();
  for (const at of [...renewedAt].sort((a, b) => a - b)) {
    if (at < from || at > now) continue;
    const key = now - at <= APART_MS ? at : Math.floor(at / DAY);
    marks.set(key, { at, count: (marks.get(key)?.count ?? 0) + 1 });
  }
  return [...marks.values()];
}

type Writable = { since?: number; isSignIn?: true; renewedAt: number[] };

/** Undefined: nothing is stored any more. */
function after(before: Writable | undefined, { action, at }: AuditEntry): Writable | undefined {
  switch (action) {
    case 'signedIn':
    case 'imported':
      return { since: at, isSignIn: true, renewedAt: [] };
    case 'appeared':
      return { since: at, renewedAt: [] };
    case 'removed':
    case 'disappeared':
      return undefined;
    case 'refreshed':
    case 'adopted':
    case 'changed':
      if (before === undefined) return { renewedAt: [at] };
      before.renewedAt.push(at);
      return before;
    case 'repaired':
    case 'ordered':
    case 'resumed':
      return before;
  }
}
