// A process that refreshes through the Refresher, and can be told to die on the way. It gets a
// RefreshTask as JSON in its argument, and reports each result as a line of JSON.
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import { Journal } from '../../src/core/custody/journal/journal.ts';
import { Refresher, type RefresherParts } from '../../src/core/custody/refresh/refresher.ts';
import { RefreshMemory } from '../../src/core/custody/refresh/refreshMemory.ts';
import { Vault } from '../../src/core/custody/vault.ts';
import type { CheckpointName } from '../../src/core/disk/checkpoint.ts';
import { FileLocks, type HeldLock } from '../../src/core/disk/fileLock.ts';
import { KnownError } from '../../src/core/errors.ts';
import { openaiCodexGrant } from '../../src/core/signin/providers/openaiCodex.ts';
import type { RefreshTask } from './refreshers.ts';

const task = JSON.parse(process.argv[2] ?? '') as RefreshTask;
const clock = systemClock;

function die(at: RefreshTask['killedAt']): void {
  if (task.killedAt === at) process.kill(process.pid, 'SIGKILL');
}

/** No lock at all: everybody is always let in. */
const openDoor = {
  withFileLocks: <T>(_: readonly string[], __: object, inside: (held: HeldLock) => Promise<T>) =>
    inside({ proveOwnership: async () => {}, signal: new AbortController().signal }),
  isAbandoned: async () => false,
};

const locks = new FileLocks({ app: 'test', clock });
let renames = 0;
const vault = new Vault({
  clock,
  locks: task.without?.includes('locks') ? (openDoor as unknown as FileLocks) : locks,
  log: () => {},
  checkpoint: (name: CheckpointName) => {
    if (name === 'folder.synced' && ++renames === 1) die('firstCommit');
  },
});

const journal = new Journal({ clock });
const dyingJournal: RefresherParts['journal'] = {
  open: async (stateDir, draft) => {
    const slot = await journal.open(stateDir, draft);
    const answer = slot.answer.bind(slot);
    slot.answer = async (body) => {
      await answer(body);
      die('journaled');
    };
    return slot;
  },
  entries: (stateDirs) => journal.entries(stateDirs),
  drop: (entry) => journal.drop(entry),
};
const nothing = async () => {};
const noSlot = { id: '', path: '', answer: nothing, made: nothing, drop: nothing };
const noJournal = { open: async () => noSlot, entries: async () => [], drop: async () => {} };
const noMemory = {
  record: async () => {},
  readEach: async () => ({ records: new Map(), unreadable: new Map() }),
};

const grant = openaiCodexGrant({ tokenEndpoint: task.tokenEndpoint });
const refresher = new Refresher({
  vault,
  journal: task.without?.includes('memory')
    ? (noJournal as RefresherParts['journal'])
    : dyingJournal,
  memory: task.without?.includes('memory') ? noMemory : new RefreshMemory({ locks }),
  places: async () => task.places,
  grant: async () => ({
    ...grant,
    renew: async (credential, services) => {
      die('sending');
      const renewed = await grant.renew(credential, services);
      die('answered');
      return renewed;
    },
  }),
  services: { fetch, clock },
  log: () => {},
});

function tell(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

const stateDirs = task.places.map(({ stateDir }) => stateDir);
if (task.settles === true) {
  for (const entry of await journal.entries(stateDirs)) {
    tell({ kind: await refresher.settle(entry) });
  }
}
await Promise.all(
  Array.from({ length: task.callers ?? 1 }, async (_, n) => {
    const place = task.places[n % task.places.length];
    if (place === undefined) return;
    try {
      tell(
        await refresher.refresh({ place, profileId: task.profileId, force: task.force === true }),
      );
    } catch (error) {
      tell({ kind: 'failed', code: error instanceof KnownError ? error.code : String(error) });
    }
  }),
);
await refresher.dispose();
vault.dispose();
