import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import writeFileAtomic from 'write-file-atomic';
import type { PlainWriter } from './plainSide.ts';

/** What most programs would take: the two best-known libraries for the job. */
export function peerLibraries(staleMs: number): PlainWriter {
  return {
    async locked(path, task) {
      const release = await lock(path, {
        stale: Math.max(2000, staleMs),
        retries: { retries: 40, minTimeout: 10, maxTimeout: 100 },
        // By default this throws out of a timer and ends the process.
        onCompromised: () => {},
      });
      try {
        return await task();
      } finally {
        await release().catch(() => {});
      }
    },
    write: (path, text) => writeFileAtomic(path, text, { mode: 0o600 }),
  };
}

/** CoderClaw 2026.3.21's own rules, by the description: the lock file, and writing in place. */
export function coderclawLike(staleMs: number): PlainWriter {
  const isStale = (path: string): boolean => {
    try {
      const { pid, createdAt } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      const age = Date.now() - Date.parse(String(createdAt));
      return !exists(Number(pid)) || !(age <= staleMs) || isOld(path, staleMs);
    } catch {
      return isOld(path, staleMs);
    }
  };
  return {
    async locked(path, task) {
      const lockPath = `${path}.lock`;
      for (let tries = 1; ; tries++) {
        try {
          const payload = { pid: process.pid, createdAt: new Date().toISOString() };
          writeFileSync(lockPath, JSON.stringify(payload, null, 2), { flag: 'wx', mode: 0o600 });
          break;
        } catch (error) {
          if (isStale(lockPath)) rmSync(lockPath, { force: true });
          else if (tries === 100) throw error;
          else await sleep(5 + 20 * Math.random());
        }
      }
      try {
        return await task();
      } finally {
        rmSync(lockPath, { force: true });
      }
    },
    write: (path, text) => writeFile(path, text, { mode: 0o600 }),
  };
}

function isOld(path: string, staleMs: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > staleMs;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
