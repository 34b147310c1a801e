import assert from 'node:assert/strict';
import type { AgentSnapshot, ProfileSnapshot } from '../../../src/core/model/snapshot.ts';
import { profileAbilities } from '../../../src/ui/profileAbilities.ts';
import { agent, HOUR, NOW, profile, stateDir } from '../../support/snapshots.ts';

function abilities(
  one: ProfileSnapshot,
  { of = agent('main'), config = 'whole', count = 2 }: Options = {},
): string {
  const dir = stateDir('/s', [of], {
    config:
      config === 'whole'
        ? { kind: 'whole', path: '/c' }
        : { kind: 'invalid', path: '/c', detail: '' },
  });
  return profileAbilities(dir, of, one, count, () => false).join(' ');
}

interface Options {
  readonly of?: AgentSnapshot;
  readonly config?: 'whole' | 'invalid';
  readonly count?: number;
}

const renews = { kind: 'renews', at: NOW + HOUR } as const;
const own = profile('openai-codex:a', renews, { position: 1, renewal: { login: 'l' } });

describe('what can be done with a profile', () => {
  it('of its own: everything that its state has room for', () => {
    assert.equal(abilities(own), 'canUseFirst canMove canSignInAgain canRefresh canSignOut');
    assert.equal(
      abilities({ ...own, position: 0 }, { count: 1 }),
      'canSignInAgain canRefresh canSignOut',
    );
  });

  it('inherited: order and pause are the agent’s own, the credential is not', () => {
    const inherited = { ...own, origin: 'inherited' } as const;
    assert.equal(abilities(inherited), 'canUseFirst canMove');
    const state = { kind: 'cooling', until: NOW + HOUR } as const;
    assert.equal(abilities({ ...inherited, state }), 'canUseFirst canMove canResume');
    const store = { kind: 'absent', path: '/a' } as const;
    assert.equal(abilities(inherited, { of: agent('work', { store }) }), 'canUseFirst canMove');
  });

  it('hidden: to be shown; by an order, also to be used first', () => {
    const hidden = profile('zai:k', { kind: 'hidden', why: 'notInConfig' }, { type: 'api_key' });
    assert.equal(abilities(hidden), 'canShow canReplace canSignOut');
    const left = { ...hidden, state: { kind: 'hidden', why: 'notInOrder' } } as const;
    assert.equal(abilities(left), 'canUseFirst canShow canReplace canSignOut');
  });

  it('pinned to a session: where there are some, and it could be used', () => {
    const sessions = {
      kind: 'whole',
      path: '/l',
      shown: [],
      count: 1,
      pinned: 0,
      stale: [],
    } as const;
    const of = agent('main', { sessions });
    assert.match(abilities(own, { of }), /canPinSession/);
    const { position: _, ...leftOut } = own;
    assert.doesNotMatch(abilities(leftOut, { of }), /canPinSession/);
    assert.doesNotMatch(
      abilities(own, { of: agent('main', { sessions: { ...sessions, count: 0 } }) }),
      /Pin/,
    );
  });

  it('nothing where the config cannot be read or the store not be written', () => {
    assert.equal(abilities(own, { config: 'invalid' }), '');
    const store = { kind: 'whole', path: '/a', problems: [], unwritable: 'twice' } as const;
    assert.equal(abilities(own, { of: agent('main', { store }) }), '');
  });
});
