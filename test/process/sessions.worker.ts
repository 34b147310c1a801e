// Changes sessions.json again and again, as ours or as CoderClaw does, and counts in an entry of its own.
// Argument: JSON of SessionsTask. Prints `lost` for each change that was undone, and `done` at the end.
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/core/clock.ts';
import { SessionService } from '../../src/core/custody/sessionService.ts';
import { Vault } from '../../src/core/custody/vault.ts';
import type { CheckpointName } from '../../src/core/disk/checkpoint.ts';
import { errnoOf } from '../../src/core/disk/errno.ts';
import { blindReplace, openDoor } from './noFence.ts';

export interface SessionsTask {
  readonly list: string;
  /** The entry that it counts in. */
  readonly name: string;
  readonly rounds: number;
  readonly kind: 'ours' | 'oursWithoutFence' | 'coderclaw';
  /** Only of ours: where it is killed. */
  readonly killAt?: CheckpointName;
}

const task = JSON.parse(process.argv[2] ?? '') as SessionsTask;
const { list, name, rounds, kind } = task;

const entryNow = async () => JSON.parse(await readFile(list, 'utf8'))[name];

/** What a gateway does in its lock: reads all, takes a moment, counts, and renames all into place. */
async function countOn(): Promise<void> {
  const document = JSON.parse(await readFile(list, 'utf8'));
  await delay(Math.random() * 3);
  const entry = document[name];
  document[name] = { ...entry, updatedAt: Date.now(), count: entry.count + 1 };
  const temporary = `${list}.${process.pid}.${randomUUID()}.tmp`;
  await writeFile(temporary, JSON.stringify(document, null, 2), { mode: 0o600 });
  await rename(temporary, list);
}

/** The rule of CoderClaw 2026.3.21 for this file, with shorter pauses. */
async function underCoderclawLock(work: () => Promise<void>): Promise<void> {
  const lock = `${list}.lock`;
  const until = Date.now() + 10_000;
  for (;;) {
    try {
      const file = await open(lock, 'wx');
      const createdAt = new Date().toISOString();
      await file.writeFile(JSON.stringify({ pid: process.pid, createdAt }, null, 2));
      await file.close();
      break;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      if (await isDead(lock)) await rm(lock, { force: true });
      else if (Date.now() > until) throw new Error('session file locked');
      else await delay(2 + Math.random() * 5);
    }
  }
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/**
 * As CoderClaw judges, but for two flaws by which its own processes lose changes of each other: it also
 * takes a lock for dead that is being released, or that another of its kind has made and not yet filled.
 */
async function isDead(lock: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(lock, 'utf8');
    if (text === '') return Date.now() - (await stat(lock)).mtimeMs > 1000;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
  const { pid, createdAt } = JSON.parse(text);
  const age = Date.now() - Date.parse(createdAt);
  return !isAlive(pid) || !Number.isFinite(age) || age > 30_000;
}

function isAlive(pid: unknown): boolean {
  if (typeof pid !== 'number' || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const vault = new Vault({
  clock: systemClock,
  log: () => {},
  checkpoint: (at) => {
    if (at === task.killAt) process.kill(process.pid, 'SIGKILL');
  },
  ...(kind === 'oursWithoutFence' && { locks: openDoor, replace: blindReplace }),
});
const service = new SessionService({ vault, clock: systemClock, log: () => {} });

for (let round = 1; round <= rounds; round++) {
  const profileId = `p:${round}`;
  if (kind === 'coderclaw') await underCoderclawLock(countOn);
  else await service.pin({ sessionsPath: list, sessionKey: name, profileId });
  // Whatever the others do meanwhile, what was acknowledged stands. What a count has lost once, it lacks
  // for good.
  await delay(Math.random() * 4);
  const { authProfileOverride, count } = await entryNow();
  const stands = kind === 'coderclaw' ? count === round : authProfileOverride === profileId;
  if (!stands) process.stdout.write('lost\n');
}
vault.dispose();
process.stdout.write('done\n');
