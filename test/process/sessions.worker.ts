// Changes sessions.json again and again, as ours or as CoderClaw does, and counts in an entry of its own.
// Argument: JSON of SessionsTask. Prints what it came to.
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/core/clock.ts';
import { SessionService } from '../../src/core/custody/sessionService.ts';
import { Vault } from '../../src/core/custody/vault.ts';

export interface SessionsTask {
  readonly list: string;
  readonly name: string;
  readonly rounds: number;
  readonly kind: 'ours' | 'coderclaw' | 'noLock';
}

const { list, name, rounds, kind } = JSON.parse(process.argv[2] ?? '') as SessionsTask;

/** Reads, waits a moment as a busy gateway does, changes its own entry, and renames the whole into place. */
async function rewrite(round: number): Promise<void> {
  const document = JSON.parse(await readFile(list, 'utf8'));
  await delay(Math.random() * 3);
  document[name] = { ...document[name], updatedAt: Date.now(), round };
  const temporary = `${list}.${process.pid}.${randomUUID()}.tmp`;
  await writeFile(temporary, JSON.stringify(document, null, 2), { mode: 0o600 });
  await rename(temporary, list);
}

/** The rule of CoderClaw 2026.3.21 for this file: exclusive creation; a dead or old one goes at once. */
async function underCoderclawLock(work: () => Promise<void>): Promise<void> {
  const lock = `${list}.lock`;
  const until = Date.now() + 10_000;
  for (;;) {
    try {
      const file = await open(lock, 'wx');
      await file.writeFile(
        JSON.stringify({ pid: process.pid, createdAt: new Date().toISOString() }),
      );
      await file.close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (await isStale(lock)) await rm(lock, { force: true });
      else if (Date.now() > until) throw new Error('timeout');
      else await delay(5 + Math.random() * 5);
    }
  }
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function isStale(lock: string): Promise<boolean> {
  try {
    const { pid, createdAt } = JSON.parse(await readFile(lock, 'utf8'));
    const age = Date.now() - Date.parse(createdAt);
    if (!(typeof pid === 'number' && pid > 0) || Number.isNaN(age) || age > 30_000) return true;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
    // It is being written: a real one gives it a moment by its own slowness.
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    return age > 1000;
  }
}

const vault = new Vault({ clock: systemClock, log: () => {} });
const service = new SessionService({ vault, clock: systemClock, log: () => {} });
for (let round = 1; round <= rounds; round++) {
  const profileId = `p:${round}`;
  if (kind === 'ours') await service.pin({ sessionsPath: list, sessionKey: name, profileId });
  else if (kind === 'coderclaw') await underCoderclawLock(() => rewrite(round));
  else await rewrite(round);
  // Whatever the others did meanwhile, what was acknowledged stands.
  const entry = JSON.parse(await readFile(list, 'utf8'))[name];
  const stands = kind === 'ours' ? entry.authProfileOverride === profileId : entry.round === round;
  if (!stands) process.stdout.write('lost\n');
}
vault.dispose();
process.stdout.write('done\n');
