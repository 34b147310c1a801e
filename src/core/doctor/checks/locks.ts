import { dirname } from 'node:path';
import { LockHolders } from '../../custody/audit/lockHolders.ts';
import { errnoOf } from '../../disk/errno.ts';
import { LOCK_TIMES } from '../../disk/fileLock.ts';
import { resolveTarget } from '../../disk/fileTarget.ts';
import { lookAtLock, type SeenLock } from '../../disk/lockFile.ts';
import { describeThisProcess, ownerLiveness, pidReachIn } from '../../disk/lockOwner.ts';
import { holderOf } from '../../disk/lockPayload.ts';
import { judgeLock } from '../../disk/staleLock.ts';
import { type Finding, type FindingPlace, finding } from '../finding.ts';
import { type Look, placeIn, storesOf } from '../look.ts';

/**
 * Locks of stores, configs and lists of sessions that keep writers waiting and that no living program
 * moves on. One that is held as it should be is nothing to tell.
 */
export async function locks(look: Look, signal: AbortSignal): Promise<readonly Finding[]> {
  const seen = new Set<string>();
  const found: Finding[] = [];
  for (const { target, where } of targetsIn(look)) {
    for (const name of await unlessUnseen(() => namesOf(target), [])) {
      if (signal.aborted || seen.has(name)) continue;
      seen.add(name);
      const one = await unlessUnseen(() => lockAt(name, where, look.now), undefined);
      if (one !== undefined) found.push(one);
    }
  }
  return found;
}

/** What may not be looked at is told as a store or config that cannot be read. */
async function unlessUnseen<T>(see: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await see();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return otherwise;
  }
}

/** Whether a lock at `path` was certainly left behind by a process that is gone. */
export async function isOwnerDead(path: string, lock: SeenLock, now: number): Promise<boolean> {
  return (await verdictOf(path, lock, now)) === 'ownerDead';
}

function targetsIn({ reads }: Look): readonly { target: string; where: FindingPlace }[] {
  return reads.stateDirs.flatMap((dir) => [
    { target: dir.config.path, where: placeIn(dir) },
    ...storesOf(dir).flatMap(({ agentId, store }) =>
      store.kind === 'unplaced' ? [] : [{ target: store.path, where: placeIn(dir, { agentId }) }],
    ),
    ...dir.agents.flatMap(({ id: agentId, sessions }) =>
      sessions === undefined ? [] : [{ target: sessions.path, where: placeIn(dir, { agentId }) }],
    ),
  ]);
}

/** A file that is reached by a link is locked under both of its names. */
async function namesOf(target: string): Promise<readonly string[]> {
  return (await resolveTarget(target)).names;
}

async function lockAt(
  target: string,
  where: FindingPlace,
  now: number,
): Promise<Finding | undefined> {
  const path = `${target}.lock`;
  const lock = await lookAtLock(path);
  return lock && (await judged(lock, target, { ...where, path }, now));
}

async function judged(
  lock: SeenLock,
  target: string,
  where: FindingPlace & { readonly path: string },
  now: number,
): Promise<Finding | undefined> {
  if (lock.isForeign) return finding('lock.foreign', 'error', where, { target });
  const verdict = await verdictOf(where.path, lock, now);
  const ageMs = ageOf(lock, now);
  const isDead = verdict === 'ownerDead';
  if (!isDead && ageMs <= LOCK_TIMES.staleMs) return undefined;
  const { pid, app } = holderOf(lock.payload);
  const living = await new LockHolders({ app: '', now: () => now }).look(target);
  const program = living?.program ?? app;
  const facts = {
    ...{ target, verdict: isDead ? ('ownerDead' as const) : ('old' as const), ageMs },
    ...(pid !== undefined && { pid }),
    ...(program !== undefined && { program }),
  };
  return finding('lock.stale', isDead ? 'info' : 'warning', where, facts, isDead);
}

/** As whoever wants the lock judges it at the first look: nothing has been watched yet. */
async function verdictOf(path: string, lock: SeenLock, now: number) {
  const { payload, isForeign } = lock;
  const owner = ownerLiveness(payload, describeThisProcess(), await pidReachIn(dirname(path)));
  const evidence = { payload, mtime: mtimeOf(lock), isForeign, owner, watchedMs: 0 };
  return judgeLock(evidence, now, LOCK_TIMES);
}

/** By the later of its two times: both must be old (`judgeLock`). */
function ageOf(lock: SeenLock, now: number): number {
  return Math.max(0, now - Math.max(mtimeOf(lock), lock.payload.createdAt ?? 0));
}

function mtimeOf({ mtimeNs }: SeenLock): number {
  return Number(mtimeNs / 1_000_000n);
}
