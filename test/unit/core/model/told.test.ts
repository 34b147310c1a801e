import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  againAt,
  byToken,
  isTold,
  lastWord,
  type Told,
  toldAfter,
} from '../../../../src/core/model/told.ts';
import { DAY, HOUR, NOW } from '../../../support/snapshots.ts';

const mark = { stateDir: '/s', profileId: 'p:a', end: NOW + DAY };

describe('what is remembered of what was told', () => {
  it('forgets a token when its end has come, and keeps one that is not seen at the moment', () => {
    const memory = [{ ...mark, before: 7 * DAY }];
    assert.deepEqual(toldAfter(memory, [], NOW), memory);
    assert.deepEqual(toldAfter(memory, [], NOW + DAY), []);
  });

  it('keeps a death for a year', () => {
    const died = { ...mark, end: NOW - DAY };
    const memory = toldAfter([], [{ marks: [died], before: 0 }], NOW, 'aYear');
    assert.deepEqual(toldAfter(memory, [], NOW + 364 * DAY, 'aYear'), memory);
    assert.deepEqual(toldAfter(memory, [], NOW + 365 * DAY, 'aYear'), []);
  });

  it('remembers a token once, at the last threshold', () => {
    const at = (before: number): Told => ({ ...mark, before });
    assert.deepEqual(toldAfter([at(7 * DAY), at(DAY), at(7 * DAY)], [], NOW), [at(DAY)]);
  });

  it('the later word counts, in whatever sequence they come, and no threshold is told again', () => {
    const words = fc.array(
      fc.record({
        at: fc.integer({ min: NOW, max: NOW + DAY - 1 }),
        before: fc.constantFrom(0, HOUR, DAY, 7 * DAY),
        again: fc.option(fc.integer({ min: NOW, max: NOW + DAY }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(words, (drawn) => {
        const told = drawn.map(({ at, before, again }, index) => ({
          ...{ ...mark, before, at: at + index * DAY },
          ...(again !== undefined && { again }),
        }));
        const last = told.at(-1);
        for (const sequence of [told, [...told].reverse()]) {
          const word = lastWord(byToken(sequence), [mark]);
          assert.equal(word?.again, last?.again);
          assert.equal(word?.before, Math.min(...told.map(({ before }) => before)));
        }
      }),
    );
  });

  it('later is in a day, or halfway to the end', () => {
    assert.equal(againAt(NOW), NOW + DAY);
    assert.equal(againAt(NOW, NOW + 5 * DAY), NOW + DAY);
    assert.equal(againAt(NOW, NOW + HOUR), NOW + HOUR / 2);
    assert.equal(againAt(NOW, NOW - HOUR), NOW + DAY, 'it has ended meanwhile');
  });

  it('takes nothing else for one', () => {
    const told = { ...mark, before: DAY };
    for (const one of [told, { ...told, at: NOW }, { ...told, at: NOW, again: NOW }]) {
      assert.ok(isTold(one));
    }
    for (const one of [null, 'odd', mark, { ...told, at: 'now' }, { ...told, again: null }]) {
      assert.ok(!isTold(one));
    }
  });
});
