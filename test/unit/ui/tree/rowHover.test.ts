import assert from 'node:assert/strict';
import type { ProfileSnapshot, StoreSnapshot } from '../../../../src/core/model/snapshot.ts';
import type { TreeNode } from '../../../../src/ui/tree/nodes.ts';
import { treeOf } from '../../../../src/ui/tree/nodes.ts';
import { hoverLines } from '../../../../src/ui/tree/rowHover.ts';
import { exactTime } from '../../../../src/ui/words/exactTime.ts';
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

/** The hovers of all rows, from the top, by the kind of row. */
function hovers(roots: readonly TreeNode[], now = NOW): ReadonlyMap<string, readonly string[]> {
  const all = (nodes: readonly TreeNode[]): readonly TreeNode[] =>
    nodes.flatMap((node) => [node, ...all(node.children)]);
  return new Map(all(roots).map(({ hover }) => [hover.kind, hoverLines(hover, now)]));
}

const path = '/state/agents/main/agent/auth-profiles.json';

describe('the hover of a row', () => {
  const state = { kind: 'cooling', until: NOW + 12 * MINUTE } as const;

  it('of a profile: who, what, how it stands, where else, and what is odd', () => {
    const one = profile('openai-codex:work', state, {
      email: 'ann@example.com',
      expires: NOW + HOUR,
      sharedWith: ['home', 'lab'],
      problems: ['its end is in seconds'],
    });
    const main = agent('main', { providers: [provider('openai-codex', one)] });
    assert.deepEqual(hovers(treeOf(snapshot(stateDir('/state', [main])))).get('profile'), [
      'openai-codex:work',
      'ann@example.com',
      'sign-in',
      `Cooling down until ${exactTime(NOW + 12 * MINUTE)}; CoderClaw uses another profile until then.`,
      `Its token ends on ${exactTime(NOW + HOUR)}.`,
      'shared with home, lab',
      'its end is in seconds',
    ]);
  });

  it('of a profile says nothing twice: neither its name nor an end that its state tells', () => {
    const more = { email: 'ann@example.com', expires: NOW + HOUR, origin: 'inherited' } as const;
    const one = profile('openai-codex:ann@example.com', { kind: 'renews', at: NOW + HOUR }, more);
    const main = agent('main', { providers: [provider('openai-codex', one)] });
    assert.deepEqual(hovers(treeOf(snapshot(stateDir('/state', [main])))).get('profile'), [
      'openai-codex:ann@example.com',
      'sign-in',
      `Renews itself: the access token ends on ${exactTime(NOW + HOUR)}.`,
      'from main',
    ]);
  });

  it('of a profile that pauses: until when, once, and what led to it', () => {
    const until = NOW + 12 * MINUTE;
    const pause = {
      until,
      kind: 'cooldown',
      failures: [{ reason: 'rate_limit', count: 2 }],
      lastFailureAt: NOW,
    } as const;
    const lines = (of: ProfileSnapshot['state']): string => {
      const main = agent('main', {
        providers: [provider('openai-codex', profile('openai-codex:a', of, { pause }))],
      });
      return (hovers(treeOf(snapshot(stateDir('/state', [main])))).get('profile') ?? []).join('\n');
    };
    const cooling = lines({ kind: 'cooling', until });
    assert.equal(cooling.split(exactTime(until)).length, 2, cooling);
    assert.match(cooling, /What failed of late: rate limit \(2\)/);
    // Its state does not tell of the pause here.
    assert.match(lines({ kind: 'hidden', why: 'notInOrder' }), /CoderClaw leaves it alone until/);
  });

  it('of a paid key: after what it is paid for, and how to leave it out', () => {
    const token = profile('anthropic:t', { kind: 'static' }, { next: true, position: 0 });
    const key = profile('anthropic:k', { kind: 'static' }, { type: 'api_key', position: 1 });
    const billing = { after: 'anthropic:t', key: 'anthropic:k' };
    const main = agent('main', {
      providers: [{ ...provider('anthropic', token, key), billing }],
    });
    const lines = hovers(treeOf(snapshot(stateDir('/state', [main])))).get('profile');
    assert.match(
      lines?.at(-1) ?? '',
      /^Paid by use: .* when t cannot be used\. Leave Paid Keys Out/,
    );
  });

  it('of a profile is as of the moment of its row', () => {
    const one = profile('openai-codex:a', { kind: 'renews', at: NOW + HOUR });
    const main = agent('main', { providers: [provider('openai-codex', one)] });
    const rows = treeOf(snapshot(stateDir('/state', [main])));
    assert.match(String(hovers(rows).get('profile')), /Renews itself: /);
    assert.match(
      String(hovers(rows, NOW + HOUR).get('profile')),
      /Renews itself at its next use: /,
    );
  });

  it('of a provider: its id, and where its order comes from, each in its own words', () => {
    const sources = ['store', 'config', 'configProfiles', 'stored'] as const;
    const orders = sources.map((orderSource) => {
      const one = { ...provider('openai-codex', profile('openai-codex:a', state)), orderSource };
      const main = agent('main', { providers: [one] });
      const lines = hovers(treeOf(snapshot(stateDir('/state', [main])))).get('provider');
      assert.equal(lines?.[0], 'openai-codex');
      return lines?.[1];
    });
    assert.equal(new Set(orders).size, sources.length);
  });

  it('of an agent: its folder, and what is odd in its store', () => {
    const store = { kind: 'whole', path, problems: ['profile x: no type'] } as const;
    const rows = treeOf(snapshot(stateDir('/state', [agent('main', { store })])));
    assert.deepEqual(hovers(rows).get('agent'), ['/state/agents/main/agent', 'profile x: no type']);
  });

  it('of a store that is not well: its path, what is wrong, and what comes of that', () => {
    const stores: readonly StoreSnapshot[] = [
      { kind: 'unreadable', path, errno: 'EACCES' },
      { kind: 'torn', path, detail: 'it ends in the middle' },
      { kind: 'unknownVersion', path, version: '7' },
      { kind: 'absent', path, legacyPaths: ['/state/auth.json'] },
      { kind: 'whole', path, problems: [], unwritable: 'x twice' },
    ];
    for (const store of stores) {
      const roots = treeOf(snapshot(stateDir('/state', [agent('main', { store })])));
      const [first, second, third, ...more] = hovers(roots).get('store') ?? [];
      assert.equal(first, path);
      const row = roots[0]?.children[0];
      assert.equal(second, `${row?.label}: ${row?.description}`);
      assert.match(third ?? '', /\.$/);
      assert.deepEqual(more, []);
    }
  });

  it('of a config that cannot be read: its path, why, and what comes of that', () => {
    const config = { kind: 'invalid', path: '/state/coderclaw.json', detail: 'line 3' } as const;
    const rows = treeOf(snapshot(stateDir('/state', [agent('main')], { config })));
    const lines = hovers(rows).get('config');
    assert.deepEqual(lines?.slice(0, 2), ['/state/coderclaw.json', 'line 3']);
    assert.match(lines?.join(' ') ?? '', /as if there were no config\. Nothing is written/);
  });

  it('of a state folder: its path', () => {
    const dirs = [stateDir('/a', [], { label: '~/a' }), stateDir('/b', [], { label: '~/b' })];
    assert.deepEqual(hovers(treeOf(snapshot(...dirs))).get('stateDir'), ['/b']);
  });
});
