import assert from 'node:assert/strict';
import type { Reminder } from '../../../../src/core/model/reminders.ts';
import { reminderWords } from '../../../../src/ui/words/reminders.ts';
import { DAY, HOUR, NOW } from '../../../support/snapshots.ts';

function reminder(more: Partial<Reminder> = {}): Reminder {
  return {
    ...{ profileId: 'acme:a', provider: 'acme', type: 'token', agent: 'main' },
    ...{ end: NOW + 6 * DAY + HOUR, isExpected: false, before: 7 * DAY, marks: [] },
    ...more,
  };
}

describe('reminderWords', () => {
  it('one: what it is, whose, by when, and what to do', () => {
    const setupToken = { provider: 'anthropic', profileId: 'anthropic:default' };
    const cases: readonly (readonly [Partial<Reminder>, string])[] = [
      [{}, 'The token acme:a of agent main ends in 6 d. Replace it before then.'],
      [
        { isExpected: true },
        'The token acme:a of agent main is expected to end in 6 d. Replace it before then.',
      ],
      [
        setupToken,
        'The setup-token anthropic:default of agent main ends in 6 d. Replace it before then.',
      ],
      [
        { ...setupToken, isExpected: true },
        'The setup-token anthropic:default of agent main is expected to end in 6 d. Replace it before then.',
      ],
      [
        { type: 'oauth' },
        'The sign-in acme:a of agent main ends in 6 d. Sign in again before then.',
      ],
    ];
    for (const [more, expected] of cases) {
      assert.equal(reminderWords([reminder(more)], NOW), expected);
    }
  });

  it('several: how many, of what kind, and when the first ends', () => {
    const [token, login] = [reminder(), reminder({ type: 'oauth', end: NOW + 30 * DAY })];
    assert.deepEqual(
      [
        [token, token],
        [login, login, login],
        [token, login],
      ].map((due) => reminderWords(due, NOW)),
      [
        '2 tokens end soon, the first of them in 6 d.',
        '3 sign-ins end soon, the first of them in 30 d.',
        '2 sign-ins and tokens end soon, the first of them in 6 d.',
      ],
    );
  });
});
