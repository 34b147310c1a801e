import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { KnownError } from '../errors.ts';
import { callsIn } from './callsIn.ts';
import type { Checkpoint } from './checkpoint.ts';
import { asDiskError, errnoOf } from './diskError.ts';
import type { FileCalls, OpenFile } from './fileCalls.ts';
import { type FileIdentity, identityOf, isSameFile } from './fileIdentity.ts';
import { syncFolder } from './folder.ts';
import { meansNoHardLinks } from './linkSupport.ts';
import { renameFile } from './renameFile.ts';
import { type AbsentFile, type ReadFile, strictRead } from './strictRead.ts';
import { temporaryName, unlinkIfThere } from './temporaryFiles.ts';

export interface ReplaceGuard {
  /** What the new bytes were made from. If the file is no longer that, nothing is written. */
  readonly expected: AbsentFile | ReadFile;
  /**
   * Looks at the bytes that go to the disk; throws if they are not what was meant. What comes back
   * from the disk is then compared with them, byte by byte.
   */
  readonly reparse: (written: Buffer) => void;
  /** Throws `lock.lost` if the lock of the file is no longer held. */
  readonly proveOwnership: () => Promise<void>;
  /** Runs when all is checked, just before the rename; if it throws, nothing is replaced. */
  readonly beforeRename?: () => Promise<void>;
  /**
   * Gets, once the new name stands, what makes it durable. Then that is not waited for: nothing may be
   * acknowledged before it has resolved. It rejects as {@link replaceFile} does.
   */
  readonly syncing?: (synced: Promise<void>) => void;
  readonly checkpoint?: Checkpoint;
  /** How to make system calls; found out by itself unless given. */
  readonly calls?: FileCalls;
}

/**
 * Replaces `path` (not a symbolic link) as a whole, or leaves it as it is: at every instant, power
 * cuts included, the name leads to all of the old bytes or all of the new. When it resolves, the new
 * bytes are on stable storage (their name too, unless `syncing` says when). The file is 0600 from its first instant; an old file's stricter mode
 * is kept. The caller holds the lock of `path` and has swept its temporary files.
 *
 * @returns the identity of the new file.
 * @throws {KnownError} `disk.full`, `disk.readOnly`, `disk.failed`, `lock.lost`; `disk.contended`
 * if the file is not what was `expected`. The temporary file is gone in each case.
 */
export async function replaceFile(
  path: string,
  bytes: Buffer,
  guard: ReplaceGuard,
): Promise<FileIdentity> {
  const { checkpoint, calls = await callsIn(dirname(path)) } = guard;
  const temporary = temporaryName(path);
  // Once renamed, its name is gone.
  let isLeft = true;
  try {
    const identity = await writeWhole(temporary, bytes, guard, calls);
    await checkpoint?.('temp.synced');
    if (guard.expected.kind === 'absent') {
      await assertReady(path, guard, calls);
      await createExclusively(temporary, path, identity, calls);
    } else {
      await renameFile(temporary, path, calls, () => assertReady(path, guard, calls));
      isLeft = false;
    }
    await checkpoint?.('renamed');
    const synced = syncName(path, checkpoint, calls);
    if (guard.syncing === undefined) await synced;
    else {
      // It may fail before anybody waits for it.
      synced.catch(() => {});
      guard.syncing(synced);
    }
    return identity;
  } catch (error) {
    // Swept by the next holder of the lock, who therefore has it and we have not.
    if (errnoOf(error) === 'ENOENT') throw new KnownError('lock.lost', { path }, { cause: error });
    throw asDiskError(error, path);
  } finally {
    if (isLeft) {
      await unlinkIfThere(temporary, calls).catch(() => {
        // The next commit sweeps it; what matters now is the outcome above.
      });
    }
  }
}

async function syncName(
  path: string,
  checkpoint: Checkpoint | undefined,
  calls: FileCalls,
): Promise<void> {
  try {
    await syncFolder(dirname(path), calls);
  } catch (error) {
    throw asDiskError(error, path);
  }
  await checkpoint?.('folder.synced');
}

async function writeWhole(
  temporary: string,
  bytes: Buffer,
  { expected, reparse, checkpoint }: ReplaceGuard,
  calls: FileCalls,
): Promise<FileIdentity> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
  const file = await calls.open(temporary, flags, 0o600);
  try {
    await checkpoint?.('temp.created');
    if (expected.kind === 'bytes') await adopt(file, expected);
    await file.writeAll(bytes);
    await checkpoint?.('temp.written');
    await syncedMeanwhile(file, () => reparse(bytes));
    // A full disk can end a write early without any error: never trust, look.
    const stats = await file.stat();
    if (stats.size !== BigInt(bytes.length) || !(await holds(file, bytes))) {
      throw Object.assign(new Error('short write'), { code: 'ENOSPC', syscall: 'write' });
    }
    return identityOf(stats);
  } finally {
    await file.close();
  }
}

/**
 * Does `work` while the disk does its own. That reads the bytes as we gave them away; since they are
 * compared with what comes back from the disk afterwards, it has then seen those.
 */
async function syncedMeanwhile(file: OpenFile, work: () => void): Promise<void> {
  const synced = file.sync();
  try {
    work();
  } finally {
    // Not left alone: the file may not be closed under it.
    await synced;
  }
}

async function holds(file: OpenFile, bytes: Buffer): Promise<boolean> {
  const written = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  while (length < written.length) {
    const bytesRead = await file.read(written, length, length);
    if (bytesRead === 0) return false;
    length += bytesRead;
  }
  return written.equals(bytes);
}

/** Takes over what must not change with the content: the owner, and a mode stricter than 0600. */
async function adopt(file: OpenFile, old: ReadFile): Promise<void> {
  const mode = old.mode & 0o600;
  if (mode !== 0o600) await file.chmod(mode);
  // Run as root on another user's store: it must stay that user's. Anybody else may not (EPERM).
  if (process.geteuid !== undefined && old.uid !== process.geteuid()) await file.chown(old.uid, -1);
}

async function assertReady(path: string, guard: ReplaceGuard, calls: FileCalls): Promise<void> {
  await guard.proveOwnership();
  await guard.checkpoint?.('proven');
  await guard.beforeRename?.();
  const now = await strictRead(path, calls);
  const { expected } = guard;
  const isSame =
    expected.kind === 'absent'
      ? now.kind === 'absent'
      : now.kind === 'bytes' && now.bytes.equals(expected.bytes);
  if (!isSame) throw new KnownError('disk.contended', { path });
  await guard.checkpoint?.('compared');
}

/** Like a rename that refuses to replace: a file that appeared since we looked is not ours to lose. */
async function createExclusively(
  temporary: string,
  path: string,
  identity: FileIdentity,
  calls: FileCalls,
): Promise<void> {
  try {
    await calls.link(temporary, path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') {
      // Over NFS a link can have worked although its answer was lost and the second try failed.
      if (isSameFile(identityOf(await calls.lstat(path)), identity)) return;
      throw new KnownError('disk.contended', { path }, { cause: error });
    }
    if (!meansNoHardLinks(error)) throw error;
    await renameFile(temporary, path, calls);
  }
}
