import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { systemClock } from '../../../../../src/core/clock.ts';
import { Journal } from '../../../../../src/core/custody/journal/journal.ts';
import { type AgentFiles, ProfileService } from '../../../../../src/core/custody/profileService.ts';
import { RefreshMemory } from '../../../../../src/core/custody/refresh/refreshMemory.ts';
import type { GuardTimes } from '../../../../../src/core/custody/repair/guardedEntry.ts';
import { knowledgeOf } from '../../../../../src/core/custody/repair/tokenKnowledge.ts';
import { Upkeep } from '../../../../../src/core/custody/repair/upkeep.ts';
import { SignInService } from '../../../../../src/core/custody/signInService.ts';
import { Vault } from '../../../../../src/core/custody/vault.ts';
import { FileLocks } from '../../../../../src/core/disk/fileLock.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';
import { upsertProfile } from '../../../../../src/core/documents/storeIntents.ts';
import { KnownError } from '../../../../../src/core/errors.ts';
import type { SignedIn } from '../../../../../src/core/signin/descriptor.ts';
import { snapshot } from '../../../../support/snapshots.ts';
import { workFolder } from '../../disk/workFolder.ts';

interface Stored {
  readonly profiles: Readonly<Record<string, JsonObject>>;
  readonly order?: Readonly<Record<string, readonly string[]>>;
}

const key = (provider: string, text = 'k'): JsonObject => ({
  type: 'api_key',
  provider,
  key: text,
});
const login = (refresh: string, email = 'ann@example.com'): JsonObject => ({
  ...{ type: 'oauth', provider: 'p', access: `access of ${refresh}`, refresh, expires: 1, email },
});
const signedIn = (credential: JsonObject): SignedIn => ({
  credential,
  identity: { provider: 'p', email: String(credential['email']) },
});
const sleep = (ms: number) => systemClock.sleep(ms);
/** Nobody takes a change back sooner (`PERSON_MS`), and the looks have been taken by then. */
const A_WHILE_MS = 2_300;

describe('what windows promise each other', function () {
  this.timeout(20_000);
  const path = workFolder();
  const store = () => path('agents', 'main', 'agent', 'auth-profiles.json');
  const files = (): AgentFiles => ({
    ...{ stateDir: path(), storePath: store(), legacyPaths: [] },
    configPath: path('coderclaw.json'),
  });
  const places = async () => [{ stateDir: path(), agentId: 'main', storePath: store() }];
  let open: { dispose(): void }[];
  beforeEach(async () => {
    open = [];
    await mkdir(path('agents', 'main', 'agent'), { recursive: true });
  });
  afterEach(() => {
    for (const one of open) one.dispose();
  });

  /** All that a window has of custody. */
  function windowWith(guardTimes: Partial<GuardTimes> = {}) {
    const [clock, log] = [systemClock, () => {}];
    const locks = new FileLocks({ app: 't', clock });
    const journal = new Journal({ clock });
    const memory = new RefreshMemory({ locks });
    const now = { isFull: false, reads: 0 };
    const counted: Pick<Journal, 'entries'> = {
      entries: (stateDirs) => {
        now.reads += 1;
        return journal.entries(stateDirs);
      },
    };
    const vault = new Vault({
      ...{ clock, locks, log, ...knowledgeOf(counted, memory, places) },
      guardTimes: { firstLookMs: 20, hintMs: 20, ...guardTimes },
    });
    const upkeep = new Upkeep({
      ...{ vault, journal, memory, places, clock, log },
      refresher: { settle: async () => 'settled' },
    });
    open.push(upkeep, vault);
    const full: Pick<Journal, 'open'> = {
      open: async (...entry) => {
        if (now.isFull) throw new KnownError('disk.full', { path: path() });
        return await journal.open(...entry);
      },
    };
    const parts = { vault, clock, log, journal: full, places };
    const signIns = new SignInService(parts);
    const profiles = new ProfileService(parts);
    return {
      ...{ vault, upkeep, signIns, profiles, now },
      signOut: (id: string, of = files()) => profiles.signOut(of, id, async () => snapshot()),
      /** Whoever holds the lock puts right what is amiss. */
      commitSomething: () => vault.commitStore(store(), upsertProfile('q:y', key('q'))),
    };
  }

  const stored = async (): Promise<Stored> => JSON.parse(await readFile(store(), 'utf8'));
  /** As another program does, in place. */
  const write = (document: object) =>
    writeFile(store(), JSON.stringify({ version: 1, ...document }), { mode: 0o600 });
  const profile = async (id: string) => (await stored()).profiles[id];

  for (const before of [undefined, ['p:z']]) {
    it(`a removal takes a profile out of an order for good (${before ?? 'none'} before)`, async () => {
      const order = before && { order: { p: before } };
      await write({ profiles: { 'p:x': key('p'), 'p:z': key('p', 'z') }, ...order });
      const [here, there] = [windowWith(), windowWith()];
      await here.profiles.useFirst(files(), 'p', 'p:x', []);
      await there.upkeep.start();
      await sleep(500);
      await here.signOut('p:x');
      assert.deepEqual((await stored()).order?.['p'], before);
      await here.commitSomething();
      await sleep(1_000);
      assert.deepEqual((await stored()).order?.['p'], before);
    });
  }

  it('a removal that finds no room in the journal is not undone by ourselves', async () => {
    await write({ profiles: {} });
    const here = windowWith();
    await here.signIns.save(files(), 'p:a', signedIn(login('1')), undefined, []);
    here.now.isFull = true;
    await here.signOut('p:a');
    await here.commitSomething();
    assert.equal(await profile('p:a'), undefined);
  });

  it('what a person brings back by another program stays, though a window opens then', async () => {
    await write({ profiles: { 'p:x': key('p'), 'p:z': key('p', 'z') } });
    const here = windowWith();
    await here.upkeep.start();
    await here.signOut('p:x');
    here.upkeep.hint();
    await sleep(A_WHILE_MS);
    const { profiles, ...rest } = await stored();
    await write({ ...rest, profiles: { ...profiles, 'p:x': key('p') } });
    await sleep(1_500);
    assert.deepEqual(await profile('p:x'), key('p'));
    await windowWith().upkeep.start();
    await sleep(500);
    assert.deepEqual(await profile('p:x'), key('p'));
  });

  it('and what they bring back when nobody looks after it any more', async () => {
    await write({ profiles: { 'p:x': key('p'), 'p:z': key('p', 'z') } });
    const here = windowWith({ windowMs: 300, paceMs: 100 });
    await here.signOut('p:x');
    await sleep(800);
    const { profiles, ...rest } = await stored();
    await write({ ...rest, profiles: { ...profiles, 'p:x': key('p') } });
    await here.commitSomething();
    assert.deepEqual(await profile('p:x'), key('p'));
  });

  it('S26: a sign-in that is stored elsewhere in the end promises nothing where it was first meant to go', async () => {
    const theirs = login('theirs', 'bob@example.com');
    await write({ profiles: { 'p:default': theirs } });
    const here = windowWith();
    await here.signIns.stored(files(), 'p');
    const mine = signedIn(login('mine'));
    await here.signIns.keep(files(), 'p:default', mine);
    here.now.isFull = true;
    await here.signIns.save(files(), 'p:ann@example.com', mine, undefined, []);
    await here.commitSomething();
    assert.deepEqual(await profile('p:default'), theirs);
    assert.deepEqual(await profile('p:ann@example.com'), login('mine'));
  });

  it('nothing runs for a promise that is out of date', async () => {
    await write({ profiles: { 'p:a': login('0'), 'p:b': login('b0') } });
    const here = windowWith({ firstLookMs: 20, hintMs: 50 });
    await here.signIns.save(files(), 'p:a', signedIn(login('1')), login('0'), []);
    // As a refresh does, which is no promise about this place.
    await here.vault.commitStore(store(), upsertProfile('p:a', login('2')));
    await here.vault.commitStore(store(), upsertProfile('p:b', login('b1')));
    await sleep(200);
    const { profiles, ...rest } = await stored();
    await write({ ...rest, profiles: { ...profiles, 'p:b': login('another') } });
    await sleep(500);
    const { reads } = here.now;
    await sleep(1_500);
    assert.equal(here.now.reads - reads, 0);
  });

  it('a store under two names is one store', async function () {
    if (process.platform === 'win32') return this.skip();
    await write({ profiles: {} });
    const other = path('agents', 'two', 'agent', 'auth-profiles.json');
    await mkdir(path('agents', 'two', 'agent'), { recursive: true });
    await symlink(store(), other);
    const here = windowWith();
    await here.signIns.save(files(), 'p:a', signedIn(login('1')), undefined, []);
    await here.signOut('p:a', { ...files(), storePath: other });
    await here.commitSomething();
    await windowWith().upkeep.start();
    await sleep(500);
    assert.equal(await profile('p:a'), undefined);
  });
});
