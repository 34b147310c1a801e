import assert from 'node:assert/strict';
import { dashboardOf } from '../../../../src/core/dashboard/dashboard.ts';
import type { UsageReport } from '../../../../src/core/usage/usage.ts';
import { Openings } from '../../../../src/ui/dashboard/openings.ts';
import { usageOf, usageWordsChange } from '../../../../src/ui/dashboard/usageOf.ts';
import {
  agent,
  HOUR,
  MINUTE,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../support/snapshots.ts';

const login = profile('openai-codex:ann', { kind: 'renews', at: NOW + HOUR });
const main = agent('main', { providers: [provider('openai-codex', login)] });

const good: UsageReport = {
  usage: {
    provider: 'openai-codex',
    takenAt: NOW - 4 * MINUTE,
    plan: 'plus',
    unread: [],
    windows: [{ label: { kind: 'span', ms: 5 * HOUR }, usedPercent: 42, resetsAt: NOW + HOUR }],
  },
  nextAt: NOW + MINUTE,
};

function usage(report: UsageReport | undefined, isOff = false) {
  const dashboard = dashboardOf(snapshot(stateDir('/state', [main])), new Map(), NOW);
  return usageOf(dashboard, { isOff, report: () => report }, new Openings().idOf);
}

describe('the usage of a dashboard', () => {
  it('has bars with their reset, how old they are, and the plan', () => {
    const [one] = usage(good)?.logins ?? [];
    assert.deepEqual(
      one?.bars.map(({ label, percent, resets }) => [label, percent, resets]),
      [['5 h', 42, 'resets in 1 h']],
    );
    assert.equal(one?.detail, 'OpenAI Codex · plus');
    assert.deepEqual(one?.notes, ['4 min ago']);
  });

  it('names a failure in words, and keeps older numbers beside it', () => {
    const failure = { kind: 'offline', host: 'example.com' } as const;
    const [one] = usage({ ...good, failure })?.logins ?? [];
    assert.match(one?.failure ?? '', /example\.com was not reached/);
    assert.equal(one?.bars.length, 1);
  });

  it('asks again by a button, once that can bring something', () => {
    const button = (report: UsageReport | undefined) => {
      const { isDisabled, hint } = usage(report)?.button ?? {};
      return [isDisabled, hint];
    };
    assert.deepEqual(button(good), [true, 'again in 1 min']);
    assert.deepEqual(button({ ...good, nextAt: NOW }), [false, '']);
    assert.deepEqual(button(undefined), [true, '']);
    const ended = { failure: { kind: 'ended', since: NOW - HOUR }, nextAt: NOW } as const;
    assert.deepEqual(button(ended), [true, '']);
  });

  it('says that a setting keeps it from asking, and is absent where there is nothing to ask', () => {
    const off = usage(good, true);
    assert.deepEqual([off?.logins, off?.button?.label], [[], 'Show Setting']);
    const dashboard = dashboardOf(snapshot(stateDir('/state', [agent('main')])), new Map(), NOW);
    const scene = { isOff: false, report: () => good };
    assert.equal(usageOf(dashboard, scene, new Openings().idOf), undefined);
  });

  it('is drawn again when a relative time in it reads differently', () => {
    assert.equal(usageWordsChange([undefined], NOW), undefined);
    // "4 min ago" becomes "5 min ago"; "again in 1 min" stays until its end.
    assert.equal(usageWordsChange([good], NOW), 1);
    assert.equal(usageWordsChange([{ ...good, nextAt: NOW }], NOW + 1000), 59_000);
    const ended = { failure: { kind: 'ended', since: NOW - HOUR }, nextAt: NOW } as const;
    assert.equal(usageWordsChange([ended], NOW), HOUR);
  });
});
