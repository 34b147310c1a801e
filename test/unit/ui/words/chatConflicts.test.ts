import assert from 'node:assert/strict';
import type { BindingMatch, ConfigBinding } from '../../../../src/core/documents/configAgents.ts';
import { bindingConflicts } from '../../../../src/core/model/bindingConflicts.ts';
import { chatsQuestion, chatsRemovalQuestion } from '../../../../src/ui/words/chatConflicts.ts';

const on = (match: Partial<BindingMatch> = {}): BindingMatch => ({ channel: 'telegram', ...match });
const binding = (agentId: string, match: BindingMatch): ConfigBinding => ({
  agentId,
  match,
  written: {},
});
const GROUP = { peer: { kind: 'group', id: '7' } };

describe('the question before chats are handed to an agent', () => {
  const asked = (match: BindingMatch, ...bindings: readonly ConfigBinding[]) =>
    chatsQuestion('work', match, bindingConflicts(bindings, { agentId: 'work', match }));

  it('is none where they meet nobody', () => {
    assert.equal(asked(on(), binding('main', { channel: 'slack' })), undefined);
  });

  it('names the agent that has exactly them, and moves them', () => {
    assert.deepEqual(asked(on(), binding('main', on())), {
      message: 'Move the chats of telegram from main to work?',
      detail: 'Exactly these chats go to main now, and can go to one agent only.',
      confirm: 'Move Here',
    });
  });

  it('says that they would never come', () => {
    const match = on({ guildId: 'g', roles: ['a'] });
    const shadow = binding('main', on({ guildId: 'g', roles: ['a', 'b'] }));
    assert.match(
      asked(match, shadow)?.detail ?? '',
      /^But all of them go to main first, which has telegram · server g · roles a, b: work gets none/,
    );
  });

  it('says what stays with others, and what is taken from them', () => {
    assert.equal(
      asked(on(), binding('main', on(GROUP)))?.detail,
      'Some of them stay with others: main (telegram · group 7).',
    );
    const taken = asked(on(GROUP), binding('main', on()), binding('home', on({ accountId: '*' })));
    assert.deepEqual(taken, {
      message: 'Add the chats of telegram · group 7 to work?',
      detail: 'They are taken out of what others have: main (telegram), home (telegram:*).',
      confirm: 'Add',
    });
  });
});

describe('the question before chats are taken from an agent', () => {
  const going = (taker: ConfigBinding | undefined, defaultAgentId = 'main') =>
    chatsRemovalQuestion('work', on(GROUP), taker, defaultAgentId).detail;

  it('says where they go then', () => {
    assert.equal(going(undefined), 'They go to main then, the default agent.');
    assert.equal(going(binding('home', on())), 'They go to home then, which has telegram.');
    assert.equal(going(binding('work', on())), 'They come to it all the same, as it has telegram.');
    assert.match(going(undefined, 'work'), /^They come to it all the same, as it is the default/);
  });
});
