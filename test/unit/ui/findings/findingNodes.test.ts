import assert from 'node:assert/strict';
import type { UnfinishedCheck } from '../../../../src/core/doctor/doctor.ts';
import { type Finding, finding, findingKey } from '../../../../src/core/doctor/finding.ts';
import type { Snapshot } from '../../../../src/core/model/snapshot.ts';
import { findingNodes } from '../../../../src/ui/findings/findingNodes.ts';
import { findingsState } from '../../../../src/ui/findings/findingsState.ts';
import { changedIds } from '../../../../src/ui/tree/changedIds.ts';
import { agent, NOW, profile, provider, snapshot, stateDir } from '../../../support/snapshots.ts';

const at = { stateDir: '/s', stateDirLabel: '~/s', agentId: 'main', path: '/s/a/store.json' };
const loose = (mode: number): Finding =>
  finding(
    'file.loose',
    'error',
    at,
    { isFolder: false, mode, wanted: 0o600, others: 'read' },
    true,
  );
const ghosts = finding(
  'order.ghosts',
  'warning',
  at,
  { writtenIn: 'store', key: 'openai', ids: ['openai:gone'] },
  true,
);
const holder = (agentId: string) => ({
  ...{ stateDir: '/s', stateDirLabel: '~/s', agentId },
  ...{ storePath: `/s/${agentId}.json`, profileId: 'anthropic:a' },
});
const twins = finding('login.twins', 'warning', at, {
  ...{ provider: 'anthropic', fingerprint: '0123', heirs: [] },
  holders: [holder('main'), holder('work')],
});

const login = profile('anthropic:a', { kind: 'dead' });
const shown = snapshot(
  stateDir('/s', [
    agent('main', { providers: [provider('anthropic', login)] }),
    agent('work', { providers: [provider('anthropic', { ...login, origin: 'inherited' })] }),
  ]),
);

function nodes(
  findings: readonly Finding[],
  more: {
    readonly unfinished?: readonly UnfinishedCheck[];
    readonly hidden?: readonly string[];
    readonly of?: Snapshot;
  } = {},
) {
  const { unfinished = [], hidden = [], of = shown } = more;
  return findingNodes({
    diagnosis: { at: NOW, findings, unfinished },
    snapshot: of,
    isHidden: (key) => hidden.includes(key),
    isAdded: () => false,
  });
}

describe('the rows of findings', () => {
  it('say in short what is wrong and where, and speak the whole sentence with its severity', () => {
    const [row, other] = nodes([loose(0o644), ghosts]);
    assert.ok(row && other);
    assert.equal(row.label, 'Other users can read this file');
    assert.equal(row.description, 'store.json · main');
    assert.deepEqual(row.icon, { id: 'error', color: 'problemsErrorIcon.foreground' });
    assert.match(row.spoken, /^Error: Other users of this machine can read this file, /);
    assert.match(row.flags, /\bcanRepair\b.*\bhasFile\b/);
    assert.equal(row.target.finding, findingKey(loose(0o644)));
    assert.equal(other.icon?.id, 'warning');
    assert.equal(other.description, 'OpenAI · main');
  });

  it('have below what it comes to, what shows it, and what to do', () => {
    const [row] = nodes([loose(0o644)]);
    assert.ok(row);
    assert.deepEqual(
      row.children.map(({ label, description, icon }) => [icon?.id, label, description]),
      [
        [
          'quote',
          'Other users of this machine can read this file, in which secrets may stand.',
          '',
        ],
        ['file', 'store.json', '/s/a'],
        ['search', 'now rw-r--r-- (0644), should be rw------- (0600)', ''],
        ['lightbulb', 'Take these permissions away, here or by chmod 0600.', ''],
      ],
    );
    assert.ok(row.children.every(({ flags }) => flags === 'line'));
    assert.equal(row.hover.kind, 'plain');
    for (const { spoken } of row.children) {
      assert.ok(row.hover.kind === 'plain' && row.hover.text.includes(spoken), spoken);
    }
  });

  it('are plain, whatever files are called', () => {
    const where = { ...at, agentId: 'a\u202eb', path: '/s/a\n\u202efile' };
    const [row] = nodes([finding('store.torn', 'error', where, { detail: 'x' })]);
    assert.ok(row);
    for (const { label, description, spoken, hover } of [row, ...row.children]) {
      const said = [label, description, spoken].join(' ');
      assert.doesNotMatch(said, /\p{C}/u);
      assert.ok(hover.kind === 'plain' && !hover.text.includes('\u202e'));
    }
  });

  it('name the state folder where there are several', () => {
    const of = { ...shown, stateDirs: [...shown.stateDirs, stateDir('/t', [])] };
    assert.equal(nodes([ghosts], { of })[0]?.description, 'OpenAI · main · ~/s');
  });

  it('lead to each profile that holds a login, with what can be done there', () => {
    const [row] = nodes([twins]);
    assert.ok(row);
    const holders = row.children.filter(({ flags }) => /\bholder\b/.test(flags));
    assert.deepEqual(
      holders.map(({ label, description }) => [label, description]),
      [
        ['anthropic:a', 'main'],
        ['anthropic:a', 'work'],
      ],
    );
    assert.deepEqual(
      holders.map(({ target, flags }) => [target, flags]),
      [
        [
          { stateDir: '/s', agentId: 'main', profileId: 'anthropic:a' },
          'holder storeFile canSignInAgain',
        ],
        [{ stateDir: '/s', agentId: 'work', profileId: 'anthropic:a' }, 'holder storeFile'],
      ],
    );
  });

  it('leave out what the person has hidden, and say which checks came to no answer', () => {
    const hidden = [findingKey(ghosts)];
    const unfinished: readonly UnfinishedCheck[] = [
      { check: 'locks', why: 'tookTooLong' },
      { check: 'twins', why: 'failed', detail: 'EIO' },
    ];
    const [row, ...more] = nodes([ghosts], { hidden, unfinished });
    assert.ok(row);
    assert.deepEqual(more, []);
    assert.equal(row.label, '2 checks came to no answer');
    assert.deepEqual(
      row.children.map(({ label }) => label),
      ['Locks: took too long', 'Logins in several profiles: could not be looked at (EIO)'],
    );
    assert.equal(
      nodes([], { unfinished: unfinished.slice(1) })[0]?.label,
      '1 check came to no answer',
    );
  });

  it('are drawn again one by one', () => {
    const before = nodes([loose(0o644), ghosts, twins]);
    assert.deepEqual(changedIds(before, nodes([loose(0o644), ghosts, twins])), []);
    const changed = changedIds(before, nodes([loose(0o640), ghosts, twins]));
    assert.deepEqual(changed, [before[0]?.id]);
    assert.equal(changedIds(before, nodes([ghosts, twins])), 'all');
    const ids = before.flatMap(({ id, children }) => [id, ...children.map((one) => one.id)]);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('or a text in their place', () => {
    assert.equal(findingsState(1, 1, true), 'rows');
    assert.equal(findingsState(0, 1, true), 'hidden');
    assert.equal(findingsState(0, 0, true), 'nothing');
    // All is as it should be only where there is something.
    assert.equal(findingsState(0, 0, false), 'noCoderClaw');
    // A port that is held needs none.
    assert.equal(findingsState(1, 0, false), 'rows');
  });
});
