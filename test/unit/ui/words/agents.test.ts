import assert from 'node:assert/strict';
import {
  addedWords,
  leftFolderQuestion,
  removalQuestion,
  removedWords,
} from '../../../../src/ui/words/agents.ts';
import { agent, profile, provider } from '../../../support/snapshots.ts';

const STATIC = { kind: 'static' } as const;
const NOTHING = { bindings: [], allowed: 0 };

describe('the question before an agent is removed', () => {
  const work = agent('work', {
    providers: [
      provider(
        'p',
        profile('p:a', STATIC),
        profile('p:b', STATIC, { sharedWith: ['main'] }),
        profile('p:c', STATIC, { type: 'api_key' }),
        profile('p:d', STATIC, { origin: 'inherited' }),
      ),
    ],
  });

  it('names what goes with it, and who is the default one then', () => {
    const match = (channel: string) => ({ agentId: 'work', match: { channel }, written: {} });
    const bindings = ['a', 'b', 'c', 'd', 'e', 'f'].map(match);
    const outlook = { bindings, allowed: 1, newDefault: 'main' };
    const { message, detail } = removalQuestion(agent('work'), outlook, {});
    assert.equal(message, 'Remove the agent work?');
    assert.equal(
      detail.join(' '),
      'It is taken out of the config. With it go the chats that come to it: a, b, c, d, e, …. Other agents may not talk to it any more. main becomes the default agent.',
    );
  });

  it('says that its folder stays, and how many sign-ins stand only there', () => {
    const { detail } = removalQuestion(work, NOTHING, { own: '/s/agents/work' });
    assert.equal(
      detail.join(' '),
      'It is taken out of the config. Its folder /s/agents/work stays unless you have it moved to the trash. One of its sign-ins stands only there.',
    );
  });

  it('says of a store that cannot be read that sign-ins may stand only there', () => {
    const store = { kind: 'torn', path: '/t', detail: 'x' } as const;
    const { detail } = leftFolderQuestion(agent('work', { store }), '/s/agents/work');
    assert.match(detail.join(' '), /cannot be read: sign-ins in it may stand only there\.$/);
  });

  it('says of a store elsewhere that it stays in any case', () => {
    const both = removalQuestion(work, NOTHING, { own: '/s/agents/work', elsewhere: '/mine' });
    assert.match(
      both.detail.join(' '),
      /\/mine, where it keeps its sign-ins, stays in any case\.$/,
    );
    const one = removalQuestion(work, NOTHING, { elsewhere: '/mine' });
    assert.match(
      one.detail.join(' '),
      /Its folder \/mine stays\. One of its sign-ins stands only there\.$/,
    );
  });
});

describe('what is told of agents', () => {
  it('that went: who is the default one, what is left, where its folder is', () => {
    const left = [{ agentId: 'work', match: { channel: 'x' }, written: {} }];
    assert.equal(
      removedWords('work', { newDefault: 'main', left }, { trashed: true }),
      'The agent work is removed. main is the default agent now. Files that the config includes still send it x: CoderClaw hands them to the default agent. Its folder is in the trash.',
    );
    assert.equal(
      removedWords('work', { left: [] }, { trashed: false, stays: '/s/agents/work' }),
      'The agent work is removed. Its folder is still /s/agents/work.',
    );
  });

  it('that came: where it works, and what it got', () => {
    const added = { agentId: 'work', workspace: '/w', hadStore: true };
    assert.equal(
      addedWords(added, ['p:a', 'p:b']),
      'The agent work is added. It works in /w. It got p:a, p:b. An agent of this id was here before: its sign-ins are there again.',
    );
    assert.equal(
      addedWords({ ...added, hadStore: false }, []),
      'The agent work is added. It works in /w.',
    );
  });
});
