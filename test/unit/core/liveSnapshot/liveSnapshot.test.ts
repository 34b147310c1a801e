import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Cancelled, type Clock, systemClock } from '../../../../src/core/clock.ts';
import { Journal } from '../../../../src/core/custody/journal/journal.ts';
import { TokenEndFiles } from '../../../../src/core/custody/tokenEnds.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import { ownFolderOf } from '../../../../src/core/documents/ownFolder.ts';
import {
  LiveSnapshot,
  type LiveSnapshotOptions,
} from '../../../../src/core/liveSnapshot/liveSnapshot.ts';
import { type StateRead, StateReader } from '../../../../src/core/liveSnapshot/stateReader.ts';
import { tokenHash } from '../../../../src/core/model/loginFingerprint.ts';
import { formatRefreshEvent, type RefreshEvent } from '../../../../src/core/model/refreshLog.ts';
import type { AgentSnapshot, Snapshot } from '../../../../src/core/model/snapshot.ts';
import { ManualClock } from './manualClock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Generous: what is asserted is that it comes at all, not how fast. */
const AT_LAST_MS = 5_000;

const NOTHING_READ: StateRead = {
  reads: { stateDirs: [], lookedIn: [] },
  directories: new Map(),
  sessionLists: new Set(),
  settling: false,
};

describe('LiveSnapshot', () => {
  let home: string;
  let stateDir: string;
  let logged: string[];
  let live: LiveSnapshot | undefined;

  beforeEach(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'live-snapshot-')));
    stateDir = join(home, '.coderclaw');
    logged = [];
  });
  afterEach(async () => {
    live?.dispose();
    live = undefined;
    await rm(home, { recursive: true });
  });

  function open(more: Partial<LiveSnapshotOptions> = {}): LiveSnapshot {
    live = new LiveSnapshot({ ...optionsWith(systemClock), ...more });
    return live;
  }

  function optionsWith(clock: Clock) {
    return {
      host: { env: {}, homedir: home, platform: process.platform },
      extraStateDirs: () => [],
      clock,
      log: (line: string) => logged.push(line),
    };
  }

  function storePath(agent: string): string {
    return join(stateDir, 'agents', agent, 'agent', 'auth-profiles.json');
  }

  async function writeText(path: string, text: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode: 0o600 });
  }

  function storeText(email: string, more: object = {}, refresh = `refresh-${email}`): string {
    const credential = { type: 'oauth', provider: 'p', access: 'a', refresh, email };
    const profiles = { 'p:x': { ...credential, expires: Date.now() + 5 * HOUR } };
    return JSON.stringify({ version: 1, profiles, ...more });
  }

  function agentOf(snapshot: Snapshot | undefined, id: string): AgentSnapshot | undefined {
    return snapshot?.stateDirs[0]?.agents.find((agent) => agent.id === id);
  }

  function emailOf(snapshot: Snapshot | undefined, id: string): string | undefined {
    return agentOf(snapshot, id)?.providers[0]?.profiles[0]?.email;
  }

  /** Resolves with the first Snapshot, now or later, of which this holds. */
  function until(one: LiveSnapshot, holds: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    return new Promise((resolve, reject) => {
      if (one.current && holds(one.current)) return resolve(one.current);
      const late = setTimeout(() => reject(new Error('it never came')), AT_LAST_MS);
      const listening = one.onChange((snapshot) => {
        if (!holds(snapshot)) return;
        clearTimeout(late);
        listening.dispose();
        resolve(snapshot);
      });
    });
  }

  it('starts empty where there is no CoderClaw, and says where it looked', async () => {
    const snapshot = await open().ready;
    assert.deepEqual(snapshot.stateDirs, []);
    assert.ok(snapshot.lookedIn.includes(stateDir));
  });

  it('sees CoderClaw arrive', async () => {
    const one = open();
    await one.ready;
    await writeText(storePath('main'), storeText('a@x.test'));
    await until(one, (snapshot) => emailOf(snapshot, 'main') === 'a@x.test');
  });

  it('shows the default agent first, then the config’s, then those only on disk', async () => {
    const config = "{agents: {list: [{id: 'zed', name: 'Zed'}, {id: 'Able', default: true}]}}";
    await writeText(join(stateDir, 'coderclaw.json'), config);
    for (const id of ['main', 'able', 'extra']) await writeText(storePath(id), storeText(id));
    const snapshot = await open().ready;
    assert.deepEqual(
      snapshot.stateDirs[0]?.agents.map(({ id, name, isDefault, onDiskOnly, store }) => [
        id,
        name,
        isDefault,
        onDiskOnly,
        store.kind,
      ]),
      [
        ['able', undefined, true, false, 'whole'],
        ['zed', 'Zed', false, false, 'absent'],
        ['extra', undefined, false, true, 'whole'],
        ['main', undefined, false, true, 'whole'],
      ],
    );
  });

  it('shows every change on disk, and keeps what did not change the same object', async () => {
    await writeText(storePath('main'), storeText('main@x.test'));
    await writeText(storePath('work'), storeText('0'));
    const one = open();
    const before = await one.ready;
    const took: number[] = [];
    for (let round = 1; round <= 15; round++) {
      const begun = performance.now();
      await writeFile(storePath('work'), storeText(`${round}`));
      const snapshot = await until(one, (now) => emailOf(now, 'work') === `${round}`);
      took.push(performance.now() - begun);
      assert.equal(agentOf(snapshot, 'main'), agentOf(before, 'main'));
      assert.notEqual(agentOf(snapshot, 'work'), agentOf(before, 'work'));
    }
    took.sort((a, b) => a - b);
    console.log(`      shown after ${took[7]?.toFixed()} ms, at most ${took.at(-1)?.toFixed()} ms`);
  });

  it('sees new agents, config edits, and changes of a linked store where it really lies', async () => {
    await writeText(storePath('main'), storeText('a'));
    const one = open();
    await one.ready;
    await writeText(storePath('work'), storeText('b'));
    await until(one, (snapshot) => emailOf(snapshot, 'work') === 'b');
    await writeText(join(stateDir, 'coderclaw.json'), '{agents: {list: [{id: "work"}]}}');
    await until(one, (snapshot) => snapshot.stateDirs[0]?.agents[0]?.id === 'work');
    const real = join(home, 'elsewhere', 'store.json');
    await writeText(real, storeText('c'));
    await mkdir(dirname(storePath('linked')), { recursive: true });
    await symlink(real, storePath('linked'));
    await until(one, (snapshot) => emailOf(snapshot, 'linked') === 'c');
    await writeFile(real, storeText('d'));
    await until(one, (snapshot) => emailOf(snapshot, 'linked') === 'd');
  });

  it('names agents that share a login, and lets no secret through (S17)', async () => {
    await writeText(storePath('main'), storeText('a@x.test', {}, 'CANARY-REFRESH'));
    await writeText(storePath('work'), storeText('a@x.test', {}, 'CANARY-REFRESH'));
    await writeText(storePath('torn'), '{"version": 1, "profiles": {"p:x": {"refresh": "CANARY-');
    const snapshot = await open().ready;
    const [profile] = agentOf(snapshot, 'work')?.providers[0]?.profiles ?? [];
    assert.deepEqual(profile?.sharedWith, ['main']);
    assert.equal(agentOf(snapshot, 'torn')?.store.kind, 'torn');
    assert.ok(!JSON.stringify([snapshot, logged]).includes('CANARY'));
  });

  it('does not make up a place for an agent whose folder is not known here', async () => {
    const config = (written: string) => `{agents: {list: [{id: "work", agentDir: "${written}"}]}}`;
    const configPath = join(stateDir, 'coderclaw.json');
    await writeText(configPath, config(`\${WORK_DIR}/a`));
    await writeText(join(stateDir, `\${WORK_DIR}`, 'a', 'auth-profiles.json'), storeText('x'));
    const one = open();
    const store = agentOf(await one.ready, 'work')?.store;
    assert.equal(store?.kind === 'unplaced' && store.variable, 'WORK_DIR');
    assert.deepEqual(agentOf(one.current, 'work')?.providers, []);
    assert.equal(logged.filter((line) => line.includes('WORK_DIR is not set')).length, 1);
    await writeText(configPath, config(`$\${WORK_DIR}/a`));
    await until(one, (snapshot) => emailOf(snapshot, 'work') === 'x');
  });

  it('logs a torn store and an invalid config once each, and that they are whole again', async () => {
    const configPath = join(stateDir, 'coderclaw.json');
    await writeText(storePath('main'), '{');
    await writeText(configPath, '{agents: ');
    const one = open();
    await one.ready;
    await one.refresh();
    await one.refresh();
    assert.equal(logged.length, 2, logged.join('\n'));
    assert.ok(logged.some((line) => line.startsWith(`${configPath}: invalid: `)));
    assert.ok(logged.some((line) => line.startsWith(`${storePath('main')}: torn: `)));
    await writeText(configPath, '{}');
    await writeText(storePath('main'), storeText('a'));
    await until(one, (snapshot) => emailOf(snapshot, 'main') === 'a');
    await one.refresh();
    assert.deepEqual(logged.slice(2).sort(), [
      `${storePath('main')}: whole again`,
      `${configPath}: whole again`,
    ]);
  });

  it('never shows a store torn that is being written, nor hides that one stays so', async () => {
    await writeText(storePath('main'), storeText('0'));
    await writeText(storePath('work'), storeText('0'));
    const one = open();
    await one.ready;
    const kinds = new Set<string | undefined>();
    one.onChange((snapshot) => kinds.add(agentOf(snapshot, 'work')?.store.kind));
    await writeFile(storePath('work'), '');
    await delay(150);
    await writeFile(storePath('work'), storeText('1').slice(0, 40));
    await delay(150);
    await writeFile(storePath('work'), storeText('1'));
    await until(one, (snapshot) => emailOf(snapshot, 'work') === '1');
    assert.deepEqual([...kinds], ['whole']);

    const begun = performance.now();
    await writeFile(storePath('work'), '{');
    await writeFile(storePath('main'), storeText('2'));
    // The others are not kept waiting meanwhile.
    const meanwhile = await until(one, (snapshot) => emailOf(snapshot, 'main') === '2');
    assert.equal(agentOf(meanwhile, 'work')?.store.kind, 'whole');
    const torn = (snapshot: Snapshot) => agentOf(snapshot, 'work')?.store.kind === 'torn';
    assert.deepEqual(agentOf(await until(one, torn), 'work')?.providers, []);
    assert.ok(performance.now() - begun >= 1000);
  });

  it('rebuilds when time alone changes a state, sets one timer for it, and none without need', async () => {
    const start = Date.now();
    const clock = new ManualClock(start);
    const usageStats = { 'p:x': { cooldownUntil: start + HOUR } };
    await writeText(storePath('main'), storeText('a', { usageStats }));
    const one = open(optionsWith(clock));
    const state = (snapshot: Snapshot | undefined) =>
      agentOf(snapshot, 'main')?.providers[0]?.profiles[0]?.state.kind;
    assert.equal(state(await one.ready), 'cooling');
    assert.deepEqual(clock.pending, [start + HOUR]);
    clock.advance(HOUR);
    assert.equal(state(await until(one, (snapshot) => state(snapshot) !== 'cooling')), 'renews');

    const keys = { 'p:k': { type: 'api_key', provider: 'p', key: 'k' } };
    await writeFile(storePath('main'), JSON.stringify({ version: 1, profiles: keys }));
    await until(one, (snapshot) => state(snapshot) === 'static');
    assert.deepEqual(clock.pending, []);
  });

  it('shows what the refresh log says of a login, as soon as it is said, and by time', async () => {
    const start = Date.now();
    const clock = new ManualClock(start);
    const token = tokenHash('refresh-a');
    const tell = (event: RefreshEvent) =>
      appendFile(ownFolderOf(stateDir).refreshLog, `${formatRefreshEvent(event)}\n`);
    await writeText(storePath('main'), storeText('a'));
    const one = open(optionsWith(clock));
    const profile = (snapshot: Snapshot | undefined) =>
      agentOf(snapshot, 'main')?.providers[0]?.profiles[0];
    assert.equal(profile(await one.ready)?.state.kind, 'renews');

    await mkdir(ownFolderOf(stateDir).path);
    await tell({ kind: 'transient', token, at: start, retryAt: start + 20 * MINUTE });
    await until(one, (snapshot) => profile(snapshot)?.renewal?.retryAt === start + 20 * MINUTE);
    assert.deepEqual(profile(one.current)?.state, { kind: 'retrying', at: start + 20 * MINUTE });
    assert.deepEqual(clock.pending, [start + 20 * MINUTE]);
    clock.advance(20 * MINUTE);
    await until(one, (snapshot) => profile(snapshot)?.state.kind === 'renews');
    assert.equal(profile(one.current)?.renewal?.retryAt, undefined);

    await tell({ kind: 'spent', token: tokenHash('old'), at: start, next: token });
    await until(one, (snapshot) => profile(snapshot)?.renewal?.receivedAt === start);
    await tell({ kind: 'refused', token, at: start });
    await until(one, (snapshot) => profile(snapshot)?.state.kind === 'dead');
    assert.equal(profile(one.current)?.renewal, undefined);

    // Another window, which finds the log as it stands.
    one.dispose();
    assert.equal(profile(await open().ready)?.state.kind, 'dead');
    assert.deepEqual(logged, []);
  });

  it('shows when a token that carries no end is expected to end, and by time', async () => {
    const start = Date.now();
    const clock = new ManualClock(start);
    const DAY = 24 * HOUR;
    const token = `sk-ant-oat01-${'x'.repeat(80)}`;
    const credential = { type: 'token', provider: 'anthropic', token };
    const profiles = { 'anthropic:a': credential };
    await writeText(storePath('main'), JSON.stringify({ version: 1, profiles }));
    const one = open(optionsWith(clock));
    const state = (snapshot: Snapshot | undefined) =>
      agentOf(snapshot, 'main')?.providers[0]?.profiles[0]?.state;
    assert.deepEqual(state(await one.ready), { kind: 'static' });

    const locks = new FileLocks({ app: 't', clock: systemClock });
    const ends = new TokenEndFiles({ locks, clock, log: (line) => void logged.push(line) });
    await ends.stored(stateDir, credential);
    const end = start + 365 * DAY;
    const isExpected = true;
    await until(one, (snapshot) => state(snapshot)?.kind === 'lasts');
    assert.deepEqual(state(one.current), { kind: 'lasts', until: end, isExpected });
    one.dispose();

    // Another window, most of a year later, which finds the file as it stands.
    const later = new ManualClock(end - 8 * DAY);
    const other = open(optionsWith(later));
    assert.equal(state(await other.ready)?.kind, 'lasts');
    later.advance(DAY);
    await until(other, (snapshot) => state(snapshot)?.kind === 'ending');
    assert.deepEqual(state(other.current), { kind: 'ending', at: end, isExpected });

    // A new token in its place has no expected end until it is noted.
    const next = { ...credential, token: `${token}y` };
    await writeText(
      storePath('main'),
      JSON.stringify({ version: 1, profiles: { 'anthropic:a': next } }),
    );
    await until(other, (snapshot) => state(snapshot)?.kind === 'static');
    assert.deepEqual(logged, []);
  });

  it('holds no login for dead whose tokens wait in a journal or in the runtime cache', async () => {
    const start = Date.now() - HOUR;
    const own = ownFolderOf(stateDir);
    const [token, next] = ['refresh-a', 'refresh-b'].map(tokenHash) as [string, string];
    await writeText(storePath('main'), storeText('a'));
    await mkdir(own.path);
    const event = { kind: 'spent', token, at: start, next } as const;
    await writeFile(own.refreshLog, `${formatRefreshEvent(event)}\n`);
    const state = async () => {
      const one = open();
      const { profiles: [profile] = [] } = agentOf(await one.ready, 'main')?.providers[0] ?? {};
      one.dispose();
      return profile?.state;
    };
    const dead = { kind: 'dead', why: 'spent' };
    assert.deepEqual(await state(), dead);

    const cache = { p: { type: 'oauth', access: 'x', refresh: 'refresh-b', expires: 1 } };
    const cachePath = join(dirname(storePath('main')), 'auth.json');
    await writeFile(cachePath, JSON.stringify(cache));
    assert.equal((await state())?.kind, 'renews');
    await rm(cachePath);
    assert.deepEqual(await state(), dead);

    const journal = new Journal({ clock: systemClock });
    const draft = { kind: 'refresh', provider: 'p', from: token, profileId: 'p:x' } as const;
    const slot = await journal.open(stateDir, { ...draft, storePath: storePath('main') });
    assert.deepEqual(await state(), dead);
    const fields = { access: 'x', refresh: 'refresh-b', expires: 1 };
    await slot.answer({ fields, identity: { provider: 'p' } });
    assert.equal((await state())?.kind, 'renews');
    await slot.drop();
    assert.deepEqual(await state(), dead);
    assert.deepEqual(logged, []);

    // Nobody knows what is in it.
    await rm(own.journal, { recursive: true });
    await writeFile(own.journal, 'not a folder');
    assert.equal((await state())?.kind, 'renews');
    assert.match(logged[0] ?? '', /^a journal cannot be read: /);
  });

  it('says once that a refresh log cannot be read, and shows the rest', async () => {
    await writeText(storePath('main'), storeText('a'));
    await mkdir(ownFolderOf(stateDir).refreshLog, { recursive: true });
    const one = open();
    assert.equal(emailOf(await one.ready, 'main'), 'a');
    await one.refresh();
    assert.equal(logged.length, 1, logged.join('\n'));
    assert.match(logged[0] ?? '', /^the refresh log cannot be read: /);
  });

  it('says once that the ends of tokens cannot be read, and shows the rest', async () => {
    await writeText(storePath('main'), storeText('a'));
    await mkdir(ownFolderOf(stateDir).tokenEnds, { recursive: true });
    const one = open();
    assert.equal(emailOf(await one.ready, 'main'), 'a');
    await one.refresh();
    assert.equal(logged.length, 1, logged.join('\n'));
    assert.match(logged[0] ?? '', /^what is known of the ends of tokens cannot be read: /);
  });

  it('lists sessions with their pins, follows the list, and reads nothing for a transcript', async () => {
    await writeText(storePath('main'), storeText('a'));
    const list = join(stateDir, 'agents', 'main', 'sessions', 'sessions.json');
    const entry = { updatedAt: 5, authProfileOverride: 'p:x', authProfileOverrideSource: 'user' };
    await writeText(list, JSON.stringify({ 'agent:main:main': entry, 'agent:other:main': entry }));
    const reader = new StateReader(optionsWith(systemClock));
    let reads = 0;
    const counted = {
      read: (relocate: boolean) => {
        reads += 1;
        return reader.read(relocate);
      },
    };
    const one = open({ reader: counted });
    const first = agentOf(await one.ready, 'main')?.sessions;
    assert.ok(first?.kind === 'whole');
    assert.deepEqual(
      first.shown.map(({ key, pin }) => [key, pin]),
      [['agent:main:main', { profileId: 'p:x', by: 'user' }]],
    );
    await delay(150);
    reads = 0;
    for (const name of ['one.jsonl', 'sessions.json.lock', 'anything']) {
      await writeFile(join(dirname(list), name), 'said');
    }
    await delay(200);
    assert.equal(reads, 0);
    await writeFile(list, JSON.stringify({ 'agent:main:main': { ...entry, updatedAt: 6 } }));
    await until(one, (snapshot) => {
      const sessions = agentOf(snapshot, 'main')?.sessions;
      return sessions?.kind === 'whole' && sessions.shown[0]?.updatedAt === 6;
    });
    await writeFile(list, '{"agent:main');
    await until(one, (now) => agentOf(now, 'main')?.sessions?.kind === 'invalid');
    await rm(list);
    await until(one, (now) => agentOf(now, 'main')?.sessions === undefined);
  });

  it('finds sessions where the config puts them', async () => {
    await writeText(storePath('main'), storeText('a'));
    const elsewhere = join(home, 'lists', '{agentId}.json');
    await writeText(
      join(stateDir, 'coderclaw.json'),
      JSON.stringify({ session: { store: elsewhere } }),
    );
    await writeText(join(home, 'lists', 'main.json'), '{"agent:main:main":{"updatedAt":7}}');
    const sessions = agentOf(await open().ready, 'main')?.sessions;
    assert.ok(sessions?.kind === 'whole' && sessions.count === 1);
  });

  it('reads once at the start of a quiet time, and then no more', async () => {
    await writeText(storePath('main'), storeText('a'));
    const reader = new StateReader(optionsWith(systemClock));
    let reads = 0;
    const counted = {
      read: (relocate: boolean) => {
        reads += 1;
        return reader.read(relocate);
      },
    };
    await open({ reader: counted }).ready;
    // Once to learn which directories there are, once more when they are watched.
    assert.equal(reads, 2);
    await delay(300);
    assert.equal(reads, 2);
  });

  it('tells nobody of a change that changes nothing', async () => {
    await writeText(storePath('main'), storeText('a'));
    const one = open();
    const first = await one.ready;
    let told = 0;
    one.onChange(() => told++);
    await one.refresh();
    assert.equal(told, 0);
    assert.equal(one.current?.stateDirs, first.stateDirs);
  });

  it('makes one more read of any number of wishes during one, and begins it after them', async () => {
    let reads = 0;
    const answers: (() => void)[] = [];
    const reader = {
      read: () => {
        reads += 1;
        return new Promise<StateRead>((resolve) => answers.push(() => resolve(NOTHING_READ)));
      },
    };
    const one = open({ reader });
    let done = 0;
    const wishes = [1, 2, 3].map(() => one.refresh().then(() => done++));
    assert.equal(reads, 1);
    answers[0]?.();
    await one.ready;
    await delay(0);
    assert.equal(reads, 2);
    assert.equal(done, 0);
    answers[1]?.();
    await Promise.all(wishes);
    assert.equal(reads, 2);
  });

  it('logs what goes wrong, keeps the last Snapshot and goes on', async () => {
    await writeText(storePath('main'), storeText('a'));
    const reader = new StateReader(optionsWith(systemClock));
    let broken = true;
    const flaky = {
      read: (relocate: boolean) => {
        if (broken) throw new Error('no such luck');
        return reader.read(relocate);
      },
    };
    const one = open({ reader: flaky });
    assert.deepEqual((await one.ready).stateDirs, []);
    broken = false;
    one.onChange(() => {
      throw new Error('a bad listener');
    });
    await one.refresh();
    assert.equal(emailOf(await one.ready, 'main'), 'a');
    broken = true;
    await one.refresh();
    assert.equal(emailOf(one.current, 'main'), 'a');
    assert.deepEqual(logged, [
      'reading the state failed: no such luck',
      'showing the state failed: a bad listener',
      'reading the state failed: no such luck',
    ]);
  });

  it('stops everything when disposed', async () => {
    const start = Date.now();
    const clock = new ManualClock(start);
    const usageStats = { 'p:x': { cooldownUntil: start + HOUR } };
    await writeText(storePath('main'), storeText('a', { usageStats }));
    const one = open(optionsWith(clock));
    await one.ready;
    let told = 0;
    one.onChange(() => told++);
    one.dispose();
    assert.deepEqual(clock.pending, []);
    await writeFile(storePath('main'), storeText('b'));
    await one.refresh();
    await delay(200);
    assert.equal(told, 0);
    assert.equal(emailOf(one.current, 'main'), 'a');
  });

  it('cancels `ready` when disposed before the first Snapshot', async () => {
    const one = open({ reader: { read: () => new Promise(() => {}) } });
    const { ready } = one;
    one.dispose();
    await assert.rejects(ready, Cancelled);
  });
});
