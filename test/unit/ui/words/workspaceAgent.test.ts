import assert from 'node:assert/strict';
import { type AgentWishes, agentInUse } from '../../../../src/core/model/agentInUse.ts';
import {
  agentInUseLines,
  agentInUseWords,
  offerWords,
} from '../../../../src/ui/words/workspaceAgent.ts';
import {
  agent,
  HOUR,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../support/snapshots.ts';

const calm = profile('openai-codex:a', { kind: 'renews', at: NOW + 5 * HOUR }, { next: true });
const work = agent('work', { providers: [provider('openai-codex', calm)] });
const state = snapshot(stateDir('/state', [agent('main'), work]));

function words(wishes: Partial<AgentWishes>, of = state) {
  const use = agentInUse(of, { faulty: [], ...wishes });
  return { bar: agentInUseWords(use, NOW), lines: agentInUseLines(use) };
}

describe('the words for the agent of a window', () => {
  it('nothing of its own where the default one is used', () => {
    assert.deepEqual(words({}), { bar: undefined, lines: [] });
  });

  it('a pinned one: its state, and for ears why it is this one', () => {
    const { bar, lines } = words({ workspace: { id: 'work', answer: 'use' } });
    assert.equal(bar?.text, '$(key) work · 5 h');
    assert.match(bar?.spoken ?? '', /^CoderClaw agent work: all is well, .*\. Pinned for this/);
    assert.deepEqual(lines, ['Pinned for this workspace.']);
    assert.deepEqual(words({ user: 'work' }).lines, ['Pinned by your settings.']);
  });

  it('one that is not there: coloured only where the person wanted it', () => {
    const own = words({ user: 'gone' });
    assert.deepEqual(
      [own.bar?.text, own.bar?.alarm],
      ['$(warning) gone · no such agent', 'warning'],
    );
    assert.deepEqual(own.lines, [
      'There is no agent gone, which your settings ask for: main is used.',
    ]);
    const theirs = words({ workspace: { id: 'gone' } });
    assert.equal(theirs.bar?.alarm, 'none');
    assert.match(theirs.lines.join(), /which this workspace asks for/);
  });

  it('one that may be there: the config cannot be read', () => {
    const config = { kind: 'invalid', path: '/state/coderclaw.json', detail: '' } as const;
    const torn = snapshot(stateDir('/state', [agent('main')], { config }));
    const { bar, lines } = words({ user: 'work' }, torn);
    assert.deepEqual([bar?.text, bar?.alarm], ['$(warning) work · config unreadable', 'none']);
    assert.match(lines.join(), /is not known/);
  });

  it('what a workspace asks for and does not get', () => {
    assert.match(words({ workspace: { id: 'work' } }).lines.join(), /until you agree/);
    const refused = words({ workspace: { id: 'work', answer: 'not' } });
    assert.match(refused.lines.join(), /agent work, which is not used here/);
    assert.equal(refused.bar, undefined);
  });

  it('whose setting is no id', () => {
    assert.match(words({ faulty: ['user'] }).lines.join(), /in your settings is not the id/);
    assert.match(words({ faulty: ['workspace'] }).lines.join(), /of this workspace is not the id/);
  });

  it('the question names what is open', () => {
    assert.match(offerWords('work', true).text, /^This folder asks for agent work here\./);
    assert.match(offerWords('work', false).text, /^This workspace asks for agent work here\./);
  });
});
