import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '../../documents/json.ts';
import type { StoreIntent } from '../../documents/storeIntents.ts';

/** One entry of a store that a write changed; undefined where there is none. */
export interface ChangedEntry {
  readonly entry: StoreIntent['entry'];
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/**
 * The profiles and orders in which two documents of a store differ. (What CoderClaw notes down as it
 * works, `usageStats` and `lastGood`, is not looked at.)
 */
export function changedEntries(before: JsonObject, after: JsonObject): readonly ChangedEntry[] {
  return (['profiles', 'order'] as const).flatMap((part) => {
    const [was, is] = [entriesOf(before, part), entriesOf(after, part)];
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((key): ChangedEntry[] => {
      const [old, now] = [was.get(key), is.get(key)];
      // Most are the very same object: an intent copies only what it changes.
      return old === now || isDeepStrictEqual(old, now)
        ? []
        : [{ entry: [part, key], before: old, after: now }];
    });
  });
}

function entriesOf(document: JsonObject, part: string): ReadonlyMap<string, JsonValue> {
  const entries = Object.hasOwn(document, part) ? document[part] : undefined;
  return new Map(isJsonObject(entries) ? Object.entries(entries) : []);
}
