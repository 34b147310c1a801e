import assert from 'node:assert/strict';
import fc from 'fast-check';
import { historiesOf, historyKey, renewalMarks } from '../../../../src/core/dashboard/history.ts';
import type { AuditAction, AuditEntry } from '../../../../src/core/model/auditEntry.ts';
import { DAY, HOUR, NOW } from '../../../support/snapshots.ts';

const storePath = '/state/agents/main/agent/auth-profiles.json';

function entry(action: AuditAction, at: number, profileId = 'p:a'): AuditEntry {
  const actor = { kind: 'us', pid: 1, app: 'x' } as const;
  return { at, actor, action, agentId: 'main', storePath, profileId };
}

const historyOf = (...entries: readonly AuditEntry[]) =>
  historiesOf(entries).get(historyKey(storePath, 'p:a'));

describe('what the audit trail tells of a profile', () => {
  it('begins with a sign-in, and counts renewals of whomever after it', () => {
    assert.deepEqual(
      historyOf(
        entry('refreshed', 1),
        entry('signedIn', 2),
        entry('refreshed', 3),
        entry('adopted', 4),
        entry('changed', 5),
        entry('repaired', 6),
        entry('ordered', 7),
      ),
      { since: 2, isSignIn: true, renewedAt: [3, 4, 5] },
    );
  });

  it('does not know since when, where only renewals were seen', () => {
    assert.deepEqual(historyOf(entry('refreshed', 3)), { renewedAt: [3] });
    assert.deepEqual(historyOf(entry('appeared', 3)), { since: 3, renewedAt: [] });
  });

  it('ends with a removal, and keeps profiles apart', () => {
    assert.equal(historyOf(entry('signedIn', 1), entry('removed', 2)), undefined);
    assert.equal(historyOf(entry('signedIn', 1, 'p:b')), undefined);
    const other = { ...entry('signedIn', 1), storePath: '/elsewhere' };
    assert.equal(historyOf(other), undefined);
  });
});

describe('marks of renewals', () => {
  it('stand apart for two days, and by day before that', () => {
    const old = NOW - 10 * DAY - (NOW % DAY);
    const times = [old + HOUR, old + 2 * HOUR, old + DAY, NOW - 2 * HOUR, NOW - HOUR];
    assert.deepEqual(renewalMarks(times, 0, NOW), [
      { at: old + 2 * HOUR, count: 2 },
      { at: old + DAY, count: 1 },
      { at: NOW - 2 * HOUR, count: 1 },
      { at: NOW - HOUR, count: 1 },
    ]);
  });

  it('leave none out that lies in the time, whatever their sequence', () => {
    const time = fc.integer({ min: NOW - 200 * DAY, max: NOW + DAY });
    fc.assert(
      fc.property(fc.uniqueArray(time), (times) => {
        const from = NOW - 100 * DAY;
        const marks = renewalMarks(times, from, NOW);
        const inTime = times.filter((at) => at >= from && at <= NOW).length;
        assert.equal(
          marks.reduce((sum, { count }) => sum + count, 0),
          inTime,
        );
        assert.deepEqual(
          marks,
          [...marks].sort((a, b) => a.at - b.at),
        );
      }),
    );
  });
});
