import { isJsonObject, type JsonObject } from '../documents/json.ts';
import type { KnownBytes } from './storeRead.ts';

/** The bytes of a store as CoderClaw would write it: two spaces, a line end. */
export function toBytes(document: JsonObject): Buffer {
  return Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
}

/**
 * {@link toBytes}, made from the bytes of `known`, which it made before, where only the profile `key`
 * that was there is another now: what takes long in a large store is to write all the others again.
 *
 * Everything else in `document` must be the very same objects in the same sequence, as intents leave
 * them, and the old text of that profile must stand in `known` just once. A line that begins with four
 * spaces and a key is a member of a part, as no text in JSON has a line break in it. Were it another
 * part's, the profile would still be the old one: whoever parses the bytes and looks at it knows that
 * all is well, as nothing else has been touched.
 *
 * @returns undefined where that does not hold.
 */
export function splicedBytes(
  document: JsonObject,
  known: KnownBytes,
  key: string,
): Buffer | undefined {
  if (onlyProfileThatDiffers(known.document, document) !== key) return undefined;
  const old = Buffer.from(memberText(known.document, key));
  const at = known.bytes.indexOf(old);
  if (at === -1 || known.bytes.indexOf(old, at + 1) !== -1) return undefined;
  return Buffer.concat([
    known.bytes.subarray(0, at),
    Buffer.from(memberText(document, key)),
    known.bytes.subarray(at + old.length),
  ]);
}

function onlyProfileThatDiffers(before: JsonObject, after: JsonObject): string | undefined {
  const parts = keysThatDiffer(before, after);
  if (parts?.length !== 1 || parts[0] !== 'profiles') return undefined;
  const { profiles: was } = before;
  const { profiles: is } = after;
  if (!isJsonObject(was) || !isJsonObject(is)) return undefined;
  const [key, ...more] = keysThatDiffer(was, is) ?? [];
  // The text of anything else has no end that tells it from a longer one.
  if (key === undefined || more.length > 0) return undefined;
  return isJsonObject(was[key]) && isJsonObject(is[key]) ? key : undefined;
}

/** Undefined where the keys themselves, or their sequence, are not the same. */
function keysThatDiffer(a: JsonObject, b: JsonObject): readonly string[] | undefined {
  const [keysOfA, keysOfB] = [Object.keys(a), Object.keys(b)];
  if (keysOfA.length !== keysOfB.length) return undefined;
  if (keysOfA.some((key, n) => key !== keysOfB[n])) return undefined;
  return keysOfA.filter((key) => a[key] !== b[key]);
}

/** A profile as it stands in the text of its store: without what is before its line, or a comma. */
function memberText(document: JsonObject, key: string): string {
  const { profiles } = document;
  const value = isJsonObject(profiles) ? profiles[key] : undefined;
  const lines = JSON.stringify(value, null, 2).replaceAll('\n', '\n    ');
  return `\n    ${JSON.stringify(key)}: ${lines}`;
}
