import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '../../documents/json.ts';
import { entryOf, putEntry, type StoreIntent } from '../../documents/storeIntents.ts';

/** What we wrote in one entry of a store, and what careless programs may put in its place. */
export interface Promised {
  readonly entry: StoreIntent['entry'];
  /** What we wrote; undefined: we removed it. */
  readonly value: JsonValue | undefined;
  /** Whether this stood there before, so that it comes from an old copy of the store. */
  readonly isOld: (value: JsonValue | undefined) => boolean;
}

/** The store as it is found, and what helps to tell a careless write from one on purpose. */
export interface Sighting {
  readonly document: JsonObject;
  /** The store as we last saw or wrote it. */
  readonly last: JsonObject | undefined;
  /** For how long our value has stood or been gone, in milliseconds: since we wrote it last. */
  readonly ageMs: number;
  /** The file is the very one that we put in place, so whoever changed it wrote in it. */
  readonly isOurFile: boolean;
}

/**
 * - `stands`: as we wrote it.
 * - `other`: neither that nor anything old. Written on purpose, or by a refresh or use of somebody.
 * - `undone`: gone, or an old value is back, as happens when a program that takes no lock writes the
 *   copy of the store that it had read earlier (CoderClaw 2026.3.21, in place).
 * - `revoked`: the same, but on purpose. A stale copy brings along what its writer wanted to change;
 *   so does one who takes back just this and nothing else mean it, unless it happens in our very file
 *   within a moment of our commit, when no person can have reacted to it.
 */
export type Standing = 'stands' | 'other' | 'undone' | 'revoked';

/** No person takes a change back sooner than this. */
export const PERSON_MS = 2_000;

export function standingOf({ entry, value, isOld }: Promised, seen: Sighting): Standing {
  const now = entryOf(seen.document, ...entry);
  if (isDeepStrictEqual(now, value)) return 'stands';
  // Usage is written at every use, and always with the time: what is exactly as it was comes from an
  // old copy, and all else is later than our change.
  if (entry[0] === 'usageStats') return isOld(now) ? 'undone' : 'other';
  if (now !== undefined && !isOld(now)) return 'other';
  const canBeMeant = seen.ageMs > PERSON_MS || !seen.isOurFile;
  return canBeMeant && seen.last !== undefined && differOnlyIn(entry, seen.last, seen.document)
    ? 'revoked'
    : 'undone';
}

/** But for this entry, and the places that name a profile, the two mean the same to CoderClaw. */
function differOnlyIn(entry: StoreIntent['entry'], a: JsonObject, b: JsonObject): boolean {
  return isDeepStrictEqual(
    meaningOf(putEntry(a, entry, undefined)),
    meaningOf(putEntry(b, entry, undefined)),
  );
}

/** What CoderClaw 2026.3.21 leaves standing of a store when it writes it (FORMAT: it drops the rest). */
function meaningOf(document: JsonObject): JsonObject {
  return {
    profiles: kept(document, 'profiles', (profile) => {
      if (!isJsonObject(profile) || typeof profile['provider'] !== 'string') return false;
      return ['oauth', 'token', 'api_key'].includes(String(profile['type']));
    }),
    order: kept(document, 'order', (list) => Array.isArray(list) && list.length > 0),
    lastGood: kept(document, 'lastGood', () => true),
    usageStats: kept(document, 'usageStats', () => true),
  };
}

function kept(
  document: JsonObject,
  part: string,
  isKept: (value: JsonValue) => boolean,
): JsonObject {
  const entries = Object.hasOwn(document, part) ? document[part] : undefined;
  if (!isJsonObject(entries)) return {};
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => isKept(value)));
}
