import assert from 'node:assert/strict';
import type { MatrixCell } from '../../../../src/core/dashboard/matrix.ts';
import type { TrackEnd } from '../../../../src/core/dashboard/track.ts';
import {
  cellSentence,
  cellWords,
  endWords,
  groupWords,
  renewedWords,
  summaryWords,
  validWords,
} from '../../../../src/ui/words/dashboard.ts';
import { DAY, HOUR, MINUTE, NOW } from '../../../support/snapshots.ts';

describe('the words of the dashboard', () => {
  it('say in one sentence who needs a person, and when something happens next', () => {
    const say = (profiles: number, needPerson: number, nextRenewal?: number) =>
      summaryWords({ profiles, needPerson, ...(nextRenewal && { nextRenewal }) }, NOW);
    assert.equal(
      say(7, 2, NOW + 40 * MINUTE),
      '2 of 7 profiles need you; the next renewal is in 40 min.',
    );
    assert.equal(say(7, 1), '1 of 7 profiles needs you.');
    assert.equal(say(7, 0), 'None of 7 profiles needs you.');
    assert.equal(say(1, 0), 'Nothing needs you.');
    assert.equal(say(1, 1), 'The only profile needs you.');
    assert.equal(groupWords(1, 0), '1 profile');
    assert.equal(groupWords(3, 2), '3 profiles · 2 need you');
  });

  it('promise a renewal only to what renews itself, and a person to the rest', () => {
    const ends: readonly (readonly [TrackEnd, RegExp | undefined])[] = [
      [{ kind: 'renews', at: NOW + HOUR }, /^Renews itself: the access token ends on /],
      [{ kind: 'renews' }, /^Renews itself at its next use\.$/],
      [{ kind: 'retries', at: NOW + HOUR }, /^The next try to renew it is at /],
      [{ kind: 'person', at: NOW + DAY }, /^Ends on .*: needs you by then\.$/],
      [{ kind: 'person', at: NOW + DAY, isExpected: true }, /^Expected to end on about /],
      [{ kind: 'now' }, /^Needs you now\.$/],
      [{ kind: 'unused' }, undefined],
      [{ kind: 'none' }, undefined],
    ];
    for (const [end, expected] of ends) {
      const words = endWords(end);
      if (expected === undefined) assert.equal(words, undefined);
      else assert.match(words ?? '', expected);
    }
  });

  it('claim no beginning that nobody saw, and no end that is past', () => {
    assert.match(validWords({ to: NOW + DAY }, NOW), /^Valid until /);
    assert.match(validWords({ from: NOW - DAY, to: NOW + DAY }, NOW), /^Valid since .*, until /);
    assert.match(validWords({ from: NOW - DAY, to: NOW }, NOW), /^Was valid until /);
    assert.equal(validWords({}, NOW), 'Has no known end.');
    assert.match(renewedWords({ at: NOW, count: 1 }), /^Renewed on /);
    assert.match(renewedWords({ at: NOW, count: 3 }), /^Renewed 3 times within a day, the last /);
  });

  it('name who else holds a login, and tell each kind of cell from the others', () => {
    const cell = (kind: MatrixCell['kind']): MatrixCell => ({
      ...{ provider: 'p', kind, count: 1, needPerson: 0, twins: ['work', 'home'] },
    });
    assert.match(cellSentence(cell('twin')), /stored for work, home, too/);
    const kinds = ['own', 'separate', 'twin', 'inherited', 'missing', 'unknown'] as const;
    assert.equal(new Set(kinds.map(cellWords)).size, kinds.length);
    assert.equal(new Set(kinds.map((kind) => cellSentence(cell(kind)))).size, kinds.length);
  });
});
