import assert from 'node:assert/strict';
import { dashboardOf } from '../../../../src/core/dashboard/dashboard.ts';
import { type Histories, historyKey } from '../../../../src/core/dashboard/history.ts';
import type { StateDirSnapshot } from '../../../../src/core/model/snapshot.ts';
import { Openings } from '../../../../src/ui/dashboard/openings.ts';
import { pageOf } from '../../../../src/ui/dashboard/pageOf.ts';
import {
  agent,
  DAY,
  HOUR,
  MINUTE,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../support/snapshots.ts';

const silent = { isOff: true, report: () => undefined };

function page(
  dirs: readonly StateDirSnapshot[],
  {
    openings = new Openings(),
    histories = new Map() as Histories,
    now = NOW,
    historyFault = false,
  } = {},
) {
  const shown = snapshot(...dirs);
  const dashboard = dashboardOf(shown, histories, now);
  return pageOf({ dashboard, lookedIn: shown.lookedIn, historyFault, usage: silent }, openings);
}

const main = agent('main', {
  providers: [
    provider('anthropic', profile('anthropic:t', { kind: 'ending', at: NOW + 6 * DAY + HOUR })),
    provider(
      'openai-codex',
      profile(
        'openai-codex:ann',
        { kind: 'renews', at: NOW + 40 * MINUTE },
        { next: true, email: 'hidden@example.com' },
      ),
      profile('openai-codex:off', { kind: 'hidden', why: 'notInOrder' }),
    ),
  ],
});
const work = agent('work', {
  providers: [
    provider('groq', profile('groq:k', { kind: 'dead' })),
    provider(
      'openai-codex',
      profile('openai-codex:ann', { kind: 'static' }, { origin: 'inherited' }),
    ),
  ],
});
const dir = stateDir('/state', [main, work]);

describe('the page of a dashboard', () => {
  it('begins with one sentence', () => {
    const text = (...agents: Parameters<typeof stateDir>[1]) =>
      page([stateDir('/state', agents)]).summary.text;
    assert.equal(
      page([dir]).summary.text,
      '2 of 4 profiles need you; the next renewal is in 40 min.',
    );
    assert.equal(text(work), 'The only profile needs you.');
    assert.equal(text(agent('main')), 'No agent is signed in yet.');
    assert.equal(page([]).summary.text, 'CoderClaw was not found on this machine.');
  });

  it('has rows by agent, in words, with an icon for each state', () => {
    const { timeline } = page([dir]);
    const rows = timeline?.groups.flatMap(({ title, rows }) =>
      rows.map(({ name, detail, state, icon, tone }) =>
        [title, name, detail, state, icon, tone].join(' | '),
      ),
    );
    assert.deepEqual(rows, [
      'main | t | Anthropic | ends in 6 d | warning | warn',
      'main | ann | OpenAI Codex · next | renews itself · 40 min | pass | good',
      'main | off | OpenAI Codex | not used: not in the order | eye-closed | dim',
      'work | k | Groq | sign in again | error | bad',
    ]);
    assert.deepEqual(
      timeline?.groups.map(({ detail }) => detail),
      ['default · 3 profiles · 1 needs you', '1 profile · 1 needs you'],
    );
    assert.match(timeline?.groups[0]?.rows[1]?.spoken ?? '', /^Profile ann, OpenAI Codex, next, /);
  });

  it('gives every mark a text, and a flag to what needs a person', () => {
    const histories = new Map([
      [
        historyKey(main.store.path, 'openai-codex:ann'),
        { since: NOW - 3 * DAY, isSignIn: true, renewedAt: [NOW - HOUR] } as const,
      ],
    ]);
    const { timeline } = page([dir], { histories });
    const marks = (name: string) =>
      timeline?.groups
        .flatMap(({ rows }) => rows)
        .find((row) => row.name === name)
        ?.marks.map(({ kind, text }) => {
          assert.notEqual(text, '');
          return kind;
        });
    assert.deepEqual(marks('ann'), ['valid', 'onward', 'signedIn', 'renewed', 'turn']);
    assert.deepEqual(marks('t'), ['valid', 'flag']);
    assert.deepEqual(marks('k'), ['flag']);
    assert.deepEqual(marks('off'), []);
  });

  it('has agents and providers as a table, with a way into each cell', () => {
    const openings = new Openings();
    const { matrices } = page([dir], { openings });
    const [table] = matrices?.tables ?? [];
    assert.deepEqual(table?.columns, ['Anthropic', 'Groq', 'OpenAI Codex']);
    assert.deepEqual(
      table?.rows.map(({ title, cells }) => [title, ...cells.map(({ text }) => text)]),
      [
        ['main', 'own', '–', 'own · 2 profiles'],
        ['work', '–', 'own', 'from main'],
      ],
    );
    const opened = table?.rows[1]?.cells.map(({ id = '' }) => openings.find(id)?.kind);
    assert.deepEqual(opened, ['command', 'provider', 'provider']);
  });

  it('is the same but for the lines of time, while no word changes', () => {
    const openings = new Openings();
    const at = (now: number) => JSON.stringify(page([dir], { openings, now }));
    assert.equal(at(NOW + 2000), at(NOW + 1000));
    const rows = (now: number) => JSON.stringify(page([dir], { openings, now }).timeline?.groups);
    assert.equal(rows(NOW + 50_000), rows(NOW + 1000), 'another minute by the clock');
  });

  it('shows no e-mail beside the name of a profile, no path, and makes odd names plain', () => {
    const odd = profile('groq:a\u202e\nb', { kind: 'static' });
    const oddly = agent('main', { providers: [provider('groq', odd)] });
    const text = JSON.stringify(
      page([stateDir('/secret/path', [oddly], { label: '~/.coderclaw' }), dir]),
    );
    assert.doesNotMatch(text, /hidden@example\.com|\u202e|auth-profiles|secret/);
    const named = page([stateDir('/s', [oddly])]).timeline?.groups[0]?.rows[0]?.name ?? '';
    assert.doesNotMatch(named, /\n|\u202e/);
  });

  it('names a store and a config that cannot be read, with a way to the file', () => {
    const openings = new Openings();
    const torn = agent('work', { store: { kind: 'torn', path: '/t', detail: 'ends early' } });
    const config = { kind: 'invalid', path: '/c', detail: 'line 3' } as const;
    const { notices, empty, summary } = page([stateDir('/state', [torn], { config })], {
      openings,
    });
    assert.deepEqual(
      notices.map(({ title, button }) => [title, button?.label]),
      [
        ['The config of /state cannot be read: line 3', 'Show File'],
        ['work: Store is damaged or half-written (ends early)', 'Show File'],
      ],
    );
    const opened = notices.map(({ button }) => openings.find(button?.id ?? ''));
    assert.deepEqual(
      opened.map((one) => one?.kind === 'command' && one.command),
      ['coderclawAuth.config.open', 'coderclawAuth.store.open'],
    );
    assert.equal(empty, undefined, 'what it holds is not known');
    assert.equal(summary.text, 'Which profiles there are is not known.');
  });

  it('says what to do where there is nothing', () => {
    const nowhere = page([]).empty;
    assert.ok(nowhere?.lines.includes('/home/ann/.coderclaw'));
    assert.deepEqual(
      nowhere?.buttons.map(({ label }) => label),
      ['Choose State Folder…', 'Look Again'],
    );
    const nobody = page([stateDir('/state', [agent('main')])]).empty;
    assert.deepEqual(
      nobody?.buttons.map(({ label }) => label),
      ['Sign In to ChatGPT', 'Add Another Way…'],
    );
  });

  it('folds an agent with many profiles, but for those that need a person', () => {
    const many = (count: number, needing: number) => {
      const profiles = Array.from({ length: count }, (_, index) =>
        profile(`groq:${index}`, index < needing ? { kind: 'dead' } : { kind: 'static' }),
      );
      const one = agent('main', { providers: [provider('groq', ...profiles)] });
      return page([stateDir('/state', [one])]).timeline?.groups[0];
    };
    assert.equal(many(13, 0)?.fold, undefined);
    assert.deepEqual(
      [many(50, 0)?.fold?.first, many(50, 0)?.fold?.moreLabel],
      [12, 'Show 38 more'],
    );
    assert.equal(many(50, 20)?.fold?.first, 20);
  });

  it('says that the past is not known, where a trail cannot be read', () => {
    assert.equal(page([dir]).timeline?.remark, undefined);
    assert.match(page([dir], { historyFault: true }).timeline?.remark ?? '', /audit trail/);
  });
});
