import { dirname, join } from 'node:path';
import { strictRead } from '../disk/strictRead.ts';
import { isJsonObject } from '../documents/json.ts';
import { KnownError } from '../errors.ts';

/**
 * Refuses to create a store where an older file waits for its import: CoderClaw 2026.3.21 imports
 * `auth.json` (beside the store) and `credentials/oauth.json` only while there is no store, so a new
 * one would hide the logins in them for good. A file counts unless it is certain that nothing is in
 * it ({@link holdsLogins}).
 *
 * @throws {KnownError} `store.legacyPending`
 */
export async function refuseLegacy(path: string, legacyPaths: readonly string[]): Promise<void> {
  for (const legacyPath of [join(dirname(path), 'auth.json'), ...legacyPaths]) {
    if (!(await holdsLogins(legacyPath))) continue;
    throw new KnownError('store.legacyPending', { path, legacyPath });
  }
}

/** False only where it is certain: no file, or a JSON object without an entry that is an object. */
export async function holdsLogins(legacyPath: string): Promise<boolean> {
  const read = await strictRead(legacyPath);
  if (read.kind === 'absent') return false;
  return read.kind === 'unreadable' || !hasNoLogins(read.bytes.toString());
}

function hasNoLogins(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text);
    return isJsonObject(document) && !Object.values(document).some(isJsonObject);
  } catch {
    return false;
  }
}
