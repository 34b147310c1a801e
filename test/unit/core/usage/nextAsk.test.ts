import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nextAsk } from '../../../../src/core/usage/nextAsk.ts';
import { OFFLINE_INTERVAL_MS } from '../../../../src/core/usage/usageCache.ts';

const NOW = 1_000_000_000;

describe('when to ask for usage again', () => {
  const wait = (...nextAt: number[]): number | undefined =>
    nextAsk(
      nextAt.map((at) => ({ nextAt: at })),
      NOW,
    );

  it('at the soonest of those that can be asked', () => {
    assert.equal(wait(NOW + 300_000, NOW + 200_000, NOW), 200_000);
  });

  it('never where nothing can be asked', () => {
    assert.equal(wait(), undefined);
    assert.equal(wait(NOW, NOW - 1), undefined);
  });

  it('never sooner than where nothing has left the machine', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: NOW - 1e6, max: NOW + 1e7 })), (times) => {
        const next = wait(...times);
        assert.ok(next === undefined || next >= OFFLINE_INTERVAL_MS);
      }),
    ));
});
