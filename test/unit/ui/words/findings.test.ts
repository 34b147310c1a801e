import assert from 'node:assert/strict';
import {
  type Finding,
  type FindingCode,
  type FindingFacts,
  finding,
} from '../../../../src/core/doctor/finding.ts';
import { hasRepair } from '../../../../src/core/doctor/repairs.ts';
import {
  evidenceText,
  findingWords,
  repairTitle,
  severityWord,
} from '../../../../src/ui/words/findings.ts';
import { findingText } from '../../../../src/ui/words/findingText.ts';
import { findingAbout, findingTitle } from '../../../../src/ui/words/findingTitles.ts';
import { plainText } from '../../../../src/ui/words/plainText.ts';
import { repairedWords } from '../../../../src/ui/words/repaired.ts';

const where = {
  stateDir: '/s',
  stateDirLabel: '~/s',
  agentId: 'work',
  profileId: 'p:a',
  path: '/s/file',
};
const holder = {
  ...{ stateDir: '/s', stateDirLabel: '~/s', agentId: 'work' },
  ...{ storePath: '/s/work.json', profileId: 'p:a' },
};
const login = { provider: 'p', fingerprint: '0123456789ab', holders: [holder, holder] };

/** Examples of every code; the type makes it total. */
const examples: { readonly [C in FindingCode]: readonly FindingFacts[C][] } = {
  'store.unreadable': [{ errno: 'EACCES' }],
  'store.torn': [{ detail: 'the file is empty' }],
  'store.unknownVersion': [{ version: '7' }],
  'store.unwritable': [{ why: 'the key a stands twice in one object' }],
  'store.unplaced': [{ variable: 'X' }],
  'legacy.pending': [{ legacyPaths: ['/s/auth.json'] }],
  'file.loose': [
    { isFolder: false, mode: 0o644, wanted: 0o600, others: 'read' },
    { isFolder: false, mode: 0o666, wanted: 0o600, others: 'write' },
    { isFolder: true, mode: 0o755, wanted: 0o700, others: 'read' },
    { isFolder: true, mode: 0o777, wanted: 0o700, others: 'write' },
  ],
  'file.wrongOwner': [
    { isFolder: false, uid: 0, ourUid: 1000 },
    { isFolder: true, uid: 0, ourUid: 1000 },
  ],
  'clock.off': [
    { host: 'auth.example', aheadMs: 90_000 },
    { host: 'auth.example', aheadMs: -90_000 },
  ],
  'cli.database': [{ storePath: '/s/store.json' }],
  'cli.otherRelease': [{ version: '2026.6.1', known: '2026.3.21' }],
  'lock.foreign': [{ target: '/s/store.json' }],
  'lock.stale': [
    { target: '/s/store.json', verdict: 'ownerDead', ageMs: 5000, pid: 7 },
    { target: '/s/store.json', verdict: 'old', ageMs: 500_000, program: 'coderclaw' },
  ],
  'order.ghosts': [
    { writtenIn: 'store', key: 'p', ids: ['p:gone'] },
    { writtenIn: 'config', key: 'p', ids: ['p:gone'] },
  ],
  'sessions.stalePins': [
    { pins: [{ sessionKey: 'agent:work:a', profileId: 'p:gone' }] },
    { pins: ['a', 'b'].map((sessionKey) => ({ sessionKey, profileId: 'p:gone' })) },
  ],
  'config.unreadable': [{ errno: 'EISDIR' }],
  'config.invalid': [
    { detail: 'not valid JSON5', line: 3, column: 7 },
    { detail: 'not an object' },
  ],
  'config.refused': [
    {
      flaws: (
        [
          ...['unknownKey', 'missing', 'notAnObject', 'notAList', 'notAText', 'notAMode'],
          'notAPositiveNumber',
        ] as FindingFacts['config.refused']['flaws'][number]['what'][]
      ).map((what) => ({ key: 'auth.x', what })),
    },
  ],
  'profile.hidden': [
    { provider: 'openai-codex', why: 'notInConfig', agents: ['main', 'work'] },
    { provider: 'openai-codex', why: 'notInOrder', agents: ['main'] },
  ],
  'profile.configDisagrees': [
    {
      ...{ provider: 'p', agents: ['main'] },
      ...{ stored: { provider: 'p', mode: 'oauth' }, config: { provider: 'p', mode: 'token' } },
    },
  ],
  'profile.ending': [
    { provider: 'p', at: 1e12 },
    { provider: 'p', at: 1e12, isExpected: true },
  ],
  'profile.expired': [{ provider: 'p', since: 1e12 }],
  'profile.dead': [{ provider: 'p' }, { provider: 'p', why: 'unanswered' }],
  'profile.broken': [{ provider: 'p', why: 'noKey' }],
  'expiry.inSeconds': [{ provider: 'p', expires: 1e9 + 1, meant: 1e12 + 1000 }],
  'login.twins': [
    { ...login, heirs: [holder] },
    { ...login, heirs: [] },
  ],
  'login.severalStateDirs': [login],
  'login.otherProgram': [{ ...login, program: 'codex' }],
  'folder.synced': [{ service: 'oneDrive' }],
  'folder.shared': [{ fileSystem: 'NFS' }],
  'port.held': [
    { provider: 'openai-codex', port: 1455, otherPorts: [1457], pid: 7, program: 'codex' },
    { provider: 'openai-codex', port: 1455, otherPorts: [] },
  ],
};

const all = (place = where, isRepairable = true): readonly Finding[] =>
  Object.entries(examples).flatMap(([code, facts]) =>
    facts.map((one) =>
      finding(code as 'profile.expired', 'info', place, one as never, isRepairable),
    ),
  );

describe('the words of findings', () => {
  it('have a short title without a full stop, and a few words of what it is about', () => {
    for (const one of all()) {
      const title = findingTitle(one);
      assert.match(title, /^[A-Z\dp].*[^.]$/, one.code);
      assert.ok(title.length <= 42, `${one.code}: ${title}`);
      assert.doesNotMatch(title, /undefined|\{\d\}|\[object/, one.code);
      const about = findingAbout(one, true);
      assert.match(about, /· ~\/s$/, one.code);
      assert.doesNotMatch(about, /undefined|\{\d\}|\[object|^ ·|· ·/, one.code);
      assert.ok(!findingAbout(one, false).includes('~/s'), one.code);
    }
    const place = { ...where, agentId: 'work', profileId: 'anthropic:team' };
    const dead = finding('profile.dead', 'error', place, { provider: 'anthropic' });
    assert.equal(findingAbout(dead, false), 'team · work · Anthropic');
    const nowhere = finding('port.held', 'info', {}, { provider: 'p', port: 1, otherPorts: [] });
    assert.equal(findingAbout(nowhere, true), 'p');
  });

  it('tell what was done by each repair', () => {
    for (const one of all().filter(({ code }) => hasRepair(code))) {
      const done = repairedWords(one);
      assert.notEqual(done, 'Repaired', one.code);
      assert.doesNotMatch(done, /undefined|\{\d\}|\[object|\.$/, one.code);
    }
  });

  it('make a text to paste, whole and plain', () => {
    for (const one of all({ ...where, agentId: 'a\u202eb', path: '/s/a\n\u202efile' })) {
      const { what, evidence, todo } = findingWords(one);
      const lines = findingText(one).trimEnd().split('\n');
      assert.equal(lines.length, evidence.length + 2, one.code);
      assert.equal(lines[0], `Note: ${plainText(what)}`);
      assert.equal(lines.at(-1), `What to do: ${todo}`);
      assert.doesNotMatch(lines.join(' '), /\p{C}/u, one.code);
    }
  });

  it('say in whole sentences what is so and what to do, with evidence in lines', () => {
    for (const one of all()) {
      const { what, evidence, todo } = findingWords(one);
      for (const sentence of [what, todo]) {
        assert.match(sentence, /^[A-Z\d/p].*\.$/, one.code);
        assert.doesNotMatch(sentence, /undefined|\{\d\}|\[object/, one.code);
      }
      assert.ok(evidence.length > 0 || one.code === 'port.held', one.code);
      for (const line of evidence.map(evidenceText)) {
        assert.doesNotMatch(line, /^$|undefined|\{\d\}|\[object|\n/, `${one.code}: ${line}`);
      }
    }
  });

  it('name the file that shows it', () => {
    const bare: readonly FindingCode[] = [
      ...(['login.twins', 'login.severalStateDirs', 'port.held', 'clock.off'] as const),
    ];
    for (const one of all().filter(({ code }) => !bare.includes(code))) {
      assert.match(findingWords(one).evidence.map(evidenceText).join('\n'), /\/s\/file/, one.code);
    }
  });

  it('do not pass on what would steer a line', () => {
    const steering = { ...where, agentId: 'a\u202eb', profileId: 'p:\u0007x\u202e' };
    for (const one of all(steering)) {
      const { what, evidence, todo } = findingWords(one);
      assert.doesNotMatch(
        [what, ...evidence.map(evidenceText), todo].join(' '),
        /\p{C}/u,
        one.code,
      );
    }
  });

  it('have a title for each repair, and for no other', () => {
    for (const one of all()) {
      assert.equal(repairTitle(one) !== undefined, hasRepair(one.code), one.code);
    }
    for (const one of all(where, false)) assert.equal(repairTitle(one), undefined, one.code);
  });

  it('name how severe it is', () => {
    assert.deepEqual((['error', 'warning', 'info'] as const).map(severityWord), [
      'Error',
      'Warning',
      'Note',
    ]);
  });
});
