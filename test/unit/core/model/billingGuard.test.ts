import assert from 'node:assert/strict';
import { billingStep } from '../../../../src/core/model/billingGuard.ts';
import { effectiveOrder } from '../../../../src/core/model/order.ts';
import type { ProfileSnapshot } from '../../../../src/core/model/snapshot.ts';
import { profile, provider } from '../../../support/snapshots.ts';
import { storeOf } from './vectorCases.ts';

const TYPES = { o: 'oauth', t: 'token', k: 'api_key' } as const;
const isType = (letter: string): letter is keyof typeof TYPES => Object.hasOwn(TYPES, letter);

/** Profiles in their order, each by the first letter of its type; in capitals: not in the order. */
function providerOf(...names: readonly string[]) {
  let next = 0;
  const profiles = names.map((name): ProfileSnapshot => {
    const letter = name.charAt(0).toLowerCase();
    assert(isType(letter));
    const isLeftOut = letter !== name.charAt(0);
    const place = isLeftOut ? { leftOut: 'notInOrder' as const } : { position: next++ };
    return profile(name, { kind: 'static' }, { type: TYPES[letter], ...place });
  });
  return provider('p', ...profiles);
}

describe('billing guard', () => {
  it('tells the first step from a subscription on to a paid key', () => {
    assert.deepEqual(billingStep(providerOf('o1', 't1', 'k1', 'o2', 'k2')), {
      after: 't1',
      key: 'k1',
    });
    assert.deepEqual(billingStep(providerOf('k1', 'k2', 'o1', 'k3')), { after: 'o1', key: 'k3' });
  });

  it('has nothing to tell where there is none', () => {
    for (const names of [[], ['o1'], ['k1', 'k2'], ['k1', 'o1'], ['o1', 'K1'], ['O1', 'k1']]) {
      assert.equal(billingStep(providerOf(...names)), undefined, names.join());
    }
  });

  it('goes on telling it while the subscription pauses, and the key is used', () => {
    const now = 1_795_000_000_000;
    const store = storeOf({
      version: 1,
      profiles: {
        k: { type: 'api_key', provider: 'p', key: 'k' },
        o: { type: 'oauth', provider: 'p', access: 'a', refresh: 'r', expires: now },
      },
      order: { p: ['o', 'k'] },
      usageStats: { o: { cooldownUntil: now + 1 } },
    });
    const config = { authProfiles: new Map(), authOrder: new Map() };
    const { ids, withoutPauses } = effectiveOrder({ provider: 'p', store, config, now });
    assert.deepEqual(
      [ids, withoutPauses],
      [
        ['k', 'o'],
        ['o', 'k'],
      ],
    );
    const shown = providerOf(...ids);
    assert.equal(billingStep(shown), undefined);
    assert.deepEqual(billingStep(shown, withoutPauses), { after: 'o', key: 'k' });
  });
});
