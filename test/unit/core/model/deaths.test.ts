import assert from 'node:assert/strict';
import { deathsAt } from '../../../../src/core/model/deaths.ts';
import type { Snapshot } from '../../../../src/core/model/snapshot.ts';
import { type ToldOf, toldAfter } from '../../../../src/core/model/told.ts';
import {
  agent,
  DAY,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../support/snapshots.ts';

function died(...ids: readonly string[]): Snapshot {
  const logins = ids.map((id) => profile(id, { kind: 'dead' }, { expires: NOW - DAY }));
  return snapshot(stateDir('/s', [agent('main', { providers: [provider('p', ...logins)] })]));
}

const known = (told: readonly ToldOf[]) => toldAfter([], told, NOW, 'aYear');

describe('deathsAt', () => {
  it('each login once, also where it ended long ago, and another in its place anew', () => {
    const { due } = deathsAt(died('p:a', 'p:b'), NOW, []);
    assert.deepEqual(
      due.map(({ profileId }) => profileId),
      ['p:a', 'p:b'],
    );
    const memory = known(due.map(({ marks }) => ({ marks, before: 0 })));
    assert.deepEqual(deathsAt(died('p:a', 'p:b'), NOW + 100 * DAY, memory), { due: [] });
    const another = profile('p:a', { kind: 'dead', why: 'spent' }, { expires: NOW });
    const after = snapshot(
      stateDir('/s', [agent('main', { providers: [provider('p', another)] })]),
    );
    assert.deepEqual(
      deathsAt(after, NOW, memory).due.map(({ why }) => why),
      ['spent'],
    );
  });

  it('copies of one login are one death', () => {
    const copy = (id: string, sharedWith: readonly string[]) =>
      agent(id, {
        providers: [
          provider('p', profile('p:a', { kind: 'dead' }, { expires: NOW - DAY, sharedWith })),
        ],
      });
    const shared = snapshot(stateDir('/s', [copy('main', ['work']), copy('work', ['main'])]));
    assert.equal(deathsAt(shared, NOW, []).due.length, 1);
  });

  it('again when a person wanted it, and not before', () => {
    const { due } = deathsAt(died('p:a'), NOW, []);
    const memory = known(due.map(({ marks }) => ({ marks, before: 0, again: NOW + DAY })));
    assert.deepEqual(deathsAt(died('p:a'), NOW, memory), { due: [], next: NOW + DAY });
    assert.equal(deathsAt(died('p:a'), NOW + DAY, memory).due.length, 1);
  });

  it('nothing of what lives, renews itself, or is not used', () => {
    const states = [
      { kind: 'renews', at: NOW },
      { kind: 'retrying', at: NOW },
      { kind: 'hidden', why: 'notInOrder' },
      { kind: 'expired', since: NOW },
    ] as const;
    const logins = states.map((state, index) => profile(`p:${index}`, state, { expires: NOW }));
    const all = snapshot(
      stateDir('/s', [agent('main', { providers: [provider('p', ...logins)] })]),
    );
    assert.deepEqual(deathsAt(all, NOW, []), { due: [] });
  });
});
