import assert from 'node:assert/strict';
import { median, mediansOf } from '../../bench/statistics.ts';
import { metricOf } from '../../bench/table.ts';

describe('bench statistics', () => {
  it('takes the middle, whatever the order and however far off the ends are', () => {
    assert.equal(median([900, 3, 1]), 3);
    assert.equal(median([10, 2, 4, 1000]), 7);
    assert.equal(median([5]), 5);
    assert.throws(() => median([]));
  });

  it('runs every work in every round, in turns, and counts no warm-up', async () => {
    let now = 0;
    const order: string[] = [];
    const work = (name: string, costs: readonly number[]) => {
      let times = 0;
      return () => {
        order.push(name);
        now += costs[times++] ?? 0;
      };
    };
    const medians = await mediansOf(
      { rounds: 3, warmUp: 1 },
      { ours: work('ours', [500, 1, 2, 90]), peer: work('peer', [500, 7, 8, 9]) },
      () => now,
    );
    assert.deepEqual(medians, { ours: 2, peer: 8 });
    assert.deepEqual(order.join(' '), 'ours peer peer ours ours peer peer ours');
  });

  it('knows what is better: less time, or more work', () => {
    const row = { name: 'x', unit: 'ms', note: '' };
    const slower = metricOf({ ...row, ours: 3, peer: 2, target: { atMost: 1 } });
    assert.deepEqual([slower.ratio, slower.met], [1.5, false]);
    assert.equal(metricOf({ ...row, ours: 3, peer: 2, target: { atLeast: 1.5 } }).met, true);
    assert.equal(metricOf({ ...row, ours: 2, peer: 2, target: { atLeast: 1.5 } }).met, false);
    assert.equal(metricOf({ ...row, ours: 0, peer: 1, target: { atMost: 0 } }).met, true);
  });
});
