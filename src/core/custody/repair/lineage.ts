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

interface Step {
  readonly at: number;
  /** Hashes of what was put there and of what stood there; null: nothing. */
  readonly put: string | null;
  readonly seen: string | null;
  readonly isSure: boolean;
}

/**
 * Follows who built on whom by what they saw, and not by the time: clocks are set. Only where the same
 * value was put there twice does the time decide. What may still fail overtakes nobody ({@link isSure}).
 */
export function lineageOf(entry: JournalEntry, all: readonly JournalEntry[]): Lineage {
  const own = stepOf(entry);
  const samePlace = atSamePlace(entry, all);
  const removed = removedLogins(entry, samePlace);
  const isRemoved = (value: JsonValue | undefined): boolean => {
    const login = loginHash(value);
    return login !== null && removed.some((one) => login.startsWith(one));
  };
  if (own === undefined) return { isOvertaken: false, isOld: isRemoved };
  const others = samePlace.flatMap((one) => (one.path === entry.path ? [] : (stepOf(one) ?? [])));
  const before = new Set([own.seen]);
  // A set visits what is added while it is being walked through.
  for (const seen of before) {
    for (const { put, seen: earlier } of others) if (put === seen) before.add(earlier);
  }
  const isTwice = others.some(({ put, at }) => put === own.put && at < own.at);
  const isOvertaken = others.some((other) => {
    if (!other.isSure || other.put === own.put) return false;
    // It found what this one would replace, and was there first.
    if (other.seen === own.seen && !entry.isMade) return true;
    return other.seen === own.put && (other.at > own.at || !(isTwice || before.has(other.put)));
  });
  return {
    isOvertaken,
    isOld: (value) => before.has(value === undefined ? null : entryHash(value)) || isRemoved(value),
  };
}

/** Of each entry of a store (absolute path) the last that was put there, by whoever. They hold secrets. */
export function promisesFor(storePath: string, all: readonly JournalEntry[]): readonly Promised[] {
  const ofStore = all.filter(({ draft }) => draft.storePath === storePath);
  const last = new Map<string, Promised>();
  // Sorted by their times: where nothing else tells which of two came last, that one.
  for (const one of ofStore) {
    const entry = placeOf(one);
    if (!one.isMade || entry === undefined) continue;
    const { isOvertaken, isOld } = lineageOf(one, ofStore);
    if (!isOvertaken) last.set(entry.join(' '), { entry, value: promisedBy(one), isOld });
  }
  return [...last.values()];
}

function promisedBy({ draft, answer }: JournalEntry): JsonValue | undefined {
  switch (draft.kind) {
    case 'store':
      return answer;
    case 'order':
      return draft.list ?? undefined;
    default:
      return undefined;
  }
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

/** Logins that a person had removed from the place of an entry before it was made; or removes by it. */
function removedLogins({ draft, at }: JournalEntry, samePlace: readonly JournalEntry[]): string[] {
  if (draft.kind === 'removal') return draft.login === null ? [] : [draft.login];
  if (draft.kind !== 'store') return [];
  return samePlace.flatMap(({ draft: other, at: then }) =>
    other.kind === 'removal' && other.login !== null && then < at ? [other.login] : [],
  );
}

/** By what was read at once: of each entry of a journal it is asked what the others are. */
const places = new WeakMap<readonly JournalEntry[], ReadonlyMap<string, JournalEntry[]>>();

function atSamePlace(entry: JournalEntry, all: readonly JournalEntry[]): readonly JournalEntry[] {
  let byPlace = places.get(all);
  if (byPlace === undefined) {
    byPlace = groupedByPlace(all);
    places.set(all, byPlace);
  }
  return byPlace.get(idOf(entry) ?? '') ?? [];
}

function groupedByPlace(all: readonly JournalEntry[]): ReadonlyMap<string, JournalEntry[]> {
  const groups = new Map<string, JournalEntry[]>();
  for (const one of all) {
    const id = idOf(one);
    if (id === undefined) continue;
    const group = groups.get(id) ?? [];
    groups.set(id, group);
    group.push(one);
  }
  return groups;
}

function idOf(entry: JournalEntry): string | undefined {
  const place = placeOf(entry);
  return place && [entry.draft.storePath, ...place].join('\n');
}

/** By the answer, which is read once and looked at often. */
const hashes = new WeakMap<JsonObject, string>();

function hashOfAnswer(answer: JsonObject): string {
  const hash = hashes.get(answer) ?? entryHash(answer);
  hashes.set(answer, hash);
  return hash;
}

/**
 * Whether an entry has been in its store, or will be: the promise of a process that is gone is kept by
 * the others. One that lives may still fail, and a sign-in that was not agreed to waits for a person.
 */
export function isSure({ draft, owner, isMade }: JournalEntry): boolean {
  const isAgreed = draft.kind !== 'store' || draft.agreed === true;
  return isMade || (owner !== 'alive' && isAgreed);
}

function stepOf(entry: JournalEntry): Step | undefined {
  const { draft, answer, at } = entry;
  const common = { at, isSure: isSure(entry) };
  switch (draft.kind) {
    case 'order':
      return { ...common, put: draft.list && entryHash(draft.list), seen: draft.seen };
    case 'removal':
      return draft.seen === undefined ? undefined : { ...common, put: null, seen: draft.seen };
    case 'store':
      return answer && { ...common, put: hashOfAnswer(answer), seen: draft.seen };
    case 'refresh':
      return undefined;
  }
}
