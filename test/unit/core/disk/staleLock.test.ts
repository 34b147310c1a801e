import assert from 'node:assert/strict';
import type { Liveness } from '../../../../src/core/disk/lockOwner.ts';
import { judgeLock } from '../../../../src/core/disk/staleLock.ts';

const NOW = 1_800_000_000_000;
const TIMES = { staleMs: 30_000, confirmMs: 6_000 };

interface Row {
  readonly what: string;
  /** Ages in ms; negative: in the future. */
  readonly createdAge?: number;
  readonly mtimeAge: number;
  readonly watchedMs: number;
  readonly owner?: Liveness;
  readonly isForeign?: boolean;
  readonly verdict: 'held' | 'ownerDead' | 'expired';
}

const TABLE: readonly Row[] = [
  { what: 'fresh', createdAge: 0, mtimeAge: 0, watchedMs: 0, verdict: 'held' },
  {
    what: 'fresh, of a dead owner',
    createdAge: 0,
    mtimeAge: 0,
    watchedMs: 0,
    owner: 'dead',
    verdict: 'ownerDead',
  },
  {
    what: 'of an owner that nobody here can see',
    createdAge: 29_000,
    mtimeAge: 29_000,
    watchedMs: 29_000,
    owner: 'unknown',
    verdict: 'held',
  },
  {
    what: 'both times old, watched',
    createdAge: 30_001,
    mtimeAge: 30_001,
    watchedMs: 6_001,
    verdict: 'expired',
  },
  {
    what: 'both times at the limit',
    createdAge: 30_000,
    mtimeAge: 30_000,
    watchedMs: 6_001,
    verdict: 'held',
  },
  {
    what: 'only createdAt old',
    createdAge: 90_000,
    mtimeAge: 1_000,
    watchedMs: 6_001,
    verdict: 'held',
  },
  {
    what: 'only mtime old',
    createdAge: 1_000,
    mtimeAge: 90_000,
    watchedMs: 6_001,
    verdict: 'held',
  },
  {
    what: 'hours old, just met (the machine woke up)',
    createdAge: 9e6,
    mtimeAge: 9e6,
    watchedMs: 0,
    verdict: 'held',
  },
  {
    what: 'hours old, watched for one heartbeat',
    createdAge: 9e6,
    mtimeAge: 9e6,
    watchedMs: 5_000,
    verdict: 'held',
  },
  { what: 'no readable time, mtime old', mtimeAge: 31_000, watchedMs: 6_001, verdict: 'expired' },
  { what: 'no readable time, mtime young', mtimeAge: 100, watchedMs: 6_001, verdict: 'held' },
  {
    what: 'from the future (the clock jumped back)',
    createdAge: -9e6,
    mtimeAge: -9e6,
    watchedMs: 29_000,
    verdict: 'held',
  },
  {
    what: 'from the future, watched for the full time',
    createdAge: -9e6,
    mtimeAge: -9e6,
    watchedMs: 30_001,
    verdict: 'expired',
  },
  {
    what: 'a folder, however old',
    mtimeAge: 9e9,
    watchedMs: 9e9,
    isForeign: true,
    verdict: 'held',
  },
  {
    what: 'a folder with a dead owner',
    mtimeAge: 0,
    watchedMs: 0,
    isForeign: true,
    owner: 'dead',
    verdict: 'held',
  },
];

describe('stale lock', () => {
  for (const row of TABLE) {
    it(`${row.what}: ${row.verdict}`, () => {
      const evidence = {
        payload: { ...(row.createdAge !== undefined && { createdAt: NOW - row.createdAge }) },
        mtime: NOW - row.mtimeAge,
        isForeign: row.isForeign ?? false,
        owner: row.owner ?? 'alive',
        watchedMs: row.watchedMs,
      };
      assert.equal(judgeLock(evidence, NOW, TIMES), row.verdict);
    });
  }
});
