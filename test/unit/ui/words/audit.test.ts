import assert from 'node:assert/strict';
import type { AuditEntry } from '../../../../src/core/model/auditEntry.ts';
import { auditSubject } from '../../../../src/ui/auditSubject.ts';
import { locateProfile } from '../../../../src/ui/commands/locate.ts';
import { actionWords, auditText } from '../../../../src/ui/words/audit.ts';
import { agent, profile, provider, snapshot, stateDir } from '../../../support/snapshots.ts';

/** Local times, so that the days are those of this machine. */
const NOW = new Date(2026, 10, 22, 20, 30).getTime();
const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 15, 7).getTime();

const subject = {
  stateDir: '/home/ann/.coderclaw/e4dde339',
  stateDirLabel: '~/.coderclaw/e4dde339',
  agentId: 'main',
  profileId: 'openai-codex:work',
  provider: 'openai-codex',
};

const base = {
  at: at(22, 9),
  actor: { kind: 'us', pid: 123, app: 'coderclaw-auth/0.1.0' },
  action: 'refreshed',
  agentId: 'main',
  storePath: '/s',
  profileId: 'openai-codex:work',
  from: 'a1b2c3d4a1b2',
  to: 'e5f60718e5f6',
} satisfies AuditEntry;

const text = (...entries: readonly AuditEntry[]) => auditText(entries, subject, NOW);
/** The line of the one entry. */
const line = (entry: Partial<AuditEntry>) => {
  const found = text({ ...base, ...entry })
    .split('\n')
    .find((one) => /^ {2}\S*\d+:15/.test(one));
  return found?.replace(/^ {2}.*?\d+:15:07\S*(?: [AP]M)? {3}/, '');
};

describe('the audit trail in words', () => {
  it('says of each change what, which fingerprints, and who', () => {
    assert.equal(line({}), 'renewed   a1b2c3d4 → e5f60718   this extension (process 123)');
    const other = { kind: 'other', pid: 456, program: 'coderclaw' } as const;
    assert.equal(
      line({ actor: other, action: 'changed', older: true }),
      '! an older sign-in came back   a1b2c3d4 → e5f60718   coderclaw (process 456)',
    );
    assert.match(
      line({ actor: { kind: 'other', pid: 4 } }) ?? '',
      / another program \(process 4\)$/,
    );
    assert.match(line({ actor: { kind: 'other' } }) ?? '', / {3}another program$/);
    // Nothing in it goes on: the same sign-in with a new access token.
    assert.match(line({ to: base.from }) ?? '', /^renewed {3}a1b2c3d4 {3}this/);
    const { from: _, ...added } = base;
    assert.match(text({ ...added, action: 'signedIn' }), /signed in {3}nothing → e5f60718 {3}/);
    const { to: __, ...removed } = base;
    assert.match(text({ ...removed, action: 'removed' }), /signed out {3}a1b2c3d4 → nothing {3}/);
  });

  it('has the newest first, under the days they happened on', () => {
    const shown = text(
      { ...base, at: at(22, 8), to: '200000000000' },
      { ...base, at: at(22, 8), to: '300000000000' },
      { ...base, at: at(20, 8), to: '100000000000' },
    );
    assert.deepEqual(
      [...shown.matchAll(/→ (\d+)/g)].map(([, to]) => to),
      ['30000000', '20000000', '10000000'],
    );
    const full = (day: number) =>
      new Intl.DateTimeFormat(undefined, { dateStyle: 'full' }).format(at(day, 8));
    const today = shown.indexOf(`\n\nToday, ${full(22)}\n`);
    assert.ok(today > 0 && today < shown.indexOf(`\n\n${full(20)}\n`), shown);
    assert.equal(shown.split(full(22)).length, 2);
  });

  it('lines up its columns', () => {
    const shown = text(base, { ...base, action: 'repaired' });
    const columns = shown.split('\n').flatMap((one) => {
      const index = one.indexOf('a1b2c3d4 →');
      return index < 0 ? [] : [index];
    });
    assert.equal(columns.length, 2);
    assert.equal(new Set(columns).size, 1);
  });

  it('tells what happened while nobody watched', () => {
    const shown = text({ ...base, actor: { kind: 'other' }, action: 'changed', since: at(19, 4) });
    assert.match(
      shown,
      /by .*renewed or replaced .* while VS Code was closed\n +at some time after /,
    );
  });

  it('is about one profile of one agent, and the order of its provider', () => {
    const { profileId: _, from: __, to: ___, ...order } = base;
    const shown = text(
      { ...base, agentId: 'work', to: '111111111111' },
      { ...base, profileId: 'openai-codex:other', to: '222222222222' },
      { ...order, action: 'ordered', provider: 'OpenAI-Codex' },
      { ...order, action: 'ordered', provider: 'anthropic', at: at(3, 3) },
    );
    assert.doesNotMatch(shown, /11111111|22222222/);
    assert.equal(shown.match(/order changed/g)?.length, 1);
  });

  it('explains itself, also where there is nothing yet', () => {
    assert.match(text(), /Nothing has been written down .*\n\n.* first\s+digits of its SHA-256/s);
    assert.match(text(base), /SHA-256/);
    assert.doesNotMatch(text(base), /! A program put back/);
    const marked = text({ ...base, older: true });
    assert.match(marked, /\n\n! A program put back/);
    const explained = marked.slice(marked.indexOf('\n\n! '));
    for (const one of explained.split('\n')) assert.ok(one.length <= 90, one);
  });

  it('shows the words of others plainly', () => {
    const shown = auditText([], { ...subject, profileId: 'p:\u202ex\ny' }, NOW);
    assert.match(shown, /^Audit trail of p:x y\nAgent main in /);
  });

  it('has words for every action, different ones', () => {
    const actions =
      'signedIn refreshed adopted repaired removed imported ordered resumed changed'.split(' ');
    const words = actions.map((action) =>
      actionWords({ ...base, action: action as AuditEntry['action'] }),
    );
    assert.equal(new Set(words).size, actions.length);
  });
});

describe('the trail of a profile', () => {
  it('that is inherited is that of the agent that has it', () => {
    const has = (origin: 'own' | 'inherited') => ({
      providers: [provider('p', profile('p:x', { kind: 'static' }, { origin }))],
    });
    const now = snapshot(
      stateDir('/s', [agent('main', has('own')), agent('play', has('inherited'))]),
    );
    for (const agentId of ['main', 'play']) {
      const located = locateProfile(now, { stateDir: '/s', agentId, profileId: 'p:x' });
      assert(located.kind === 'found');
      const { stateDir, agentId: of, profileId, provider } = auditSubject(located.place);
      assert.deepEqual([stateDir, of, profileId, provider], ['/s', 'main', 'p:x', 'p']);
    }
  });
});
