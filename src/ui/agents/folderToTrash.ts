import { env, UIKind, Uri, workspace } from 'vscode';
import type { Clock } from '../../core/clock.ts';
import { moveToTrash, type TrashHost } from '../../core/disk/trash.ts';
import { isKnown, KnownError } from '../../core/errors.ts';

/**
 * Moves a folder to the trash of the machine that it is on. Where that is Windows, only VS Code itself knows
 * how, and only where it runs on that machine too.
 * @returns where it is now, if that is known.
 * @throws {KnownError} `trash.unavailable`, `disk.*`: the folder is where it was.
 */
export async function folderToTrash(
  folder: string,
  host: TrashHost,
  clock: Pick<Clock, 'now'>,
): Promise<string | undefined> {
  try {
    return await moveToTrash(folder, host, clock);
  } catch (error) {
    const isLocal = env.remoteName === undefined && env.uiKind === UIKind.Desktop;
    const isForVsCode = isKnown(error, 'trash.unavailable') && error.facts.why === 'platform';
    if (!isLocal || !isForVsCode) throw error;
  }
  try {
    await workspace.fs.delete(Uri.file(folder), { recursive: true, useTrash: true });
    return undefined;
  } catch (error) {
    throw new KnownError('trash.unavailable', { path: folder, why: 'refused' }, { cause: error });
  }
}
