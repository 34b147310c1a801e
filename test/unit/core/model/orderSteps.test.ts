import assert from 'node:assert/strict';
import { stepDown, stepUp } from '../../../../src/core/model/orderSteps.ts';
import { NOW, profile, provider } from '../../../support/snapshots.ts';

describe('moving a profile by a step', () => {
  const used = (id: string, position: number) => profile(id, { kind: 'static' }, { position });
  const shown = provider(
    'p',
    used('p:a', 0),
    used('p:b', 1),
    profile('p:c', { kind: 'cooling', until: NOW + 1 }, { position: 2 }),
    profile('p:d', { kind: 'hidden', why: 'notInOrder' }, { leftOut: 'notInOrder' }),
  );

  it('is to the other side of the neighbour that is seen', () => {
    assert.deepEqual(stepUp(shown, 'p:b'), { before: 'p:a' });
    assert.deepEqual(stepDown(shown, 'p:a'), { after: 'p:b' });
  });

  it('has nowhere to go at the ends, beside what pauses, and for what is not in line', () => {
    assert.equal(stepUp(shown, 'p:a'), undefined);
    assert.equal(stepDown(shown, 'p:b'), undefined);
    for (const id of ['p:c', 'p:d', 'p:gone']) {
      assert.deepEqual([stepUp(shown, id), stepDown(shown, id)], [undefined, undefined]);
    }
  });
});
