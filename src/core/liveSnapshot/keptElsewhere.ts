import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isFaultOfMachine, readEntryFile } from '../custody/journal/entryRead.ts';
import { parseAnswer, parseHeader } from '../custody/journal/journalFile.ts';
import { isEntryName } from '../custody/journal/journalNames.ts';
import { fromAnswer } from '../custody/refresh/refreshAnswer.ts';
import { errnoOf } from '../disk/errno.ts';
import { strictRead } from '../disk/strictRead.ts';
import { isJsonObject } from '../documents/json.ts';
import { runtimeCachePath } from '../documents/locations.ts';
import { ownFolderOf } from '../documents/ownFolder.ts';
import { parseRuntimeCache } from '../documents/runtimeCache.ts';
import { tokenHash } from '../model/loginFingerprint.ts';
import type { StateDirRead } from '../model/reads.ts';

/**
 * Hashes of the refresh tokens that are safe outside of the stores: in the journals, or in the runtime
 * cache beside a store. The next refresh, or the upkeep, brings them from there. Takes no lock, and
 * writes nothing.
 *
 * @throws errors of system calls where a journal cannot be read: unreadable is not empty.
 */
export async function keptElsewhere(
  stateDirs: readonly StateDirRead[],
): Promise<ReadonlySet<string>> {
  const stores = stateDirs.flatMap(({ agents, mainStore }) => [
    ...agents.map(({ store }) => store),
    mainStore,
  ]);
  const caches = new Set(stores.map(({ path }) => runtimeCachePath(dirname(path))));
  const tokens = await Promise.all([
    ...stateDirs.map(({ path }) => tokensInJournal(ownFolderOf(path).journal)),
    ...[...caches].map(tokensInCache),
  ]);
  return new Set(tokens.flat().map(tokenHash));
}

async function tokensInJournal(folder: string): Promise<readonly string[]> {
  const tokens: string[] = [];
  for (const name of (await namesIn(folder)).filter(isEntryName)) {
    try {
      const bytes = await readEntryFile(join(folder, name), { mends: false });
      if (parseHeader(bytes)?.draft.kind !== 'refresh') continue;
      const renewed = fromAnswer(parseAnswer(bytes));
      if (renewed !== undefined) tokens.push(renewed.fields.refresh);
    } catch (error) {
      // Dropped meanwhile, or no entry: whoever tends the journal tells of it.
      const errno = errnoOf(error);
      if (errno === undefined || isFaultOfMachine(errno)) throw error;
    }
  }
  return tokens;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** A torn one says nothing: its other writer makes it whole, which is an event, and it is read again. */
async function tokensInCache(path: string): Promise<readonly string[]> {
  const read = await strictRead(path);
  if (read.kind !== 'bytes') return [];
  const entries = Object.values(parseRuntimeCache(read.bytes.toString()) ?? {});
  return entries.flatMap((entry) =>
    isJsonObject(entry) && typeof entry['refresh'] === 'string' ? [entry['refresh']] : [],
  );
}
