import assert from 'node:assert/strict';
import type { Choice } from '../../../../src/ui/addProfile/choices.ts';
import { accountChoices, channelChoices } from '../../../../src/ui/agents/chatChoices.ts';

const said = <T>(choices: readonly Choice<T>[]) =>
  choices.map((one) => (one.kind === 'heading' ? `# ${one.label}` : one.label));

describe('which chats can be added', () => {
  it('of the channels of the config first, then of the others, each once', () => {
    const channels = [
      { id: 'matrix', accounts: [] },
      { id: 'telegram', accounts: [] },
    ];
    assert.deepEqual(said(channelChoices(channels)), [
      '# In your config',
      'matrix',
      'Telegram',
      '# Not set up yet',
      'WhatsApp',
      'Discord',
      'IRC',
      'Google Chat',
      'Slack',
      'Signal',
      'iMessage',
      '# Not in the list',
      'Another Channel…',
    ]);
  });

  it('through the default account, any, or one that the config names', () => {
    const choices = accountChoices(['work']);
    assert.deepEqual(said(choices), [
      'The Default Account',
      'Any Account',
      'work',
      'Another Account…',
    ]);
    assert.deepEqual(
      choices.map((one) => one.kind === 'choice' && one.value),
      [{ value: undefined }, { value: '*' }, { value: 'work' }, 'typed'],
    );
  });
});
