import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Clock, throwIfCancelled } from '../clock.ts';
import type { replaceFile } from '../disk/atomicFile.ts';
import type { Checkpoint } from '../disk/checkpoint.ts';
import { asDiskError } from '../disk/diskError.ts';
import type { FileIdentity } from '../disk/fileIdentity.ts';
import type { FileLocks, HeldLock } from '../disk/fileLock.ts';
import { resolveTarget } from '../disk/fileTarget.ts';
import { makePrivateFolder } from '../disk/folder.ts';
import { sweepTemporaryFiles } from '../disk/temporaryFiles.ts';
import { parseAuthStore } from '../documents/authStore.ts';
import type { JsonObject, JsonValue } from '../documents/json.ts';
import { entryOf, type StoreIntent } from '../documents/storeIntents.ts';
import { KnownError } from '../errors.ts';
import { refuseLegacy } from './legacyFiles.ts';
import { type KnownStore, readWritableStore } from './storeRead.ts';

/** What a commit stands on. */
export interface CommitParts {
  readonly locks: Pick<FileLocks, 'withFileLocks' | 'isAbandoned'>;
  readonly clock: Clock;
  readonly replace: typeof replaceFile;
  readonly checkpoint?: Checkpoint;
}

export interface CommitOptions {
  /** Ends the waiting. What has begun under the lock is brought to its end. */
  readonly signal?: AbortSignal;
  /** Older files, besides `auth.json`, whose import a new store would prevent. Absolute paths. */
  readonly legacyPaths?: readonly string[];
}

/** What one commit did to the entry that its intent is about. */
export interface WrittenEntry {
  readonly file: string;
  /** Of the file that was put in place. */
  readonly identity: FileIdentity;
  /** The entry before and after; undefined where there is none. */
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/**
 * Runs `task` on the file behind `path`, under the locks of all of its names and with the temporary
 * files of former holders swept. The folder is made if need be.
 */
export async function withTarget<T>(
  path: string,
  parts: CommitParts,
  signal: AbortSignal | undefined,
  task: (file: string, held: HeldLock) => Promise<T>,
): Promise<T> {
  try {
    await makePrivateFolder(dirname(path));
    const { file, names } = await resolveTarget(path);
    return await parts.locks.withFileLocks(names, { ...(signal && { signal }) }, async (held) => {
      throwIfCancelled(signal);
      // The link could have been turned elsewhere while we waited.
      if (!isDeepStrictEqual(await resolveTarget(path), { file, names })) {
        throw new KnownError('disk.contended', { path });
      }
      await sweepTemporaryFiles(file, (temporary) => parts.locks.isAbandoned(temporary));
      await parts.checkpoint?.('swept');
      return await task(file, held);
    });
  } catch (error) {
    throw asDiskError(error, path);
  }
}

/**
 * One attempt at a commit: lock, strict read, intent, atomic replacement. `wanted` can call it off
 * after the read. Nothing is written if the intent changes nothing.
 *
 * @returns what was written, or undefined.
 */
export async function commitStoreOnce(
  storePath: string,
  intent: StoreIntent,
  parts: CommitParts,
  { signal, legacyPaths = [] }: CommitOptions,
  wanted: (store: KnownStore) => boolean = () => true,
): Promise<WrittenEntry | undefined> {
  return await withTarget(storePath, parts, signal, async (file, held) => {
    const store = await readWritableStore(file, parts.clock);
    await parts.checkpoint?.('read');
    if (!wanted(store)) return undefined;
    if (store.kind === 'absent') await refuseLegacy(storePath, legacyPaths);
    const before = store.kind === 'whole' ? store.document : { version: 1, profiles: {} };
    const after = intent.apply(before, storePath);
    if (isDeepStrictEqual(after, before)) return undefined;
    const identity = await parts.replace(file, toBytes(after), {
      expected: store.read,
      reparse: (written) => assertMeans(written, intent.entry, after, storePath),
      proveOwnership: () => held.proveOwnership(),
      ...(parts.checkpoint && { checkpoint: parts.checkpoint }),
    });
    return {
      file,
      identity,
      before: entryOf(before, ...intent.entry),
      after: entryOf(after, ...intent.entry),
    };
  });
}

function toBytes(document: JsonObject): Buffer {
  return Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
}

/** The bytes on the disk are a store, and what the intent is about is in it. */
function assertMeans(
  written: Buffer,
  entry: StoreIntent['entry'],
  after: JsonObject,
  path: string,
): void {
  const parsed = parseAuthStore(written.toString());
  const isMeant =
    parsed.kind === 'whole' &&
    isDeepStrictEqual(entryOf(parsed.document, ...entry), entryOf(after, ...entry));
  if (!isMeant) throw new KnownError('store.torn', { path, detail: 'the change does not fit in' });
}
