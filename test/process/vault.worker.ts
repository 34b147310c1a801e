// A process that commits through the vault, and can be told to die, stop or misbehave. It gets a
// WorkerTask as JSON in its argument and reports by lines: see `runWorker`.
import { appendFileSync, writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import { Vault } from '../../src/core/custody/vault.ts';
import type { CheckpointName } from '../../src/core/disk/checkpoint.ts';
import { FileLocks } from '../../src/core/disk/fileLock.ts';
import { upsertProfile } from '../../src/core/documents/storeIntents.ts';
import { KnownError } from '../../src/core/errors.ts';
import { blindReplace, openDoor } from './noFence.ts';
import type { WorkerTask } from './workers.ts';

const task = JSON.parse(process.argv[2] ?? '') as WorkerTask;
if (task.uid !== undefined) process.setuid?.(task.uid);

let signalled = false;
function checkpoint(name: CheckpointName): void {
  if (task.turnstile !== undefined) {
    if (name === 'compared') appendFileSync(task.turnstile, `in ${process.pid}\n`);
    if (name === 'renamed') appendFileSync(task.turnstile, `out ${process.pid}\n`);
  }
  if (name !== task.signal?.at || signalled) return;
  signalled = true;
  process.kill(process.pid, task.signal.name);
}

const { times = {} } = task;
const vault = new Vault({
  clock: systemClock,
  log: () => {},
  checkpoint,
  ...(task.fence === 'off'
    ? { locks: openDoor, replace: blindReplace }
    : { locks: new FileLocks({ app: 'test', clock: systemClock, times, checkpoint }) }),
});

for (let n = 0; n < task.commits; n++) {
  const id = `${task.name}:${n}`;
  const filler = 'x'.repeat(task.fillerBytes ?? 0);
  const credential = { type: 'token', provider: task.name, token: `token ${n}`, filler };
  try {
    const { aftermath } = await vault.commitStore(task.store, upsertProfile(id, credential));
    // One write to a pipe: whatever kills this process now, the acknowledgement is out.
    writeSync(1, `acked ${id}\n`);
    if (task.awaitAftermath === true) writeSync(1, `aftermath ${id} ${await aftermath}\n`);
  } catch (error) {
    writeSync(1, `failed ${error instanceof KnownError ? error.code : String(error)}\n`);
  }
}
