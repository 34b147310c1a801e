import assert from 'node:assert/strict';
import { pauseOf } from '../../../../src/core/model/pause.ts';
import { storeOf } from './vectorCases.ts';

const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;

function pauseIn(stats: object) {
  return pauseOf(
    storeOf({ version: 1, profiles: {}, usageStats: { p: stats } }).usageStats.get('p'),
    NOW,
  );
}

describe('the pause of a profile', () => {
  it('is none without a time in the future', () => {
    assert.equal(pauseOf(undefined, NOW), undefined);
    for (const stats of [{}, { cooldownUntil: NOW }, { disabledUntil: NOW - 1, errorCount: 3 }]) {
      assert.equal(pauseIn({ ...stats, failureCounts: { auth: 1 } }), undefined);
    }
  });

  it('a cooldown: until when, and what failed, most often first', () => {
    const failureCounts = { auth: 1, rate_limit: 4, format: 0, billing: 'x' };
    const stats = { cooldownUntil: NOW + HOUR, lastFailureAt: NOW - 5, failureCounts };
    assert.deepEqual(pauseIn({ ...stats, disabledReason: 'billing', disabledUntil: NOW }), {
      until: NOW + HOUR,
      kind: 'cooldown',
      failures: [
        { reason: 'rate_limit', count: 4 },
        { reason: 'auth', count: 1 },
      ],
      lastFailureAt: NOW - 5,
    });
  });

  it('disabled: the later of both times, and the reason', () => {
    const stats = { cooldownUntil: NOW + 2 * HOUR, disabledUntil: NOW + HOUR };
    const pause = { until: NOW + 2 * HOUR, kind: 'disabled', failures: [] };
    assert.deepEqual(pauseIn({ ...stats, disabledReason: ' billing ' }), {
      ...pause,
      reason: 'billing',
    });
    assert.deepEqual(pauseIn({ ...stats, disabledReason: ' ', failureCounts: 7 }), pause);
  });

  it('tells no more of a hostile store than can be shown', () => {
    const failureCounts = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [`${n}\n${'x'.repeat(500)}`, n]),
    );
    const failures = pauseIn({ cooldownUntil: NOW + HOUR, failureCounts })?.failures ?? [];
    assert.equal(failures.length, 8);
    for (const { reason } of failures) assert.match(reason, /^[^\n]{1,60}$/);
  });
});
