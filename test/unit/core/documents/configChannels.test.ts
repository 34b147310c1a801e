// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the config itself
import assert from 'node:assert/strict';
import { readChannels } from '../../../../src/core/documents/configChannels.ts';

describe('the channels of a config', () => {
  it('are those that it sets up, then those that its bindings name, each with its accounts', () => {
    const config = {
      channels: {
        defaults: { groupPolicy: 'open' },
        modelByChannel: { telegram: {} },
        Slack: { accounts: { work: {}, home: {} } },
        telegram: { botToken: 'SECRET' },
      },
      bindings: [
        { agentId: 'a', match: { channel: ' TELEGRAM ', accountId: 'bot2' } },
        { agentId: 'a', match: { channel: 'slack', accountId: 'work' } },
        { agentId: 'a', match: { channel: 'slack', accountId: '*' } },
        { agentId: 'a', match: { channel: 'matrix' } },
        { agentId: 'a', match: { channel: '${CHANNEL}' } },
        { agentId: 'a', match: { channel: 'irc', accountId: '${ACCOUNT}' } },
      ],
    };
    assert.deepEqual(readChannels(config), [
      { id: 'slack', accounts: ['work', 'home'] },
      { id: 'telegram', accounts: ['bot2'] },
      { id: 'matrix', accounts: [] },
      { id: 'irc', accounts: [] },
    ]);
  });

  it('are none where the config has none, or something else', () => {
    for (const config of [{}, { channels: [] }, { channels: { slack: true } }, 'x', null]) {
      assert.deepEqual(readChannels(config), []);
    }
    const channels = { slack: { accounts: ['work'] } };
    assert.deepEqual(readChannels({ channels }), [{ id: 'slack', accounts: [] }]);
  });
});
