import assert from 'node:assert/strict';
import { whatDropMeans } from '../../../../src/ui/commands/whatDropMeans.ts';
import type { Target } from '../../../../src/ui/target.ts';
import { agent, profile, provider, snapshot, stateDir } from '../../../support/snapshots.ts';

const hidden = { kind: 'hidden', why: 'notInOrder' } as const;
const [a, b, c] = ['a', 'b', 'c'].map((name, position) =>
  profile(`anthropic:${name}`, { kind: 'static' }, { type: 'api_key', position }),
);
const login = profile('openai-codex:x', { kind: 'renews', at: 1 }, { position: 0 });
assert.ok(a && b && c);
const torn = { kind: 'torn', path: '/s/torn', detail: 'cut' } as const;
const now = snapshot(
  stateDir('/s', [
    agent('main', {
      providers: [
        provider('anthropic', a, b, c, profile('anthropic:d', hidden, { type: 'api_key' })),
        provider('openai-codex', login),
      ],
    }),
    agent('work', { providers: [provider('anthropic', { ...a, origin: 'inherited' })] }),
    agent('lab', { providers: [provider('anthropic', { ...b, id: 'anthropic:lab' })] }),
    agent('torn', { store: torn }),
  ]),
  stateDir('/t', [agent('main')], { inUse: false }),
);

function target(agentId: string, name?: string, from = 'anthropic', dir = '/s'): Target {
  const named = name === undefined ? {} : { profileId: `${from}:${name}` };
  return { stateDir: dir, agentId, provider: from, ...named };
}

function meaning(dragged: Target, onto: Target): unknown {
  const drop = whatDropMeans(now, dragged, onto);
  if (drop.kind === 'move') return drop.to;
  return drop.kind === 'share' ? [drop.agent.agent.id, ...drop.ways] : drop.kind;
}

describe('what a drop means', () => {
  it('takes the place of the one it is dropped on, or the first of its provider', () => {
    assert.deepEqual(meaning(target('main', 'a'), target('main', 'c')), { after: 'anthropic:c' });
    assert.deepEqual(meaning(target('main', 'c'), target('main', 'a')), { before: 'anthropic:a' });
    assert.deepEqual(meaning(target('main', 'c'), target('main')), { after: undefined });
  });

  it('comes into the order from outside, and goes to its end on one that is outside', () => {
    assert.deepEqual(meaning(target('main', 'd'), target('main', 'b')), { before: 'anthropic:b' });
    assert.deepEqual(meaning(target('main', 'a'), target('main', 'd')), { before: undefined });
  });

  it('means nothing on itself, another provider, or the agent that it comes from', () => {
    assert.equal(meaning(target('main', 'a'), target('main', 'a')), 'nothing');
    assert.equal(meaning(target('main', 'a'), target('main', 'x', 'openai-codex')), 'nothing');
    assert.equal(meaning(target('main', 'a'), { stateDir: '/s', agentId: 'main' }), 'nothing');
    assert.equal(meaning(target('work', 'a'), target('main', 'b')), 'nothing');
    assert.equal(meaning(target('main', 'a'), { stateDir: '/s' }), 'nothing');
  });

  it('shares with another agent: main by inheritance, keys by a copy, logins never', () => {
    const lab = { stateDir: '/s', agentId: 'lab' };
    assert.deepEqual(meaning(target('main', 'a'), lab), ['lab', 'inherit', 'copy']);
    assert.deepEqual(meaning(target('work', 'a'), lab), ['lab', 'inherit', 'copy']);
    assert.deepEqual(meaning(target('main', 'x', 'openai-codex'), lab), [
      'lab',
      'inherit',
      'signIn',
    ]);
    assert.deepEqual(meaning(target('lab', 'lab'), target('work')), ['work', 'copy']);
  });

  it('knows what went, what cannot be written, and another state folder', () => {
    assert.equal(meaning(target('main', 'gone'), target('main')), 'gone');
    assert.equal(meaning(target('main', 'a'), target('gone')), 'gone');
    assert.equal(meaning(target('main', 'a'), target('torn')), 'gone');
    assert.equal(
      meaning(target('main', 'a'), target('main', undefined, 'anthropic', '/t')),
      'otherStateFolder',
    );
  });
});
