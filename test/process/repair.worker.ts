// A process that commits and dies, that keeps the promises of dead ones, or that takes no lock. It
// gets a RepairTask as JSON in its argument and says a line when it has come to a point of it.
import { writeSync } from 'node:fs';
import { open, readFile, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/core/clock.ts';
import { Journal, type JournalDraft } from '../../src/core/custody/journal/journal.ts';
import { commitOrder } from '../../src/core/custody/orderCommit.ts';
import { RefreshMemory } from '../../src/core/custody/refresh/refreshMemory.ts';
import { knowledgeOf } from '../../src/core/custody/repair/tokenKnowledge.ts';
import { Upkeep } from '../../src/core/custody/repair/upkeep.ts';
import { Vault } from '../../src/core/custody/vault.ts';
import type { Checkpoint } from '../../src/core/disk/checkpoint.ts';
import { FileLocks } from '../../src/core/disk/fileLock.ts';
import type { JsonObject } from '../../src/core/documents/json.ts';
import { setOrder } from '../../src/core/documents/orderIntents.ts';
import { removeProfile, upsertProfile } from '../../src/core/documents/storeIntents.ts';

export type RepairTask = { readonly stateDir: string; readonly store: string } & (
  | {
      /** Commits a profile, noted in the journal, then dies or stays. */
      readonly role: 'commit';
      readonly profileId: string;
      readonly credential: JsonObject;
      readonly removes?: { readonly profileId: string; readonly login: string };
      readonly dies: boolean;
      readonly guard: 'on' | 'off';
    }
  /** Sets an order and dies. */
  | { readonly role: 'order'; readonly provider: string; readonly list: readonly string[] }
  /** Makes journal entries and dies. */
  | {
      readonly role: 'promise';
      readonly drafts: readonly { draft: JournalDraft; answer?: JsonObject }[];
    }
  /** Takes up what is in the journals; dies when it first comes to that point. */
  | { readonly role: 'replay'; readonly diesAt: string }
  /** Reads the store, waits, and writes what it had read with a change of its own, in place. */
  | { readonly role: 'staleWriter'; readonly waitMs: number }
  /** Removes a profile as the CLI does: under the lock, in place. */
  | { readonly role: 'remover'; readonly profileId: string }
);

const task = JSON.parse(process.argv[2] ?? '') as RepairTask;
const { stateDir, store } = task;
const say = (line: string) => writeSync(1, `${line}\n`);
const die = () => process.kill(process.pid, 'SIGKILL');

function partsOf(checkpoint: Checkpoint | undefined, guard: 'on' | 'off' = 'on') {
  const at = checkpoint === undefined ? {} : { checkpoint };
  const locks = new FileLocks({ app: 'test', clock: systemClock, ...at });
  const journal = new Journal({ clock: systemClock, ...at });
  const memory = new RefreshMemory({ locks });
  const places = async () => [{ stateDir, agentId: 'main', storePath: store }];
  const vault = new Vault({
    ...{ clock: systemClock, locks, ...at, ...knowledgeOf(journal, memory, places) },
    log: (line) => say(`log ${line}`),
    ...(guard === 'off' && { guardTimes: { mostRepairs: 0 } }),
  });
  return { journal, memory, vault, places };
}

async function run(): Promise<void> {
  switch (task.role) {
    case 'commit': {
      const { journal, vault } = partsOf(undefined, task.guard);
      const { profileId, credential, removes } = task;
      const draft = {
        kind: 'store',
        provider: 'p',
        storePath: store,
        profileId,
        seen: null,
        agreed: true,
      } as const;
      if (task.guard === 'on') await (await journal.open(stateDir, draft)).answer(credential);
      await vault.commitStore(store, upsertProfile(profileId, credential));
      if (removes !== undefined) {
        await journal.open(stateDir, { kind: 'removal', storePath: store, ...removes });
        await vault.commitStore(store, removeProfile(removes.profileId));
      }
      say('acked');
      if (task.dies) die();
      await sleep(60_000);
      return;
    }
    case 'order': {
      const parts = { ...partsOf(undefined), clock: systemClock, log: () => {} };
      const files = { stateDir, storePath: store };
      await commitOrder(parts, files, setOrder(task.provider, task.list));
      say('acked');
      die();
      return;
    }
    case 'promise': {
      const { journal } = partsOf(undefined);
      for (const { draft, answer } of task.drafts) {
        const slot = await journal.open(stateDir, draft);
        if (answer !== undefined) await slot.answer(answer);
      }
      die();
      return;
    }
    case 'replay': {
      const parts = partsOf((name) => {
        if (name === task.diesAt) die();
      });
      const refresher = { settle: async () => 'settled' as const };
      const log = (line: string) => say(`log ${line}`);
      const upkeep = new Upkeep({ ...parts, refresher, clock: systemClock, log });
      await upkeep.start();
      upkeep.dispose();
      parts.vault.dispose();
      return;
    }
    case 'staleWriter': {
      const document = JSON.parse(await readFile(store, 'utf8'));
      say('read');
      // Told when the commit is there.
      for await (const _ of process.stdin) break;
      await sleep(task.waitMs);
      document.usageStats = { 'p:x': { lastUsed: Date.now() } };
      await writeFile(store, `${JSON.stringify(document, null, 2)}\n`);
      say('written');
      return;
    }
    case 'remover': {
      const lock = await open(`${store}.lock`, 'wx');
      const payload = { pid: process.pid, createdAt: new Date().toISOString() };
      await lock.writeFile(JSON.stringify(payload));
      await lock.close();
      const document = JSON.parse(await readFile(store, 'utf8'));
      delete document.profiles[task.profileId];
      await writeFile(store, `${JSON.stringify(document, null, 2)}\n`);
      await unlink(`${store}.lock`);
      say('removed');
      return;
    }
  }
}
await run();
