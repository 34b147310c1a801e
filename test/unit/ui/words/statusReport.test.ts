import assert from 'node:assert/strict';
import type { AgentSnapshot, StateDirSnapshot } from '../../../../src/core/model/snapshot.ts';
import type { ModelsStatus } from '../../../../src/core/reports/modelsStatus.ts';
import type { StatusReport } from '../../../../src/core/reports/statusReport.ts';
import { exactTime } from '../../../../src/ui/words/exactTime.ts';
import { agentReportText, allReportsText } from '../../../../src/ui/words/statusReport.ts';
import { agent, DAY, HOUR, NOW, profile, provider, stateDir } from '../../../support/snapshots.ts';

const fine: ModelsStatus = {
  configPath: '/s/coderclaw.json',
  agentId: 'main',
  agentDir: '/s/agents/main/agent',
  auth: {
    storePath: '/s/agents/main/agent/auth-profiles.json',
    providersWithOAuth: [],
    missingProvidersInUse: [],
    providers: [],
    unusableProfiles: [],
    oauth: { warnAfterMs: DAY, profiles: [], providers: [] },
  },
  check: { exitCode: 0, expired: [], expiring: [], missingProviders: [] },
};

interface About {
  readonly agent?: Partial<AgentSnapshot>;
  readonly stateDir?: Partial<StateDirSnapshot>;
  readonly status?: Partial<ModelsStatus>;
}

function report(id: string, about: About = {}): StatusReport {
  const reported = agent(id, about.agent);
  return {
    agent: reported,
    stateDir: stateDir('/state', [reported], { label: '~/.coderclaw', ...about.stateDir }),
    status: { ...fine, ...about.status },
  };
}

/** The text in one line, however it was wrapped. */
const text = (about: About): string =>
  agentReportText(report('main', about), NOW).replace(/\s+/g, ' ');

const ofProfiles = (...profiles: readonly ReturnType<typeof profile>[]): About => ({
  agent: { providers: [provider('openai-codex', ...profiles)] },
});

describe('a status report in words', () => {
  it('says first what needs a person, then has every profile by provider', () => {
    const work = report('work', {
      agent: {
        name: 'At Work',
        providers: [
          provider(
            'anthropic',
            profile('anthropic:team', { kind: 'expired', since: NOW - DAY }, { type: 'token' }),
          ),
          provider(
            'openai-codex',
            profile(
              'openai-codex:ann',
              { kind: 'renews', at: NOW + 5 * HOUR },
              { next: true, position: 0, email: 'ann@example.com', sharedWith: ['main'] },
            ),
            profile(
              'openai-codex:key',
              { kind: 'static' },
              {
                type: 'api_key',
                position: 1,
                origin: 'inherited',
                problems: ['key is not a text'],
              },
            ),
          ),
        ],
      },
      status: {
        check: {
          exitCode: 1,
          expired: ['anthropic:team'],
          expiring: [],
          missingProviders: ['zai'],
        },
      },
    });
    assert.equal(
      agentReportText(work, NOW),
      `Status of agent work · At Work
State folder ~/.coderclaw, the one in use
${exactTime(NOW)}

1 profile needs you: anthropic:team.
No profile of Anthropic can be used until you mend one.

Anthropic
   - anthropic:team · setup-token
     Expired on ${exactTime(NOW - DAY)} and cannot renew itself: replace it.

OpenAI Codex
   - openai-codex:ann · sign-in · next · ann@example.com · shared with main
     Renews itself: the access token ends on ${exactTime(NOW + 5 * HOUR)}.
   - openai-codex:key · API key · 2nd · from main
     Has no known end.
     Odd: key is not a text.

What coderclaw models status --check would say
   1: something has expired or is missing.
   Expired, or without an end: anthropic:team.
   Nothing is stored for the provider of a model in use: Z.AI.

Files
   Store: /state/agents/work/agent/auth-profiles.json
   Config, not there: /state/coderclaw.json

These are the files as they are now; times are those of this machine. There is no secret
in this text, but there are names, e-mails and paths.
`,
    );
  });

  it('tells each way in which an agent can be, in its first sentence', () => {
    assert.match(text({}), / It is not signed in anywhere\. /);
    assert.match(text(ofProfiles(profile('o:1', { kind: 'static' }))), / Nothing needs you\. /);
    const dead = { kind: 'dead' } as const;
    const many = Array.from({ length: 12 }, (_, n) => profile(`o:${n}`, dead));
    assert.match(text(ofProfiles(...many)), /12 profiles need you: o:0, .*o:9, …\. No profile of/);
    const store = { kind: 'torn', path: '/s', detail: 'it is empty' } as const;
    assert.match(
      text({ agent: { store }, status: { storeProblem: store } }),
      /Its store cannot be read as it stands\. Store is damaged or half-written: it is empty\. CoderClaw reads it as empty.* 1: the store cannot be read/,
    );
  });

  it('says when a provider of which all pause is back, and why it pauses', () => {
    const pausing = (id: string, until: number) =>
      profile(
        id,
        { kind: 'cooling', until },
        { pause: { until, kind: 'cooldown', failures: [{ reason: 'rate_limit', count: 2 }] } },
      );
    const hidden = profile('o:3', { kind: 'hidden', why: 'notInOrder' });
    const said = text(ofProfiles(pausing('o:1', NOW + DAY), pausing('o:2', NOW + HOUR), hidden));
    const back = exactTime(NOW + HOUR);
    assert.ok(said.includes(`can be used now: o:2 is back first, on ${back}.`), said);
    assert.match(
      said,
      /leaves it alone until .*, after failures\. What failed of late: rate limit/,
    );
    assert.ok(!said.includes('Cooling down'));
    assert.match(text(ofProfiles(hidden)), /No profile of OpenAI Codex is used\./);
    const pause = { until: NOW + HOUR, kind: 'cooldown', failures: [] } as const;
    const spent = profile('o:1', { kind: 'dead' }, { pause, expires: NOW + DAY });
    assert.match(text(ofProfiles(spent)), /Sign in again\. CoderClaw leaves it alone .* Its token/);
  });

  it('names keys that stand elsewhere, each once', () => {
    const row = {
      provider: 'Z.AI',
      effective: { kind: 'env', detail: '…' },
      profiles: { count: 0, oauth: 0, token: 0, apiKey: 0, labels: [] },
      env: { value: '…', source: 'env: ZAI_API_KEY' },
      modelsJson: { value: '…', source: 'models.json: ~/m' },
    } as const;
    const providers = [row, { ...row, provider: 'zai' }];
    const auth = { ...(fine.auth ?? assert.fail()), providers };
    assert.match(
      text({ status: { auth } }),
      /Keys that stand in no store - Z\.AI · env: ZAI_API_KEY - Z\.AI · models\.json: ~\/m This/,
    );
    assert.doesNotMatch(text({}), /Keys that stand in no store/);
  });

  it('says what the check is about', () => {
    const check = { exitCode: 2, expired: [], expiring: ['a:1'], missingProviders: [] } as const;
    assert.match(
      text({ status: { check } }),
      /2: something ends within 24 hours\. Ends within 24 hours: a:1\./,
    );
    assert.match(text({}), /0: nothing has expired, ends within 24 hours or is missing\./);
  });

  it('tells of a config that cannot be read, of stale pins, and of files that are not there', () => {
    const pinned = { sessionKey: 'agent:main:main', profileId: 'o:1' };
    const sessions = {
      kind: 'whole',
      path: '/s',
      shown: [],
      count: 2,
      pinned: 0,
      stale: [pinned, pinned],
    } as const;
    const said = text({
      agent: { sessions, store: { kind: 'absent', path: '/s/auth.json' } },
      stateDir: { config: { kind: 'invalid', path: '/s/c.json', detail: 'a comma' }, inUse: false },
    });
    assert.match(said, /State folder ~\/\.coderclaw [^,]/);
    assert.match(said, /The pins of 2 sessions count for nothing\./);
    assert.match(said, /The config cannot be read \(a comma\): orders and hidden profiles/);
    assert.match(said, /Store, not there yet: \/s\/auth\.json Config: \/s\/c\.json/);
    assert.match(agentReportText(undefined, NOW), /The agent is no longer there\./);
  });

  it('has a line for each of all agents, by state folder, and then each of them', () => {
    const [main, work] = [agent('main', { isDefault: true }), agent('work')];
    const here = stateDir('/a', [main, work]);
    const there = stateDir('/b', [main], { inUse: false });
    const all = allReportsText(
      [
        { agent: main, stateDir: here, status: fine },
        { agent: work, stateDir: here, status: fine },
        { agent: main, stateDir: there, status: fine },
      ],
      [],
      NOW,
    );
    assert.ok(
      all.startsWith(`Status of all agents
${exactTime(NOW)}

State folder /a, the one in use
   - main · default: It is not signed in anywhere.
   - work: It is not signed in anywhere.

State folder /b
   - main · default: It is not signed in anywhere.

Agent main · default in /a
==========================

It is not signed in anywhere.
`),
      all,
    );
    assert.equal(all.match(/^=+$/gm)?.length, 3);
    assert.match(allReportsText([], ['/home/ann/.coderclaw'], NOW), /in:\n {3}- \/home\/ann/);
  });

  it('keeps what stands in files plain, and lines short', () => {
    const id = 'o:\u202E1\nFiles';
    const odd = profile(id, { kind: 'dead' }, { email: `e\n${'long '.repeat(40)}@example.com` });
    const whole = agentReportText(report('main', ofProfiles(odd)), NOW);
    assert.equal(whole.match(/^Files/gm)?.length, 1);
    assert.ok(!whole.includes('\u202E'));
    for (const line of whole.split('\n')) assert.ok(line.length <= 96, line);
  });
});
