import assert from 'node:assert/strict';
import { placesIn } from '../../../../src/core/custody/storePlaces.ts';
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
});
