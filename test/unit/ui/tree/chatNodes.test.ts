import assert from 'node:assert/strict';
import type { BindingMatch } from '../../../../src/core/documents/configAgents.ts';
import { type TreeNode, treeOf } from '../../../../src/ui/tree/nodes.ts';
import { hoverLines } from '../../../../src/ui/tree/rowHover.ts';
import { agent, NOW, snapshot, stateDir } from '../../../support/snapshots.ts';

function rowOf(matches: readonly BindingMatch[], isWhole = true): TreeNode | undefined {
  const chats = matches.map((match) => ({ key: JSON.stringify(match), match, written: {} }));
  const config = { kind: isWhole ? 'whole' : 'absent', path: '/state/coderclaw.json' } as const;
  const rows = treeOf(snapshot(stateDir('/state', [agent('main', { chats })], { config })));
  return rows.at(-1)?.children.find(({ id }) => id.startsWith('chats '));
}

describe('the rows of chats', () => {
  it('name channel and account, and below each what narrows it down', () => {
    const row = rowOf([
      { channel: 'telegram' },
      { channel: 'slack', accountId: 'work' },
      { channel: 'slack', accountId: 'work', peer: { kind: 'group', id: '7' } },
      { channel: 'discord', guildId: 'g', teamId: 't', roles: ['a', 'b'] },
      { channel: 'whatsapp', peer: { kind: 'direct', id: '+49' } },
      { channel: 'irc', peer: { kind: 'channel', id: '#c' } },
      { channel: 'irc', peer: { kind: 'thread', id: '1' } },
    ]);
    assert.equal(row?.description, 'telegram, slack:work, discord, …');
    assert.equal(row?.spoken, 'Chats of main: telegram, slack:work, discord, whatsapp, irc');
    assert.deepEqual(
      row?.children.map(({ label, description }) => [label, description]),
      [
        ['telegram', ''],
        ['slack:work', ''],
        ['slack:work', 'group 7'],
        ['discord', 'server g · team t · roles a, b'],
        ['whatsapp', 'direct chat +49'],
        ['irc', 'channel #c'],
        ['irc', 'thread 1'],
      ],
    );
    assert.equal(row?.children[0]?.flags, 'chat writable');
  });

  it('are rows of their own even where the same stands twice', () => {
    const ids = rowOf([{ channel: 'a' }, { channel: 'a' }])?.children.map(({ id }) => id) ?? [];
    assert.equal(new Set(ids).size, 2);
  });

  it('are none without a binding, and cannot be changed where the config is not known', () => {
    assert.equal(rowOf([]), undefined);
    assert.equal(rowOf([{ channel: 'a' }], false)?.flags, 'chats');
  });

  it('hover: whose account they come in by', () => {
    const lines = (match: BindingMatch) => {
      const row = rowOf([match])?.children[0];
      return row && hoverLines(row.hover, NOW).at(-1);
    };
    assert.match(lines({ channel: 'a' }) ?? '', /by its default account/);
    assert.match(lines({ channel: 'a', accountId: '*' }) ?? '', /by any account/);
    assert.match(lines({ channel: 'a', accountId: 'w' }) ?? '', /Chats of a that come in by w\./);
  });
});
