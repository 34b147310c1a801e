import assert from 'node:assert/strict';
import type { ProfileState } from '../../../../src/core/model/profileState.ts';
import { exactTime } from '../../../../src/ui/words/exactTime.ts';
import { stateSentence } from '../../../../src/ui/words/stateSentence.ts';
import { DAY, HOUR, NOW } from '../../../support/snapshots.ts';

const soon = NOW + 5 * HOUR;
const long = NOW - 2 * DAY;

const EXPECTED = (what: string) =>
  new RegExp(`^Expected ${what} .* The token itself does not say when it ends;`);

const table: readonly (readonly [ProfileState, start: RegExp, time?: number])[] = [
  [{ kind: 'renews', at: soon }, /^Renews itself: /, soon],
  [{ kind: 'renews', at: long }, /^Renews itself at its next use: .* ended on/, long],
  [{ kind: 'renews', at: 0 }, /^Renews itself at its next use: no end/],
  [{ kind: 'lasts', until: soon }, /^Valid until/, soon],
  [{ kind: 'ending', at: soon }, /^Ends on .* replace it before then/, soon],
  [{ kind: 'lasts', until: soon, isExpected: true }, EXPECTED('to be valid until about'), soon],
  [{ kind: 'ending', at: soon, isExpected: true }, EXPECTED('to end on about'), soon],
  [{ kind: 'ending', at: long, isExpected: true }, EXPECTED('to have ended on about'), long],
  [{ kind: 'static' }, /^Has no known end/],
  [{ kind: 'retrying', at: soon }, /the next try is at/, soon],
  [{ kind: 'expired', since: long }, /^Expired on .* replace it/, long],
  [{ kind: 'dead' }, /^The provider no longer accepts/],
  [{ kind: 'dead', why: 'unanswered' }, /got no answer, .* try Refresh Now once more/],
  [{ kind: 'dead', why: 'spent' }, /^An older copy .* nowhere to be found/],
  [{ kind: 'cooling', until: soon }, /^Cooling down until/, soon],
  [{ kind: 'disabled', until: soon }, /^CoderClaw disabled it until/, soon],
  [{ kind: 'disabled', until: soon, reason: 'billing' }, /disabled it \(billing\) until/, soon],
  [{ kind: 'hidden', why: 'notInConfig' }, /lists other profiles .* but not this one/],
  [{ kind: 'hidden', why: 'notInOrder' }, /an order is set .* not in it/],
  [{ kind: 'hidden', why: 'configDisagrees' }, /names another provider or mode/],
  [{ kind: 'broken', why: 'noToken' }, /cannot use it as it is stored: no token/],
];

describe('the sentence for a state', () => {
  for (const [state, words, time] of table) {
    it(`${Object.values(state).join(' ')}: whole, with the exact time where there is one`, () => {
      const sentence = stateSentence(state, NOW);
      assert.match(sentence, words);
      assert.match(sentence, /\.$/);
      if (time !== undefined) assert.ok(sentence.includes(exactTime(time)), sentence);
    });
  }

  it('names a time that is none', () => {
    assert.match(stateSentence({ kind: 'lasts', until: Number.NaN }, NOW), /an unknown time/);
  });

  it('stays the same while time goes by, so that a hover may be kept', () => {
    for (const [state] of table) {
      assert.equal(stateSentence(state, NOW), stateSentence(state, NOW + 3 * HOUR));
    }
  });
});
