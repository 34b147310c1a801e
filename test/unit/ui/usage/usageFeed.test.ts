import assert from 'node:assert/strict';
import { Cancelled } from '../../../../src/core/clock.ts';
import type { UsageTarget } from '../../../../src/core/usage/storedQuestions.ts';
import type { UsageReport } from '../../../../src/core/usage/usage.ts';
import { type AskOptions, USAGE_INTERVAL_MS } from '../../../../src/core/usage/usageCache.ts';
import { UsageFeed, usageTargetId } from '../../../../src/ui/usage/usageFeed.ts';
import { ManualClock } from '../../core/liveSnapshot/manualClock.ts';

const NOW = Date.UTC(2026, 10, 22, 8);
const A: UsageTarget = { storePath: '/s', profileId: 'p:a' };
const B: UsageTarget = { storePath: '/s', profileId: 'p:b' };

/** As the cache: each round waits to be answered, and is given up as the caller says. */
class FakeCache {
  readonly rounds: { targets: readonly UsageTarget[]; answer(): void }[] = [];
  isClosed = false;
  report: () => UsageReport = () => ({ nextAt: 0 });

  ask(targets: readonly UsageTarget[], { signal, onReport }: AskOptions = {}) {
    return new Promise<readonly UsageReport[]>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new Cancelled()));
      this.rounds.push({
        targets,
        answer: () => {
          const reports = targets.map(() => this.report());
          for (const [n, report] of reports.entries()) onReport?.(targets[n] ?? A, report);
          resolve(reports);
        },
      });
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

/** Lets what has been resolved be heard of. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the feed of usage', () => {
  let clock: ManualClock;
  let cache: FakeCache;
  let isOn: boolean;
  let told: number;
  let failures: unknown[];
  let feed: UsageFeed;
  beforeEach(() => {
    clock = new ManualClock(NOW);
    cache = new FakeCache();
    cache.report = () => ({ nextAt: clock.now() + USAGE_INTERVAL_MS });
    [isOn, told, failures] = [true, 0, []];
    feed = new UsageFeed({
      ...{ cache, clock, isOn: () => isOn },
      failed: (_, error) => failures.push(error),
    });
    feed.onChange(() => {
      told += 1;
    });
  });
  afterEach(() => {
    assert.deepEqual(failures, []);
    feed.dispose();
  });

  const answer = async (): Promise<void> => {
    cache.rounds.at(-1)?.answer();
    await settled();
  };

  it('asks nobody before somebody looks, and sets no timer', async () => {
    feed.watch([A]);
    await settled();
    assert.deepEqual([cache.rounds.length, clock.pending], [0, []]);
  });

  it('asks when it comes into view, tells, and asks again when there can be something new', async () => {
    feed.watch([A, B]);
    feed.setVisible(true);
    await answer();
    assert.deepEqual([...feed.reports().keys()], [A, B].map(usageTargetId));
    assert.equal(told, 2);
    assert.deepEqual(clock.pending, [NOW + USAGE_INTERVAL_MS]);
    clock.advance(USAGE_INTERVAL_MS);
    await settled();
    assert.equal(cache.rounds.length, 2);
  });

  it('has no timer while hidden, and looks again when it comes back', async () => {
    feed.watch([A]);
    feed.setVisible(true);
    await answer();
    feed.setVisible(false);
    assert.deepEqual(clock.pending, []);
    clock.advance(10 * USAGE_INTERVAL_MS);
    await settled();
    assert.equal(cache.rounds.length, 1);
    assert.equal(feed.reports().size, 1, 'what is known is there at once');
    feed.setVisible(true);
    assert.equal(cache.rounds.length, 2);
  });

  it('does not learn from a round that was given up', async () => {
    feed.watch([A]);
    feed.setVisible(true);
    feed.setVisible(false);
    await answer();
    assert.equal(feed.reports().size, 0);
    assert.deepEqual(clock.pending, []);
  });

  it('one round at a time: other targets begin another, and those that went are forgotten', async () => {
    feed.watch([A]);
    feed.setVisible(true);
    await answer();
    feed.watch([B]);
    assert.equal(feed.reports().size, 0);
    await answer();
    assert.deepEqual([...feed.reports().keys()], [usageTargetId(B)]);
    assert.equal(clock.pending.length, 1);
  });

  it('tells nothing where nothing has changed', async () => {
    const report = { nextAt: NOW + USAGE_INTERVAL_MS };
    cache.report = () => report;
    feed.watch([A]);
    feed.setVisible(true);
    await answer();
    feed.watch([A]);
    await answer();
    assert.equal(told, 1);
  });

  it('no timer for what cannot be asked about', async () => {
    cache.report = () => ({ failure: { kind: 'unsupported' }, nextAt: clock.now() });
    feed.watch([A]);
    feed.setVisible(true);
    await answer();
    assert.deepEqual(clock.pending, []);
  });

  it('the setting: off forgets at once and asks nobody, on asks', async () => {
    feed.watch([A]);
    feed.setVisible(true);
    await answer();
    isOn = false;
    feed.settingChanged();
    assert.equal(feed.reports().size, 0);
    assert.equal(told, 2);
    assert.deepEqual(clock.pending, []);
    await feed.askNow();
    assert.equal(cache.rounds.length, 1);
    isOn = true;
    feed.settingChanged();
    assert.equal(cache.rounds.length, 2);
  });

  it('ends with its owner, whatever is under way', async () => {
    feed.watch([A]);
    feed.setVisible(true);
    feed.dispose();
    await answer();
    assert.equal(cache.isClosed, true);
    assert.deepEqual([told, feed.reports().size, clock.pending], [0, 0, []]);
    feed.watch([B]);
    assert.equal(cache.rounds.length, 1);
  });

  it('leaves no timer behind', async () => {
    feed.watch([A]);
    feed.setVisible(true);
    await answer();
    assert.equal(clock.pending.length, 1);
    feed.dispose();
    assert.deepEqual(clock.pending, []);
  });
});
