import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { Vault } from '../../../src/core/custody/vault.ts';
import { upsertProfile } from '../../../src/core/documents/storeIntents.ts';
import { sampleLogin, sampleStore, writeDocument } from '../sampleStore.ts';
import type { Row } from '../table.ts';

const ROUNDS = 20;

/** The slowest commit of several that each find the lock of a CLI that died a moment ago. */
export async function takeoverRow(folder: string): Promise<Row> {
  const path = join(folder, 'takeover', 'auth-profiles.json');
  const now = Date.now();
  await writeDocument(path, sampleStore(10, 'takeover', now));
  const vault = new Vault({ clock: systemClock, log: () => {} });
  let slowest = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const createdAt = new Date().toISOString();
    await writeFile(`${path}.lock`, JSON.stringify({ pid, createdAt }), { mode: 0o600 });
    const started = performance.now();
    const intent = upsertProfile('openai-codex:takeover-1', sampleLogin(`${round}`, now));
    await vault.commitStore(path, intent);
    slowest = Math.max(slowest, performance.now() - started);
  }
  vault.dispose();
  return {
    name: 'takeoverOfDeadOwner',
    unit: 'ms',
    ours: slowest,
    peer: 250,
    target: { atMost: 1 },
    note: `the slowest of ${ROUNDS} whole commits past the lock of a dead process; the limit`,
  };
}
