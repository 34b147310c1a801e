import assert from 'node:assert/strict';
import type { SessionSnapshot, SessionsSnapshot } from '../../../../src/core/model/snapshot.ts';
import { type TreeNode, treeOf } from '../../../../src/ui/tree/nodes.ts';
import { hoverLines } from '../../../../src/ui/tree/rowHover.ts';
import { agent, NOW, profile, provider, snapshot, stateDir } from '../../../support/snapshots.ts';

const key = profile('anthropic:a', { kind: 'static' }, { position: 0, next: true });

function rowOf(sessions: SessionsSnapshot): TreeNode | undefined {
  const main = agent('main', { sessions, providers: [provider('anthropic', key)] });
  const rows = treeOf(snapshot(stateDir('/state', [main])));
  return rows[0]?.children.find(({ id }) => id.startsWith('sessions '));
}

function list(
  shown: readonly SessionSnapshot[],
  more: Partial<Extract<SessionsSnapshot, { kind: 'whole' }>> = {},
): SessionsSnapshot {
  const whole = {
    kind: 'whole',
    path: '/list',
    count: shown.length,
    pinned: 0,
    stale: [],
  } as const;
  return { ...whole, shown, ...more };
}

const session = (name: string, more: Partial<SessionSnapshot> = {}): SessionSnapshot => ({
  key: `agent:main:${name}`,
  updatedAt: NOW,
  ...more,
});

describe('the rows of sessions', () => {
  it('read name and profile: pinned, stale, or what they use', () => {
    const pick = { profileId: 'anthropic:a', reason: 'first' } as const;
    const row = rowOf(
      list(
        [
          session('main', { pick }),
          session('telegram:dm:7', { pin: { profileId: 'anthropic:a', by: 'user' }, pick }),
          session('old', { pin: { profileId: 'gone:x', by: 'auto', stale: 'notStored' }, pick }),
          session('kept', { pin: { profileId: 'anthropic:a', by: 'auto' }, pick }),
          session('idle'),
        ],
        { pinned: 1, stale: [{ sessionKey: 'agent:main:old', profileId: 'gone:x' }] },
      ),
    );
    assert.ok(row);
    assert.equal(`${row.label} | ${row.description}`, 'Sessions | 1 pinned, 1 stale');
    assert.equal(row.spoken, 'Sessions of main, 1 pinned, 1 stale');
    assert.equal(row.flags, 'sessions hasStale');
    assert.deepEqual(
      row.children.map(({ label, description, icon, flags }) => [
        label,
        description,
        icon?.id,
        flags,
      ]),
      [
        ['main', 'uses anthropic:a', 'comment', 'session canPin'],
        ['telegram:dm:7', 'pinned to anthropic:a', 'pinned', 'session pinned canPin'],
        ['old', 'stale pin: gone:x', 'warning', 'session pinned canPin'],
        ['kept', 'uses anthropic:a', 'comment', 'session canPin'],
        ['idle', '', 'comment', 'session canPin'],
      ],
    );
    assert.deepEqual(row.children[1]?.target, {
      stateDir: '/state',
      agentId: 'main',
      sessionKey: 'agent:main:telegram:dm:7',
    });
  });

  it('count where nothing is pinned, and say that older ones are left out', () => {
    const row = rowOf(list([session('a')], { count: 12 }));
    assert.equal(row?.description, '12');
    assert.equal(row?.flags, 'sessions');
    assert.equal(row?.children.at(-1)?.label, '11 older ones');
  });

  it('are none where there is no session', () => {
    assert.equal(rowOf(list([])), undefined);
  });

  it('say that a list cannot be read, and why', () => {
    const row = rowOf({ kind: 'unreadable', path: '/list', errno: 'EACCES' });
    assert.equal(`${row?.label} | ${row?.description}`, 'Sessions | cannot be read (EACCES)');
    assert.deepEqual([row?.flags, row?.collapsible], ['sessions', 'none']);
    assert.match(rowOf({ kind: 'invalid', path: '/list' })?.description ?? '', /no JSON/);
  });

  it('hover: the whole key, when it was active, what is wrong with its pin, and what it uses', () => {
    const row = rowOf(
      list([
        session('old', {
          provider: 'anthropic',
          model: 'opus',
          pin: { profileId: 'gone:x', by: 'user', stale: 'notStored' },
          pick: { profileId: 'anthropic:a', reason: 'first' },
        }),
        session('odd', { key: 'odd\u202e', updatedAt: 0 }),
      ]),
    );
    const [old, odd] = row?.children ?? [];
    assert.ok(old && odd);
    const lines = hoverLines(old.hover, NOW);
    assert.equal(lines[0], 'agent:main:old');
    assert.match(lines[1] ?? '', /^Last active on /);
    assert.deepEqual(lines.slice(2), [
      'Its model: anthropic/opus',
      'gone:x is not stored for this agent.',
      'CoderClaw takes this pin off when the session goes on.',
      'It uses anthropic:a: the first in the order that does not pause.',
    ]);
    assert.deepEqual(hoverLines(odd.hover, NOW), ['odd']);
  });

  it('shorten a UUID, which the hover has whole', () => {
    const key = 'agent:main:subagent:5f0c2a9e-7d41-4c7b-9f63-0d2f8b1a6e55';
    const [one] = rowOf(list([session('', { key, provider: 'anthropic' })]))?.children ?? [];
    assert.equal(one?.label, 'subagent:5f0c2a9e…');
    assert.ok(one);
    const lines = hoverLines(one.hover, NOW);
    assert.equal(lines[0], key);
    assert.equal(lines.at(-1), 'Its model is of Anthropic.');
  });
});
