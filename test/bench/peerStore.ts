import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import lockfile from 'proper-lockfile';
import writeFileAtomic from 'write-file-atomic';
import { storeText } from './sampleStore.ts';

/**
 * What most programs would do: read, change and replace a store under `proper-lockfile` with
 * `write-file-atomic`. Its waiting is set as ours is (4 to 50 ms), so that what is compared is the
 * work and not the pauses; its default would wait for a second.
 *
 * It promises less than a commit of ours: the new bytes are synced, but not their name (a power cut
 * can bring the old store back after the acknowledgement); CoderClaw does not see the lock, which is
 * a folder; nothing is proven before the rename, compared, or read back.
 *
 * @param syncName sync the folder too, as ours does.
 */
export async function peerUpsert(
  path: string,
  id: string,
  credential: unknown,
  syncName = false,
): Promise<void> {
  const release = await lockfile.lock(path, {
    stale: 30_000,
    retries: { forever: true, factor: 1.5, minTimeout: 4, maxTimeout: 50, randomize: true },
  });
  try {
    const document = JSON.parse(await readFile(path, 'utf8'));
    document.profiles[id] = credential;
    await writeFileAtomic(path, storeText(document), { mode: 0o600 });
    if (syncName) await syncFolderOf(path);
  } finally {
    await release();
  }
}

async function syncFolderOf(path: string): Promise<void> {
  const handle = await open(dirname(path));
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
