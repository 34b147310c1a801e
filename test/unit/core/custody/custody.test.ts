import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { Custody } from '../../../../src/core/custody/custody.ts';
import { Journal } from '../../../../src/core/custody/journal/journal.ts';
import type { KeepFresh } from '../../../../src/core/custody/refresh/schedule.ts';
import { SignInService } from '../../../../src/core/custody/signInService.ts';
import {
  broughtBetween,
  type OwnEntryChange,
  ownEntryChange,
  storedEntries,
} from '../../../../src/core/custody/storedEntries.ts';
import { removeProfile } from '../../../../src/core/documents/storeIntents.ts';
import { LiveSnapshot } from '../../../../src/core/liveSnapshot/liveSnapshot.ts';
import type { ProfileSnapshot, Snapshot } from '../../../../src/core/model/snapshot.ts';
import { apiKey, pastedToken } from '../../../../src/core/signin/secrets/secretCredential.ts';
import { type IssuedTokens, StrictTokenServer } from '../../../support/strictTokenServer.ts';

const HOUR = 3_600_000;
/** Generous: what is asserted is that it comes at all. */
const AT_LAST_MS = 15_000;
const ID = 'openai-codex:ann';

/** What one window has: its own reads, and its own custody. */
interface Window {
  readonly live: LiveSnapshot;
  readonly custody: Custody;
  readonly told: string[];
  readonly logged: string[];
}

describe('the custody of credentials, put together', function () {
  this.timeout(30_000);
  let home: string;
  let stateDir: string;
  let server: StrictTokenServer;
  let windows: Window[];
  let mode: KeepFresh;

  beforeEach(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'custody-')));
    stateDir = join(home, '.coderclaw');
    server = await new StrictTokenServer().start();
    windows = [];
    mode = 'early';
  });
  afterEach(async () => {
    for (const { live, custody } of windows) {
      live.dispose();
      custody.dispose();
      await custody.finish();
    }
    await server.close();
    await rm(home, { recursive: true, maxRetries: 3 });
  });

  function open(): Window {
    const told: string[] = [];
    const logged: string[] = [];
    const log = (line: string): void => void logged.push(line);
    const live = new LiveSnapshot({
      host: { env: {}, homedir: home, platform: process.platform },
      extraStateDirs: () => [],
      clock: systemClock,
      log,
      onReads: (reads) => custody.saw(reads),
    });
    const custody = new Custody({
      app: 'test',
      clock: systemClock,
      fetch,
      environment: { CODERCLAW_AUTH_OPENAI_CODEX_TOKEN_URL: server.tokenEndpoint },
      log,
      snapshot: () => live.ready,
      addedSignIn: () => undefined,
      keepFresh: () => mode,
      onRefreshed: ({ profileId }, { kind }) => told.push(`${profileId} ${kind}`),
      onRepair: ({ outcome }) => told.push(outcome),
      onWaiting: ({ error }) => told.push(error.code),
    });
    live.onChange((snapshot) => custody.update(snapshot));
    void custody.start();
    const one = { live, custody, told, logged };
    windows.push(one);
    return one;
  }

  function storePath(agent: string): string {
    return join(stateDir, 'agents', agent, 'agent', 'auth-profiles.json');
  }

  async function write(agent: string, { access, refresh }: IssuedTokens, expires: number) {
    const profile = { type: 'oauth', provider: 'openai-codex', access, refresh, expires };
    await mkdir(dirname(storePath(agent)), { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ version: 1, profiles: { [ID]: profile } });
    await writeFile(storePath(agent), text, { mode: 0o600 });
  }

  async function refreshToken(agent: string): Promise<string> {
    return JSON.parse(await readFile(storePath(agent), 'utf8')).profiles[ID].refresh;
  }

  function profileOf(snapshot: Snapshot | undefined, agent: string): ProfileSnapshot | undefined {
    const found = snapshot?.stateDirs[0]?.agents.find(({ id }) => id === agent);
    return found?.providers[0]?.profiles[0];
  }

  async function until({ live, logged }: Window, holds: (snapshot: Snapshot) => boolean) {
    for (const end = Date.now() + AT_LAST_MS; Date.now() < end; ) {
      if (live.current && holds(live.current)) return;
      await systemClock.sleep(25);
    }
    assert.fail(`it never came:\n${logged.join('\n')}`);
  }

  const isFresh = (agent: string) => (snapshot: Snapshot) => {
    const state = profileOf(snapshot, agent)?.state;
    return state?.kind === 'renews' && state.at > Date.now();
  };

  it('renews an expired login by itself, every copy of it, with one request of two windows', async () => {
    const tokens = server.issue();
    await write('main', tokens, Date.now() - HOUR);
    await write('work', tokens, Date.now() - HOUR);
    const [one, two] = [open(), open()];
    for (const window of [one, two]) {
      await until(window, isFresh('main'));
      await until(window, isFresh('work'));
    }
    await systemClock.sleep(3_500);
    assert.equal(server.requests.length, 1);
    assert.equal(await refreshToken('main'), await refreshToken('work'));
    assert.ok(server.isGood(await refreshToken('main')));
    assert.deepEqual(server.revokedFamilies, []);
    assert.ok((profileOf(one.live.current, 'main')?.renewal?.receivedAt ?? 0) > 0);
    const told = [...one.told, ...two.told];
    assert.ok(told.includes(`${ID} refreshed`), told.join());
    assert.ok(
      told.every((line) => / (refreshed|adopted)$/.test(line)),
      told.join(),
    );

    const trail = await one.custody.trail.read(stateDir);
    assert.ok(trail.length >= 2, 'both stores are in the audit trail');
    assert.ok(trail.every(({ actor }) => actor.kind === 'us'));
    const written = JSON.stringify([one.logged, two.logged, trail, one.live.current]);
    for (const secret of server.secrets) assert.ok(!written.includes(secret));
  });

  it('tells what it renewed to who watches, so that it is not taken for what another brought', async () => {
    await write('main', server.issue(), Date.now() - HOUR);
    const before = await storedEntries(storePath('main'), systemClock);
    const one = open();
    const ours: OwnEntryChange[] = [];
    const unwatch = one.custody.watchCommits((change) => {
      const own = ownEntryChange(change);
      if (own) ours.push(own);
    });
    await until(one, isFresh('main'));
    const after = await storedEntries(storePath('main'), systemClock);
    await systemClock.sleep(250);
    unwatch();
    assert.equal(broughtBetween(before, after, { succeeded: true, ours: [] })?.profileId, ID);
    assert.equal(broughtBetween(before, after, { succeeded: true, ours }), undefined);
    const told = ours.length;
    await one.custody.vault.commitStore(storePath('main'), removeProfile(ID));
    assert.equal(ours.length, told);
  });

  it('asks once for a login whose grant is gone, and shows it dead', async () => {
    const tokens = server.issue();
    server.revoke(tokens.family);
    await write('main', tokens, Date.now() - HOUR);
    const one = open();
    await until(one, (snapshot) => profileOf(snapshot, 'main')?.state.kind === 'dead');
    // What the disk says can be seen before the one who wrote it has come to telling it.
    for (let n = 0; one.told.length === 0 && n < 200; n++) await systemClock.sleep(20);
    assert.deepEqual(one.told, [`${ID} dead`]);
    one.custody.wake();
    await open().live.ready;
    await systemClock.sleep(3_500);
    assert.equal(server.requests.length, 1);
    assert.deepEqual(windows[1]?.told, [], 'an old death is no news');
    assert.equal(await refreshToken('main'), tokens.refresh, 'nothing is deleted');
  });

  it('a setup-token that is stored is known to end in about a year, and stands in no other file', async () => {
    const token = `sk-ant-oat01-${'x'.repeat(80)}`;
    await mkdir(dirname(storePath('main')), { recursive: true, mode: 0o700 });
    const one = open();
    await one.live.ready;
    const { vault, journal, places, tokenEnds } = one.custody;
    const log = (line: string): void => void one.logged.push(line);
    const service = new SignInService({
      ...{ vault, journal, places, tokenEnds },
      clock: systemClock,
      log,
    });
    const files = {
      stateDir,
      storePath: storePath('main'),
      configPath: join(stateDir, 'coderclaw.json'),
      legacyPaths: [],
    };
    await service.save(files, 'openai:default', apiKey('openai', 'sk-proj-key'), undefined, []);
    const signedIn = pastedToken('anthropic', token);
    await service.save(files, 'anthropic:default', signedIn, undefined, []);
    await until(one, (snapshot) => profileOf(snapshot, 'main')?.state.kind === 'lasts');
    const { state } = profileOf(one.live.current, 'main') ?? assert.fail();
    assert.ok(state.kind === 'lasts' && state.isExpected === true);
    const days = (state.until - Date.now()) / (24 * HOUR);
    assert.ok(days > 364 && days <= 365, `${days}`);
    const key = one.live.current?.stateDirs[0]?.agents[0]?.providers[1]?.profiles[0];
    assert.deepEqual(key?.state, { kind: 'static' });

    const own = join(stateDir, 'coderclaw-auth');
    const kept = await Promise.all(
      ['token-ends.jsonl', 'audit-trail.jsonl'].map((name) => readFile(join(own, name), 'utf8')),
    );
    const written = JSON.stringify([one.logged, kept, one.live.current]);
    assert.ok(!written.includes('xxxx') && !written.includes('proj-key'));
  });

  it('a setup-token that a dead process received is stored, and known to end', async () => {
    const token = `sk-ant-oat01-${'x'.repeat(80)}`;
    await mkdir(dirname(storePath('main')), { recursive: true, mode: 0o700 });
    // Older than this process: its owner had the same pid before.
    const journal = new Journal({
      clock: { now: () => Date.now() - HOUR, sleep: systemClock.sleep.bind(systemClock) },
    });
    const slot = await journal.open(stateDir, {
      kind: 'store',
      provider: 'anthropic',
      storePath: storePath('main'),
      profileId: 'anthropic:default',
      seen: null,
    });
    await slot.answer({ type: 'token', provider: 'anthropic', token });
    const one = open();
    await until(one, (snapshot) => profileOf(snapshot, 'main')?.state.kind === 'lasts');
    const { state } = profileOf(one.live.current, 'main') ?? assert.fail();
    assert.ok(state.kind === 'lasts' && state.isExpected === true);
  });

  it('leaves it to others on demand, and to the person who asks', async () => {
    mode = 'onDemand';
    const tokens = server.issue();
    await write('main', tokens, Date.now() - HOUR);
    const one = open();
    await one.live.ready;
    // Longer than it would stagger an overdue login.
    await systemClock.sleep(3_500);
    assert.equal(server.requests.length, 0);
    const [place] = await one.custody.places();
    assert.ok(place);
    assert.equal(await one.custody.renews('openai-codex'), true);
    assert.equal(await one.custody.renews('practice'), false);
    const { kind } = await one.custody.refresh({ place, profileId: ID, force: true });
    assert.equal(kind, 'refreshed');
    await until(one, isFresh('main'));
    assert.deepEqual(one.told, []);
  });
});
