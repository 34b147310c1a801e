import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../../documents/json.ts';
import type { StoreIntent } from '../../documents/storeIntents.ts';

/** One entry of a store that a write changed; undefined where there is none. */
export interface ChangedEntry {
  readonly entry: StoreIntent['entry'];
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/**
 * The profiles, orders and usage in which two documents of a store differ. (`lastGood`, which CoderClaw
 * notes down as it works, is not looked at.)
 */
export function changedEntries(before: JsonObject, after: JsonObject): readonly ChangedEntry[] {
  const changed: ChangedEntry[] = [];
  for (const part of ['profiles', 'order', 'usageStats'] as const) {
    const [was, is] = [partOf(before, part), partOf(after, part)];
    const added = Object.keys(is).filter((key) => !Object.hasOwn(was, key));
    for (const key of [...Object.keys(was), ...added]) {
      const [old, now] = [ownValue(was, key), ownValue(is, key)];
      // Most are the very same object: an intent copies only what it changes.
      if (old === now || isDeepStrictEqual(old, now)) continue;
      changed.push({ entry: [part, key], before: old, after: now });
    }
  }
  return changed;
}

function partOf(document: JsonObject, part: string): JsonObject {
  const entries = ownValue(document, part);
  return isJsonObject(entries) ? entries : {};
}
