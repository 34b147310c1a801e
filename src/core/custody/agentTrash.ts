import { basename, dirname, join, relative, sep } from 'node:path';
import { unlinkIfThere } from '../disk/temporaryFiles.ts';
import { diskProbe } from '../documents/hostEnvironment.ts';
import type { Journal } from './journal/journal.ts';
import type { Vault } from './vault.ts';

export interface TrashParts {
  readonly vault: Pick<Vault, 'withStores'>;
  readonly journal: Pick<Journal, 'entries' | 'drop'>;
  readonly platform: NodeJS.Platform;
}

/** What is left of an agent that was removed. Absolute paths. */
export interface LeftFolder {
  readonly stateDir: string;
  /** Nobody else's is in it: `AgentFolders.own`. */
  readonly folder: string;
  /** The agent's store, in it or elsewhere. */
  readonly storePath: string;
}

/**
 * Moves the folder of a removed agent away. A refresh that is under way in its store is waited for, and
 * what the journal promises for that store is dropped, since keeping it would make the store anew.
 *
 * @param move moves a folder as a whole, or fails. @returns where it is now, if that is known.
 * @throws {KnownError} `lock.*`, `disk.*`, and what `move` throws: the folder is where it was.
 */
export async function moveAgentAway<Moved extends string | undefined>(
  { vault, journal, platform }: TrashParts,
  { stateDir, folder, storePath }: LeftFolder,
  move: (folder: string) => Promise<Moved>,
): Promise<Moved> {
  const inside = await folderIn(folder, storePath);
  // A store elsewhere stays where it is, and what is promised for it too.
  if (inside === undefined) return await move(folder);
  const forget = async (): Promise<void> => {
    for (const entry of await journal.entries([stateDir])) {
      const { kind, storePath: promised } = entry.draft;
      // The answer to a refresh goes to whoever else holds the login.
      if (kind === 'refresh' || (await folderIn(folder, promised)) === undefined) continue;
      await journal.drop(entry);
    }
  };
  // Windows moves no folder in which a file is open, as the lock is.
  if (platform === 'win32') {
    await vault.withStores([storePath], {}, forget);
    return await move(folder);
  }
  return await vault.withStores([storePath], {}, async () => {
    await forget();
    const moved = await move(folder);
    // The lock went along: whoever puts the folder back would wait for it.
    const lock = `${basename(storePath)}.lock`;
    if (moved !== undefined) {
      await unlinkIfThere(join(moved, inside, lock)).catch(() => {});
    }
    return moved;
  });
}

/** In which folder of `folder` (without links) a store lies, relative to it; undefined: in none. */
async function folderIn(folder: string, storePath: string): Promise<string | undefined> {
  const real = await diskProbe.realpath(dirname(storePath));
  const isIn = real !== undefined && `${real}${sep}`.startsWith(folder + sep);
  return isIn ? relative(folder, real) : undefined;
}
