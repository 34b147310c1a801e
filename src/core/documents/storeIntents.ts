import { KnownError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from './json.ts';
import { withoutPause } from './pauseFields.ts';

/** Why a store was changed, in the words of the audit trail. */
export type StoreAction =
  | 'signedIn'
  | 'refreshed'
  | 'adopted'
  | 'repaired'
  | 'removed'
  | 'imported'
  | 'ordered'
  | 'resumed';

/** A part of a store that intents change. */
export type StorePart = 'profiles' | 'order' | 'usageStats';

/**
 * One change to an auth store, as a function on the document that is on disk when it is made: never
 * a saved copy of a document. It changes what it names and nothing else, keys that nobody knows
 * included. It may be applied more than once.
 */
export interface StoreIntent {
  /** For the log: ids, no secrets. */
  readonly summary: string;
  /** For the audit trail, where the entry before and after does not tell it. */
  readonly action?: StoreAction;
  /**
   * The entry that shows whether the change still stands: a part of the store and a key in it. To be
   * read after `apply`, as the document may decide about the key.
   */
  readonly entry: readonly [part: StorePart, key: string];
  /**
   * @returns the changed document, or an equal one if there is nothing to change.
   * @throws {KnownError} if the change may not be made on this document.
   */
  apply(document: JsonObject, storePath: string): JsonObject;
}

export interface UpsertOptions {
  /**
   * Whether what stands there now may be replaced; undefined where nothing does. Without it,
   * whatever is stored is replaced.
   */
  readonly mayReplace?: (stored: JsonValue | undefined) => boolean;
  readonly action?: StoreAction;
  /** Whoever was paused was so with another secret: {@link clearPause} in the same change. */
  readonly resumes?: InheritedStats;
}

/** What the main agent's store says of the usage of a profile, where this store is not that one. */
export interface InheritedStats {
  readonly inherited: JsonValue | undefined;
}

/**
 * Stores a credential whole under its profile id, new or instead of the one that is there.
 * Applying throws `profile.changed` as {@link UpsertOptions.mayReplace} says.
 */
export function upsertProfile(
  profileId: string,
  credential: JsonObject,
  { mayReplace, action, resumes }: UpsertOptions = {},
): StoreIntent {
  return {
    summary: `store ${profileId}`,
    ...(action && { action }),
    entry: ['profiles', profileId],
    apply(document, storePath) {
      if (mayReplace !== undefined && !mayReplace(entryOf(document, 'profiles', profileId))) {
        throw new KnownError('profile.changed', { profileId, storePath });
      }
      const stored = withEntry(document, 'profiles', profileId, credential);
      return resumes === undefined ? stored : resumed(stored, profileId, resumes);
    },
  };
}

/**
 * Ends the pause of a profile, a cooldown or a longer one, and forgets the failures that led to it
 * (`pauseFields.ts`).
 *
 * An agent sees main's stats of a profile only where its own store has none. So where this store has
 * none and main's tell of a pause, there come to be some: main's, without it.
 */
export function clearPause(profileId: string, main: InheritedStats): StoreIntent {
  return {
    summary: `end the pause of ${profileId}`,
    action: 'resumed',
    entry: ['usageStats', profileId],
    apply: (document) => resumed(document, profileId, main),
  };
}

function resumed(
  document: JsonObject,
  profileId: string,
  { inherited }: InheritedStats,
): JsonObject {
  const stats = entryOf(document, 'usageStats', profileId) ?? inherited;
  if (!isJsonObject(stats)) return document;
  const without = withoutPause(stats);
  return without === stats ? document : withEntry(document, 'usageStats', profileId, without);
}

/**
 * Removes a profile with all that belongs to it in this store: its usage, its place as the last good
 * one, its places in orders (an order that held nothing else goes with it: an empty one says nothing
 * to CoderClaw). Applying throws `profile.gone` if it is not there.
 */
export function removeProfile(profileId: string): StoreIntent {
  return {
    summary: `remove ${profileId}`,
    entry: ['profiles', profileId],
    apply(document, storePath) {
      if (entryOf(document, 'profiles', profileId) === undefined) {
        throw new KnownError('profile.gone', { profileId, storePath });
      }
      return withoutProfile(document, profileId);
    },
  };
}

/**
 * Puts one entry of a store at a value, whatever stands there; undefined removes it, and of a profile
 * also what names it, as {@link removeProfile} does.
 */
export function putEntry(
  document: JsonObject,
  [part, key]: StoreIntent['entry'],
  value: JsonValue | undefined,
): JsonObject {
  if (value !== undefined) return withEntry(document, part, key, value);
  return part === 'profiles' ? withoutProfile(document, key) : withoutEntry(document, part, key);
}

/** `document[part][key]`, as far as it is there. */
export function entryOf(document: JsonObject, part: string, key: string): JsonValue | undefined {
  const object = ownValue(document, part);
  return isJsonObject(object) ? ownValue(object, key) : undefined;
}

/** The document without a profile and without all that names it. */
function withoutProfile(document: JsonObject, profileId: string): JsonObject {
  let changed = withoutEntry(document, 'profiles', profileId);
  changed = withoutEntry(changed, 'usageStats', profileId);
  for (const [provider, id] of entriesOf(changed, 'lastGood')) {
    if (id === profileId) changed = withoutEntry(changed, 'lastGood', provider);
  }
  for (const [provider, list] of entriesOf(changed, 'order')) {
    if (!isJsonArray(list)) continue;
    // CoderClaw trims entries when it reads them.
    const left = list.filter((id) => typeof id !== 'string' || id.trim() !== profileId);
    if (left.length === list.length) continue;
    changed =
      left.length === 0
        ? withoutEntry(changed, 'order', provider)
        : withEntry(changed, 'order', provider, left);
  }
  return changed;
}

// A key can be called `__proto__`: JSON.parse makes it an own property like any other. So keys are
// read with `hasOwn`, and objects built by spread and computed keys, which define and never assign.

export function withEntry(
  document: JsonObject,
  part: string,
  key: string,
  value: JsonValue,
): JsonObject {
  const object = ownValue(document, part);
  // CoderClaw takes a part that is not an object for an empty one.
  const entries = isJsonObject(object) ? object : {};
  return { ...document, [part]: { ...entries, [key]: value } };
}

export function withoutEntry(document: JsonObject, part: string, key: string): JsonObject {
  const object = ownValue(document, part);
  if (!isJsonObject(object) || !Object.hasOwn(object, key)) return document;
  const { [key]: _removed, ...rest } = object;
  return { ...document, [part]: rest };
}

/** The entries of a part; none where it is not there. */
export function entriesOf(document: JsonObject, part: string): [string, JsonValue][] {
  const object = ownValue(document, part);
  return isJsonObject(object) ? Object.entries(object) : [];
}

export function isJsonArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
