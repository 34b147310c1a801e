import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { Cancelled, systemClock } from '../../../../../src/core/clock.ts';
import { entryHash, loginHash } from '../../../../../src/core/custody/entryHash.ts';
import {
  Journal,
  type JournalDraft,
  type JournalSlot,
} from '../../../../../src/core/custody/journal/journal.ts';
import { RefreshMemory } from '../../../../../src/core/custody/refresh/refreshMemory.ts';
import {
  Upkeep,
  type UpkeepNotice,
  type UpkeepOptions,
} from '../../../../../src/core/custody/repair/upkeep.ts';
import { SignInService } from '../../../../../src/core/custody/signInService.ts';
import { TokenEndFiles } from '../../../../../src/core/custody/tokenEnds.ts';
import { Vault } from '../../../../../src/core/custody/vault.ts';
import { FileLocks } from '../../../../../src/core/disk/fileLock.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';
import { KnownError } from '../../../../../src/core/errors.ts';
import type { Snapshot } from '../../../../../src/core/model/snapshot.ts';
import type { SignedIn } from '../../../../../src/core/signin/descriptor.ts';
import { workFolder } from '../../disk/workFolder.ts';
import { ManualClock } from '../../liveSnapshot/manualClock.ts';

const DAY_MS = 24 * 60 * 60_000;

const login = (refresh: string, more: JsonObject = {}): JsonObject => ({
  type: 'oauth',
  provider: 'p',
  access: `access of ${refresh}`,
  refresh,
  expires: 1,
  ...more,
});
const OLD = login('old', { email: 'ann@example.com' });
const NEW = login('new', { email: 'ann@example.com' });
const KEY = { type: 'api_key', provider: 'p', key: 'k', email: 'ann@example.com' };
const TOKEN = { type: 'token', provider: 'p', token: 't' };
const BOB = login('bob', { email: 'bob@example.com' });

describe('what is kept from the journal', () => {
  const path = workFolder();
  const folder = (agent = 'main') => path('agents', agent, 'agent');
  const store = (agent = 'main') => path('agents', agent, 'agent', 'auth-profiles.json');
  const cache = () => path('agents', 'main', 'agent', 'auth.json');
  const config = () => path('coderclaw.json');
  let clock: ManualClock;
  let journal: Journal;
  const locks = new FileLocks({ app: 't', clock: systemClock });
  let tokenEnds: TokenEndFiles;
  let vault: Vault;
  let upkeeps: Upkeep[];
  let notices: UpkeepNotice[];
  let lines: string[];
  let undone: number;
  let owner: 'alive' | 'dead' | 'unknown';
  let dropFault: KnownError | undefined;
  /** The entry that it is about; all of them where it is undefined. */
  let undroppable: string | undefined;

  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    journal = new Journal({ clock });
    tokenEnds = new TokenEndFiles({ locks, clock, log: (line) => lines.push(line) });
    undone = 0;
    vault = new Vault({
      clock: systemClock,
      log: () => {},
      guardTimes: { firstLookMs: 10, hintMs: 10 },
      onRepair: ({ outcome }) => {
        if (outcome === 'undone') undone += 1;
      },
    });
    upkeeps = [];
    notices = [];
    lines = [];
    owner = 'dead';
    dropFault = undefined;
    undroppable = undefined;
    await mkdir(folder(), { recursive: true });
  });
  afterEach(() => {
    for (const upkeep of upkeeps) upkeep.dispose();
    vault.dispose();
  });

  function upkeepWith(other: Partial<UpkeepOptions['vault']> = {}, agents = ['main']): Upkeep {
    const upkeep = new Upkeep({
      vault: {
        commitStore: (...commit) => vault.commitStore(...commit),
        commitConfig: (...commit) => vault.commitConfig(...commit),
        withStores: (...held) => vault.withStores(...held),
        lookAfter: (...about) => vault.lookAfter(...about),
        looksAfter: (...about) => vault.looksAfter(...about),
        importLegacy: (...files) => vault.importLegacy(...files),
        ...other,
      },
      journal: {
        entries: async (of) => (await journal.entries(of)).map((entry) => ({ ...entry, owner })),
        drop: async (entry) => {
          const isMeant = undroppable === undefined || entry.path === undroppable;
          if (dropFault !== undefined && isMeant) throw dropFault;
          await journal.drop(entry);
        },
        made: (entry) => journal.made(entry),
      },
      memory: new RefreshMemory({ locks }),
      tokenEnds,
      refresher: { settle: async () => 'waiting' },
      places: async () =>
        agents.map((agentId) => ({ stateDir: path(), agentId, storePath: store(agentId) })),
      look: async () => nobody(config()),
      clock,
      steady: () => clock.now(),
      log: (line) => lines.push(line),
      tell: (notice) => notices.push(notice),
    });
    upkeeps.push(upkeep);
    return upkeep;
  }

  /** Lets time pass in steps that wake whoever is due, and gives them time to work. */
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 5_000) {
      clock.advance(Math.min(5_000, left));
      await systemClock.sleep(30);
    }
  }
  async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
    for (let n = 0; n < 500; n++) {
      if (await isSo()) return;
      await systemClock.sleep(10);
    }
    assert.fail(`never: ${what}`);
  }
  async function write(profiles: JsonObject, rest: JsonObject = {}): Promise<void> {
    await writeFile(store(), JSON.stringify({ version: 1, profiles, ...rest }), { mode: 0o600 });
  }
  const read = async (file: string) => JSON.parse(await readFile(file, 'utf8'));
  const document = async () => await read(store()).catch(() => ({ profiles: {} }));
  const profile = async () => (await document()).profiles['p:a'];
  const open = async () => (await journal.entries([path()])).length;
  const kinds = () => notices.map(({ kind }) => kind);

  type SignInDraft = Extract<JournalDraft, { kind: 'store' }>;
  async function signIn(answer: JsonObject, more: Partial<SignInDraft> = {}) {
    const slot = await journal.open(path(), {
      ...{ kind: 'store', provider: 'p', profileId: 'p:a', storePath: store(), seen: null },
      ...more,
    });
    await slot.answer(answer);
    return slot;
  }
  const over = (was: JsonObject): Partial<SignInDraft> => ({
    seen: entryHash(was),
    was: loginHash(was),
  });
  const removal = () => {
    const about = { profileId: 'p:a', storePath: store(), login: loginHash(NEW) };
    return journal.open(path(), { kind: 'removal', ...about, configPath: config() });
  };

  /** A program with an old copy of the store writes it as soon as it sees ours, until we give up. */
  async function fight(old: JsonObject, isOurs: () => Promise<boolean>): Promise<void> {
    for (let n = 0; undone === 0; n++) {
      await until('ours', async () => undone > 0 || (await isOurs().catch(() => false)));
      if (undone > 0) return;
      const usageStats = { 'p:a': { lastUsed: n } };
      await writeFile(store(), JSON.stringify({ version: 1, usageStats, ...old }));
    }
  }

  describe('S26: a sign-in over something else', () => {
    const cases = [
      ['the same person: is stored', OLD, NEW, false, true],
      ['another person: waits for somebody', OLD, BOB, false, false],
      ['nobody knows who it is: waits', login('old'), login('new'), false, false],
      ['another person, as was agreed: is stored', OLD, BOB, true, true],
      ['nobody knows who it is, as was agreed: is stored', login('old'), login('new'), true, true],
      ['a key says nothing of whose it is: waits', KEY, { ...KEY, key: 'new' }, false, false],
      ['a key over the sign-in of the same e-mail: waits', OLD, KEY, false, false],
      ['a token over a key, as was agreed: is stored', KEY, TOKEN, true, true],
    ] as const;
    for (const [what, was, answer, agreed, isStored] of cases) {
      it(what, async () => {
        await write({ 'p:a': was });
        await signIn(answer, { ...over(was), agreed });
        await upkeepWith().start();
        assert.deepEqual([await profile(), await open()], [isStored ? answer : was, 1]);
      });
    }

    it('ends the pause of what was there, as the sign-in would have done', async () => {
      const usageStats = { 'p:a': { cooldownUntil: 9e12, errorCount: 1, lastUsed: 2 } };
      await writeFile(
        store(),
        JSON.stringify({ version: 1, profiles: { 'p:a': OLD }, usageStats }),
      );
      await signIn(NEW, over(OLD));
      await upkeepWith().start();
      const ended = { 'p:a': { lastUsed: 2, errorCount: 0 } };
      assert.deepEqual(await document(), {
        ...{ version: 1, profiles: { 'p:a': NEW }, usageStats: ended },
      });
    });

    const whileAsked: readonly (readonly [string, JsonObject, read: boolean])[] = [
      ['the same person there', { 'p:a': OLD }, true],
      ['nothing there', {}, true],
      ['nobody knows who there', { 'p:a': login('old') }, true],
      ['something there that the sign-in never looked at', { 'p:a': OLD }, false],
    ];
    for (const [what, there, isRead] of whileAsked) {
      it(`is not decided while the question is on the screen, however long: ${what}`, async () => {
        await write(there);
        const { stateDir, storePath, configPath } = {
          ...{ stateDir: path(), storePath: store(), configPath: config() },
        };
        const files = { stateDir, storePath, configPath, legacyPaths: [] };
        const service = new SignInService({ vault, journal, clock: systemClock, log: () => {} });
        if (isRead) await service.stored(files, 'p');
        const identity = { provider: 'p', email: 'ann@example.com' };
        await service.keep(files, 'p:a', { credential: NEW, identity } as SignedIn);
        owner = 'alive';
        const upkeep = upkeepWith();
        await upkeep.start();
        await pass(60_000);
        upkeep.hint();
        await pass(5_000);
        assert.deepEqual([(await document()).profiles, await open(), notices], [there, 1, []]);
      });
    }

    it('is told once when nobody asks any more, is not polled, and told once more at its end', async () => {
      await write({ 'p:a': OLD });
      await signIn(BOB, over(OLD));
      const upkeep = upkeepWith();
      const began = clock.now();
      await upkeep.start();
      const about = { kind: 'homeless', profileId: 'p:a', storePath: store() };
      const account = 'bob@example.com';
      assert.deepEqual(notices, [{ ...about, account, isGivenUp: false }]);
      const beforeEnd = () => clock.pending.filter((at) => at < began + DAY_MS - 1_000);
      assert.deepEqual(beforeEnd(), []);
      upkeep.hint();
      await pass(1_000);
      assert.deepEqual([notices.length, beforeEnd()], [1, []]);
      clock.advance(DAY_MS);
      await until('dropped', async () => (await open()) === 0);
      await until('told', () => notices.length > 1);
      assert.deepEqual(notices.slice(1), [{ ...about, account, isGivenUp: true }]);
      assert.match(lines.at(-1) ?? '', /given up/);
      assert(!lines.join().includes(account));
      assert.deepEqual(await profile(), OLD);
    });
  });

  describe('I6: what is undone until the guard gives it up stays in the journal, and comes back', () => {
    it('a sign-in', async () => {
      await write({ 'p:a': OLD });
      await signIn(NEW, over(OLD));
      const upkeep = upkeepWith();
      await upkeep.start();
      await fight({ profiles: { 'p:a': OLD } }, async () => (await profile()).refresh === 'new');
      for (const _ of [1, 2]) {
        upkeep.hint();
        await pass(2_000);
        assert.deepEqual([await profile(), await open()], [OLD, 1]);
      }
      await pass(15_000);
      assert.deepEqual(await profile(), NEW);
      await pass(40_000);
      assert.deepEqual([await profile(), await open()], [NEW, 0]);
    });

    it('an order', async () => {
      const [was, list] = [['p:b'], ['p:a', 'p:b']];
      await write({}, { order: { p: was } });
      const about = { provider: 'p', profileId: 'p:a', storePath: store() };
      await journal.open(path(), { kind: 'order', ...about, list, seen: entryHash(was) });
      const upkeep = upkeepWith();
      await upkeep.start();
      const order = async () => (await document()).order.p;
      await fight({ profiles: {}, order: { p: was } }, async () => (await order()).length === 2);
      upkeep.hint();
      await pass(5_000);
      assert.deepEqual([await order(), await open()], [was, 1]);
      await pass(15_000);
      assert.deepEqual(await order(), list);
    });

    it('a removal', async () => {
      await write({ 'p:a': NEW });
      await removal();
      const upkeep = upkeepWith();
      await upkeep.start();
      await fight({ profiles: { 'p:a': NEW } }, async () => (await profile()) === undefined);
      upkeep.hint();
      await pass(5_000);
      assert.deepEqual([await profile(), await open()], [NEW, 1]);
      await pass(15_000);
      assert.equal(await profile(), undefined);
    });
  });

  describe('after the store', () => {
    const listed = async () => Object.keys((await read(config())).auth.profiles);
    const cached = { type: 'oauth', access: 'access of old', refresh: 'old', expires: 1 };
    const inCache = async () => (await read(cache())).p?.refresh;

    for (const isInStore of [false, true]) {
      const when = isInStore ? 'after' : 'before';
      it(`a process that died ${when} the commit: its sign-in is listed, with its siblings, and cached`, async () => {
        const sibling = { type: 'api_key', provider: 'p', key: 'k' };
        await write({ 'p:a': isInStore ? NEW : OLD, 'p:b': sibling });
        await writeFile(cache(), JSON.stringify({ p: cached }));
        await signIn(NEW, { ...over(OLD), agreed: true, configPath: config() });
        await upkeepWith().start();
        assert.deepEqual((await read(config())).auth.profiles, {
          'p:b': { provider: 'p', mode: 'api_key' },
          'p:a': { provider: 'p', mode: 'oauth', email: 'ann@example.com' },
        });
        assert.equal(await inCache(), 'new');
        await pass(40_000);
        assert.equal(await open(), 0);
      });
    }

    it('is listed as what it is, also where the config says that something else was', async () => {
      const profiles = async () => (await read(config())).auth.profiles['p:a'];
      await write({ 'p:a': KEY });
      const entry = '{"provider":"p","mode":"api_key"}';
      await writeFile(
        config(),
        `{"auth":{"profiles":{"p:a":${entry}},"order":{"p":["p:b","p:a"]}}}`,
      );
      await signIn(TOKEN, { ...over(KEY), agreed: true, configPath: config() });
      await upkeepWith().start();
      assert.deepEqual(await document().then(({ profiles: all }) => all), { 'p:a': TOKEN });
      assert.deepEqual(await profiles(), { provider: 'p', mode: 'token' });
      assert.deepEqual((await read(config())).auth.order, { p: ['p:b', 'p:a'] });
    });

    it('a setup-token of a process that died is known to end in about a year', async () => {
      const token = `sk-ant-oat01-${'x'.repeat(80)}`;
      await signIn({ type: 'token', provider: 'anthropic', token }, { provider: 'anthropic' });
      await upkeepWith().start();
      const [one, ...others] = (await tokenEnds.read([path()])).values();
      assert.deepEqual([one, others], [{ at: clock.now(), end: clock.now() + 365 * DAY_MS }, []]);
    });

    it('is listed as what stands there by now, where somebody has replaced it since', async () => {
      const since = { ...KEY, email: undefined, key: 'since' };
      await write({ 'p:a': JSON.parse(JSON.stringify(since)) });
      await signIn(TOKEN, { ...over(KEY), configPath: config() });
      await upkeepWith().start();
      assert.deepEqual(await listed(), ['p:a']);
      assert.equal((await read(config())).auth.profiles['p:a'].mode, 'api_key');
    });

    it('what was refreshed since is listed all the same before the entry goes', async () => {
      await write({ 'p:a': login('newer', { email: 'ann@example.com' }) });
      await signIn(NEW, { ...over(OLD), configPath: config() });
      await upkeepWith().start();
      assert.deepEqual([await listed(), await open()], [['p:a'], 0]);
    });

    it('a config that lists the profile stays as it is', async () => {
      await write({ 'p:a': NEW });
      const text = '{"auth":{"profiles":{"p:a":{}},"order":{"p":["p:b","p:a"]}}}';
      await writeFile(config(), text);
      await signIn(NEW, { ...over(OLD), configPath: config() });
      await upkeepWith().start();
      assert.equal(await readFile(config(), 'utf8'), text);
    });

    it('a process that lives does it itself', async () => {
      await write({ 'p:a': NEW });
      await signIn(NEW, { ...over(OLD), configPath: config() });
      owner = 'alive';
      await upkeepWith().start();
      await pass(10_000);
      await assert.rejects(readFile(config()));
    });

    it('the entry stays until the config could be edited, and nobody is told that the login waits', async () => {
      await write({ 'p:a': NEW });
      await signIn(NEW, { ...over(OLD), configPath: config() });
      let isBusy = true;
      const upkeep = upkeepWith({
        commitConfig: async (...edit) => {
          if (isBusy) throw new KnownError('disk.full', { path: config() });
          return await vault.commitConfig(...edit);
        },
      });
      await upkeep.start();
      await pass(40_000);
      assert.equal(await open(), 1);
      isBusy = false;
      await pass(60_000);
      assert.deepEqual([await listed(), await open(), notices], [['p:a'], 0, []]);
    });

    it('a config that cannot be edited keeps nothing', async () => {
      await write({ 'p:a': NEW });
      await writeFile(config(), 'no json');
      await signIn(NEW, { ...over(OLD), configPath: config() });
      await upkeepWith().start();
      await pass(40_000);
      assert.equal(await open(), 0);
      assert.match(lines.join(), /left behind: config\.invalid/);
    });

    for (const isInStore of [true, false]) {
      const when = isInStore ? 'before' : 'after';
      it(`a process that died ${when} its removal: it is taken out of the caches and the config`, async () => {
        await write(isInStore ? { 'p:a': NEW } : {});
        await writeFile(cache(), JSON.stringify({ p: { ...cached, refresh: 'new' }, q: {} }));
        await writeFile(config(), '{"auth":{"profiles":{"p:a":{},"p:b":{}}}}');
        await removal();
        await upkeepWith().start();
        assert.deepEqual([await listed(), await inCache()], [['p:b'], undefined]);
      });
    }
  });

  describe('an agent that was removed with its folder', () => {
    for (const isMade of [true, false]) {
      const what = isMade ? 'that had been stored does not make it anew' : 'that had not is stored';
      it(`a sign-in ${what}`, async () => {
        const slot = await signIn(NEW);
        if (isMade) await slot.made();
        await rm(path('agents'), { recursive: true });
        await upkeepWith().start();
        assert.deepEqual(await profile(), isMade ? undefined : NEW);
        assert.equal(await open(), isMade ? 0 : 1);
      });
    }

    it('but a store alone that is not there, as after a power cut, is made', async () => {
      await (await signIn(NEW)).made();
      await upkeepWith().start();
      assert.deepEqual(await profile(), NEW);
    });
  });

  describe('what is told', () => {
    it('a removal that had been made is repaired, one that had not is only made', async () => {
      await write({});
      await removal();
      const looksAfter = async () => 'guarded' as const;
      const upkeep = upkeepWith({ lookAfter: async () => true, looksAfter });
      await upkeep.start();
      await write({ 'p:a': NEW });
      await until('hinted', () => clock.pending.some((at) => at <= clock.now() + 200));
      await pass(1_000);
      await until('gone', async () => (await profile()) === undefined);
      await until('told', () => notices.length > 0);
      assert.deepEqual(kinds(), ['repaired']);
    });

    it('each reason why something waits once, and its end', async () => {
      await signIn(NEW, { agreed: true });
      let code: 'disk.full' | 'disk.readOnly' | undefined = 'disk.full';
      const upkeep = upkeepWith({
        commitStore: async (...commit) => {
          if (code !== undefined) throw new KnownError(code, { path: store() });
          return await vault.commitStore(...commit);
        },
      });
      await upkeep.start();
      await pass(20_000);
      assert.deepEqual(kinds(), ['waiting']);
      code = 'disk.readOnly';
      await pass(60_000);
      const codes = notices.map((notice) => notice.kind === 'waiting' && notice.error.code);
      assert.deepEqual(codes, ['disk.full', 'disk.readOnly']);
      code = undefined;
      await pass(120_000);
      assert.deepEqual(kinds().slice(2), ['waitingEnded', 'stored']);
    });

    it('the end too where somebody else dropped the entry', async () => {
      const slot = await signIn(NEW, { agreed: true });
      const upkeep = upkeepWith({
        commitStore: async () => {
          throw new KnownError('disk.full', { path: store() });
        },
      });
      await upkeep.start();
      await slot.drop();
      await pass(5_000);
      assert.deepEqual(kinds(), ['waiting', 'waitingEnded']);
    });

    it('not that an entry could not be dropped: once, in the log', async () => {
      await write({ 'p:a': NEW });
      await signIn(NEW);
      dropFault = new KnownError('disk.readOnly', { path: 'j' });
      await upkeepWith().start();
      await pass(60_000);
      assert.deepEqual([notices, await open()], [[], 1]);
      assert.equal(lines.filter((line) => line.includes('not dropped: disk.readOnly')).length, 1);
      dropFault = undefined;
      await pass(60_000);
      assert.equal(await open(), 0);
    });
  });

  it('what was built on stays no longer than what was built on it: or it would seem undone', async function () {
    this.timeout(20_000);
    await write({});
    const first = await signIn(OLD);
    clock.advance(10);
    const second = await signIn(NEW, over(OLD));
    clock.advance(10);
    for (const slot of [first, second]) await slot.made();
    const about = { profileId: 'p:a', storePath: store(), login: loginHash(NEW) };
    const gone = { kind: 'removal', ...about, seen: entryHash(NEW), configPath: config() } as const;
    await (await journal.open(path(), gone)).made();
    dropFault = new KnownError('disk.readOnly', { path: 'j' });
    undroppable = first.path;
    await upkeepWith().start();
    await pass(5 * 60_000);
    assert.deepEqual([await profile(), await open()], [undefined, 3]);
    dropFault = undefined;
    await pass(5 * 60_000);
    assert.deepEqual([await profile(), await open()], [undefined, 0]);
  });

  it('what one of ours takes back just now stays for those who know by it what came before', async () => {
    await write({ 'p:a': NEW });
    const first = await signIn(OLD);
    clock.advance(10);
    const second = await signIn(NEW, over(OLD));
    for (const slot of [first, second]) await slot.made();
    owner = 'alive';
    let removing: JournalSlot | undefined;
    // The journal was read before the removal stood in it, and the store after it was made.
    const looksAfter: UpkeepOptions['vault']['looksAfter'] = async () => {
      clock.advance(10);
      const about = { profileId: 'p:a', storePath: store(), login: loginHash(NEW) };
      const draft = { kind: 'removal', ...about, seen: entryHash(NEW), configPath: config() };
      removing ??= await journal.open(path(), draft as JournalDraft);
      return 'over';
    };
    const upkeep = upkeepWith({ looksAfter });
    await upkeep.start();
    await write({});
    upkeep.hint();
    for (let n = 0; removing === undefined && n < 20; n++) await pass(1_000);
    assert.ok(removing, 'it was found taken back');
    await pass(5_000);
    assert.equal(await open(), 3);
    await removing.drop();
    upkeep.hint();
    for (let n = 0; (await open()) > 0 && n < 100; n++) await pass(1_000);
    assert.equal(await open(), 0);
  });

  it('a store that has to be waited for does not keep the others waiting', async () => {
    await mkdir(folder('b'), { recursive: true });
    await signIn(NEW);
    // The sooner one is looked at first.
    clock.advance(10);
    await signIn(NEW, { storePath: store('b') });
    const waiting = new AbortController();
    const busy = new Promise<never>((_resolve, reject) => {
      waiting.signal.addEventListener('abort', () => reject(new Cancelled()));
    });
    busy.catch(() => {});
    const commitStore: UpkeepOptions['vault']['commitStore'] = (storePath, ...more) =>
      storePath === store() ? busy : vault.commitStore(storePath, ...more);
    const done = upkeepWith({ commitStore }, ['main', 'b']).start();
    await until('stored', () =>
      read(store('b')).then(
        () => true,
        () => false,
      ),
    );
    waiting.abort();
    await done;
  });
});

/** A disk on which nobody has any profile. */
function nobody(configPath: string): Snapshot {
  const config = { kind: 'absent', path: configPath };
  return { stateDirs: [{ config, agents: [] }] } as unknown as Snapshot;
}
