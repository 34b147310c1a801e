import type { JsonObject, JsonValue } from '../../documents/json.ts';
import type { StoreIntent } from '../../documents/storeIntents.ts';
import { entryHash, loginHash } from '../entryHash.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Promised } from './undone.ts';

/** Where an entry of the journal stands among the others that are about the same place in a store. */
export interface Lineage {
  /** Another change has been made on top of it, or in its stead: that one is to be kept. */
  readonly isOvertaken: boolean;
  /** Whether a value stood there before it, as far as the journal knows: then an old copy has it. */
  isOld(value: JsonValue | undefined): boolean;
}

/** What an entry put into its place, by hashes. */
interface Step {
  readonly entry: JournalEntry;
  /** Of what was put there and of what stood there; null: nothing. */
  readonly put: string | null;
  readonly seen: string | null;
}

/** All that is known of one place. */
interface Line {
  readonly entries: readonly JournalEntry[];
  readonly steps: readonly Step[];
  /** What was seen by those that put a value there. */
  readonly seenBy: ReadonlyMap<string | null, readonly (string | null)[]>;
}

/**
 * Follows who built on whom by what they saw, and not by the time: clocks are set. Only where the same
 * value was put there twice does the time decide. What may still fail overtakes nobody ({@link isSure}).
 */
export function lineageOf(entry: JournalEntry, all: readonly JournalEntry[]): Lineage {
  const line = lineAt(entry, all);
  const removed = removedLogins(entry, line);
  const isRemoved = (value: JsonValue | undefined): boolean => {
    const login = loginHash(value);
    return login !== null && removed.some((one) => login.startsWith(one));
  };
  const own = line.steps.find((step) => step.entry.path === entry.path);
  if (own === undefined) return { isOvertaken: false, isOld: isRemoved };
  const before = new Set([own.seen]);
  // A set visits what is added while it is being walked through.
  for (const seen of before) {
    for (const earlier of line.seenBy.get(seen) ?? []) before.add(earlier);
  }
  const isTwice = line.steps.some(
    (other) => other !== own && other.put === own.put && other.entry.at < entry.at,
  );
  const isOvertaken = line.steps.some((other) => {
    if (other === own || other.put === own.put) return false;
    const isOnTop =
      other.seen === own.put && (other.entry.at > entry.at || !(isTwice || before.has(other.put)));
    // Or it found what this one would replace, and was there first.
    const isInstead = other.seen === own.seen && !entry.isMade;
    return (isOnTop || isInstead) && isSure(other.entry);
  });
  return {
    isOvertaken,
    isOld: (value) => before.has(value === undefined ? null : entryHash(value)) || isRemoved(value),
  };
}

/**
 * Those that an entry was built on, directly or by way of others, and that are overtaken. They know it by
 * this entry only, or by one between them and it: so none of these may go before them. Since nothing
 * stands in a place again and again, what is later by the clock is none of them.
 */
export function overtakenBefore(
  entry: JournalEntry,
  all: readonly JournalEntry[],
): readonly JournalEntry[] {
  const { steps } = lineAt(entry, all);
  const own = steps.find((step) => step.entry.path === entry.path);
  const seen = new Set(own === undefined ? [] : [own.seen]);
  const found: JournalEntry[] = [];
  for (const put of seen) {
    for (const step of steps) {
      if (step === own || step.put !== put || step.entry.at > entry.at) continue;
      if (!lineageOf(step.entry, all).isOvertaken || found.includes(step.entry)) continue;
      seen.add(step.seen);
      found.push(step.entry);
    }
  }
  return found.reverse();
}

/**
 * Whether somebody of ours has built on an entry, or is about to: a removal or a change that is just being
 * made explains that its value is gone, and is tied by it to what came before. A sign-in that was not
 * agreed to is nothing of that.
 */
export function isBuiltOn(entry: JournalEntry, all: readonly JournalEntry[]): boolean {
  const { steps } = lineAt(entry, all);
  const own = steps.find((step) => step.entry.path === entry.path);
  return steps.some(({ entry: { draft, path, at }, seen }) => {
    const isAgreed = draft.kind !== 'store' || draft.agreed === true;
    return path !== entry.path && seen === own?.put && at >= entry.at && isAgreed;
  });
}

/** One promise of a store, and when it was given. */
export interface StorePromise extends Promised {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Of each entry of a store (absolute path) the last that was put there, by whoever. They hold secrets. */
export function promisesFor(
  storePath: string,
  all: readonly JournalEntry[],
): readonly StorePromise[] {
  const last = new Map<string, StorePromise>();
  // Sorted by their times: where nothing else tells which of two came last, that one.
  for (const one of all) {
    const entry = placeOf(one);
    if (!one.isMade || one.draft.storePath !== storePath || entry === undefined) continue;
    const { isOvertaken, isOld } = lineageOf(one, all);
    if (isOvertaken) continue;
    const removals = removalsIn(one, all);
    const promise = { entry, value: promisedBy(one, all), isOld, at: one.at };
    last.set(entry.join(' '), removals.length === 0 ? promise : later(promise, one, removals));
  }
  return [...last.values()];
}

/** An order as the last removal left it: from then on the whole list is old. */
function later(
  promise: StorePromise,
  { draft }: JournalEntry,
  removals: readonly JournalEntry[],
): StorePromise {
  const whole = draft.kind === 'order' && draft.list !== null ? hashOf(draft.list) : undefined;
  const isWhole = (value: JsonValue | undefined): boolean =>
    value !== undefined && entryHash(value) === whole;
  return {
    ...promise,
    isOld: (value) => promise.isOld(value) || isWhole(value),
    at: Math.max(promise.at, ...removals.map(({ at }) => at)),
  };
}

/**
 * What an entry promises now; undefined for nothing. An order names no profile that has been removed: a
 * removal takes it out of all orders, and there is no entry of its own for that.
 */
export function promisedBy(
  entry: JournalEntry,
  all: readonly JournalEntry[],
): JsonValue | undefined {
  const { draft, answer } = entry;
  if (draft.kind === 'store') return answer;
  if (draft.kind !== 'order' || draft.list === null) return undefined;
  const removed = new Set(removalsIn(entry, all).map((one) => one.draft.profileId));
  const list = draft.list.filter((id) => !removed.has(id.trim()));
  return list.length === 0 && draft.list.length > 0 ? undefined : list;
}

/** The removals that hold of profiles which an order names. */
function removalsIn(
  { draft }: JournalEntry,
  all: readonly JournalEntry[],
): readonly JournalEntry[] {
  if (draft.kind !== 'order' || draft.list === null) return [];
  return draft.list.flatMap((id) => {
    const place = keyOf(draft.storePath, ['profiles', id.trim()]);
    const { entries = [] } = linesOf(all).get(place) ?? {};
    return entries.filter(
      (one) => one.draft.kind === 'removal' && isSure(one) && !lineageOf(one, all).isOvertaken,
    );
  });
}

/** What entry of a store a promise is about; undefined for a refresh, which is about a login. */
export function placeOf({ draft }: Pick<JournalEntry, 'draft'>): StoreIntent['entry'] | undefined {
  switch (draft.kind) {
    case 'store':
    case 'removal':
      return ['profiles', draft.profileId];
    case 'order':
      return ['order', draft.provider];
    case 'refresh':
      return undefined;
  }
}

/**
 * Whether an entry has been in its store, or will be: the promise of a process that is gone is kept by
 * the others. One that lives may still fail, and a sign-in that was not agreed to waits for a person.
 */
export function isSure({ draft, owner, isMade }: JournalEntry): boolean {
  const isAgreed = draft.kind !== 'store' || draft.agreed === true;
  return isMade || (isAgreed && owner !== 'alive');
}

/** Logins that a person had removed from the place of an entry before it was made; or removes by it. */
function removedLogins({ draft, at }: JournalEntry, { entries }: Line): string[] {
  if (draft.kind === 'removal') return draft.login === null ? [] : [draft.login];
  if (draft.kind !== 'store') return [];
  return entries.flatMap(({ draft: other, at: then }) =>
    other.kind === 'removal' && other.login !== null && then < at ? [other.login] : [],
  );
}

function lineAt(entry: JournalEntry, all: readonly JournalEntry[]): Line {
  const place = placeOf(entry);
  const line = place && linesOf(all).get(keyOf(entry.draft.storePath, place));
  return line ?? { entries: [], steps: [], seenBy: new Map() };
}

/** By what was read at once: of each entry of a journal it is asked what the others are. */
const known = new WeakMap<readonly JournalEntry[], ReadonlyMap<string, Line>>();

function linesOf(all: readonly JournalEntry[]): ReadonlyMap<string, Line> {
  let lines = known.get(all);
  if (lines === undefined) {
    lines = drawn(all);
    known.set(all, lines);
  }
  return lines;
}

function drawn(all: readonly JournalEntry[]): ReadonlyMap<string, Line> {
  const groups = new Map<string, JournalEntry[]>();
  for (const one of all) {
    const place = placeOf(one);
    if (place === undefined) continue;
    const key = keyOf(one.draft.storePath, place);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return new Map([...groups].map(([key, entries]) => [key, lineOf(entries)]));
}

function lineOf(entries: readonly JournalEntry[]): Line {
  const steps = entries.flatMap((entry) => stepOf(entry) ?? []);
  const seenBy = new Map<string | null, (string | null)[]>();
  for (const { put, seen } of steps) seenBy.set(put, [...(seenBy.get(put) ?? []), seen]);
  return { entries, steps, seenBy };
}

function keyOf(storePath: string, place: StoreIntent['entry']): string {
  return [storePath, ...place].join('\n');
}

function stepOf(entry: JournalEntry): Step | undefined {
  const { draft, answer } = entry;
  switch (draft.kind) {
    case 'order':
      return { entry, put: draft.list && hashOf(draft.list), seen: draft.seen };
    case 'removal':
      return draft.seen === undefined ? undefined : { entry, put: null, seen: draft.seen };
    case 'store':
      return answer && { entry, put: hashOf(answer), seen: draft.seen };
    case 'refresh':
      return undefined;
  }
}

/** By the value, which is read once and looked at often. */
const hashes = new WeakMap<JsonObject | readonly string[], string>();

function hashOf(value: JsonObject | readonly string[]): string {
  const hash = hashes.get(value) ?? entryHash(value);
  hashes.set(value, hash);
  return hash;
}
