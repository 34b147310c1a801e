import type { JsonObject, JsonValue } from '../../documents/json.ts';
import { entryOf, putEntry, withoutEntry } from '../../documents/storeIntents.ts';
import { entryHash } from '../entryHash.ts';
import type { Promised } from './undone.ts';

/** All in milliseconds. */
export interface GuardTimes {
  /** For how long a commit is looked after. */
  readonly windowMs: number;
  /** From a write to the look that its aftermath is told by. */
  readonly firstLookMs: number;
  /** Events of a folder within this time become one look. */
  readonly hintMs: number;
  /** From look to look where no event comes. */
  readonly paceMs: number;
  /** How often one entry is put back. */
  readonly mostRepairs: number;
  /** For so long an entry that another process wrote is left to that one, or to the next commit here. */
  readonly othersTurnMs: number;
}

/**
 * What has become of looking after an entry:
 * - `guarded`: it goes on.
 * - `givenUp`: careless programs undid it again and again, and it was left to itself.
 * - `over`: somebody took it back on purpose, or its time is over, or nobody asked for it.
 */
export type Guarding = 'guarded' | 'givenUp' | 'over';

/** One entry that is looked after, from one commit to the next of ours on the same entry. */
export interface GuardedEntry extends Promised {
  /** What stood there before our commits that are still looked after, the latest first. */
  readonly old: readonly (JsonValue | undefined)[];
  readonly isOldToo: Promised['isOld'];
  /** By the steady clock. */
  readonly until: number;
  /** By the clock of the machine; compared with what other processes noted down. */
  readonly since: number;
  /** The same by the steady clock. */
  readonly addedAt: number;
  /** When we wrote it last, by the steady clock. */
  wroteAt: number;
  /** A profile that was taken out while what names it stayed: an agent inherits it from then on. */
  readonly isBare: boolean;
  /** Written by this process. */
  readonly isOwn: boolean;
  /** When it was first seen undone, by the steady clock. */
  undoneAt: number;
  /** What its change looked like when it was first seen: later looks compare with a store that has it. */
  firstSeen: 'undone' | 'revoked' | undefined;
  isUndone: boolean;
  repairs: number;
}

/**
 * What was taken back on purpose, by its file and entry, as a hash: others may not know yet, and still
 * promise it.
 */
export type TakenBack = Map<string, string | null>;

/**
 * Whether a promise of another process came after what is looked after here, as far as either knows what
 * it was built on. Where each says so of the other, or neither does, the time decides; and what stands.
 * A removal that is made is judged by the time too, where it is not known what led up to it: what came
 * between may have been forgotten.
 */
export function isLater(
  { value, isOld, at = 0 }: Promised & { readonly at?: number },
  known: GuardedEntry,
  stands: boolean,
): boolean {
  const [onTop, below] = [isOld(known.value), known.isOld(value)];
  // That nothing stood there before it says little: it may have been so again and again.
  const isEmptied = value === undefined && below && stands;
  if (onTop !== below && !isEmptied) return onTop;
  return onTop || isEmptied ? at > known.since : stands;
}

/** The document with an entry as it was written; one that was taken out with all that named it, goes so again. */
export function putBack(
  document: JsonObject,
  { entry, value, isBare }: Pick<GuardedEntry, 'entry' | 'value' | 'isBare'>,
): JsonObject {
  return isBare ? withoutEntry(document, ...entry) : putEntry(document, entry, value);
}

/** Whether a profile is gone from a document that goes on naming it. */
export function isBareRemoval(
  document: JsonObject,
  { entry, value }: Pick<Promised, 'entry' | 'value'>,
): boolean {
  if (entry[0] !== 'profiles' || value !== undefined) return false;
  if (entryOf(document, ...entry) !== undefined) return false;
  // What is left to be taken out with it is what names it.
  return putEntry(document, entry, undefined) !== document;
}

/** Names an entry, of a file where there are several. */
export function idOf([part, key]: Promised['entry'], file = ''): string {
  return JSON.stringify([part, key, file]);
}

/** Null for nothing. */
export function hashOf(value: JsonValue | undefined): string | null {
  return value === undefined ? null : entryHash(value);
}
