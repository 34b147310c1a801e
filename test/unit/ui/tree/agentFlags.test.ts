import assert from 'node:assert/strict';
import { agentFlags } from '../../../../src/ui/tree/agentFlags.ts';
import { treeOf } from '../../../../src/ui/tree/nodes.ts';
import { agentRowId, chatsRowId } from '../../../../src/ui/tree/rowIds.ts';
import { agent, snapshot, stateDir } from '../../../support/snapshots.ts';

const path = '/state/coderclaw.json';
const WHOLE = { config: { kind: 'whole', path } } as const;

describe('what the menu of an agent offers', () => {
  const offered = (one = agent('work'), dir: Parameters<typeof agentFlags>[0] = WHOLE) =>
    agentFlags(dir, one).filter((flag) => flag !== '');

  it('everything for one that the config lists', () => {
    assert.deepEqual(offered(), [
      'canRename',
      'canMakeDefault',
      'canHaveChats',
      'canRemove',
      'hasFolder',
    ]);
  });

  it('never to remove main, nor to make the default one the default', () => {
    assert.deepEqual(offered(agent('main')), ['canRename', 'canHaveChats', 'hasFolder']);
  });

  it('nothing that needs an entry for one that is only on the disk, but to have it again or be rid of it', () => {
    assert.deepEqual(offered(agent('work', { onDiskOnly: true })), [
      'canRename',
      'canMakeDefault',
      'isLeft',
      'hasFolder',
    ]);
    const main = agent('main', { onDiskOnly: true, isDefault: false });
    assert.deepEqual(offered(main), ['canRename', 'canMakeDefault', 'hasFolder']);
  });

  it('only its folder where the config cannot be read, and not even that where it is not known', () => {
    const torn = { config: { kind: 'invalid', path, detail: '' } } as const;
    assert.deepEqual(offered(agent('work'), torn), ['hasFolder']);
    const store = { kind: 'unplaced', path: '/x', variable: 'X' } as const;
    assert.deepEqual(offered(agent('work', { store }), torn), []);
  });
});

describe('the rows that are brought into view', () => {
  it('are known by the ids that are drawn', () => {
    const chats = [{ key: 'k', match: { channel: 'x' }, written: {} }];
    const [row] = treeOf(snapshot(stateDir('/state', [agent('main', { chats })])));
    const target = { stateDir: '/state', agentId: 'main' };
    assert.equal(row?.id, agentRowId(target));
    assert.equal(row?.children.at(-1)?.id, chatsRowId(target));
  });
});
