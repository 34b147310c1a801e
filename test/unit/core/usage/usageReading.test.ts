import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { isOver } from '../../../../src/core/usage/usage.ts';
import type { ReadUsage } from '../../../../src/core/usage/usageSource.ts';
import { usageSourceOf } from '../../../../src/core/usage/usageSources.ts';
import { goodAnswers } from '../../../support/usageServer.ts';

const NOW = Date.UTC(2026, 10, 22, 8);
const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const S = NOW / 1000;

function read(provider: string, body: unknown): ReadUsage {
  const source = usageSourceOf(provider);
  assert.ok(source);
  return source.read(body as JsonObject, NOW);
}

describe('what providers answer about usage', () => {
  const good = goodAnswers(NOW);

  it('Codex: two windows by their lengths, the plan, and credits that come as a text', () => {
    assert.deepEqual(read('openai-codex', good['openai-codex']), {
      windows: [
        { label: { kind: 'span', ms: 5 * HOUR }, usedPercent: 42, resetsAt: NOW + HOUR },
        { label: { kind: 'span', ms: WEEK }, usedPercent: 7, resetsAt: NOW + 120 * HOUR },
      ],
      unread: [],
      plan: 'plus',
      credits: 0,
    });
  });

  it('Anthropic: what is null is no window, and one that has not begun has no reset', () => {
    assert.deepEqual(read('anthropic', good['anthropic']), {
      windows: [
        { label: { kind: 'span', ms: 5 * HOUR }, usedPercent: 12.5, resetsAt: NOW + HOUR },
        { label: { kind: 'span', ms: WEEK }, usedPercent: 48, resetsAt: NOW + 120 * HOUR },
        { label: { kind: 'span', ms: WEEK, model: 'sonnet' }, usedPercent: 0 },
      ],
      unread: [],
    });
  });

  it('Copilot: what is used is what does not remain, and what has no limit is no window', () => {
    assert.deepEqual(read('github-copilot', good['github-copilot']), {
      windows: [{ label: { kind: 'premium' }, usedPercent: 34.5, resetsAt: NOW + 240 * HOUR }],
      unread: [],
      plan: 'individual_pro',
    });
  });

  it('Copilot, the free plan: no premium requests are granted, so none are used up', () => {
    const snapshot = (entitlement: number, percent_remaining: number): object => ({
      entitlement,
      percent_remaining,
      unlimited: false,
    });
    const { windows } = read('github-copilot', {
      copilot_plan: 'free',
      quota_reset_date: '2026-12-01',
      quota_snapshots: {
        premium_interactions: snapshot(0, 0),
        chat: snapshot(50, 80),
        completions: snapshot(2000, 0),
      },
    });
    const resetsAt = Date.UTC(2026, 11, 1);
    assert.deepEqual(windows, [
      { label: { kind: 'chat' }, usedPercent: 20, resetsAt },
      { label: { kind: 'completions' }, usedPercent: 100, resetsAt },
    ]);
  });

  const codex = (primary: unknown, more: object = {}): object => ({
    rate_limit: { primary_window: primary, ...more },
  });
  const first = { used_percent: 1, limit_window_seconds: 18_000, reset_at: S + 3_600 };
  const span = (ms: number): object => ({ label: { kind: 'span', ms } });

  const ODD: readonly [string, string, object, object][] = [
    [
      'over 100 and below 0',
      'anthropic',
      { five_hour: { utilization: 130 }, seven_day: { utilization: -3 } },
      {
        windows: [
          { ...span(5 * HOUR), usedPercent: 100 },
          { ...span(WEEK), usedPercent: 0 },
        ],
      },
    ],
    [
      'a percentage as a text',
      'anthropic',
      { five_hour: { utilization: '12' }, seven_day: { utilization: 3 } },
      { windows: [{ ...span(WEEK), usedPercent: 3 }], unread: ['five_hour'] },
    ],
    [
      'a window that is a number',
      'anthropic',
      { five_hour: 12 },
      { windows: [], unread: ['five_hour'] },
    ],
    [
      'a reset that has passed',
      'anthropic',
      { five_hour: { utilization: 5, resets_at: new Date(NOW - 1).toISOString() } },
      { windows: [{ ...span(5 * HOUR), usedPercent: 5 }] },
    ],
    [
      'a reset that is no time',
      'anthropic',
      { five_hour: { utilization: 5, resets_at: '1.5' } },
      { windows: [{ ...span(5 * HOUR), usedPercent: 5 }] },
    ],
    ['an empty object', 'anthropic', {}, { windows: [], unread: ['five_hour'] }],
    [
      'nothing but windows that are null',
      'anthropic',
      { five_hour: null, seven_day: null },
      { windows: [], unread: [] },
    ],
    [
      'a reset in milliseconds',
      'openai-codex',
      codex({ ...first, reset_at: NOW + HOUR }),
      { windows: [{ ...span(5 * HOUR), usedPercent: 1 }] },
    ],
    [
      'a reset as a text',
      'openai-codex',
      codex({ ...first, reset_at: String(S + 3_600) }),
      { windows: [{ ...span(5 * HOUR), usedPercent: 1 }] },
    ],
    [
      'no lengths',
      'openai-codex',
      codex({ used_percent: 1 }, { secondary_window: { used_percent: 2 } }),
      {
        windows: [
          { label: { kind: 'primary' }, usedPercent: 1 },
          { label: { kind: 'secondary' }, usedPercent: 2 },
        ],
      },
    ],
    [
      'a week that is called a day',
      'openai-codex',
      codex(first, {
        secondary_window: {
          used_percent: 2,
          limit_window_seconds: 86_400,
          reset_at: S + 3_600 + 3 * 86_400,
        },
      }),
      {
        windows: [
          { ...span(5 * HOUR), usedPercent: 1, resetsAt: NOW + HOUR },
          { ...span(WEEK), usedPercent: 2, resetsAt: NOW + HOUR + 72 * HOUR },
        ],
      },
    ],
    [
      'a day that is one',
      'openai-codex',
      codex(first, {
        secondary_window: {
          used_percent: 2,
          limit_window_seconds: 86_400,
          reset_at: S + 3_600 + 3 * 86_400 - 1,
        },
      }),
      {
        windows: [
          { ...span(5 * HOUR), usedPercent: 1, resetsAt: NOW + HOUR },
          { ...span(24 * HOUR), usedPercent: 2, resetsAt: NOW + 73 * HOUR - 1000 },
        ],
      },
    ],
    [
      'no limits, but a plan',
      'openai-codex',
      { rate_limit: null, plan_type: 'enterprise', credits: null },
      { windows: [], unread: [], plan: 'enterprise' },
    ],
    [
      'an error with 200',
      'openai-codex',
      { detail: 'no' },
      { windows: [], unread: ['rate_limit'] },
    ],
    [
      'a plan that is a page',
      'openai-codex',
      { ...codex(first), plan_type: '<b>plus</b>', credits: { balance: 'much' } },
      { windows: [{ ...span(5 * HOUR), usedPercent: 1, resetsAt: NOW + HOUR }], plan: undefined },
    ],
    [
      'no snapshots',
      'github-copilot',
      { copilot_plan: 'free' },
      { windows: [], unread: ['quota_snapshots'] },
    ],
    [
      'what remains as a text, and a list',
      'github-copilot',
      { quota_snapshots: { chat: { percent_remaining: '5' }, premium_interactions: [] } },
      { windows: [], unread: ['quota_snapshots.premium_interactions', 'quota_snapshots.chat'] },
    ],
    [
      'more used than granted',
      'github-copilot',
      { quota_snapshots: { premium_interactions: { percent_remaining: -12.5 } } },
      { windows: [{ label: { kind: 'premium' }, usedPercent: 100 }] },
    ],
  ];
  for (const [title, provider, body, expected] of ODD) {
    it(`${provider}: ${title}`, () => {
      const found = read(provider, body);
      for (const [field, value] of Object.entries({ unread: [], ...expected })) {
        assert.deepEqual(found[field as keyof ReadUsage], value, field);
      }
    });
  }

  const FIELDS = [
    ...['rate_limit', 'primary_window', 'secondary_window', 'used_percent', 'reset_at'],
    ...['limit_window_seconds', 'plan_type', 'credits', 'balance', 'five_hour', 'seven_day'],
    ...['utilization', 'resets_at', 'quota_snapshots', 'premium_interactions', 'chat'],
    ...['percent_remaining', 'unlimited', 'entitlement', 'quota_reset_date_utc', 'copilot_plan'],
  ];
  const anything = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        null,
        true,
        '',
        '7',
        '2026-12-01',
        NOW,
        S + 60,
        Number.POSITIVE_INFINITY,
        -1e300,
      ),
      fc.double(),
      fc.array(tie('object'), { maxLength: 2 }),
      tie('object'),
    ),
    object: fc.dictionary(fc.constantFrom(...FIELDS), tie('value')),
  }));

  it('no answer makes a reader throw, or say what cannot be', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('openai-codex', 'anthropic', 'github-copilot'),
        anything.object,
        (provider, body) => {
          const { windows, credits } = read(provider, body);
          for (const { usedPercent, resetsAt = NOW + 1 } of windows) {
            assert.ok(usedPercent >= 0 && usedPercent <= 100);
            assert.ok(resetsAt > NOW && resetsAt < NOW + 401 * 24 * HOUR);
          }
          assert.ok(credits === undefined || Number.isFinite(credits));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('a window is over once its reset has come; one without a reset never is', () => {
    const window = { label: { kind: 'chat' }, usedPercent: 1 } as const;
    assert.equal(isOver({ ...window, resetsAt: NOW }, NOW), true);
    assert.equal(isOver({ ...window, resetsAt: NOW + 1 }, NOW), false);
    assert.equal(isOver(window, NOW), false);
  });
});
