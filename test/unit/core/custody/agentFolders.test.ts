import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { removedFolders, stayingAgents } from '../../../../src/core/custody/agentFolders.ts';
import { agent, snapshot, stateDir } from '../../../support/snapshots.ts';
import { workFolder } from '../disk/workFolder.ts';

describe('who stays when an agent goes', () => {
  const path = workFolder();
  const gone = () => ({ stateDir: path(), agentId: 'work' });

  it('all others, also of its name in another state folder', () => {
    const other = agent('other');
    const elsewhere = agent('work');
    const seen = snapshot(
      stateDir(path(), [other, agent('work')]),
      stateDir('/elsewhere', [elsewhere]),
    );
    assert.deepEqual(stayingAgents(seen, gone()), [other, elsewhere]);
  });

  it('main, too, where the config does not name it: its store may be in the folder that is left', async () => {
    const agentDir = path('agents', 'work', 'agent');
    await mkdir(agentDir, { recursive: true });
    const store = {
      kind: 'whole',
      path: path('agents', 'work', 'agent', 'auth-profiles.json'),
      problems: [],
    } as const;
    const work = agent('work', { onDiskOnly: true, agentDir, store });
    const own = async (more: object): Promise<string | undefined> => {
      const seen = snapshot(stateDir(path(), [agent('other'), work], more));
      return (await removedFolders(path(), work, stayingAgents(seen, gone()))).own;
    };
    assert.equal(await own({}), path('agents', 'work'));
    assert.equal(await own({ mainStore: store }), undefined);
  });
});
