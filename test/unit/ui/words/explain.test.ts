import assert from 'node:assert/strict';
import type {
  Answer,
  Explanation,
  Outcome,
  Step,
} from '../../../../src/core/model/explain/explanation.ts';
import type { ExplainSubject } from '../../../../src/ui/explainSubject.ts';
import { exactTime } from '../../../../src/ui/words/exactTime.ts';
import { explainText } from '../../../../src/ui/words/explain.ts';
import { DAY, HOUR, NOW } from '../../../support/snapshots.ts';

const subject: ExplainSubject = {
  stateDir: '/home/ann/.coderclaw',
  stateDirLabel: '~/.coderclaw',
  agentId: 'work',
  about: { kind: 'provider', provider: 'openai-codex' },
};

const uses: Outcome = {
  kind: 'uses',
  profileId: 'openai-codex:ann',
  because: 'headOfList',
  state: { kind: 'renews', at: NOW + 5 * HOUR },
  afterwards: 'openai-codex:team',
};

/** The text in one line, however it was wrapped. */
function text(explanation: Partial<Explanation>, about: Partial<ExplainSubject> = {}): string {
  const whole = { provider: 'openai-codex', answer: uses, steps: [], ...explanation };
  return explainText(whole, { ...subject, ...about }, NOW).replace(/\s+/g, ' ');
}

const answer = (one: Answer): string => text({ answer: one });
const steps = (...all: readonly Step[]): string => text({ steps: all });

describe('an explanation in words', () => {
  it('has a title, then the answer, then the steps by number', () => {
    const whole = explainText(
      {
        provider: 'openai-codex',
        answer: uses,
        steps: [
          {
            kind: 'stored',
            path: '/s/work.json',
            own: ['openai-codex:ann'],
            main: { path: '/s/main.json', inherited: ['openai-codex:team'], isUnknown: false },
          },
          {
            kind: 'tried',
            isWritten: true,
            profiles: [
              { profileId: 'openai-codex:ann', type: 'oauth', state: uses.state },
              { profileId: 'openai-codex:team', type: 'api_key', state: { kind: 'static' } },
            ],
          },
        ],
      },
      subject,
      NOW,
    );
    assert.equal(
      whole,
      `Why this one? OpenAI Codex
Agent work in ~/.coderclaw

Agent work uses openai-codex:ann next: it is the first in the order that is set.

1. What is stored
   Of its own, in /s/work.json:
   - openai-codex:ann
   Inherited from main, in /s/main.json:
   - openai-codex:team

2. What is tried, in this order
   As the list has them:
   - openai-codex:ann · sign-in
     Renews itself: the access token ends on ${exactTime(NOW + 5 * HOUR)}.
   - openai-codex:team · API key
     Has no known end.

These are the rules of CoderClaw 2026.3.21, on the files as they are now. Times are those
of this machine.
`,
    );
  });

  it('answers for a provider', () => {
    assert.match(
      answer({ ...uses, state: { kind: 'dead' } }),
      /is set\. The provider no longer accepts this sign-in\. Sign in again\. When it fails, CoderClaw goes on to openai-codex:team\./,
    );
    const { afterwards: _, ...alone } = uses;
    assert.match(answer({ ...alone, state: { kind: 'dead' } }), /Nothing is left when it fails\./);
    assert.match(
      answer({ kind: 'allPause', soonest: 'openai-codex:ann', until: NOW + HOUR }),
      new RegExp(
        `all that could be used pause\\. openai-codex:ann is back first, on ${exactTime(NOW + HOUR)}\\.`,
      ),
    );
    assert.match(
      answer({ kind: 'nothing' }),
      /this window sees no key for it in the environment\./,
    );
    assert.match(
      answer({ kind: 'nothing', variable: 'OPENAI_API_KEY' }),
      /takes the key in the environment variable OPENAI_API_KEY\./,
    );
  });

  it('names those that were passed over', () => {
    const passed = ['openai-codex:team', 'openai-codex:gone'];
    assert.match(
      answer({ ...uses, because: 'nextOfList', passed }),
      /next: the order that is set has openai-codex:team, openai-codex:gone before it, which/,
    );
  });

  it('answers for a profile: how it stands, and what is used', () => {
    const profile = (standing: Extract<Answer, { kind: 'profile' }>['standing']) =>
      answer({ kind: 'profile', profileId: 'openai-codex:team', standing, outcome: uses });
    assert.match(profile({ kind: 'next' }), /~\/\.coderclaw Agent work uses openai-codex:ann next/);
    assert.match(
      profile({ kind: 'later', place: 1, before: ['openai-codex:ann'] }),
      /openai-codex:team is tried as the 2nd, after openai-codex:ann\. Agent work uses/,
    );
    assert.match(profile({ kind: 'pausing', until: NOW + DAY }), /team pauses until/);
    assert.match(profile({ kind: 'unlisted', source: 'config' }), /an order is set, and it is not/);
    assert.match(profile({ kind: 'unlisted', source: 'configProfiles' }), /lists other profiles/);
    const why = { kind: 'noSecret', type: 'oauth' } as const;
    assert.match(profile({ kind: 'unfit', why }), /is not used\. There is no token in it: sign in/);
  });

  it('answers for a session, also where its pin is stale or nothing is known', () => {
    const about = { about: { kind: 'session', sessionKey: 'agent:work:telegram:7' } } as const;
    const session = { kind: 'session', profileId: 'openai-codex:ann', reason: 'first' } as const;
    assert.match(
      text({ answer: { ...session, stale: 'notStored' } }, about),
      /^Why this one\? Session telegram:7 Agent work in ~\/\.coderclaw The pin of this session counts for nothing\. It uses openai-codex:ann:/,
    );
    assert.match(answer({ kind: 'noProvider' }), /which profile it uses is not known here\./);
    assert.match(answer({ kind: 'gone' }), /It is no longer there\./);
    const store = { kind: 'torn', path: '/s', detail: 'the file is empty' } as const;
    assert.match(answer({ kind: 'unknown', store }), /half-written: the file is empty\. CoderClaw/);
  });

  it('names the list, what is missing from the store, and the lists that do not count', () => {
    const list = { kind: 'list', ids: ['a:1', 'a:ghost'], missing: ['a:ghost'] } as const;
    const said = steps(
      { ...list, source: 'store', orderOf: 'main', path: '/s/m.json', overruled: ['config'] },
      { ...list, source: 'config', path: '/s/c.json', overruled: ['configProfiles'], ids: [] },
      { ...list, source: 'stored', overruled: [], unknownConfig: '/s/broken.json' },
    );
    assert.match(
      said,
      /order of the agent main, which others inherit, in \/s\/m\.json: - a:1 - a:/,
    );
    assert.match(said, /a:ghost \(not stored for this provider: passed over\)/);
    assert.match(said, /auth\.order in the config too: an order in the store goes before it\./);
    assert.match(said, /auth\.order in \/s\/c\.json: It is empty, so no profile is used\./);
    assert.match(said, /So all that are stored are used\. The config cannot be read/);
  });

  it('says of those left out why, and what helps', () => {
    const pause = { until: NOW + HOUR, failures: [] };
    const failure = { reason: 'rate_limit', count: 3 };
    const entry = { provider: 'anthropic', mode: 'oauth' };
    const stored = { provider: 'anthropic', type: 'api_key' } as const;
    const said = steps(
      { kind: 'unlisted', source: 'store', profiles: [{ profileId: 'a:1', type: 'oauth' }] },
      {
        kind: 'unfit',
        profiles: [
          { profileId: 'a:2', why: { kind: 'configDisagrees', entry, stored } },
          { profileId: 'a:3', why: { kind: 'expired', since: NOW } },
        ],
      },
      {
        kind: 'pausing',
        profiles: [
          { profileId: 'a:4', pause: { ...pause, kind: 'disabled', reason: 'billing' } },
          { profileId: 'a:5', pause: { ...pause, kind: 'cooldown', failures: [failure] } },
        ],
      },
    );
    assert.match(said, /- a:1 To have one used, let it in: Unhide\./);
    assert.match(said, /They come back by themselves, or at once by End Pause\./);
    assert.match(
      said,
      /a:2 The config says that it is "oauth" of anthropic, and stored is "api_key"/,
    );
    assert.match(said, /a:3 It expired on .* use Replace Key or Token\./);
    assert.match(said, /a:4 CoderClaw leaves it alone until .*: no credit\./);
    assert.match(said, /a:5 CoderClaw leaves it alone until .* failed of late: rate limit \(3\)\./);
  });

  it('tells what is seen of the environment, and what comes last', () => {
    const variables = [
      { name: 'A_TOKEN', isSet: false },
      { name: 'A_KEY', isSet: true },
    ];
    const environment = { kind: 'environment', provider: 'anthropic', variables } as const;
    const said = steps(
      { ...environment, isPassedOver: true },
      { ...environment, isPassedOver: false },
      { ...environment, variables: [], isPassedOver: false },
      ...(['one', 'more', 'none'] as const).map(
        (tried) => ({ kind: 'lastResort', provider: 'anthropic', tried }) as const,
      ),
    );
    assert.match(said, /- A_TOKEN is not set - A_KEY is set For an agent's turns/);
    assert.match(said, /so the first of them that is set is used\./);
    assert.match(said, /CoderClaw looks for no key of Anthropic there\./);
    assert.match(said, /4\. If that fails The turn fails, unless/);
    assert.match(said, /5\. If that fails CoderClaw goes on to the next that does not pause\./);
    assert.match(said, /models\.providers\.anthropic\.apiKey/);
  });

  it('says of a session where its provider and its profile come from', () => {
    const model = { kind: 'model', provider: 'openai-codex' } as const;
    const said = steps(
      { ...model, from: 'session', model: 'gpt-5.3' },
      { ...model, from: 'agent' },
      { ...model, from: 'pin' },
      { kind: 'pin' },
      { kind: 'pin', profileId: 'a:1', by: 'user' },
      { kind: 'pin', profileId: 'a:1', by: 'auto', stale: 'notInOrder' },
      { kind: 'preferred', profileId: 'a:1', isOnly: true },
      { kind: 'preferred', profileId: 'a:1', isOnly: false },
      {
        kind: 'sessions',
        others: [
          { profileId: 'a:1', count: 1 },
          { profileId: 'a:2', count: 3 },
        ],
      },
    );
    assert.match(said, /a model of its own, gpt-5\.3 of OpenAI Codex\./);
    assert.match(said, /that of its agent counts, which is of OpenAI Codex\./);
    assert.match(said, /that of the pinned profile counts: OpenAI Codex\./);
    assert.match(said, /It has none: no profile was chosen for it yet\./);
    assert.match(said, /A person chose a:1 for it\./);
    assert.match(said, /a:1 is not in the order of its provider, .* CoderClaw takes this pin off/);
    assert.match(said, /a:1 is used also while it pauses, and no other is tried\./);
    assert.match(said, /a:1 goes first here, the others after it\./);
    assert.match(said, /- a:1 in 1 session - a:2 in 3 sessions/);
  });

  it('keeps lines short, and what stands in files plain', () => {
    const profileId = 'a:\u202E1\n2. Forged step';
    const step: Step = {
      kind: 'unlisted',
      source: 'store',
      profiles: [{ profileId, type: 'oauth' }],
    };
    const whole = explainText({ answer: uses, steps: [step] }, subject, NOW);
    assert.match(whole, /^ {3}- a:12\. Forged step$/m);
    for (const line of whole.split('\n')) assert.ok(line.length <= 92, line);
  });
});
