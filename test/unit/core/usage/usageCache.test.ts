import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Cancelled } from '../../../../src/core/clock.ts';
import type { UsageTarget } from '../../../../src/core/usage/storedQuestions.ts';
import type { UsageReport } from '../../../../src/core/usage/usage.ts';
import {
  LONGEST_RETRY_AFTER_MS,
  OFFLINE_INTERVAL_MS,
  USAGE_INTERVAL_MS,
  UsageCache,
} from '../../../../src/core/usage/usageCache.ts';
import {
  json,
  startUsageServer,
  type UsageAnswering,
  type UsageServer,
} from '../../../support/usageServer.ts';
import { ManualClock } from '../liveSnapshot/manualClock.ts';
import { freePort } from '../signin/support/ports.ts';

const NOW = Date.UTC(2026, 10, 22, 8);
const HOUR = 3_600_000;
const ID = 'anthropic:ada';

function login(name: string, more: object = {}): object {
  return {
    type: 'oauth',
    provider: 'anthropic',
    access: `at-${name}-0123456789-abcdefghijklmnop`,
    refresh: `rt-${name}-0123456789-abcdefghijklmnop`,
    expires: NOW + 48 * HOUR,
    ...more,
  };
}

/** Answers that wait until it is opened. */
function gate(): { readonly answer: UsageAnswering; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    answer: async (response) => {
      await opened;
      await json(200, { five_hour: { utilization: 1 } })(response);
    },
    open: () => open(),
  };
}

describe('the cache of usage', () => {
  let folder: string;
  let clock: ManualClock;
  let server: UsageServer;
  let cache: UsageCache;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usage-'));
    clock = new ManualClock(NOW);
    server = await startUsageServer(() => clock.now());
    cache = new UsageCache({ services: { fetch, clock }, environment: server.environment });
  });
  afterEach(async () => {
    await cache.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  /** Writes the store of an agent. */
  const store = async (agent: string, profiles: object): Promise<void> =>
    writeFile(join(folder, agent), JSON.stringify({ version: 1, profiles }));
  const target = (agent: string, profileId = ID): UsageTarget => ({
    storePath: join(folder, agent),
    profileId,
  });
  const ask = async (...targets: UsageTarget[]): Promise<UsageReport> => {
    const [report] = await cache.ask(targets);
    assert.ok(report);
    return report;
  };
  const failureOf = ({ failure }: UsageReport): string | undefined => failure?.kind;

  it('sends nothing before it is asked, and sets no timer', async () => {
    await store('main', { [ID]: login('a') });
    assert.equal(cache.known(target('main')), undefined);
    clock.advance(10 * USAGE_INTERVAL_MS);
    assert.deepEqual(clock.pending, []);
    await ask(target('main'));
    clock.advance(10 * USAGE_INTERVAL_MS);
    assert.deepEqual(clock.pending, []);
    assert.equal(server.requests.length, 1);
  });

  it('asks again after five minutes, and says until then how old it is', async () => {
    await store('main', { [ID]: login('a') });
    const first = await ask(target('main'));
    assert.equal(first.usage?.takenAt, NOW);
    assert.equal(first.failure, undefined);
    assert.equal(first.nextAt, NOW + USAGE_INTERVAL_MS);
    clock.advance(USAGE_INTERVAL_MS - 1);
    assert.deepEqual(await ask(target('main')), first);
    assert.deepEqual(cache.known(target('main')), first);
    assert.equal(server.requests.length, 1);
    clock.advance(1);
    assert.equal((await ask(target('main'))).usage?.takenAt, NOW + USAGE_INTERVAL_MS);
    assert.equal(server.requests.length, 2);
  });

  it('one request for a login, whichever agents and profiles have it', async () => {
    await store('main', { [ID]: login('a'), 'anthropic:again': login('a') });
    await store('work', { [ID]: login('a') });
    await store('other', { [ID]: login('b') });
    const targets = [
      target('main'),
      target('main', 'anthropic:again'),
      target('work'),
      target('other'),
    ];
    const [one, again, work, other] = await cache.ask(targets);
    assert.equal(server.requests.length, 2);
    assert.deepEqual([again, work], [one, one]);
    assert.ok(other?.usage);
    await store('new', { [ID]: login('a') });
    clock.advance(1000);
    assert.deepEqual(await ask(target('new')), one);
    assert.equal(server.requests.length, 2);
  });

  it('callers at the same time share one request', async () => {
    await store('main', { [ID]: login('a') });
    const reports = await Promise.all([1, 2, 3, 4, 5, 6].map(() => ask(target('main'))));
    assert.equal(server.requests.length, 1);
    assert.equal(new Set(reports.map(({ usage }) => usage)).size, 1);
  });

  it('four logins at a time, and in the end all of them', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `anthropic:${index}`);
    await store('main', Object.fromEntries(ids.map((id) => [id, login(id)])));
    const seen: string[] = [];
    const held = gate();
    server.always(held.answer);
    const asked = cache.ask(
      ids.map((id) => target('main', id)),
      { onReport: ({ profileId }) => seen.push(profileId) },
    );
    await server.arrived(4);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    held.open();
    assert.ok((await asked).every(({ usage }) => usage));
    assert.deepEqual(seen.sort(), [...ids].sort());
    assert.equal(server.requests.length, 12);
    assert.equal(server.mostAtOnce, 4);
  });

  it('a new token of the store is the one that is sent', async () => {
    await store('main', { [ID]: login('a') });
    await ask(target('main'));
    await store('main', { [ID]: login('b') });
    await ask(target('main'));
    assert.deepEqual(
      server.requests.map(({ headers }) => headers.authorization?.slice(0, 11)),
      ['Bearer at-a', 'Bearer at-b'],
    );
  });

  it('what waits for its turn sends what stands there when that comes', async () => {
    const ids = ['1', '2', '3', '4', '5'].map((name) => `anthropic:${name}`);
    const profiles = Object.fromEntries(ids.map((id) => [id, login(id)]));
    await store('main', profiles);
    const held = gate();
    server.always(held.answer);
    const all = cache.ask(ids.map((id) => target('main', id)));
    await server.arrived(4);
    await store('main', { ...profiles, 'anthropic:5': login('late') });
    server.always(json(200, { five_hour: { utilization: 2 } }));
    held.open();
    const used = (await all).map(({ usage }) => usage?.windows[0]?.usedPercent);
    assert.deepEqual(used, [1, 1, 1, 1, 2]);
    assert.match(server.requests.at(-1)?.headers.authorization ?? '', /^Bearer at-late-/);
    assert.equal(server.requests.length, 5);
  });

  it('a login whose access token has ended is not asked about; what was known stays', async () => {
    await store('main', { [ID]: login('a', { expires: NOW + USAGE_INTERVAL_MS }) });
    const { usage } = await ask(target('main'));
    clock.advance(USAGE_INTERVAL_MS);
    const failure = { kind: 'ended', since: NOW + USAGE_INTERVAL_MS };
    assert.deepEqual(await ask(target('main')), { usage, failure, nextAt: clock.now() });
    assert.equal(server.requests.length, 1);
  });

  it('a Copilot login is asked about by GitHub’s token, which has no end', async () => {
    const copilot = login('gh', { provider: 'github-copilot', expires: NOW - HOUR });
    await store('main', { 'github-copilot:github': copilot });
    assert.ok((await ask(target('main', 'github-copilot:github'))).usage);
  });

  for (const status of [401, 403]) {
    it(`${status}: said, not sent again at once, and nothing is written`, async () => {
      await store('main', { [ID]: login('a') });
      const before = await readFile(join(folder, 'main'), 'utf8');
      const { usage } = await ask(target('main'));
      clock.advance(USAGE_INTERVAL_MS);
      server.always(json(status, {}));
      const kind = status === 401 ? 'unauthorized' : 'forbidden';
      const refused = await ask(target('main'), target('main'));
      assert.equal(failureOf(refused), kind);
      assert.deepEqual(refused.usage, usage);
      clock.advance(USAGE_INTERVAL_MS - 1);
      assert.equal(failureOf(await ask(target('main'))), kind);
      assert.equal(server.requests.length, 2);
      assert.ok(server.requests.every(({ path }) => path === '/anthropic'));
      assert.equal(await readFile(join(folder, 'main'), 'utf8'), before);
      server.always(undefined);
      clock.advance(1);
      assert.equal(failureOf(await ask(target('main'))), undefined);
    });
  }

  const AFTER: readonly [string, number][] = [
    ['0', USAGE_INTERVAL_MS],
    ['60', USAGE_INTERVAL_MS],
    ['1200', 1_200_000],
    ['86400', LONGEST_RETRY_AFTER_MS],
  ];
  for (const [seconds, hold] of AFTER) {
    it(`429 with Retry-After ${seconds}: left alone for ${hold / 1000} s`, async () => {
      await store('main', { [ID]: login('a') });
      server.next(json(429, {}, { 'Retry-After': seconds }));
      assert.equal((await ask(target('main'))).nextAt, NOW + hold);
      clock.advance(hold - 1);
      assert.equal(failureOf(await ask(target('main'))), 'tooMany');
      assert.equal(server.requests.length, 1);
      clock.advance(1);
      assert.ok((await ask(target('main'))).usage);
    });
  }

  it('offline: said, and tried again after half a minute', async () => {
    const port = await freePort();
    const environment = { CODERCLAW_AUTH_ANTHROPIC_USAGE_URL: `http://127.0.0.1:${port}/` };
    let tries = 0;
    const counted: typeof fetch = (...args) => {
      tries += 1;
      return fetch(...args);
    };
    cache = new UsageCache({ services: { fetch: counted, clock }, environment });
    await store('main', { [ID]: login('a') });
    const report = await ask(target('main'));
    assert.equal(failureOf(report), 'offline');
    assert.equal(report.nextAt, NOW + OFFLINE_INTERVAL_MS);
    clock.advance(OFFLINE_INTERVAL_MS - 1);
    await ask(target('main'));
    assert.equal(tries, 1);
    clock.advance(1);
    await ask(target('main'));
    assert.equal(tries, 2);
  });

  it('a clock that is set back holds nothing up', async () => {
    await store('main', { [ID]: login('a') });
    await ask(target('main'));
    clock.advance(-HOUR);
    assert.equal((await ask(target('main'))).usage?.takenAt, NOW - HOUR);
  });

  it('says of each profile why it cannot be asked about', async () => {
    await store('main', {
      'openai:key': { type: 'api_key', provider: 'openai', key: 'sk-x' },
      'qwen-portal:q': login('q', { provider: 'qwen-portal' }),
      'anthropic:none': login('n', { access: '' }),
      'anthropic:odd': { type: 'oath', provider: 'anthropic' },
    });
    await writeFile(join(folder, 'torn'), '{"version": 1, "prof');
    await store('future', {});
    await writeFile(join(folder, 'future'), JSON.stringify({ version: 9, profiles: {} }));
    const torn = cache.ask([target('torn')]);
    const ids = ['openai:key', 'qwen-portal:q', 'anthropic:none', 'anthropic:odd', 'toString'];
    const reports = await cache.ask([
      ...ids.map((id) => target('main', id)),
      target('future'),
      target('absent'),
    ]);
    assert.deepEqual(
      reports.map(({ failure }) => failure),
      [
        { kind: 'unsupported' },
        { kind: 'unsupported' },
        { kind: 'noToken' },
        { kind: 'gone' },
        { kind: 'gone' },
        { kind: 'store', code: 'store.unknownVersion' },
        { kind: 'gone' },
      ],
    );
    // It is given a second to become whole.
    let isRead = false;
    void torn.finally(() => {
      isRead = true;
    });
    while (!isRead) {
      clock.advance(20);
      await new Promise(setImmediate);
    }
    assert.deepEqual((await torn)[0]?.failure, { kind: 'store', code: 'store.torn' });
    assert.equal(server.requests.length, 0);
  });

  it('a profile that has gone meanwhile is said to have, and no request is made', async () => {
    await store('main', { [ID]: login('a') });
    await ask(target('main'));
    await store('main', {});
    clock.advance(USAGE_INTERVAL_MS);
    assert.deepEqual(await ask(target('main')), { failure: { kind: 'gone' }, nextAt: clock.now() });
    assert.equal(server.requests.length, 1);
  });

  it('a caller that leaves is not waited for, and the others get their answer', async () => {
    await store('main', { [ID]: login('a') });
    const held = gate();
    server.next(held.answer);
    const cancel = new AbortController();
    const seen: UsageReport[] = [];
    const leaving = cache.ask([target('main')], {
      signal: cancel.signal,
      onReport: (_, report) => seen.push(report),
    });
    const staying = ask(target('main'));
    await server.arrived(1);
    cancel.abort();
    await assert.rejects(leaving, Cancelled);
    held.open();
    assert.equal((await staying).usage?.windows.length, 1);
    assert.deepEqual(seen, []);
    assert.equal(server.requests.length, 1);
  });

  it('what nobody waits for any more is not begun', async () => {
    const ids = Array.from({ length: 8 }, (_, index) => `anthropic:${index}`);
    await store('main', Object.fromEntries(ids.map((id) => [id, login(id)])));
    const held = gate();
    server.always(held.answer);
    const cancel = new AbortController();
    const all = cache.ask(
      ids.map((id) => target('main', id)),
      { signal: cancel.signal },
    );
    await server.arrived(4);
    cancel.abort();
    await assert.rejects(all, Cancelled);
    held.open();
    await ask(target('main', 'anthropic:0'));
    assert.equal(server.requests.length, 4);
  });

  it('whoever waits for a turn can leave before it comes', async () => {
    const ids = Array.from({ length: 5 }, (_, index) => `anthropic:${index}`);
    await store('main', Object.fromEntries(ids.map((id) => [id, login(id)])));
    const held = gate();
    server.always(held.answer);
    const [last, ...first] = ids.map((id) => target('main', id));
    assert.ok(last);
    const asked = cache.ask(first);
    await server.arrived(4);
    const cancel = new AbortController();
    const leaving = assert.rejects(cache.ask([last], { signal: cancel.signal }), Cancelled);
    // Its store has been read: from here on it waits for its turn.
    while (cache.known(last) === undefined) await new Promise(setImmediate);
    await new Promise(setImmediate);
    cancel.abort();
    await leaving;
    held.open();
    assert.ok((await asked).every(({ usage }) => usage));
    assert.equal(server.requests.length, 4);
  });

  it('ends what is under way when it is closed', async () => {
    await store('main', { [ID]: login('a') });
    server.next(() => {});
    const left = assert.rejects(ask(target('main')), Cancelled);
    await server.arrived(1);
    await cache.close();
    await left;
    assert.deepEqual(clock.pending, []);
    await assert.rejects(ask(target('main')), Cancelled);
    assert.equal(server.requests.length, 1);
  });

  it('no token is in what it says', async () => {
    await store('main', { [ID]: login('a') });
    await store('work', { [ID]: login('b') });
    server.next(undefined, json(401, { error: 'at-b-0123456789-abcdefghijklmnop' }));
    const reports = await cache.ask([target('main'), target('work')]);
    assert.doesNotMatch(inspect(reports, { depth: 9 }), /[ar]t-[ab]-/);
  });
});
