import { KnownError } from '../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/**
 * One change to an auth store, as a function on the document that is on disk when it is made: never
 * a saved copy of a document. It changes what it names and nothing else, keys that nobody knows
 * included. It may be applied more than once.
 */
export interface StoreIntent {
  /** For the log: ids, no secrets. */
  readonly summary: string;
  /** The entry that shows whether the change still stands: a part of the store and a key in it. */
  readonly entry: readonly [part: 'profiles' | 'order', key: string];
  /**
   * @returns the changed document, or an equal one if there is nothing to change.
   * @throws {KnownError} if the change may not be made on this document.
   */
  apply(document: JsonObject, storePath: string): JsonObject;
}

export interface UpsertOptions {
  /**
   * Whether the stored credential belongs to whom the new one belongs to. Called if one is stored;
   * without it, whatever is stored is replaced.
   */
  readonly sameIdentity?: (stored: JsonObject) => boolean;
}

/**
 * Stores a credential whole under its profile id, new or instead of the one that is there.
 * Applying throws `profile.otherIdentity` as {@link UpsertOptions.sameIdentity} says.
 */
export function upsertProfile(
  profileId: string,
  credential: JsonObject,
  { sameIdentity }: UpsertOptions = {},
): StoreIntent {
  return {
    summary: `store ${profileId}`,
    entry: ['profiles', profileId],
    apply(document, storePath) {
      const stored = entryOf(document, 'profiles', profileId);
      if (sameIdentity !== undefined && isJsonObject(stored) && !sameIdentity(stored)) {
        throw new KnownError('profile.otherIdentity', { profileId, storePath });
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

/** `document[part][key]`, as far as it is there. */
export function entryOf(document: JsonObject, part: string, key: string): JsonValue | undefined {
  const object = ownValue(document, part);
  return isJsonObject(object) ? ownValue(object, key) : undefined;
}

// A key can be called `__proto__`: JSON.parse makes it an own property like any other. So keys are
// read with `hasOwn`, and objects built by spread and computed keys, which define and never assign.

function ownValue(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

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
