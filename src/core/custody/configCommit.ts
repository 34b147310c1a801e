import { isUtf8 } from 'node:buffer';
import { dirname } from 'node:path';
import { parse } from '@humanwhocodes/momoa';
import { callsIn } from '../disk/callsIn.ts';
import { type AbsentFile, type ReadFile, strictRead } from '../disk/strictRead.ts';
import { KnownError } from '../errors.ts';
import { keepBackup } from './configBackup.ts';
import { type CommitParts, withTarget } from './storeCommit.ts';

/**
 * One attempt at a config edit. Most find that there is nothing to edit, and that takes no lock.
 * @returns whether anything was written.
 */
export async function commitConfigOnce(
  path: string,
  edit: (text: string | undefined) => string | undefined,
  parts: CommitParts,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const isEdited = (await edited(path, path, edit)).after !== undefined;
  if (!isEdited) return false;
  return await withTarget(path, parts, signal, async (file, held) => {
    const { read, after } = await edited(file, path, edit);
    await parts.checkpoint?.('read');
    if (after === undefined) return false;
    await parts.replace(file, Buffer.from(after), {
      expected: read,
      reparse: (written) => assertJson5(written.toString(), path),
      proveOwnership: () => held.proveOwnership(),
      ...(read.kind === 'bytes' && { beforeRename: () => keepBackup(file, read.bytes) }),
      ...(parts.checkpoint && { checkpoint: parts.checkpoint }),
    });
    return true;
  });
}

/**
 * What stands in a file, and what an edit makes of it; undefined for no change.
 * @param path as it is named to people.
 */
async function edited(
  file: string,
  path: string,
  edit: (text: string | undefined) => string | undefined,
): Promise<{ readonly read: AbsentFile | ReadFile; readonly after: string | undefined }> {
  const read = await strictRead(file, await callsIn(dirname(file)));
  if (read.kind === 'unreadable') {
    throw new KnownError('config.unreadable', { path, errno: read.errno });
  }
  if (read.kind === 'bytes' && !isUtf8(read.bytes)) {
    throw new KnownError('config.invalid', { path, detail: 'not UTF-8' });
  }
  const before = read.kind === 'bytes' ? read.bytes.toString() : undefined;
  const after = edit(before);
  return { read, after: after === before ? undefined : after };
}

function assertJson5(text: string, path: string): void {
  try {
    parse(text, { mode: 'json5' });
  } catch (error) {
    // The parser's message quotes the file, which can hold secrets; its place does not.
    const place = placeOf(error);
    throw new KnownError('config.invalid', { path, detail: 'the edit is not JSON5', ...place });
  }
}

function placeOf(error: unknown): { readonly line?: number; readonly column?: number } {
  const { line, column } = error as { readonly line?: unknown; readonly column?: unknown };
  return typeof line === 'number' && typeof column === 'number' ? { line, column } : {};
}
