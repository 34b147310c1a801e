import assert from 'node:assert/strict';
import { nextWordsChange } from '../../../../src/core/model/nextWordsChange.ts';
import type { ProfileState } from '../../../../src/core/model/profileState.ts';
import type { ProfileSnapshot, Snapshot } from '../../../../src/core/model/snapshot.ts';

const NOW = 1_795_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function snapshotOf(...states: readonly ProfileState[]): Snapshot {
  const profiles = states.map(
    (state, index): ProfileSnapshot => ({
      id: `p:${index}`,
      name: `${index}`,
      provider: 'p',
      type: 'oauth',
      state,
      next: false,
      origin: 'own',
      sharedWith: [],
      problems: [],
    }),
  );
  const agent = {
    id: 'main',
    isDefault: true,
    onDiskOnly: false,
    agentDir: '/s',
    store: { kind: 'whole', path: '/s/auth-profiles.json', problems: [] },
    chats: [],
    models: [],
    providers: [{ id: 'p', profiles, orderSource: 'stored' }],
  } as const;
  const config = { kind: 'absent', path: '/s/coderclaw.json' } as const;
  return {
    takenAt: NOW,
    stateDirs: [{ path: '/s', label: '~/s', inUse: true, config, agents: [agent] }],
    lookedIn: [],
  };
}

describe('nextWordsChange', () => {
  const shown: readonly (readonly [ProfileState, number])[] = [
    [{ kind: 'renews', at: NOW + 5 * HOUR }, 1],
    [{ kind: 'ending', at: NOW + 5 * HOUR + MINUTE }, MINUTE + 1],
    [{ kind: 'retrying', at: NOW + 90_000 }, 30_001],
    [{ kind: 'cooling', until: NOW + 30_000 }, 30_000],
    [{ kind: 'disabled', until: NOW + 3 * HOUR - 1 }, HOUR],
    [{ kind: 'expired', since: NOW - 90_000 }, 30_000],
  ];
  for (const [state, wait] of shown) {
    it(`is ${wait} ms for ${JSON.stringify(state)}`, () => {
      assert.equal(nextWordsChange(snapshotOf(state), NOW), wait);
    });
  }

  it('is the soonest of all', () => {
    assert.equal(nextWordsChange(snapshotOf(...shown.map(([state]) => state)), NOW), 1);
  });

  it('is never for states that show no distance', () => {
    const still: readonly ProfileState[] = [
      { kind: 'renews', at: NOW - HOUR },
      { kind: 'renews', at: 0 },
      { kind: 'ending', at: NOW, isExpected: true },
      { kind: 'lasts', until: NOW + 900 * HOUR },
      { kind: 'static' },
      { kind: 'dead' },
      { kind: 'hidden', why: 'notInConfig' },
      { kind: 'broken', why: 'noToken' },
    ];
    assert.equal(nextWordsChange(snapshotOf(...still), NOW), undefined);
    assert.equal(nextWordsChange({ takenAt: NOW, stateDirs: [], lookedIn: [] }, NOW), undefined);
  });
});
