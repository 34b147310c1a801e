import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedFileSystemOf } from '../../disk/lockOwner.ts';
import { type Finding, type FindingPlace, finding, type SyncService } from '../finding.ts';
import { type Look, placeIn } from '../look.ts';

/** How the folders of programs are called that copy what is in them to other machines. */
const SYNCED: readonly (readonly [SyncService, RegExp])[] = [
  ['dropbox', /^dropbox( ?\(.+\))?$/i],
  ['oneDrive', /^onedrive([ -].+)?$/i],
  ['iCloud', /^(mobile documents|com~apple~clouddocs|icloud ?drive)$/i],
  ['googleDrive', /^google ?drive([ -].+)?$/i],
];

/**
 * State folders, and folders of agents elsewhere, that other machines use too: by a program that copies
 * them, or by a file system over the network or with containers. A lock does not reach there.
 */
export async function sharedFolder(look: Look, signal: AbortSignal): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { path, where } of foldersIn(look)) {
    if (signal.aborted) break;
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined) continue;
    const service = syncServiceOf(path) ?? syncServiceOf(real);
    if (service !== undefined) {
      found.push(finding('folder.synced', 'warning', where, { service }));
      continue;
    }
    const fileSystem = await sharedFileSystemOf(real);
    if (fileSystem !== undefined) {
      found.push(finding('folder.shared', 'info', where, { fileSystem }));
    }
  }
  return found;
}

/** By the names on the way to it. */
export function syncServiceOf(path: string): SyncService | undefined {
  const names = path.split(/[/\\]/);
  return SYNCED.find(([, pattern]) => names.some((name) => pattern.test(name)))?.[0];
}

function foldersIn({ reads }: Look): readonly { path: string; where: FindingPlace }[] {
  return reads.stateDirs.flatMap((dir) => {
    const elsewhere = dir.agents.filter(
      ({ agentDir, store }) =>
        store.kind !== 'unplaced' && !join(agentDir, '/').startsWith(join(dir.path, '/')),
    );
    return [
      { path: dir.path, where: placeIn(dir, { path: dir.path }) },
      ...elsewhere.map(({ id: agentId, agentDir: path }) => ({
        path,
        where: placeIn(dir, { agentId, path }),
      })),
    ];
  });
}
