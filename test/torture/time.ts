import { type Clock, systemClock } from '../../src/core/clock.ts';
import { GUARD_TIMES } from '../../src/core/custody/repair/guard.ts';
import type { GuardTimes } from '../../src/core/custody/repair/guardedEntry.ts';
import { UPKEEP_TIMES, type UpkeepTimes } from '../../src/core/custody/repair/promiseKeepers.ts';
import { LOCK_TIMES, type LockTimes } from '../../src/core/disk/fileLock.ts';

/*
 * A short torture would be over before anything runs into a time limit. So the limits can be divided
 * by a factor: those of locks, of a token request, and those after which what was kept counts as
 * stable. The clock itself is always the world's, and so are the times that repairs are measured by.
 * With a factor of 1 everything is as in the extension.
 */

/** Milliseconds that all processes of this machine count alike and that no clock step moves. */
export function machineTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The world's clock, off by what `stepMs` says at each look. */
export function steppedClock(stepMs: () => number): Clock {
  return { now: () => Date.now() + stepMs(), sleep: systemClock.sleep };
}

/** From this on a wait of the refresher is its limit for a request. */
const SHORTEST_LIMIT_MS = 5_000;

/** The same clock, on which the limit of a token request passes sooner. */
export function requestClock(clock: Clock, factor: number): Clock {
  return {
    now: () => clock.now(),
    sleep: (ms, signal) => clock.sleep(ms < SHORTEST_LIMIT_MS ? ms : ms / factor, signal),
  };
}

export function scaledLockTimes(factor: number): LockTimes {
  return {
    // A waiter may have to see several holders die of old age.
    waitMs: LOCK_TIMES.waitMs / Math.sqrt(factor),
    holdMs: LOCK_TIMES.holdMs / factor,
    heartbeatMs: LOCK_TIMES.heartbeatMs / factor,
    staleMs: LOCK_TIMES.staleMs / factor,
    confirmMs: LOCK_TIMES.confirmMs / factor,
  };
}

/** On a busy machine it takes seconds until everybody has seen what happened: never less than these. */
const SHORTEST_STABLE_MS = 10_000;

/** For how long commits are looked after; not longer than the journals remember removals. */
export function scaledGuardTimes(factor: number): Partial<GuardTimes> {
  return { windowMs: Math.max(SHORTEST_STABLE_MS, GUARD_TIMES.windowMs / factor) };
}

export function scaledUpkeepTimes(factor: number): UpkeepTimes {
  return {
    stableMs: Math.max(SHORTEST_STABLE_MS, UPKEEP_TIMES.stableMs / factor),
    lockWaitMs: UPKEEP_TIMES.lockWaitMs / factor,
    refreshTurnMs: UPKEEP_TIMES.refreshTurnMs / factor,
    // After the longest wait for a lock, as in the extension.
    signInTurnMs: scaledLockTimes(factor).waitMs + 1_000,
  };
}
