import assert from 'node:assert/strict';
import { dashboardOf } from '../../../../src/core/dashboard/dashboard.ts';
import { historyKey } from '../../../../src/core/dashboard/history.ts';
import type { StateDirSnapshot } from '../../../../src/core/model/snapshot.ts';
import {
  agent,
  DAY,
  HOUR,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../support/snapshots.ts';

const calm = { kind: 'renews', at: NOW + 5 * HOUR } as const;
const heir = { origin: 'inherited' } as const;
const of = (...dirs: readonly StateDirSnapshot[]) => dashboardOf(snapshot(...dirs), new Map(), NOW);

describe('the dashboard of a Snapshot', () => {
  it('shows a profile where it is stored, and nowhere else', () => {
    const own = profile('openai-codex:a', calm);
    const main = agent('main', { providers: [provider('openai-codex', own)] });
    const heirs = ['b', 'c'].map((id) =>
      agent(id, { providers: [provider('openai-codex', { ...own, ...heir })] }),
    );
    const [dir] = of(stateDir('/state', [main, ...heirs])).dirs;
    assert.deepEqual(
      dir?.groups.map(({ agentId, rows }) => [agentId, rows.length]),
      [['main', 1]],
    );
    assert.equal(dir?.matrix.rows.length, 3);
  });

  it('shows what all inherit once, where main itself is no agent of the config', () => {
    const seen = profile('openai-codex:a', { kind: 'dead' }, heir);
    const agents = ['b', 'c'].map((id) =>
      agent(id, { isDefault: id === 'b', providers: [provider('openai-codex', seen)] }),
    );
    const mainStore = { kind: 'whole', path: '/main.json', problems: [] } as const;
    const histories = new Map([[historyKey('/main.json', seen.id), { renewedAt: [NOW - HOUR] }]]);
    const shown = snapshot(stateDir('/state', agents, { mainStore }));
    const { dirs, summary } = dashboardOf(shown, histories, NOW);
    const [group, ...others] = dirs[0]?.groups ?? [];
    assert.deepEqual(others, []);
    assert.deepEqual([group?.agentId, group?.agent, group?.rows.length], ['main', undefined, 1]);
    assert.equal(group?.rows[0]?.agentId, 'b');
    assert.equal(group?.rows[0]?.track.renewals.length, 1);
    assert.equal(summary.needPerson, 1);
  });

  it('puts what needs a person first, most urgent first, and keeps the rest as it is', () => {
    const main = agent('main', {
      providers: [
        provider('anthropic', profile('anthropic:z', { kind: 'static' })),
        provider(
          'openai-codex',
          profile('openai-codex:b', calm),
          profile('openai-codex:later', { kind: 'ending', at: NOW + 3 * DAY }),
          profile('openai-codex:soon', { kind: 'ending', at: NOW + DAY }),
          profile('openai-codex:a', calm),
          profile('openai-codex:dead', { kind: 'dead' }),
        ),
      ],
    });
    const { dirs, summary } = of(stateDir('/state', [main]));
    assert.deepEqual(
      dirs[0]?.groups[0]?.rows.map(({ profile: { name } }) => name),
      ['dead', 'soon', 'later', 'z', 'b', 'a'],
    );
    assert.deepEqual(summary, { profiles: 6, needPerson: 3, nextRenewal: NOW + 5 * HOUR });
  });

  it('counts a renewal that is to come, and none of what nothing uses', () => {
    const main = agent('main', {
      providers: [
        provider(
          'openai-codex',
          profile('openai-codex:a', { kind: 'renews', at: NOW - 1 }),
          profile('openai-codex:h', { kind: 'hidden', why: 'notInOrder' }, { expires: NOW + 1 }),
          profile('openai-codex:r', { kind: 'retrying', at: NOW + 60_000 }),
        ),
      ],
    });
    assert.equal(of(stateDir('/state', [main])).summary.nextRenewal, NOW + 60_000);
  });

  it('has a login once for usage, and no key, nothing lost, nor a provider that tells nothing', () => {
    const renewal = { login: 'openai-codex:a in /m' };
    const main = agent('main', {
      providers: [
        provider('openai-codex', profile('openai-codex:a', calm, { renewal })),
        provider(
          'anthropic',
          profile('anthropic:t', { kind: 'static' }, { type: 'token' }),
          profile('anthropic:k', { kind: 'static' }, { type: 'api_key' }),
        ),
        provider('groq', profile('groq:t', { kind: 'static' }, { type: 'token' })),
        provider(
          'github-copilot',
          profile('github-copilot:e', { kind: 'expired', since: NOW - 1 }),
          profile('github-copilot:d', { kind: 'dead' }, { expires: NOW - 1 }),
          profile('github-copilot:alive', { kind: 'dead' }, { expires: NOW + 1 }),
        ),
      ],
    });
    const work = agent('work', {
      providers: [provider('openai-codex', profile('openai-codex:copy', calm, { renewal }))],
    });
    const [dir] = of(stateDir('/state', [main, work])).dirs;
    assert.deepEqual(
      dir?.logins.map(({ target }) => target),
      [
        { storePath: main.store.path, profileId: 'openai-codex:a' },
        { storePath: main.store.path, profileId: 'anthropic:t' },
        { storePath: main.store.path, profileId: 'github-copilot:alive' },
      ],
    );
  });

  it('is empty where there is nothing', () => {
    assert.deepEqual(of(), { at: NOW, summary: { profiles: 0, needPerson: 0 }, dirs: [] });
  });
});
