import assert from 'node:assert/strict';
import { commands } from '../../../../src/commandIds.ts';
import type { ProfileSnapshot } from '../../../../src/core/model/snapshot.ts';
import { profileActions } from '../../../../src/ui/dashboard/profileActions.ts';
import { agent, NOW, profile, provider, stateDir } from '../../../support/snapshots.ts';

const calm = { kind: 'renews', at: NOW + 1 } as const;

function actionsOf(one: ProfileSnapshot, agentId = 'main') {
  const others = profile('openai-codex:first', calm, { position: 0, next: true });
  const ofAgent = agent(agentId, { providers: [provider('openai-codex', others, one)] });
  const agents = agentId === 'main' ? [ofAgent] : [agent('main'), ofAgent];
  const [group] = ofAgent.providers;
  assert.ok(group);
  return profileActions(
    { dir: stateDir('/state', agents), agent: ofAgent, provider: group, profile: one },
    () => false,
  );
}

describe('what can be done with a profile of the dashboard', () => {
  it('begins with what is used, where nobody is needed, and ends with signing out', () => {
    const renewal = { login: 'x' };
    const actions = actionsOf(profile('openai-codex:a', calm, { position: 1, renewal }));
    assert.deepEqual(
      actions.map(({ label }) => label),
      [
        ...['Use First', 'Sign In Again…', 'Refresh Now'],
        ...['Why This One?', 'Show Audit Trail', 'Copy Profile ID', 'Sign Out…'],
      ],
    );
    assert.deepEqual(actions[0]?.target, {
      ...{ stateDir: '/state', agentId: 'main', provider: 'openai-codex' },
      profileId: 'openai-codex:a',
    });
  });

  it('begins with what renews it, where a person is needed', () => {
    const [first] = actionsOf(profile('openai-codex:a', { kind: 'dead' }, { position: 1 }));
    assert.equal(first?.command, commands.profileSignInAgain);
    const [token] = actionsOf(
      profile('openai-codex:a', { kind: 'expired', since: NOW - 1 }, { type: 'token' }),
    );
    assert.equal(token?.command, commands.profileReplace);
  });

  it('renews what is inherited where it is stored', () => {
    const inherited = { origin: 'inherited', position: 1 } as const;
    const actions = actionsOf(profile('openai-codex:a', { kind: 'dead' }, inherited), 'work');
    const again = actions.find(({ command }) => command === commands.profileSignInAgain);
    assert.equal(again?.target.agentId, 'main');
    const first = actions.find(({ command }) => command === commands.profileUseFirst);
    assert.equal(first?.target.agentId, 'work');
    assert.ok(!actions.some(({ command }) => command === commands.profileSignOut));
  });

  it('can always be explained', () => {
    for (const kind of ['static', 'dead'] as const) {
      const commandsOf = actionsOf(profile('openai-codex:a', { kind })).map((one) => one.command);
      assert.ok(commandsOf.includes(commands.profileExplain));
    }
  });
});
