import assert from 'node:assert/strict';
import { remainingShort } from '../../../../src/core/model/remaining.ts';
import { vectorCases } from './vectorCases.ts';

describe('remainingShort', () => {
  vectorCases<{ ms: number | null; short: string }>('remaining').forEach((vector, index) => {
    it(`rounds as CoderClaw: remaining ${index} (${vector.ms} ms is ${vector.short})`, () => {
      assert.equal(remainingShort(vector.ms ?? undefined), vector.short);
    });
  });
});
