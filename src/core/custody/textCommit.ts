import { isUtf8 } from 'node:buffer';
import { dirname } from 'node:path';
import { callsIn } from '../disk/callsIn.ts';
import { asDiskError, errnoOf } from '../disk/diskError.ts';
import type { HeldLock } from '../disk/fileLock.ts';
import { type AbsentFile, type ReadFile, strictRead } from '../disk/strictRead.ts';
import type { KnownError } from '../errors.ts';
import { keepBackup } from './configBackup.ts';
import { type CommitParts, withTarget, withTargets } from './storeCommit.ts';

/** What a file is given, and what becomes of it; undefined, of a file: it is not there; as an answer: no change. */
export type TextEdit = (text: string | undefined) => string | undefined;

/** What differs between the files that are edited as texts. */
export interface TextFile {
  readonly unreadable: (facts: { readonly path: string; readonly errno: string }) => KnownError;
  readonly invalid: (facts: { readonly path: string; readonly detail: string }) => KnownError;
  /** Throws what {@link invalid} makes where a text may not stand in it. `path` is for its facts. */
  readonly assertValid: (text: string, path: string) => void;
  /**
   * An edit may make it, and its folder, where it is not there. Else nothing is changed then, whatever the
   * edit says; and that is seen under the lock, where no other program has it in its hands.
   */
  readonly isMade: boolean;
  /** The bytes from before are kept beside it. */
  readonly hasBackups: boolean;
  /** CoderClaw takes its lock for dead where it shows no pid, so it always has one (`FileLocks`). */
  readonly pidInLock: 'ifReachable' | 'always';
}

/**
 * One attempt at an edit of a file as text.
 * @returns whether anything was written.
 */
export async function commitTextOnce(
  path: string,
  edit: TextEdit,
  kind: TextFile,
  parts: CommitParts,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (kind.isMade) {
    // Most find that there is nothing to edit, and that takes no lock.
    if ((await edited(path, path, edit, kind)).after === undefined) return false;
  } else if (!(await isThere(dirname(path)))) {
    // Nobody can lock what has no folder. That the file is not there may be so just for a moment.
    edit(undefined);
    return false;
  }
  const lock = { signal, pid: kind.pidInLock };
  const replace = async (file: string, held: HeldLock): Promise<boolean> => {
    const { read, after } = await edited(file, path, edit, kind);
    await parts.checkpoint?.('read');
    if (after === undefined) return false;
    const keepsBackup = kind.hasBackups && read.kind === 'bytes';
    await parts.replace(file, Buffer.from(after), {
      expected: read,
      reparse: (written) => kind.assertValid(written.toString(), path),
      proveOwnership: () => held.proveOwnership(),
      ...(keepsBackup && { beforeRename: () => keepBackup(file, read.bytes) }),
      ...(parts.checkpoint && { checkpoint: parts.checkpoint }),
    });
    return true;
  };
  if (kind.isMade) return await withTarget(path, parts, lock, replace);
  return await withTargets([path], parts, lock, (files, held) =>
    replace(files.get(path) ?? path, held),
  );
}

async function isThere(folder: string): Promise<boolean> {
  const calls = await callsIn(folder);
  try {
    await calls.lstat(folder);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw asDiskError(error, folder);
  }
}

/**
 * What stands in a file, and what an edit makes of it; undefined for no change.
 * @param path as it is named to people.
 */
async function edited(
  file: string,
  path: string,
  edit: TextEdit,
  kind: TextFile,
): Promise<{ readonly read: AbsentFile | ReadFile; readonly after: string | undefined }> {
  const read = await strictRead(file, await callsIn(dirname(file)));
  if (read.kind === 'unreadable') throw kind.unreadable({ path, errno: read.errno });
  if (read.kind === 'bytes' && !isUtf8(read.bytes)) {
    throw kind.invalid({ path, detail: 'not UTF-8' });
  }
  const before = read.kind === 'bytes' ? read.bytes.toString() : undefined;
  const after = edit(before);
  const isLeft = after === before || (before === undefined && !kind.isMade);
  return { read, after: isLeft ? undefined : after };
}
