import assert from 'node:assert/strict';
import { isKnown } from '../../../../../src/core/errors.ts';
import { durationMs, expiryIn } from '../../../../../src/core/signin/secrets/tokenExpiry.ts';
import { vectorCases } from '../../model/vectorCases.ts';

const NOW = 1_795_000_000_000;
const DAY = 24 * 60 * 60 * 1000;

interface Case {
  readonly input: string;
  readonly ms?: number;
  readonly error?: true;
}

describe('how long a token lasts', () => {
  for (const { input, ms } of vectorCases<Case>('durations')) {
    it(`is read as by CoderClaw: ${JSON.stringify(input)} is ${ms ?? 'no duration'}`, () => {
      if (ms !== undefined) assert.equal(durationMs(input), ms);
      else assert.throws(() => durationMs(input), isBad('notADuration'));
    });
  }

  it('counts from now; nothing typed is no known end', () => {
    assert.equal(expiryIn(' 365D ', NOW), NOW + 365 * DAY);
    assert.equal(expiryIn('1.5', NOW), NOW + 1.5 * DAY);
    assert.equal(expiryIn('  ', NOW), undefined);
  });

  it('is some time, and not for ever', () => {
    assert.throws(() => expiryIn('0d', NOW), isBad('overAtOnce'));
    assert.throws(() => expiryIn('36501', NOW), isBad('tooLong'));
    assert.throws(() => expiryIn('9'.repeat(400), NOW), isBad('tooLong'));
    assert.throws(() => expiryIn('365 days', NOW), isBad('notADuration'));
  });
});

function isBad(why: string): (error: unknown) => boolean {
  return (error) => isKnown(error, 'secret.badDuration') && error.facts.why === why;
}
