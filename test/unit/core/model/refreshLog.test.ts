import assert from 'node:assert/strict';
import { retryAfter, retryUnsure } from '../../../../src/core/custody/refresh/refreshFailure.ts';
import { tokenHash } from '../../../../src/core/model/loginFingerprint.ts';
import {
  formatRefreshEvent,
  isDead,
  mergeRecords,
  type RefreshEvent,
  readRefreshLog,
  retryAtOf,
  type TokenRecord,
} from '../../../../src/core/model/refreshLog.ts';

const A = tokenHash('a');
const B = tokenHash('b');

const transient = (at: number): RefreshEvent => ({
  kind: 'transient',
  token: A,
  at,
  retryAt: at + 30,
});
const unsure = (at: number): RefreshEvent => ({ kind: 'unsure', token: A, at, retryAt: at + 60 });
const spent = (at: number, next?: string): RefreshEvent => ({
  kind: 'spent',
  token: A,
  at,
  ...(next !== undefined && { next }),
});
const renewed = (at: number): RefreshEvent => ({ kind: 'renewed', token: A, at });
const refused = (at: number): RefreshEvent => ({ kind: 'refused', token: A, at });

function recordOf(...events: readonly RefreshEvent[]): TokenRecord {
  const record = readRefreshLog(events.map(formatRefreshEvent).join('\n')).get(A);
  assert(record !== undefined);
  return record;
}

describe('refresh log', () => {
  it('counts transient faults in a row, and says when the next try is', () => {
    const record = recordOf(transient(1), transient(2), transient(3));
    assert.deepEqual(record, {
      kind: 'transient',
      at: 3,
      retryAt: 33,
      failures: 3,
      lostAnswers: 0,
    });
  });

  it('starts counting anew after anything else', () => {
    assert.equal(recordOf(transient(1), unsure(2), transient(3)).failures, 1);
  });

  it('gives a token up after two lost answers, whatever comes between or after', () => {
    assert.equal(isDead(recordOf(unsure(1))), false);
    assert.equal(isDead(recordOf(unsure(1), transient(2), unsure(3))), true);
    assert.equal(isDead(recordOf(unsure(1), unsure(2), transient(3))), true);
    assert.equal(isDead(undefined), false);
  });

  it('forgets what went wrong once the token has worked and stays valid', () => {
    const record = recordOf(unsure(1), transient(2), renewed(3));
    assert.deepEqual(record, { kind: 'renewed', at: 3, failures: 0, lostAnswers: 0 });
    assert.equal(isDead(recordOf(unsure(1), renewed(2), unsure(3))), false);
  });

  it('takes a token that was replaced by itself for renewed, not for spent', () => {
    assert.equal(recordOf(unsure(1), spent(2, A)).kind, 'renewed');
  });

  it('never takes back spent or refused', () => {
    const final = recordOf(spent(1, B), transient(2), unsure(3), refused(4), renewed(5), spent(6));
    assert.deepEqual([final.kind, final.next, final.retryAt], ['spent', B, undefined]);
    assert.equal(isDead(final), false);
    const dead = recordOf(refused(1), transient(2), renewed(3));
    assert.deepEqual([dead.kind, isDead(dead)], ['refused', true]);
    assert.equal(recordOf(refused(1), spent(2, B)).next, B);
  });

  it('counts an event that stands there twice once', () => {
    assert.equal(recordOf(unsure(1), unsure(1)).lostAnswers, 1);
    assert.equal(recordOf(transient(1), transient(1)).failures, 1);
  });

  it('goes on from what was folded before', () => {
    const before = new Map([[A, recordOf(transient(1))]]);
    assert.equal(readRefreshLog(formatRefreshEvent(transient(2)), before).get(A)?.failures, 2);
  });

  it('skips what is no event', () => {
    const good = formatRefreshEvent(spent(1));
    const lines = [
      '',
      'torn {',
      'null',
      '[]',
      '"spent"',
      JSON.stringify({ kind: 'spent', token: 'not a hash', at: 1 }),
      JSON.stringify({ kind: 'spent', token: B }),
      JSON.stringify({ kind: 'unsure', token: B, at: 1 }),
      JSON.stringify({ kind: 'stolen', token: B, at: 1 }),
      good,
    ];
    assert.deepEqual([...readRefreshLog(lines.join('\n')).keys()], [A]);
  });

  it('leaves out a successor that is no hash', () => {
    const line = JSON.stringify({ kind: 'spent', token: A, at: 1, next: 'secret' });
    assert.equal('next' in (readRefreshLog(line).get(A) ?? {}), false);
  });

  it('writes no token down in place of a hash', () => {
    const isSilent = (error: Error) => !error.message.includes('rt_secret');
    const event = { kind: 'spent', token: 'rt_secret', at: 1 } as const;
    assert.throws(() => formatRefreshEvent(event), isSilent);
    assert.throws(() => formatRefreshEvent({ ...event, token: A, next: 'rt_secret' }), isSilent);
  });

  describe('when a token may be sent again', () => {
    const NOW = 1_795_000_000_000;
    const MINUTE = 60_000;
    const YEAR = 365 * 24 * 60 * MINUTE;
    const told = (kind: 'transient' | 'unsure', retryAt: number, at: number, expires?: number) =>
      retryAtOf(recordOf({ kind, token: A, at, retryAt }), NOW, expires);

    it('is what was written down, for every wait that is ever set', () => {
      assert.equal(retryAtOf(undefined, NOW, NOW), undefined);
      assert.equal(retryAtOf(recordOf(renewed(NOW)), NOW, NOW), undefined);
      for (const failures of [0, 3, 99]) {
        const retryAt = retryAfter(failures, NOW, 0);
        assert.equal(told('transient', retryAt, NOW), retryAt);
      }
      for (const expires of [undefined, NOW - YEAR, NOW + 5, NOW + YEAR]) {
        const retryAt = retryUnsure(expires, NOW);
        assert.equal(told('unsure', retryAt, NOW, expires), retryAt);
      }
      assert.equal(told('transient', NOW - MINUTE, NOW - YEAR), NOW - MINUTE);
    });

    it('is not held up by a clock that was ahead, and does not move away with the time', () => {
      for (const later of [0, MINUTE, 60 * MINUTE]) {
        const now = NOW + later;
        const record = (kind: 'transient' | 'unsure') =>
          recordOf({ kind, token: A, at: NOW + YEAR, retryAt: NOW + YEAR + MINUTE });
        assert.equal(retryAtOf(record('transient'), now, NOW + 90 * MINUTE), undefined);
        // A lost one waits for the end of its access token, which is known.
        assert.equal(retryAtOf(record('unsure'), now, NOW + 90 * MINUTE), NOW + 90 * MINUTE);
        assert.equal(retryAtOf(record('unsure'), now, NOW - 1), undefined);
        assert.equal(retryAtOf(record('unsure'), now, undefined), undefined);
      }
    });
  });

  describe('of two state dirs', () => {
    const both = (a: readonly RefreshEvent[], b: readonly RefreshEvent[]) => {
      const [one, two] = [recordOf(...a), recordOf(...b)];
      const merged = mergeRecords(one, two);
      assert.deepEqual(mergeRecords(two, one), merged);
      return merged;
    };

    it('counts the same events once', () => {
      const events = [unsure(1), transient(2), transient(3)];
      assert.deepEqual(both(events, events), recordOf(...events));
    });

    it('lets spent win over all, then refused, however old', () => {
      assert.equal(both([spent(1, B)], [unsure(9)]).next, B);
      assert.equal(both([spent(1, B)], [refused(9)]).kind, 'spent');
      assert.equal(both([refused(1)], [transient(9)]).kind, 'refused');
    });

    it('takes the successor from the one that knows it', () => {
      assert.equal(both([spent(1, B)], [spent(9)]).next, B);
    });

    it('lets the later of passing events win, and forgets no lost answer', () => {
      const merged = both([unsure(1), unsure(2)], [transient(9)]);
      assert.deepEqual([merged.kind, merged.retryAt, isDead(merged)], ['transient', 39, true]);
      assert.equal(both([unsure(1), unsure(2)], [renewed(9)]).lostAnswers, 0);
    });
  });
});
