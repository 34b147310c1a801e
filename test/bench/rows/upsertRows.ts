import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { Vault } from '../../../src/core/custody/vault.ts';
import { upsertProfile } from '../../../src/core/documents/storeIntents.ts';
import { peerUpsert } from '../peerStore.ts';
import { sampleLogin, sampleStore, writeDocument } from '../sampleStore.ts';
import { mediansOf } from '../statistics.ts';
import type { Row } from '../table.ts';

/** One login replaced in a store of `count`, locked and durable, by one process. */
export async function upsertRows(folder: string, count: number, atMost: number): Promise<Row[]> {
  const now = Date.now();
  const files = ['ours', 'peer', 'synced'].map((who) =>
    join(folder, `upsert-${count}-${who}`, 'auth-profiles.json'),
  );
  const document = sampleStore(count, 'upsert', now);
  for (const file of files) await writeDocument(file, document);
  const [oursPath = '', peerPath = '', syncedPath = ''] = files;
  const vault = new Vault({ clock: systemClock, log: () => {} });
  const id = `openai-codex:upsert-${count >> 1}`;
  let turn = 0;
  const fresh = () => sampleLogin(`turn ${turn++}`, now);
  // Each side keeps the same store of the same size; only one login in it changes.
  const { ours, peer, synced } = await mediansOf(
    { rounds: count > 100 ? 60 : 200, warmUp: 15 },
    {
      ours: () => vault.commitStore(oursPath, upsertProfile(id, fresh())),
      peer: () => peerUpsert(peerPath, id, fresh()),
      synced: () => peerUpsert(syncedPath, id, fresh(), true),
    },
  );
  vault.dispose();
  const sizes = await Promise.all(files.map(async (file) => (await readFile(file)).length));
  if (new Set(sizes).size !== 1) throw new Error('the stores are not of one size');
  const target = { atMost };
  const note = `one login of ${count} replaced under the lock, on stable storage, by one that wrote the store less than 30 s ago`;
  return [
    {
      name: `upsert${count}`,
      ...{ unit: 'ms', ours, peer, target },
      note: `${note}; proper-lockfile + write-file-atomic (the new name is not synced)`,
    },
    {
      name: `upsert${count}SameDurability`,
      ...{ unit: 'ms', ours, peer: synced, target },
      note: `${note}; the same pair with the folder synced as well`,
    },
  ];
}
