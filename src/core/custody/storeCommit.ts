import { basename, dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Clock, throwIfCancelled } from '../clock.ts';
import type { ReplaceGuard, replaceFile } from '../disk/atomicFile.ts';
import { callsIn } from '../disk/callsIn.ts';
import type { Checkpoint } from '../disk/checkpoint.ts';
import { asDiskError } from '../disk/diskError.ts';
import type { FileIdentity } from '../disk/fileIdentity.ts';
import type { FileLocks, HeldLock, LockOptions } from '../disk/fileLock.ts';
import { type FileTarget, resolveTarget } from '../disk/fileTarget.ts';
import { makePrivateFolder, syncFolder } from '../disk/folder.ts';
import { sweepTemporaryFiles } from '../disk/temporaryFiles.ts';
import { parseStoreDocument } from '../documents/authStore.ts';
import type { JsonObject, JsonValue } from '../documents/json.ts';
import { runtimeCachePath } from '../documents/locations.ts';
import { entryOf, type StoreIntent } from '../documents/storeIntents.ts';
import { isKnown, KnownError } from '../errors.ts';
import { refuseLegacy } from './older/legacyFiles.ts';
import type { Aftermath } from './repair/aftermath.ts';
import { changedEntries } from './repair/changedEntries.ts';
import type { Guard } from './repair/guard.ts';
import { textOf } from './storeBytes.ts';
import { type KnownBytes, type KnownStore, readWritableStore } from './storeRead.ts';
import { splicedBytes, toBytes } from './storeText.ts';

/** What a commit stands on. */
export interface CommitParts {
  readonly locks: Pick<FileLocks, 'withFileLocks' | 'isAbandoned'>;
  readonly clock: Clock;
  readonly replace: typeof replaceFile;
  readonly checkpoint?: Checkpoint;
  /** Looks after what is written. */
  readonly guard: Pick<Guard, 'known' | 'mend' | 'writing' | 'wrote'>;
}

export interface CommitOptions {
  /** Ends the waiting. What has begun under the lock is brought to its end. */
  readonly signal?: AbortSignal;
  /** Older files, besides `auth.json`, whose import a new store would prevent. Absolute paths. */
  readonly legacyPaths?: readonly string[];
  /**
   * Told once the change is in the store, still under its lock (not yet that it is durable): whoever has
   * the lock next knows of it. Must not throw.
   */
  readonly made?: () => Promise<void>;
  /**
   * Asked under the lock: whether the change is still to be made. Waiting for the lock can take long,
   * and what it was decided on can be out of date.
   */
  readonly isWanted?: () => Promise<boolean>;
}

/** What one commit did to the entry that its intent is about. */
export interface WrittenEntry {
  readonly file: string;
  /** Of the file that was put in place. */
  readonly identity: FileIdentity;
  /** The entry before and after; undefined where there is none. */
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
  /**
   * What became of it: told about 50 ms later, or once it has been put back. Never rejects, and need
   * not be waited for.
   */
  readonly aftermath: Promise<Aftermath>;
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
  options: LockOptions,
  task: (files: HeldTargets, held: HeldLock) => Promise<T>,
): Promise<T> {
  try {
    const targets = new Map<string, FileTarget>();
    for (const path of paths) targets.set(path, await targetOf(path));
    const names = [...targets.values()].flatMap((target) => target.names);
    return await parts.locks.withFileLocks(names, options, async (held) => {
      throwIfCancelled(options.signal);
      for (const [path, target] of targets) {
        if (!isDeepStrictEqual(await targetOf(path), target)) {
          throw new KnownError('disk.contended', { path });
        }
      }
      const files = new Map([...targets].map(([path, { file }]) => [path, file]));
      for (const file of new Set(files.values())) {
        const isAbandoned = (temporary: string) => parts.locks.isAbandoned(temporary);
        const calls = await callsIn(dirname(file));
        await sweepTemporaryFiles(file, isAbandoned, [basename(runtimeCachePath(''))], calls);
      }
      await parts.checkpoint?.('swept');
      return await task(files, held);
    });
  } catch (error) {
    throw asDiskError(error, paths[0] ?? '');
  }
}

async function targetOf(path: string): Promise<FileTarget> {
  return await resolveTarget(path, await callsIn(dirname(path)));
}

/** {@link withTargets} for one path, whose folder is made if need be. */
export async function withTarget<T>(
  path: string,
  parts: CommitParts,
  options: LockOptions,
  task: (file: string, held: HeldLock) => Promise<T>,
): Promise<T> {
  try {
    const folder = dirname(path);
    await makePrivateFolder(folder, await callsIn(folder));
  } catch (error) {
    throw asDiskError(error, path);
  }
  return await withTargets([path], parts, options, (files, held) =>
    task(files.get(path) ?? path, held),
  );
}

/**
 * One attempt at a commit: lock, strict read, intent, atomic replacement. Nothing is written if the
 * intent changes nothing and there is nothing to put back.
 *
 * @param ifAbsent Whether a store that is not there comes to be without anything in it.
 * @returns what was written, or undefined.
 */
export async function commitStoreOnce(
  storePath: string,
  intent: StoreIntent,
  parts: CommitParts,
  { signal, legacyPaths = [], made, isWanted }: CommitOptions,
  ifAbsent: 'leave' | 'make' = 'leave',
): Promise<WrittenEntry | undefined> {
  let synced: Promise<void> | undefined;
  let replacing: Promise<WrittenEntry | undefined> | undefined;
  const locked = withTarget(storePath, parts, { signal }, async (file, held) => {
    const store = await readWritableStore(file, parts.clock, parts.guard.known(file));
    await parts.checkpoint?.('read');
    if (store.kind === 'absent') await refuseLegacy(storePath, legacyPaths);
    if (isWanted !== undefined && !(await isWanted())) return undefined;
    const syncing = (sync: Promise<void>): void => {
      synced = sync;
    };
    replacing = replaceStore({ storePath, file, held, syncing, ifAbsent }, store, intent, parts);
    const written = await replacing;
    await made?.();
    return written;
  });
  const written = await locked.catch((error: unknown) => outlasting(error, replacing, parts.clock));
  // The lock is free already: the next holder need not wait for what only the acknowledgement needs.
  await synced;
  return written;
}

/** A task whose lock is lost ends at its next proof, if its disk answers. */
const OUTLAST_MS = 10_000;

/**
 * What came of a replacement whose lock ran out under it: the time limit, or a machine that slept, can
 * strike after the rename. What was made then stands, and is not to be made again.
 * @throws `error`, or what the replacement threw.
 */
async function outlasting(
  error: unknown,
  replacing: Promise<WrittenEntry | undefined> | undefined,
  clock: Clock,
): Promise<WrittenEntry | undefined> {
  if (replacing === undefined || !isKnown(error, 'lock.lost')) throw error;
  const patience = new AbortController();
  const tooLong = clock.sleep(OUTLAST_MS, patience.signal).then(() => {
    throw error;
  });
  tooLong.catch(() => {}); // called off
  try {
    return await Promise.race([replacing, tooLong]);
  } finally {
    patience.abort();
  }
}

/**
 * One attempt at putting back what careless programs undid in a store, if they did. A store that is
 * absent stays so.
 */
export async function mendStoreOnce(
  storePath: string,
  parts: CommitParts,
  signal: AbortSignal,
): Promise<void> {
  await withTargets([storePath], parts, { signal }, async (files, held) => {
    await mendHeldStore({ storePath, file: files.get(storePath) ?? storePath, held }, parts);
  });
}

/** One attempt at making a store with nothing in it, where there is none. */
export async function makeStoreOnce(
  storePath: string,
  parts: CommitParts,
  options: Pick<CommitOptions, 'signal' | 'legacyPaths'>,
): Promise<void> {
  await commitStoreOnce(storePath, NOTHING, parts, options, 'make');
}

/** {@link mendStoreOnce} of a store whose lock is held. */
export async function mendHeldStore(target: StoreTarget, parts: CommitParts): Promise<void> {
  const { file } = target;
  const store = await readWritableStore(file, parts.clock, parts.guard.known(file));
  if (store.kind === 'whole') await replaceStore(target, store, NOTHING, parts);
}

/** A store whose lock is held, and who hears when a commit to it is durable. */
interface StoreTarget extends Pick<ReplaceGuard, 'syncing'> {
  readonly storePath: string;
  readonly file: string;
  readonly held: HeldLock;
  readonly ifAbsent?: 'leave' | 'make';
}

const NOTHING: StoreIntent = {
  summary: 'nothing',
  entry: ['profiles', ''],
  apply: (document) => document,
};

/**
 * The last step of a commit, under the lock: what a careless program undid of earlier commits is put
 * back in what was just read, the intent applied to that, and the file replaced as a whole. Nothing
 * is written if nothing changes; but what is there is durable then, whoever of us wrote it.
 *
 * @param target `syncing`, where given, gets what has to be waited for before anything is
 *   acknowledged; else it is waited for here.
 * @returns undefined if the intent changed nothing.
 */
export async function replaceStore(
  { storePath, file, held, syncing, ifAbsent = 'leave' }: StoreTarget,
  store: KnownStore,
  intent: StoreIntent,
  parts: CommitParts,
): Promise<WrittenEntry | undefined> {
  const read = store.kind === 'whole' ? store.document : { version: 1, profiles: {} };
  const mended =
    store.kind === 'whole' ? await parts.guard.mend(storePath, file, store) : undefined;
  const before = mended?.document ?? read;
  const after = intent.apply(before, storePath);
  const isMade = store.kind === 'absent' && ifAbsent === 'make';
  if (isDeepStrictEqual(after, read) && !isMade) {
    // Another holder may have renamed it and still be waiting for this.
    if (store.kind === 'whole') await syncFolder(dirname(file), await callsIn(dirname(file)));
    await parts.checkpoint?.('folder.synced');
    return undefined;
  }
  const written = parts.guard.writing(file);
  const known = parts.guard.known(file);
  const bytes = splicedOf(after, known, intent) ?? toBytes(after);
  let reparsed: JsonObject | undefined;
  let identity: FileIdentity;
  let aftermath: Promise<Aftermath>;
  try {
    identity = await parts.replace(file, bytes, {
      expected: store.read,
      reparse: (written) => {
        reparsed = reparse(written, intent.entry, after, storePath);
      },
      ...(syncing && { syncing }),
      proveOwnership: () => held.proveOwnership(),
      ...(parts.checkpoint && { checkpoint: parts.checkpoint }),
    });
    aftermath = parts.guard.wrote(storePath, {
      file,
      identity,
      before: read,
      document: after,
      written: reparsed && { bytes, document: reparsed },
      putBack: mended?.putBack ?? [],
      changes: changedEntries(before, after),
    });
  } finally {
    written();
  }
  if (isDeepStrictEqual(after, before)) return undefined;
  return {
    file,
    identity,
    before: entryOf(before, ...intent.entry),
    after: entryOf(after, ...intent.entry),
    aftermath,
  };
}

/** Only where what {@link reparse} looks at afterwards is what was exchanged. */
function splicedOf(
  after: JsonObject,
  known: KnownBytes | undefined,
  { entry: [part, key] }: StoreIntent,
): Buffer | undefined {
  return known && part === 'profiles' ? splicedBytes(after, known, key) : undefined;
}

/** The bytes for the disk are a store, and what the intent is about is in it. */
function reparse(
  written: Buffer,
  entry: StoreIntent['entry'],
  after: JsonObject,
  path: string,
): JsonObject {
  const parsed = parseStoreDocument(textOf(written));
  const isMeant =
    parsed.kind === 'whole' &&
    isDeepStrictEqual(entryOf(parsed.document, ...entry), entryOf(after, ...entry));
  if (!isMeant) throw new KnownError('store.torn', { path, detail: 'the change does not fit in' });
  return parsed.document;
}
