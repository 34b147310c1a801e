// One process that does what people and the schedule do, on several stores at once, until it is told
// to stop or dies. Gets an ActorTask as JSON in its argument; everything it does is in its log.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { KnownError } from '../../src/core/errors.ts';
import { tokenHash } from '../../src/core/model/loginFingerprint.ts';
import { work } from './actorWork.ts';
import { EventLog } from './events.ts';
import { ourSide } from './ourSide.ts';
import { plainSide } from './plainSide.ts';
import { coderclawLike, peerLibraries } from './plainWriters.ts';
import { randomOf } from './random.ts';
import { SENDER_HEADER } from './senderHeader.ts';
import type { Side, SideParts } from './side.ts';
import type { ActorTask } from './tasks.ts';
import { machineTime, scaledLockTimes } from './time.ts';

const task = JSON.parse(process.argv[2] ?? '') as ActorTask;
const log = new EventLog(task.world.logs, task.name);

const random = randomOf(task.seed, `${task.name} dies`);
/** Counted from the start. */
let dieAt = task.killAtPoint;
let points = 0;
function point(name: string): void {
  points += 1;
  if (points !== dieAt) return;
  log.write({ kind: 'note', text: `kills itself at ${name}` });
  process.kill(process.pid, 'SIGKILL');
}

/** How far off this machine's clock is now. */
function stepMs(): number {
  return task.clockSteps.findLast(({ at }) => machineTime() >= at)?.byMs ?? 0;
}
/** The clock of locks steps to and fro every few seconds in some processes. */
function lockStepMs(): number {
  const isOff = task.lockStepMs !== undefined && Math.floor(Date.now() / 4000) % 2 === 0;
  return stepMs() + (isOff ? (task.lockStepMs ?? 0) : 0);
}

/** Says who sends, and logs what arrived. */
const loggedFetch: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set(SENDER_HEADER, task.name);
  const token = tokenHash(new URLSearchParams(String(init?.body)).get('refresh_token') ?? '');
  const response = await fetch(input, { ...init, headers });
  const text = await response.text();
  log.write({ kind: 'received', token, status: response.status });
  // The worst moment: between the answer, the journal, and the several stores that wait for it.
  if (response.ok && random.chance(task.diesAfterAnswer)) {
    dieAt = points + 1 + Math.floor(random.between(0, 16));
  }
  const { status, headers: given } = response;
  return new Response(text === '' ? null : text, { status, headers: given });
};

const parts: SideParts = {
  ...{ task, log, point, stepMs, lockStepMs, fetch: loggedFetch },
  say: (line) => appendFileSync(join(task.world.logs, `${task.name}.log`), `${line}\n`),
};

function sideOf(): Promise<Side> | Side {
  const { staleMs } = scaledLockTimes(task.factor);
  switch (task.side) {
    case 'ours':
      return ourSide(parts);
    case 'fenceOff':
      return ourSide(parts, { fence: true, memory: true });
    case 'forgetful':
      return ourSide(parts, { memory: true });
    case 'peerLibraries':
      return plainSide(peerLibraries(staleMs), parts);
    case 'coderclawLike':
      return plainSide(coderclawLike(staleMs), parts);
  }
}

const stop = new AbortController();
process.on('message', () => stop.abort());
process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', (reason) => {
  parts.say(`unhandled: ${reason instanceof KnownError ? reason.message : String(reason)}`);
  log.write({ kind: 'note', text: 'unhandled rejection' });
});

const side = await sideOf();
process.send?.('ready');
if (task.settleOnly !== true) await work(side, parts, stop.signal);
await side.rest();
log.close();
process.disconnect();
