// One of several processes that write to one store at once: warms up on a store of its own, tells that
// it is ready, waits for "go", makes its upserts, and tells which were acknowledged.
import { systemClock } from '../../src/core/clock.ts';
import { Vault } from '../../src/core/custody/vault.ts';
import { upsertProfile } from '../../src/core/documents/storeIntents.ts';
import type { Contender } from './contention.ts';
import { peerUpsert } from './peerStore.ts';

const { who, store, ownStore, warmUp, name, upserts } = JSON.parse(
  process.argv[2] ?? '',
) as Contender;
const vault = new Vault({ clock: systemClock, log: () => {} });

const token = { type: 'token', provider: 'p', token: 'x'.repeat(200) };

async function upsert(path: string, id: string): Promise<void> {
  if (who === 'ours') await vault.commitStore(path, upsertProfile(id, token));
  else await peerUpsert(path, id, token, who === 'synced');
}

process.once('message', async () => {
  const acked: string[] = [];
  for (let n = 0; n < upserts; n++) {
    const id = `p:${name}-${n}`;
    try {
      await upsert(store, id);
      acked.push(id);
    } catch {
      // Not acknowledged, so nobody counts on it; the throughput shows it.
    }
  }
  vault.dispose();
  process.send?.(acked, () => process.disconnect());
});
// A window has long been running when it writes; a process that has just started compiles its code.
for (let n = 0; n < warmUp; n++) await upsert(ownStore, `p:${n % 10}`);
process.send?.('ready');
