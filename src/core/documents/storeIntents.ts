import { KnownError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from './json.ts';
import { normalizeProviderId } from './providerIds.ts';

/** Why a store was changed, in the words of the audit trail. */
export type StoreAction =
  | 'signedIn'
  | 'refreshed'
  | 'adopted'
  | 'repaired'
  | 'removed'
  | 'imported'
  | 'ordered';

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
  readonly entry: readonly [part: 'profiles' | 'order', key: string];
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
}

/**
 * Stores a credential whole under its profile id, new or instead of the one that is there.
 * Applying throws `profile.changed` as {@link UpsertOptions.mayReplace} says.
 */
export function upsertProfile(
  profileId: string,
  credential: JsonObject,
  { mayReplace, action }: UpsertOptions = {},
): StoreIntent {
  return {
    summary: `store ${profileId}`,
    ...(action && { action }),
    entry: ['profiles', profileId],
    apply(document, storePath) {
      if (mayReplace !== undefined && !mayReplace(entryOf(document, 'profiles', profileId))) {
        throw new KnownError('profile.changed', { profileId, storePath });
      }
      return withEntry(document, 'profiles', profileId, credential);
    },
  };
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
 * Sets this store's own order for one provider; `provider` is the key as it is, or is to be, stored.
 * An empty list removes the order, so that the config's holds again.
 */
export function setOrder(provider: string, profileIds: readonly string[]): StoreIntent {
  return {
    summary: `order ${provider}: ${profileIds.join(', ') || 'none'}`,
    entry: ['order', provider],
    apply: (document) =>
      profileIds.length === 0
        ? withoutEntry(document, 'order', provider)
        : withEntry(document, 'order', provider, [...profileIds]),
  };
}

/**
 * Puts a profile first in this store's own order of a provider (in any spelling) and leaves the rest
 * of the list as it stands. Where the store has no list, there comes to be one: the profile, then
 * `fallbackOrder`. Applying throws `profile.gone` if the profile is not there.
 */
export function moveFirst(
  provider: string,
  profileId: string,
  fallbackOrder: readonly string[],
): StoreIntent {
  let key = provider;
  return {
    summary: `order ${provider}: ${profileId} first`,
    get entry() {
      return ['order', key] as const;
    },
    apply(document, storePath) {
      if (entryOf(document, 'profiles', profileId) === undefined) {
        throw new KnownError('profile.gone', { profileId, storePath });
      }
      // A list under another spelling is the one in force: no second one beside it.
      const stored = entriesOf(document, 'order').find(
        ([spelling, list]) =>
          normalizeProviderId(spelling) === normalizeProviderId(provider) && namesProfile(list),
      );
      key = stored?.[0] ?? provider;
      const list = stored && isJsonArray(stored[1]) ? stored[1] : fallbackOrder;
      const rest = list.filter((id) => typeof id !== 'string' || id.trim() !== profileId);
      return withEntry(document, 'order', key, [profileId, ...rest]);
    },
  };
}

/** CoderClaw takes a list without a profile in it for no list. */
function namesProfile(list: JsonValue): boolean {
  return isJsonArray(list) && list.some((id) => typeof id === 'string' && id.trim() !== '');
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

function withEntry(document: JsonObject, part: string, key: string, value: JsonValue): JsonObject {
  const object = ownValue(document, part);
  // CoderClaw takes a part that is not an object for an empty one.
  const entries = isJsonObject(object) ? object : {};
  return { ...document, [part]: { ...entries, [key]: value } };
}

function withoutEntry(document: JsonObject, part: string, key: string): JsonObject {
  const object = ownValue(document, part);
  if (!isJsonObject(object) || !Object.hasOwn(object, key)) return document;
  const { [key]: _removed, ...rest } = object;
  return { ...document, [part]: rest };
}

function entriesOf(document: JsonObject, part: string): [string, JsonValue][] {
  const object = ownValue(document, part);
  return isJsonObject(object) ? Object.entries(object) : [];
}

function isJsonArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
