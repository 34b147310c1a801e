import assert from 'node:assert/strict';
import type { ProfileState } from '../../../../src/core/model/profileState.ts';
import { stateWords } from '../../../../src/ui/words/profileState.ts';
import { DAY, HOUR, MINUTE, NOW } from '../../../support/snapshots.ts';

const table: readonly (readonly [ProfileState, text: string, icon: string])[] = [
  [{ kind: 'renews', at: NOW + 5 * HOUR }, 'renews itself · 5 h', 'pass'],
  [{ kind: 'renews', at: NOW - HOUR }, 'renews itself at next use', 'pass'],
  [{ kind: 'ending', at: NOW + 6 * DAY }, 'ends in 6 d', 'warning'],
  [{ kind: 'ending', at: NOW + 6 * DAY, isExpected: true }, 'ends in 6 d', 'warning'],
  [{ kind: 'ending', at: NOW, isExpected: true }, 'may have ended, replace it', 'warning'],
  [{ kind: 'static' }, 'no expiry', 'key'],
  [{ kind: 'retrying', at: NOW + 4 * MINUTE }, 'trying again in 4 min', 'sync'],
  [{ kind: 'expired', since: NOW - 2 * DAY }, 'expired 2 d ago · replace', 'error'],
  [{ kind: 'dead' }, 'sign in again', 'error'],
  [{ kind: 'dead', why: 'unanswered' }, 'sign in again', 'error'],
  [{ kind: 'dead', why: 'spent' }, 'sign in again', 'error'],
  [{ kind: 'cooling', until: NOW + 12 * MINUTE }, 'cooling down 12 min', 'watch'],
  [
    { kind: 'disabled', until: NOW + 3 * HOUR, reason: 'billing' },
    'disabled (billing) 3 h',
    'circle-slash',
  ],
  [{ kind: 'hidden', why: 'notInConfig' }, 'not used: hidden by config', 'eye-closed'],
  [{ kind: 'hidden', why: 'notInOrder' }, 'not used: not in the order', 'eye-closed'],
  [{ kind: 'hidden', why: 'configDisagrees' }, 'not used: the config disagrees', 'eye-closed'],
  [{ kind: 'broken', why: 'noToken' }, 'unusable: no token', 'question'],
];

describe('the words for a state', () => {
  for (const [state, text, icon] of table) {
    it(`${state.kind}: ${text}`, () => {
      const words = stateWords(state, NOW);
      assert.equal(words.text, text);
      assert.equal(words.icon, icon);
      assert.notEqual(words.spoken, '');
    });
  }

  it('a far end is a date', () => {
    const until = new Date(2027, 2, 14, 12).getTime();
    assert.match(stateWords({ kind: 'lasts', until }, NOW).text, /^until .*2027/);
  });

  it('no state is told by colour alone: the same icon never stands for a good and a bad one', () => {
    const good = new Set(['renews', 'lasts', 'static']);
    const icons = (wanted: boolean): string[] =>
      table.filter(([{ kind }]) => good.has(kind) === wanted).map(([, , icon]) => icon);
    assert.deepEqual(
      icons(true).filter((icon) => icons(false).includes(icon)),
      [],
    );
  });
});
