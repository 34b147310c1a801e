import { basename, dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Clock, throwIfCancelled } from '../clock.ts';
import type { replaceFile } from '../disk/atomicFile.ts';
import type { Checkpoint } from '../disk/checkpoint.ts';
import { asDiskError } from '../disk/diskError.ts';
import type { FileIdentity } from '../disk/fileIdentity.ts';
import type { FileLocks, HeldLock } from '../disk/fileLock.ts';
import { type FileTarget, resolveTarget } from '../disk/fileTarget.ts';
import { makePrivateFolder } from '../disk/folder.ts';
import { sweepTemporaryFiles } from '../disk/temporaryFiles.ts';
import { parseAuthStore } from '../documents/authStore.ts';
import type { JsonObject, JsonValue } from '../documents/json.ts';
import { runtimeCachePath } from '../documents/locations.ts';
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

/** The file behind a path, with its locks held. */
export type HeldTargets = ReadonlyMap<string, string>;

/**
 * Runs `task` on the files behind `paths` (absolute), under the locks of all of their names and with
 * the temporary files of former holders swept. Their folders must exist.
 * @throws {KnownError} `disk.contended` if a link was turned elsewhere while we waited.
 */
export async function withTargets<T>(
  paths: readonly string[],
  parts: CommitParts,
  signal: AbortSignal | undefined,
  task: (files: HeldTargets, held: HeldLock) => Promise<T>,
): Promise<T> {
  try {
    const targets = new Map<string, FileTarget>();
    for (const path of paths) targets.set(path, await resolveTarget(path));
    const names = [...targets.values()].flatMap((target) => target.names);
    return await parts.locks.withFileLocks(names, { ...(signal && { signal }) }, async (held) => {
      throwIfCancelled(signal);
      for (const [path, target] of targets) {
        if (!isDeepStrictEqual(await resolveTarget(path), target)) {
          throw new KnownError('disk.contended', { path });
        }
      }
      const files = new Map([...targets].map(([path, { file }]) => [path, file]));
      for (const file of new Set(files.values())) {
        const isAbandoned = (temporary: string) => parts.locks.isAbandoned(temporary);
        await sweepTemporaryFiles(file, isAbandoned, [basename(runtimeCachePath(''))]);
      }
      await parts.checkpoint?.('swept');
      return await task(files, held);
    });
  } catch (error) {
    throw asDiskError(error, paths[0] ?? '');
  }
}

/** {@link withTargets} for one path, whose folder is made if need be. */
export async function withTarget<T>(
  path: string,
  parts: CommitParts,
  signal: AbortSignal | undefined,
  task: (file: string, held: HeldLock) => Promise<T>,
): Promise<T> {
  try {
    await makePrivateFolder(dirname(path));
  } catch (error) {
    throw asDiskError(error, path);
  }
  return await withTargets([path], parts, signal, (files, held) =>
    task(files.get(path) ?? path, held),
  );
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
    return await replaceStore({ storePath, file, held }, store, intent, parts);
  });
}

/**
 * The last step of a commit, under the lock: the intent applied to what was just read, and the file
 * replaced as a whole. Nothing is written if the intent changes nothing.
 */
export async function replaceStore(
  { storePath, file, held }: { storePath: string; file: string; held: HeldLock },
  store: KnownStore,
  intent: StoreIntent,
  parts: CommitParts,
): Promise<WrittenEntry | undefined> {
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
