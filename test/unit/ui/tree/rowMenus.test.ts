import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { commands } from '../../../../src/commandIds.ts';
import { views } from '../../../../src/contributions.ts';
import { finding } from '../../../../src/core/doctor/finding.ts';
import type { ProfileState } from '../../../../src/core/model/profileState.ts';
import { findingNodes } from '../../../../src/ui/findings/findingNodes.ts';
import { type TreeNode, treeOf } from '../../../../src/ui/tree/nodes.ts';
import {
  agent,
  HOUR,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../support/snapshots.ts';

interface MenuEntry {
  readonly command: string;
  readonly when: string;
  readonly group: string;
}

const { menus } = JSON.parse(readFileSync('package.json', 'utf8')).contributes as {
  menus: Record<string, readonly MenuEntry[]>;
};

/** What VS Code offers on a row of a view: `inline`, or the context menu from the top. */
function offered(
  { flags }: TreeNode,
  isInline: boolean,
  view: string = views.profiles,
): readonly string[] {
  const matches = ({ when }: MenuEntry): boolean =>
    when.split(' && ').every((part) => {
      if (part.startsWith('view ==')) return part === `view == ${view}`;
      const [, pattern] = /^viewItem =~ \/(.*)\/$/.exec(part) ?? [];
      return pattern === undefined || new RegExp(pattern).test(flags);
    });
  return (menus['view/item/context'] ?? [])
    .filter((entry) => entry.group.startsWith('inline') === isInline && matches(entry))
    .sort((a, b) => (a.group < b.group ? -1 : 1))
    .map(({ command }) => command);
}

const states: readonly ProfileState[] = [
  { kind: 'renews', at: NOW + HOUR },
  { kind: 'lasts', until: NOW + 90 * 24 * HOUR },
  { kind: 'ending', at: NOW + HOUR },
  { kind: 'static' },
  { kind: 'retrying', at: NOW + HOUR },
  { kind: 'expired', since: NOW - HOUR },
  { kind: 'dead' },
  { kind: 'cooling', until: NOW + HOUR },
  { kind: 'disabled', until: NOW + HOUR, reason: 'billing' },
  { kind: 'hidden', why: 'notInConfig' },
  { kind: 'hidden', why: 'notInOrder' },
  { kind: 'hidden', why: 'configDisagrees' },
  { kind: 'broken', why: 'noKey' },
];

/** Rows of a profile in each state, as each type, wherever it stands, and all that stands above them. */
function everyRow(): readonly TreeNode[] {
  const list = { kind: 'whole', path: '/l', count: 1, pinned: 1 } as const;
  const key = 'agent:main:main';
  const pin = { profileId: 'gone:x', by: 'user', stale: 'notStored' } as const;
  const sessions = {
    ...list,
    shown: [{ key, updatedAt: NOW, pin }],
    stale: [{ sessionKey: key, profileId: 'gone:x' }],
  };
  const rows = states.flatMap((state) =>
    (['oauth', 'token', 'api_key'] as const).flatMap((type) =>
      [undefined, 0, 1].flatMap((position) => {
        const isIn = state.kind !== 'hidden' && position !== undefined;
        const one = profile('anthropic:one', state, {
          type,
          ...(isIn && { position, next: position === 0 }),
          ...(type === 'oauth' && { renewal: { login: 'l' } }),
        });
        const other = profile('anthropic:b', { kind: 'static' }, { position: 2, type: 'api_key' });
        const billing = { after: one.id, key: other.id };
        const main = agent('main', {
          sessions,
          providers: [{ ...provider('anthropic', one, other), billing }],
        });
        return treeOf(snapshot(stateDir('/state', [main])));
      }),
    ),
  );
  const all = (nodes: readonly TreeNode[]): readonly TreeNode[] =>
    nodes.flatMap((node) => [node, ...all(node.children)]);
  return all(rows);
}

describe('the menus of rows', () => {
  it('have two actions on the row at most, which the menu has too', () => {
    for (const row of everyRow()) {
      const inline = offered(row, true);
      assert.ok(inline.length <= 2, `${row.spoken}: ${inline.join(', ')}`);
      const menu = offered(row, false);
      for (const one of inline) assert.ok(menu.includes(one), `${row.spoken}: ${one}`);
      assert.equal(new Set(menu).size, menu.length, `${row.spoken}: ${menu.join(', ')}`);
    }
  });

  it('of a profile go from using it to signing it out', () => {
    const sequence: readonly string[] = [
      commands.profileUseFirst,
      commands.profileUseFirstForAll,
      commands.profileMoveUp,
      commands.profileMoveDown,
      commands.profileShow,
      commands.profileResume,
      commands.sessionPin,
      commands.profileSignInAgain,
      commands.profileReplace,
      commands.profileRefreshNow,
      commands.profileCopyId,
      commands.profileCopyModelCommand,
      commands.profileExplain,
      commands.findingsShow,
      commands.profileShowAuditTrail,
      commands.storeOpen,
      commands.profileSignOut,
    ];
    const rows = everyRow().filter(({ flags }) => /\bprofile\b/.test(flags));
    assert.ok(rows.length > 0);
    for (const row of rows) {
      const places = offered(row, false).map((command) => sequence.indexOf(command));
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
        row.spoken,
      );
      assert.ok(!places.includes(-1), row.spoken);
    }
  });

  it('of an agent go from using it to removing it', () => {
    const sequence: readonly string[] = [
      commands.profileAdd,
      commands.profileSignIn,
      commands.agentRefreshNow,
      commands.chatsAdd,
      commands.agentAdopt,
      commands.agentRename,
      commands.agentMakeDefault,
      commands.statusCopyJson,
      commands.statusShow,
      commands.storeOpen,
      commands.agentRevealFolder,
      commands.agentTrashFolder,
      commands.agentRemove,
    ];
    const agents = [agent('main'), agent('work'), agent('left', { onDiskOnly: true })];
    const config = { kind: 'whole', path: '/state/coderclaw.json' } as const;
    const rows = [
      ...treeOf(snapshot(stateDir('/state', agents, { config }))),
      ...everyRow().filter(({ flags }) => /\bagent\b/.test(flags)),
    ];
    for (const row of rows) {
      const menu = offered(row, false);
      assert.deepEqual(
        menu,
        sequence.filter((command) => menu.includes(command)),
        row.spoken,
      );
      assert.ok(menu.includes(commands.statusShow), row.spoken);
    }
    const [left = []] = rows
      .filter(({ spoken }) => spoken.startsWith('Agent left'))
      .map((row) => offered(row, false));
    assert.ok(left.includes(commands.agentAdopt) && left.includes(commands.agentTrashFolder));
    assert.ok(left.includes(commands.agentRevealFolder) && !left.includes(commands.agentRemove));
  });

  it('of a state folder copy what its agents share', () => {
    const rows = treeOf(
      snapshot(stateDir('/state', [agent('main')]), stateDir('/other', [agent('main')])),
    );
    assert.deepEqual(
      rows.map((row) => offered(row, false)),
      [[commands.profilesCopyJson], [commands.profilesCopyJson]],
    );
  });

  it('of a config that cannot be read open it', () => {
    const config = { kind: 'invalid', path: '/state/coderclaw.json', detail: 'line 3' } as const;
    const [row] = treeOf(snapshot(stateDir('/state', [agent('main')], { config })));
    assert.ok(row);
    assert.deepEqual(offered(row, true), [commands.configOpen]);
    assert.deepEqual(offered(row, false), [commands.findingsShow, commands.configOpen]);
  });

  it('of a store that cannot be read open it, and show what is found of it', () => {
    const store = { kind: 'torn', path: '/p', detail: 'empty' } as const;
    const [row] = treeOf(snapshot(stateDir('/state', [agent('main', { store })])));
    const problem = row?.children[0];
    assert.ok(problem);
    assert.deepEqual(offered(problem, true), [commands.storeOpen]);
    assert.deepEqual(offered(problem, false), [commands.findingsShow, commands.storeOpen]);
  });

  it('of a finding mend it, or lead to what does', () => {
    const where = { stateDir: '/state', agentId: 'main', profileId: 'anthropic:one', path: '/p' };
    const [provide, at] = ['anthropic', NOW];
    const menusOf = (
      type: 'oauth' | 'token',
      found: Parameters<typeof findingNodes>[0]['diagnosis']['findings'][number],
    ) => {
      const one = profile('anthropic:one', { kind: 'dead' }, { type, renewal: { login: 'l' } });
      const main = agent('main', { providers: [provider(provide, one)] });
      const [row] = findingNodes({
        ...{ diagnosis: { at, findings: [found], unfinished: [] }, isHidden: () => false },
        ...{ snapshot: snapshot(stateDir('/state', [main])), isAdded: () => true },
      });
      assert.ok(row);
      return [true, false].map((isInline) => offered(row, isInline, views.findings));
    };
    const rest = [commands.findingCopy, commands.findingShowFile, commands.findingHide];
    const facts = { provider: provide };
    assert.deepEqual(menusOf('oauth', finding('profile.dead', 'error', where, facts)), [
      [commands.profileSignInAgain],
      [commands.profileSignInAgain, commands.profileRefreshNow, ...rest],
    ]);
    assert.deepEqual(
      menusOf('token', finding('profile.expired', 'error', where, { ...facts, since: NOW })),
      [[commands.profileReplace], [commands.profileReplace, commands.profileRefreshNow, ...rest]],
    );
    const { profileId: _, ...place } = where;
    const unplaced = finding('store.unplaced', 'warning', place, { variable: 'X' });
    assert.deepEqual(menusOf('oauth', unplaced), [
      [commands.configOpen],
      [commands.findingCopy, commands.configOpen, commands.findingHide],
    ]);
    const ghosts = { writtenIn: 'store', key: 'p', ids: ['p:x'] } as const;
    assert.deepEqual(menusOf('oauth', finding('order.ghosts', 'warning', place, ghosts, true)), [
      [commands.findingRepair],
      [commands.findingRepair, ...rest],
    ]);
  });
});
