import assert from 'node:assert/strict';
import fc from 'fast-check';
import { relativeTime, relativeTimeChangesIn } from '../../../../src/core/model/relativeTime.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** [distance, what it reads as, milliseconds until it reads differently] */
const TABLE: readonly (readonly [number, string, number])[] = [
  [0, 'now 1 min', MINUTE],
  [1, 'now 1 min', 1],
  [59_999, 'now 1 min', 59_999],
  [MINUTE, '1 min', 1],
  [MINUTE + 1, '1 min', 2],
  [12 * MINUTE + 30 * SECOND, '12 min', 30 * SECOND + 1],
  [59 * MINUTE + 59 * SECOND, '59 min', 59 * SECOND + 1],
  [HOUR, '1 h', 1],
  [24 * HOUR - 1, '23 h', HOUR],
  [24 * HOUR, '24 h', 1],
  [2 * DAY - 1, '47 h', HOUR],
  [2 * DAY, '2 d', 1],
  [6 * DAY + 5 * HOUR, '6 d', 5 * HOUR + 1],
  [400 * DAY, '400 d', 1],
  [-1, 'now 1 min', 59_999],
  [-MINUTE, '1 min', MINUTE],
  [-HOUR + 1, '59 min', 1],
  [-HOUR, '1 h', HOUR],
  [-2 * DAY + 1, '47 h', 1],
  [-2 * DAY, '2 d', DAY],
];

function read(distance: number): string {
  const { amount, unit, now } = relativeTime(distance);
  return `${now ? 'now ' : ''}${amount} ${unit}`;
}

describe('relativeTime', () => {
  for (const [distance, text, changesIn] of TABLE) {
    it(`reads ${distance} ms as "${text}" for ${changesIn} ms`, () => {
      assert.equal(read(distance), text);
      assert.equal(relativeTimeChangesIn(distance), changesIn);
    });
  }

  it('never says 0, and never one distance in two units', () => {
    fc.assert(
      fc.property(fc.integer({ min: -500 * DAY, max: 500 * DAY }), (distance) => {
        const { amount, unit } = relativeTime(distance);
        assert.ok(Number.isInteger(amount) && amount >= 1);
        if (unit === 'min') assert.ok(amount < 60);
        if (unit === 'h') assert.ok(amount < 48);
        if (unit === 'd') assert.ok(amount >= 2);
      }),
    );
  });

  it('stays the same up to the change, and is another (or past) at it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60 * DAY, max: 60 * DAY }), (distance) => {
        const changesIn = relativeTimeChangesIn(distance);
        assert.ok(changesIn >= 1);
        assert.equal(read(distance - changesIn + 1), read(distance));
        const after = distance - changesIn;
        assert.ok(read(after) !== read(distance) || (distance > 0 && after === 0));
      }),
    );
  });
});
