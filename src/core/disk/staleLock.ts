import type { Liveness } from './lockOwner.ts';
import type { LockPayload } from './lockPayload.ts';

/** What is known about a lock that stands in our way. Times in milliseconds. */
export interface LockEvidence {
  readonly payload: LockPayload;
  /** Since the epoch. */
  readonly mtime: number;
  /** It is not even a regular file, so it is not of this protocol. */
  readonly isForeign: boolean;
  readonly owner: Liveness;
  /** For how long we have watched it, awake, without any change to it. Not a matter of clocks. */
  readonly watchedMs: number;
}

export interface StaleTimes {
  /** Age from which a lock is given up. CoderClaw 2026.3.21 uses 30 s. */
  readonly staleMs: number;
  /** For how long an old lock is watched before we believe its age; more than one heartbeat. */
  readonly confirmMs: number;
}

export type LockVerdict = 'held' | 'ownerDead' | 'expired';

/**
 * Whether a lock may be taken over. A dead owner's at once. Else both of its times must be over
 * {@link StaleTimes.staleMs} old, and it must not have moved while we watched: after a laptop wakes,
 * or the clock jumps, every living holder's lock looks hours old until its next heartbeat. And a
 * lock from the future (the clock jumped back) is given up once we have watched it for the full time.
 */
export function judgeLock(evidence: LockEvidence, now: number, times: StaleTimes): LockVerdict {
  if (evidence.isForeign) return 'held';
  if (evidence.owner === 'dead') return 'ownerDead';
  if (evidence.watchedMs > times.staleMs) return 'expired';
  const { createdAt } = evidence.payload;
  const isOld =
    now - evidence.mtime > times.staleMs &&
    // A lock without a readable time (torn, another program's) has only its mtime.
    (createdAt === undefined || now - createdAt > times.staleMs);
  return isOld && evidence.watchedMs > times.confirmMs ? 'expired' : 'held';
}
