import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { chatsNow, removalOutlook } from '../../../../src/core/custody/agentsNow.ts';
import { workFolder } from '../disk/workFolder.ts';

describe('what a config says of agents now', () => {
  const path = workFolder();
  const config = () => path('coderclaw.json');

  beforeEach(async () => {
    await writeFile(
      config(),
      `{
        // work comes first
        agents: { list: [{ id: 'main' }, { id: 'work', default: true }] },
        channels: { telegram: {} },
        $include: './more.json',
        tools: { agentToAgent: { allow: ['work', '*'] } },
      }`,
    );
    const match = { channel: 'slack', accountId: 'a' };
    await writeFile(path('more.json'), JSON.stringify({ bindings: [{ agentId: 'Work', match }] }));
  });

  it('its chats and channels, those of its includes too', async () => {
    const { bindings, channels, defaultAgentId } = await chatsNow(config());
    assert.deepEqual(
      bindings.map(({ agentId }) => agentId),
      ['work'],
    );
    assert.deepEqual(
      channels.map(({ id }) => id),
      ['telegram', 'slack'],
    );
    assert.equal(defaultAgentId, 'work');
  });

  it('what goes with an agent, and who is the default one then', async () => {
    const outlook = await removalOutlook(config(), 'work');
    assert.deepEqual([outlook.bindings.length, outlook.allowed], [1, 1]);
    assert.equal(outlook.newDefault, 'main');
    assert.deepEqual(await removalOutlook(config(), 'main'), { bindings: [], allowed: 0 });
  });

  it('nothing, where there is no config', async () => {
    assert.deepEqual(await chatsNow(path('none.json')), {
      bindings: [],
      channels: [],
      defaultAgentId: 'main',
    });
  });
});
