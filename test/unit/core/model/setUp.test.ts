import assert from 'node:assert/strict';
import type { ProfileState } from '../../../../src/core/model/profileState.ts';
import { setUpOf } from '../../../../src/core/model/setUp.ts';
import type { AgentSnapshot, ProviderSnapshot } from '../../../../src/core/model/snapshot.ts';
import { agent, NOW, profile, provider, snapshot, stateDir } from '../../../support/snapshots.ts';

const of = (...agents: readonly AgentSnapshot[]) => setUpOf(snapshot(stateDir('/state', agents)));
const having = (...states: readonly ProfileState[]): AgentSnapshot =>
  agent('main', {
    providers: [provider('zai', ...states.map((state, index) => profile(`zai:${index}`, state)))],
  });
const renews: ProfileState = { kind: 'renews', at: NOW };
const dead: ProfileState = { kind: 'dead' };

describe('how far a person has come', () => {
  it('is nowhere without CoderClaw, or without a profile', () => {
    assert.deepEqual(setUpOf(snapshot()), []);
    assert.deepEqual(of(agent('main')), []);
  });

  it('is signed in by a profile that works, whichever state it is in otherwise', () => {
    assert.deepEqual(of(having(renews)), ['signedIn', 'fresh']);
    assert.deepEqual(of(having({ kind: 'static' })), ['signedIn', 'fresh']);
    assert.deepEqual(of(having({ kind: 'expired', since: NOW })), []);
    assert.deepEqual(of(having({ kind: 'hidden', why: 'notInConfig' })), []);
  });

  it('is fresh while no profile needs a person', () => {
    assert.deepEqual(of(having(renews, dead)), ['signedIn']);
    assert.deepEqual(of(having({ kind: 'ending', at: NOW })), ['signedIn']);
  });

  it('is arranged by a second agent, or by an order in the store or the config', () => {
    assert.deepEqual(of(agent('main'), agent('work')), ['arranged']);
    for (const [orderSource, expected] of [
      ['store', ['arranged']],
      ['config', ['arranged']],
      ['configProfiles', []],
      ['stored', []],
    ] as const) {
      const ordered: ProviderSnapshot = { ...provider('zai', profile('zai:a', dead)), orderSource };
      assert.deepEqual(of(agent('main', { providers: [ordered] })), expected, orderSource);
    }
  });

  it('counts agents of one state folder alone: several folders are not an arrangement', () => {
    const dirs = ['/one', '/two'].map((path) => stateDir(path, [agent('main')]));
    assert.deepEqual(setUpOf(snapshot(...dirs)), []);
  });
});
