import assert from 'node:assert/strict';
import type { ProfileState } from '../../../../src/core/model/profileState.ts';
import type {
  AgentSnapshot,
  ConfigSnapshot,
  Snapshot,
} from '../../../../src/core/model/snapshot.ts';
import { reuseEqualParts } from '../../../../src/core/model/structuralSharing.ts';
import { changedIds } from '../../../../src/ui/tree/changedIds.ts';
import { type TreeNode, treeOf } from '../../../../src/ui/tree/nodes.ts';
import { hoverLines } from '../../../../src/ui/tree/rowHover.ts';
import {
  agent,
  HOUR,
  MINUTE,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../support/snapshots.ts';

const calm: ProfileState = { kind: 'renews', at: NOW + 5 * HOUR };

function stateOf(states: readonly ProfileState[], now = NOW): Snapshot {
  const profiles = states.map((state, index) => profile(`openai-codex:p${index}`, state));
  return { ...withMain({ providers: [provider('openai-codex', ...profiles)] }), takenAt: now };
}

function withMain(main: Partial<AgentSnapshot>, config?: ConfigSnapshot): Snapshot {
  const agents = [agent('main', main), agent('work')];
  return snapshot(stateDir('/state', agents, config ? { config } : {}));
}

/** What is drawn again where one Snapshot follows another, as `buildSnapshot` has them follow. */
function redrawn(before: Snapshot, after: Snapshot): 'all' | readonly string[] {
  const stateDirs = reuseEqualParts(before.stateDirs, after.stateDirs);
  return changedIds(treeOf(before), treeOf({ ...after, stateDirs }));
}

describe('which rows are drawn again', () => {
  it('none when nothing changed', () => {
    assert.deepEqual(redrawn(stateOf([calm, calm]), stateOf([calm, calm])), []);
  });

  it('one row for one changed profile among a thousand', () => {
    const before: ProfileState[] = Array.from({ length: 1000 }, () => calm);
    const after = before.with(500, { kind: 'dead' });
    const changed = redrawn(stateOf(before), stateOf(after));
    assert.equal(changed.length, 1);
    assert.match(String(changed[0]), /openai-codex:p500$/);
  });

  it('none when only time went by, and no row reads differently', () => {
    const states: ProfileState[] = [
      { kind: 'renews', at: NOW + 5 * HOUR + 20 * MINUTE },
      { kind: 'lasts', until: NOW + 5 * HOUR + 20 * MINUTE },
      { kind: 'ending', at: NOW + 5 * HOUR + 20 * MINUTE },
      { kind: 'cooling', until: NOW + 5 * HOUR + 20 * MINUTE },
      { kind: 'disabled', until: NOW + 5 * HOUR + 20 * MINUTE },
      { kind: 'expired', since: NOW - 5 * HOUR },
    ];
    assert.deepEqual(redrawn(stateOf(states), stateOf(states, NOW + MINUTE)), []);
  });

  it('a row whose access token has just ended, though nothing but time changed', () => {
    const before = stateOf([{ kind: 'static' }, { kind: 'renews', at: NOW + HOUR }]);
    assert.deepEqual(redrawn(before, { ...before, takenAt: NOW + HOUR }), [
      'profile /state main openai-codex openai-codex:p1',
    ]);
  });

  it('the provider when a profile came or went', () => {
    assert.deepEqual(redrawn(stateOf([calm]), stateOf([calm, calm])), [
      'provider /state main openai-codex',
    ]);
  });

  it('everything when an agent came or went', () => {
    assert.equal(changedIds(treeOf(stateOf([calm])), []), 'all');
  });
});

describe('a row of which only the hover says something else is drawn again, and it alone', () => {
  const path = '/state/agents/main/agent/auth-profiles.json';
  const one = profile('openai-codex:p0', calm, { next: true, position: 0 });
  const other = profile('openai-codex:p1', calm, { position: 1 });
  const codex = provider('openai-codex', one, other);
  const before = withMain({ providers: [codex] });
  const withOther = (more: Partial<typeof other>): Snapshot =>
    withMain({ providers: [provider('openai-codex', one, { ...other, ...more })] });
  const config = { kind: 'invalid', path: '/state/coderclaw.json', detail: 'line 3' } as const;
  const torn = { kind: 'torn', path, detail: 'it ends in the middle' } as const;
  const moved = '/elsewhere/auth-profiles.json';

  const row = (kind: string): string =>
    ({
      profile: 'profile /state main openai-codex openai-codex:p1',
      provider: 'provider /state main openai-codex',
      agent: 'agent /state main',
      config: 'config /state',
    })[kind] ?? '';

  const changes: readonly (readonly [what: string, id: string, from: Snapshot, to: Snapshot])[] = [
    // Both read `5 h`; the exact times differ.
    [
      'the exact time of a state',
      row('profile'),
      before,
      withOther({ state: { kind: 'renews', at: NOW + 5 * HOUR + 3 * MINUTE } }),
    ],
    ['a problem of a profile', row('profile'), before, withOther({ problems: ['odd'] })],
    ['the e-mail of a profile', row('profile'), before, withOther({ email: 'bob@example.com' })],
    [
      'where an order comes from',
      row('provider'),
      before,
      withMain({ providers: [{ ...codex, orderSource: 'configProfiles' }] }),
    ],
    [
      'a problem of a store',
      row('agent'),
      before,
      withMain({ providers: [codex], store: { kind: 'whole', path, problems: ['odd'] } }),
    ],
    [
      'the folder of an agent',
      row('agent'),
      before,
      withMain({ providers: [codex], agentDir: '/elsewhere' }),
    ],
    [
      'the place of a config that cannot be read',
      row('config'),
      withMain({ providers: [codex] }, config),
      withMain({ providers: [codex] }, { ...config, path: '/state/other.json' }),
    ],
    [
      'the place of a torn store',
      row('agent'),
      withMain({ store: torn }),
      withMain({ store: { ...torn, path: moved } }),
    ],
  ];

  for (const [what, id, from, to] of changes) {
    it(what, () => {
      assert.notDeepEqual(hoversOf(from), hoversOf(to), 'the change is one of a hover');
      assert.deepEqual(looksOf(from), looksOf(to), 'and of nothing else');
      assert.deepEqual(redrawn(from, to), [id]);
    });
  }
});

function allRows(nodes: readonly TreeNode[]): readonly TreeNode[] {
  return nodes.flatMap((node) => [node, ...allRows(node.children)]);
}

function hoversOf(state: Snapshot): readonly (readonly string[])[] {
  return allRows(treeOf(state)).map(({ hover }) => hoverLines(hover, state.takenAt));
}

function looksOf(state: Snapshot): readonly unknown[] {
  return allRows(treeOf(state)).map(({ hover, children, ...look }) => look);
}
