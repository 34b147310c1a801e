import assert from 'node:assert/strict';
import type { UsageFailure, UsageReport, UsageWindow } from '../../../../src/core/usage/usage.ts';
import { failureWords, usageWords } from '../../../../src/ui/words/usage.ts';

const NOW = Date.UTC(2026, 10, 22, 8);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function report(...windows: UsageWindow[]): UsageReport {
  const usage = { provider: 'anthropic', takenAt: NOW - 4 * 60_000, windows, unread: [] };
  return { usage, nextAt: NOW };
}

describe('words for usage', () => {
  it('a bar for each limit, short to see and whole to hear', () => {
    const { bars, age, failure } = usageWords(
      report(
        { label: { kind: 'span', ms: 5 * HOUR }, usedPercent: 37.6, resetsAt: NOW + 2 * HOUR },
        { label: { kind: 'span', ms: 7 * DAY, model: 'opus' }, usedPercent: 4 },
      ),
      NOW,
    );
    assert.deepEqual(bars, [
      {
        ...{ label: '5 h', percent: 38, value: '38% used', resets: 'resets in 2 h' },
        spoken: '5 hours: 38% used, resets in 2 hours',
      },
      {
        ...{ label: '7 d (Opus)', percent: 4, value: '4% used' },
        spoken: '7 days (Opus): 4% used',
      },
    ]);
    assert.deepEqual([age, failure], ['4 min ago', undefined]);
  });

  it('what has started anew since says so, and shows no number of before', () => {
    const over = { label: { kind: 'premium' }, usedPercent: 90, resetsAt: NOW - 1 } as const;
    const [bar] = usageWords(report(over), NOW).bars;
    assert.deepEqual(
      [bar?.label, bar?.percent, bar?.value],
      ['Premium requests', 0, 'started anew'],
    );
    assert.match(bar?.spoken ?? '', /started anew since/);
  });

  it('names what was not understood, and the plan', () => {
    const { usage } = report();
    assert.ok(usage);
    const words = usageWords(
      { usage: { ...usage, unread: ['five_hour'], plan: 'pro' }, nextAt: 0 },
      NOW,
    );
    assert.equal(words.plan, 'pro');
    assert.equal(words.failure, 'A part of the answer was not understood: five_hour.');
  });

  it('old numbers stay beside the reason why there are no newer ones', () => {
    const words = usageWords(
      {
        ...report({ label: { kind: 'chat' }, usedPercent: 1 }),
        failure: { kind: 'timedOut', host: 'api.example' },
      },
      NOW,
    );
    assert.equal(words.bars.length, 1);
    assert.match(words.failure ?? '', /api\.example did not answer in time/);
  });

  const host = 'api.example';
  const failures: {
    readonly [K in UsageFailure['kind']]: readonly [UsageFailure & { kind: K }, RegExp];
  } = {
    unsupported: [{ kind: 'unsupported' }, /tells nothing/],
    gone: [{ kind: 'gone' }, /not stored any more/],
    store: [{ kind: 'store', code: 'store.torn' }, /store cannot be read/],
    noToken: [{ kind: 'noToken' }, /no token/],
    ended: [{ kind: 'ended', since: NOW - 2 * HOUR }, /ended 2 h ago.*never for a number/],
    badEndpoint: [{ kind: 'badEndpoint', what: 'THE_VARIABLE' }, /THE_VARIABLE leads neither/],
    offline: [{ kind: 'offline', host, errno: 'ENOTFOUND' }, /not reached \(ENOTFOUND\)/],
    timedOut: [{ kind: 'timedOut', host }, /in time/],
    brokenOff: [{ kind: 'brokenOff', host }, /broke off\./],
    unauthorized: [
      { kind: 'unauthorized', host },
      /did not take this token.*refresh or replace it/,
    ],
    forbidden: [{ kind: 'forbidden', host, scope: true }, /kind of token/],
    tooMany: [{ kind: 'tooMany', host }, /too often/],
    serverFault: [{ kind: 'serverFault', host, status: 503 }, /HTTP 503/],
    otherStatus: [{ kind: 'otherStatus', host, status: 404 }, /HTTP 404/],
    badAnswer: [{ kind: 'badAnswer', host, what: 'size' }, /\(size\)/],
  };
  for (const [kind, [failure, says]] of Object.entries(failures)) {
    it(`a sentence for: ${kind}`, () => {
      const words = failureWords(failure, NOW);
      assert.match(words, says);
      assert.match(words, /^[A-Z{a].*\.$/);
      if ('host' in failure && failure.kind !== 'forbidden') assert.ok(words.includes(host));
    });
  }
});
