import { isDeepStrictEqual } from 'node:util';
import { type FileIdentity, isSameFile } from '../disk/fileIdentity.ts';
import type { JsonValue } from '../documents/json.ts';
import type { WrittenEntry } from './storeCommit.ts';

/**
 * What became of a commit:
 * - `kept`: the entry stands, or somebody wrote another value on purpose.
 * - `repaired`: a program that does not lock had undone it; it was written again and stands.
 * - `undone`: it was undone, and the one repair did not last or could not be made.
 * - `unknown`: nobody looked (the vault was disposed), or the store could not be read.
 */
export type Aftermath = 'kept' | 'repaired' | 'undone' | 'unknown';

/**
 * Whether a stale copy of the store landed on top of a commit: the entry is again what it was before.
 * Another value was written on purpose and is respected. So is a removal by a program that locks:
 * those replace the file. An entry that we added and that vanished from our very file (CoderClaw
 * 2026.3.21 writes in place) within the moment between write and look was not removed by a person.
 */
export function isUndone(
  written: WrittenEntry,
  now: { readonly value: JsonValue | undefined; readonly identity: FileIdentity },
): boolean {
  if (isDeepStrictEqual(now.value, written.after)) return false;
  if (!isDeepStrictEqual(now.value, written.before)) return false;
  return written.before !== undefined || isSameFile(now.identity, written.identity);
}
