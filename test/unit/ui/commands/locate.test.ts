import assert from 'node:assert/strict';
import {
  locateAgent,
  locateDir,
  locateProfile,
  shownOrder,
  signOutReach,
} from '../../../../src/ui/commands/locate.ts';
import { agent, profile, provider, snapshot, stateDir } from '../../../support/snapshots.ts';

const STATE = { kind: 'static' } as const;
const has = (origin: 'own' | 'inherited') => ({
  providers: [provider('p', profile('p:x', STATE, { origin }))],
});
const now = snapshot(
  stateDir('/s', [
    agent('main', has('own')),
    agent('work', has('own')),
    agent('play', has('inherited')),
    agent('none'),
  ]),
);

function placeOf(agentId: string) {
  const located = locateProfile(now, { stateDir: '/s', agentId, profileId: 'p:x' });
  assert(located.kind === 'found');
  return located.place;
}

describe('what a target means now', () => {
  it('what is there', () => {
    const { dir, agent, provider, profile } = placeOf('work');
    assert.deepEqual([dir.path, agent.id, provider.id, profile.id], ['/s', 'work', 'p', 'p:x']);
    assert.equal(locateAgent(now, { stateDir: '/s', agentId: 'none' }).kind, 'found');
    assert.equal(locateDir(now, { stateDir: '/s' }).kind, 'found');
  });

  it('what has gone is neither something else nor unnamed', () => {
    const gone = (name: string) => ({ kind: 'gone', name });
    assert.deepEqual(locateDir(now, { stateDir: '/t' }), gone('/t'));
    assert.deepEqual(locateAgent(now, { stateDir: '/s', agentId: 'old' }), gone('old'));
    assert.deepEqual(locateAgent(now, { stateDir: '/t', agentId: 'main' }), gone('main'));
    for (const [agentId, profileId] of [
      ['main', 'p:y'],
      ['none', 'p:x'],
      ['old', 'p:x'],
    ] as const) {
      assert.deepEqual(locateProfile(now, { stateDir: '/s', agentId, profileId }), gone(profileId));
    }
    assert.deepEqual(locateAgent(snapshot(), { stateDir: '/s', agentId: 'main' }), gone('main'));
  });

  it('what is not named is to be asked for', () => {
    const unnamed = { kind: 'unnamed' };
    assert.deepEqual(locateDir(now, undefined), unnamed);
    assert.deepEqual(locateAgent(now, undefined), unnamed);
    assert.deepEqual(locateAgent(now, { stateDir: '/s' }), unnamed);
    assert.deepEqual(locateProfile(now, undefined), unnamed);
    assert.deepEqual(locateProfile(now, { stateDir: '/s', agentId: 'main' }), unnamed);
  });
});

describe('whom a sign-out reaches', () => {
  it('from the main agent: those that inherit from it', () => {
    assert.deepEqual(signOutReach(placeOf('main')), { inheriting: ['play'], copies: ['work'] });
  });

  it('from any other: nobody inherits', () => {
    assert.deepEqual(signOutReach(placeOf('work')), { inheriting: [], copies: ['main'] });
  });
});

describe('the order that is shown', () => {
  it('has those that cannot be used at present, and not those that nobody listed', () => {
    const order = shownOrder(
      provider(
        'p',
        profile('p:b', STATE, { position: 0 }),
        profile('p:a', STATE, { position: 1 }),
        profile('p:c', STATE, { leftOut: 'expired' }),
        profile('p:d', STATE, { leftOut: 'notInOrder' }),
        profile('p:e', STATE, { leftOut: 'notInConfig' }),
      ),
    );
    assert.deepEqual(order, ['p:b', 'p:a', 'p:c']);
  });
});
