import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pageState } from '../../../../src/ui/dashboard/page/pageState.ts';

describe('the state that a page keeps', () => {
  it('comes back as it was', () => {
    const state = { range: 'year', unfolded: ['a'], scroll: 12, focus: 'o1' } as const;
    assert.deepEqual(pageState(JSON.parse(JSON.stringify(state))), state);
  });

  it('is a week from the top, where there is none or it makes no sense', () => {
    const first = { range: 'week', unfolded: [], scroll: 0, focus: '' };
    for (const kept of [undefined, null, 'x', { range: 'decade', scroll: 'far', unfolded: 1 }]) {
      assert.deepEqual(pageState(kept), first);
    }
    fc.assert(fc.property(fc.anything(), (kept) => void pageState(kept)));
  });
});
