import assert from 'node:assert/strict';
import { placesIn } from '../../../../src/core/custody/storePlaces.ts';
import type { StoreSnapshot } from '../../../../src/core/model/snapshot.ts';
import { agent, snapshot, stateDir } from '../../../support/snapshots.ts';

describe('the places of stores', () => {
  it('are those of all agents, stores that are not there or cannot be read included', () => {
    const places = placesIn(
      snapshot(
        stateDir('/a', [
          agent('main', { store: { kind: 'absent', path: '/a/m', legacyPaths: ['/a/auth.json'] } }),
          agent('work', { store: { kind: 'torn', path: '/a/w', detail: '' } }),
          agent('lost', { store: { kind: 'unplaced', path: '/a/l', variable: 'X' } }),
        ]),
        stateDir('/b', [agent('main', { store: { kind: 'absent', path: '/b/m' } })]),
      ),
    );
    assert.deepEqual(places, [
      { stateDir: '/a', agentId: 'main', storePath: '/a/m', legacyPaths: ['/a/auth.json'] },
      { stateDir: '/a', agentId: 'work', storePath: '/a/w' },
      { stateDir: '/b', agentId: 'main', storePath: '/b/m' },
    ]);
  });

  it('are also that of the main agent where it is not listed', () => {
    const work = agent('work', { store: { kind: 'absent', path: '/a/w' } });
    const stores: readonly StoreSnapshot[] = [
      { kind: 'whole', path: '/elsewhere/m', problems: [] },
      { kind: 'absent', path: '/elsewhere/m', legacyPaths: ['/a/oauth.json'] },
    ];
    const places = stores.map((mainStore) =>
      placesIn(snapshot(stateDir('/a', [work], { mainStore }))),
    );
    const own = { stateDir: '/a', agentId: 'work', storePath: '/a/w' };
    const main = { stateDir: '/a', agentId: 'main', storePath: '/elsewhere/m' };
    assert.deepEqual(places, [
      [own, main],
      [own, { ...main, legacyPaths: ['/a/oauth.json'] }],
    ]);
  });
});
