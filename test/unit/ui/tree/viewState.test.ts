import assert from 'node:assert/strict';
import { viewStates } from '../../../../src/contributions.ts';
import type { Snapshot, StoreSnapshot } from '../../../../src/core/model/snapshot.ts';
import { viewStateOf } from '../../../../src/ui/tree/viewState.ts';
import { agent, profile, provider, snapshot, stateDir } from '../../../support/snapshots.ts';

const torn: StoreSnapshot = { kind: 'torn', path: '/s', detail: 'x' };
const signedIn = agent('main', {
  providers: [provider('anthropic', profile('anthropic:a', { kind: 'static' }))],
});

describe('what the Profiles view has to say', () => {
  const table: readonly (readonly [string, Snapshot | undefined, (typeof viewStates)[number]])[] = [
    ['before the first read', undefined, 'loading'],
    ['no state folder', snapshot(), 'noCoderClaw'],
    ['nobody signed in', snapshot(stateDir('/s', [agent('main'), agent('work')])), 'noProfile'],
    ['a profile', snapshot(stateDir('/s', [signedIn])), 'tree'],
    [
      'the only store is torn',
      snapshot(stateDir('/s', [agent('main', { store: torn })])),
      'unreadable',
    ],
    [
      'one of several stores is torn',
      snapshot(stateDir('/s', [agent('main'), agent('work', { store: torn })])),
      'tree',
    ],
    [
      'a torn store beside inherited profiles',
      snapshot(stateDir('/s', [signedIn, agent('work', { store: torn })])),
      'tree',
    ],
    [
      'older sign-ins to import',
      snapshot(
        stateDir('/s', [
          agent('main', { store: { kind: 'absent', path: '/s', legacyPaths: ['/l'] } }),
        ]),
      ),
      'tree',
    ],
    [
      'a config that cannot be read',
      snapshot(
        stateDir('/s', [agent('main')], { config: { kind: 'invalid', path: '/c', detail: 'x' } }),
      ),
      'tree',
    ],
  ];
  for (const [title, shown, expected] of table) {
    it(`${title}: ${expected}`, () => assert.equal(viewStateOf(shown), expected));
  }

  it('reaches every state that the manifest has a text for', () => {
    assert.deepEqual(new Set(table.map(([, , state]) => state)), new Set(viewStates));
  });
});
