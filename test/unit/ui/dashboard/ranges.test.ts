import assert from 'node:assert/strict';
import { rangesAt } from '../../../../src/ui/dashboard/ranges.ts';
import { DAY, NOW } from '../../../support/snapshots.ts';

describe('the ranges of the timeline', () => {
  const ranges = rangesAt(NOW);

  it('are a day, a week and a year, with now at a quarter', () => {
    assert.deepEqual(
      ranges.map(({ id, from, to }) => [id, (to - from) / DAY, (NOW - from) / (to - from)]),
      [
        ['day', 1, 0.25],
        ['week', 7, 0.25],
        ['year', 365, 0.25],
      ],
    );
  });

  it('have ticks by the local calendar, each within them, in their sequence', () => {
    const [day, week, year] = ranges;
    for (const { at } of day?.ticks ?? []) assert.equal(new Date(at).getHours() % 3, 0);
    for (const { at } of week?.ticks ?? []) assert.equal(new Date(at).getHours(), 0);
    for (const { at } of year?.ticks ?? []) assert.equal(new Date(at).getDate(), 1);
    for (const { from, to, ticks } of ranges) {
      assert.ok(ticks.length >= 5 && ticks.length <= 12, `${ticks.length} ticks`);
      for (const [index, { at, text }] of ticks.entries()) {
        assert.ok(at > from && at < to && at > (ticks[index - 1]?.at ?? 0));
        assert.notEqual(text, '');
      }
    }
  });
});
