import assert from 'node:assert/strict';
import { rangesAt } from '../../../../src/ui/dashboard/ranges.ts';
import { DAY, NOW } from '../../../support/snapshots.ts';

describe('the ranges of the timeline', () => {
  const ranges = rangesAt(NOW);

  it('are a day, a year, and a week ahead, for so long an end is warned of', () => {
    assert.deepEqual(
      ranges.map(({ id, from, to }) => [id, (NOW - from) / DAY, (to - NOW) / DAY]),
      [
        ['day', 0.25, 0.75],
        ['week', 1, 7],
        ['year', 91, 274],
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
