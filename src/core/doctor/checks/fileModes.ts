import { lstat, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../disk/errno.ts';
import { runtimeCachePath } from '../../documents/locations.ts';
import { ownFolderOf } from '../../documents/ownFolder.ts';
import { type Finding, type FindingPlace, finding } from '../finding.ts';
import { type Look, placeIn, storesOf } from '../look.ts';

interface Looked {
  readonly path: string;
  readonly where: FindingPlace;
  /** `open`: a folder in which others may look around, since what counts lies below it. */
  readonly is: 'file' | 'folder' | 'open';
  /** The file may hold secrets, or certainly does. */
  readonly holds: 'secrets' | 'perhaps';
}

/**
 * Files and folders with secrets in them that others may read or change, or that belong to others
 * (FORMAT: stores 0600, their folders 0700). Windows has no such modes.
 */
export async function fileModes(look: Look, signal: AbortSignal): Promise<readonly Finding[]> {
  const ourUid = process.geteuid?.();
  if (look.host.platform === 'win32' || ourUid === undefined) return [];
  const seen = new Set<string>();
  const found = await Promise.all(
    lookedAt(look).map(async (one) => {
      if (signal.aborted) return [];
      // Two agents can be configured to one folder.
      const path = await realOf(one.path);
      if (path === undefined || seen.has(path)) return [];
      seen.add(path);
      return await findingsAt({ ...one, path }, ourUid);
    }),
  );
  return found.flat();
}

function lookedAt({ reads }: Look): readonly Looked[] {
  return reads.stateDirs.flatMap((dir) => {
    const own = ownFolderOf(dir.path).path;
    const file = (path: string, holds: Looked['holds'], agentId?: string): Looked => ({
      ...{ path, is: 'file', holds },
      where: placeIn(dir, agentId === undefined ? {} : { agentId }),
    });
    const folder = (path: string, is: Looked['is'], agentId?: string): Looked => ({
      ...file(path, 'secrets', agentId),
      is,
    });
    const config = dir.config.path;
    const backups = [config, `${config}.bak`, ...[1, 2, 3, 4].map((one) => `${config}.bak.${one}`)];
    return [
      folder(dir.path, 'open'),
      ...backups.map((path) => file(path, 'perhaps')),
      ...storesOf(dir).flatMap(({ agentId, store }) =>
        store.kind === 'unplaced'
          ? []
          : [
              folder(dirname(store.path), 'folder', agentId),
              file(store.path, 'secrets', agentId),
              file(runtimeCachePath(dirname(store.path)), 'secrets', agentId),
              ...(store.kind === 'absent' ? (store.legacyPaths ?? []) : []).map((path) =>
                file(path, 'secrets', agentId),
              ),
            ],
      ),
      folder(own, 'folder'),
      folder(join(own, 'journal'), 'folder'),
    ];
  });
}

async function findingsAt(
  { path, where, is, holds }: Looked,
  ourUid: number,
): Promise<readonly Finding[]> {
  const stats = await lstat(path);
  const isFolder = is !== 'file';
  if (isFolder ? !stats.isDirectory() : !stats.isFile()) return [];
  const { uid } = stats;
  const mode = stats.mode & 0o777;
  const at = { ...where, path };
  if (uid !== ourUid) {
    return [finding('file.wrongOwner', 'warning', at, { isFolder, uid, ourUid })];
  }
  // Who may write a folder may replace what is in it.
  const isWritable = (mode & 0o022) !== 0;
  const isReadable = (mode & (isFolder ? 0o055 : 0o044)) !== 0;
  if (!isWritable && (!isReadable || is === 'open')) return [];
  const severity = isWritable ? 'error' : isFolder ? 'info' : SEVERITY[holds];
  const wanted = mode & (is === 'file' ? 0o600 : is === 'folder' ? 0o700 : 0o755);
  const others = isWritable ? 'write' : 'read';
  return [finding('file.loose', severity, at, { isFolder, mode, wanted, others }, true)];
}

const SEVERITY = { secrets: 'error', perhaps: 'warning' } as const;

/** Without links; undefined where nothing is there, or may be seen. */
async function realOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}
