import assert from 'node:assert/strict';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, systemClock } from '../../../../../src/core/clock.ts';
import type { HeldStores } from '../../../../../src/core/custody/heldStores.ts';
import { Journal } from '../../../../../src/core/custody/journal/journal.ts';
import type { RefreshResult } from '../../../../../src/core/custody/refresh/refresher.ts';
import { Upkeep } from '../../../../../src/core/custody/repair/upkeep.ts';
import type { StorePlace } from '../../../../../src/core/custody/storePlaces.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';
import { runtimeCachePath } from '../../../../../src/core/documents/locations.ts';
import { ownFolderOf } from '../../../../../src/core/documents/ownFolder.ts';
import { KnownError } from '../../../../../src/core/errors.ts';
import { tokenHash } from '../../../../../src/core/model/loginFingerprint.ts';
import { TOKEN_REQUEST_LIMIT_MS } from '../../../../../src/core/signin/tokenEndpoint.ts';
import { type IssuedTokens, StrictTokenServer } from '../../../../support/strictTokenServer.ts';
import { workFolder } from '../../disk/workFolder.ts';
import { RefreshFolder, type RefreshFolderOptions } from '../refreshFolder.ts';

const ID = 'openai-codex:ann';
const ANN = { account: 'account-1', user: 'user-1', email: 'ann@example.com' };
const BOB = { account: 'account-2', user: 'user-2', email: 'bob@example.com' };
const HOUR = 60 * 60_000;

function stored({ access, refresh }: IssuedTokens, expires = Date.now() - HOUR): JsonObject {
  const accountId = 'account-1';
  return { type: 'oauth', provider: 'openai-codex', access, refresh, expires, accountId };
}

/** A store that cannot be written by us: its lock cannot be made. */
function locked(path: string): KnownError {
  return new KnownError('disk.readOnly', { path: `${path}.lock` });
}

describe('Refresher where not everything is known', function () {
  this.timeout(30_000);
  const path = workFolder();
  let server: StrictTokenServer;
  const open: RefreshFolder[] = [];
  beforeEach(async () => {
    server = await new StrictTokenServer().start();
  });
  afterEach(async () => {
    for (const folder of open.splice(0)) folder.dispose();
    await server.close();
  });

  function folderWith(options: RefreshFolderOptions = {}, stateDir = path()): RefreshFolder {
    const { tokenEndpoint } = server;
    const folder = new RefreshFolder(stateDir, { tokenEndpoint, ...options });
    open.push(folder);
    return folder;
  }

  const sent = (): number => server.requests.length;

  function refreshOf(f: RefreshFolder, place: StorePlace, force = false): Promise<RefreshResult> {
    return f.refresher.refresh({ place, profileId: ID, force });
  }

  /** Somebody who keeps no log spends a token. */
  async function spend(refresh: string): Promise<IssuedTokens> {
    const form = { grant_type: 'refresh_token', refresh_token: refresh, client_id: 'x' };
    const body = new URLSearchParams(form);
    const answer = await fetch(server.tokenEndpoint, { method: 'POST', body });
    const { access_token, refresh_token } = (await answer.json()) as Record<string, string>;
    return { access: String(access_token), refresh: String(refresh_token), family: '' } as never;
  }

  /** A hook that runs once, under the locks, after the requesting store was read. */
  function onceHeld(hook: () => Promise<unknown>): RefreshFolderOptions {
    let isDone = false;
    return {
      around: (stores: HeldStores) => {
        const read = stores.read.bind(stores);
        stores.read = async (store) => {
          const found = await read(store);
          if (!isDone) {
            isDone = true;
            await hook();
          }
          return found;
        };
        return stores;
      },
    };
  }

  describe('what is being written at that moment', () => {
    /** Truncates a file, and completes it later, as programs do that take no lock. */
    async function tear(file: string, forMs: number): Promise<void> {
      const whole = await readFile(file);
      await writeFile(file, whole.subarray(0, 10));
      void systemClock.sleep(forMs).then(() => writeFile(file, whole));
    }

    for (const [what, forMs] of [
      ['store', 100],
      ['store', 1500],
      ['cache', 100],
      ['cache', 1500],
    ] as const) {
      it(`a ${what} that is torn for ${forMs} ms under the locks is waited for, not passed over`, async () => {
        let file = '';
        const folder = folderWith(onceHeld(() => tear(file, forMs)));
        const old = server.issue(ANN);
        const fresh = await spend(old.refresh);
        const later = Date.now() + HOUR;
        const { access, refresh } = fresh;
        const entry = { type: 'oauth', access, refresh, expires: later };
        const cache = what === 'cache' ? { 'openai-codex': entry } : undefined;
        const main = await folder.agent('main', { [ID]: stored(old) }, cache);
        file = runtimeCachePath(dirname(main.storePath));
        if (what === 'store') {
          file = (await folder.agent('two', { [ID]: stored(fresh, later) })).storePath;
        }
        assert.equal((await refreshOf(folder, main)).kind, 'adopted');
        assert.equal(sent(), 1, 'the one of the other program');
        assert.ok(server.isGood(fresh.refresh));
      });
    }

    it('a cache that is torn before the locks are taken is waited for too', async () => {
      const folder = folderWith();
      const old = server.issue(ANN);
      const { access, refresh } = await spend(old.refresh);
      const entry = { type: 'oauth', access, refresh, expires: Date.now() + HOUR };
      const main = await folder.agent('main', { [ID]: stored(old) }, { 'openai-codex': entry });
      await tear(runtimeCachePath(dirname(main.storePath)), 300);
      assert.equal((await refreshOf(folder, main)).kind, 'adopted');
      assert.equal(sent(), 1);
    });

    it('a cache that stays torn is left out, with a line in the log', async () => {
      const folder = folderWith();
      const main = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const cache = runtimeCachePath(dirname(main.storePath));
      await writeFile(cache, '{"openai-co');
      assert.equal((await refreshOf(folder, main)).kind, 'refreshed');
      assert.equal(folder.lines.filter((line) => line.includes(cache)).length, 1);
    });

    it('nothing is sent where a store cannot be read for a reason that passes', async function () {
      // Reading the first byte of one's own memory is an EIO.
      if (process.platform !== 'linux') return this.skip();
      const folder = folderWith();
      const main = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const odd = await folder.agent('odd', {});
      await rm(odd.storePath);
      await symlink('/proc/self/mem', odd.storePath);
      await assert.rejects(refreshOf(folder, main), { code: 'store.unreadable' });
      assert.equal(sent(), 0);
    });

    it('a refusal is not believed while a twin is torn', async () => {
      let file = '';
      const folder: RefreshFolder = folderWith({
        grant: async () => ({
          provider: 'openai-codex',
          rotates: true,
          renew: async () => {
            await writeFile(file, '{"version":1,');
            const facts = { host: 'h', status: 400, error: 'invalid_grant' };
            throw new KnownError('signin.tokenRefused', facts);
          },
        }),
      });
      const tokens = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(tokens) });
      file = (await folder.agent('two', { [ID]: stored(tokens) })).storePath;
      const result = await refreshOf(folder, main);
      assert.ok(result.kind === 'unsure' && result.error?.code === 'store.torn');
    });

    it('a spent token is not dead while its successor may stand in a damaged store', async () => {
      const folder = folderWith();
      const old = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(old) });
      const torn = await folder.agent('torn', {});
      await writeFile(torn.storePath, '{"version":1,"profi');
      const token = tokenHash(old.refresh);
      await folder.memory.record([path()], { kind: 'spent', token, at: 1, next: tokenHash('x') });
      const result = await refreshOf(folder, main);
      assert.ok(result.kind === 'transient' && result.error?.code === 'store.torn');
      await rm(torn.storePath);
      assert.deepEqual(await refreshOf(folder, main), { kind: 'dead', why: 'spent' });
      assert.equal(sent(), 0);
    });
  });

  describe('its locks', () => {
    it('lost while the journal entry was made: nothing is sent under them', async () => {
      let steal: (() => Promise<void>) | undefined;
      const journal = new Journal({
        clock: systemClock,
        checkpoint: async (name) => {
          const now = name === 'journal.written' ? steal : undefined;
          if (now === undefined) return;
          steal = undefined;
          await now();
        },
      });
      const folder = folderWith({ journal });
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      steal = async () => {
        await rm(`${place.storePath}.lock`);
        const other = folderWith();
        other.places.push(place);
        assert.equal((await refreshOf(other, place)).kind, 'refreshed');
      };
      assert.equal((await refreshOf(folder, place)).kind, 'adopted');
      assert.equal(sent(), 1);
      const held = await folder.profile(place, ID);
      assert.ok(server.isGood(String(held['refresh'])));
      assert.deepEqual(
        (await folder.entries()).map(({ answer }) => answer !== undefined),
        [true],
        'its own entry is gone',
      );
    });

    it("a store of the same name that is somebody else's is not waited for", async () => {
      const folder = folderWith({ times: { waitMs: 500 } });
      const main = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const bob = { ...stored(server.issue(BOB)), accountId: 'account-2' };
      const { storePath } = await folder.agent('bob', { [ID]: bob });
      const owner = { pid: process.pid, createdAt: Date.now() + 10_000 };
      await writeFile(`${storePath}.lock`, JSON.stringify(owner));
      assert.equal((await refreshOf(folder, main)).kind, 'refreshed');
    });

    for (const [who, twin] of [
      ['of the same name', () => server.issue(ANN)],
      ['with the same token', undefined],
    ] as const) {
      it(`a store ${who} that is not ours to write is left out, with a line in the log`, async () => {
        let closed = '';
        const folder: RefreshFolder = folderWith({
          vault: {
            withStores: (paths, options, task) =>
              paths.includes(closed)
                ? Promise.reject(locked(closed))
                : folder.vault.withStores(paths, options, task),
          },
        });
        const tokens = server.issue(ANN);
        const main = await folder.agent('main', { [ID]: stored(tokens) });
        const before = stored(twin?.() ?? tokens, Date.now() - 2 * HOUR);
        const other = await folder.agent('other', { [ID]: before });
        closed = other.storePath;
        const { kind, ...rest } = await refreshOf(folder, main);
        assert.deepEqual([kind, 'fault' in rest], ['refreshed', false]);
        assert.ok(folder.lines.includes(`${closed}: left out of a refresh: disk.readOnly`));
        assert.deepEqual(await folder.profile(other, ID), before);
        assert.equal(sent(), 1);
        // And so it is when an answer is brought to everybody later.
        const [entry] = await folder.entries();
        assert.ok(entry);
        assert.equal(await folder.refresher.settle(entry), 'settled');
      });
    }

    it('its own store that is not ours to write: nothing is sent', async () => {
      let closed = '';
      const folder: RefreshFolder = folderWith({
        vault: { withStores: () => Promise.reject(locked(closed)) },
      });
      const main = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      closed = main.storePath;
      await assert.rejects(refreshOf(folder, main), { code: 'disk.readOnly' });
      assert.equal(sent(), 0);
    });
  });

  describe('state dirs', () => {
    /** A state dir whose memory cannot be read, with a store in it. */
    async function withClosedDir(tokens: IssuedTokens) {
      const folder = folderWith({}, path('own'));
      const bad = folderWith({}, path('bad'));
      const main = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const there = await bad.agent('main', { [ID]: stored(tokens) });
      await mkdir(ownFolderOf(path('bad')).refreshLog, { recursive: true });
      folder.places.push(there);
      return { folder, main, there };
    }

    it('one that cannot be read stops nobody else', async () => {
      const { folder, main, there } = await withClosedDir(server.issue(BOB));
      await rm(there.storePath);
      await mkdir(there.storePath);
      assert.equal((await refreshOf(folder, main)).kind, 'refreshed');
      assert.equal((await refreshOf(folder, main)).kind, 'adopted');
      // What stands there is nobody's to wonder about.
      const token = tokenHash(String((await folder.profile(main, ID))['refresh']));
      await folder.memory.record([path('own')], { kind: 'spent', token, at: 1 });
      assert.deepEqual(await refreshOf(folder, main), { kind: 'dead', why: 'spent' });
    });

    it('nothing is sent where the memory of its own cannot be read', async () => {
      const { folder, there } = await withClosedDir(server.issue(ANN));
      await assert.rejects(refreshOf(folder, there), { code: 'disk.failed' });
      assert.equal(sent(), 0);
    });

    it('nor where that of a twin cannot be read', async () => {
      const { folder, main, there } = await withClosedDir(server.issue(ANN));
      await writeFile(there.storePath, await readFile(main.storePath));
      await assert.rejects(refreshOf(folder, main), { code: 'disk.failed' });
      assert.equal(sent(), 0);
    });

    it('nor where it cannot be read for a reason that passes', async () => {
      const folder: RefreshFolder = folderWith({
        memory: {
          record: async () => {},
          readEach: async (dirs) => {
            const facts = { path: 'x', syscall: 'open', errno: 'EMFILE' };
            const error = new KnownError('disk.failed', facts);
            const { records } = await folder.memory.readEach(dirs);
            return { records, unreadable: new Map([[path('other'), error]]) };
          },
        },
      });
      const main = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      await assert.rejects(refreshOf(folder, main), { code: 'disk.failed' });
      assert.equal(sent(), 0);
    });

    it('what cannot be written down in another is a line in the log, in its own a fault', async () => {
      const isFull = new Set([path('other')]);
      const folder: RefreshFolder = folderWith(
        {
          memory: {
            record: async (dirs, event) => {
              if (dirs.some((dir) => isFull.has(dir))) {
                throw new KnownError('disk.full', { path: 'x' });
              }
              await folder.memory.record(dirs, event);
            },
            readEach: (dirs) => folder.memory.readEach(dirs),
          },
        },
        path('own'),
      );
      const old = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(old) });
      const elsewhere = { stateDir: path('other'), agentId: 'x', storePath: path('other/x/s') };
      folder.places.unshift(elsewhere);
      const { kind, ...rest } = await refreshOf(folder, main);
      assert.deepEqual([kind, 'fault' in rest], ['refreshed', false]);
      const line = `${path('other')}: could not write down: spent: disk.full`;
      assert.ok(folder.lines.includes(line));
      assert.equal((await folder.records()).get(tokenHash(old.refresh))?.kind, 'spent');

      isFull.add(path('own'));
      const again = await refreshOf(folder, main, true);
      assert.ok(again.kind === 'refreshed' && again.fault?.code === 'disk.full');
      assert.equal(again.kept, 'journal');
    });
  });

  describe('profiles of one name', () => {
    it('in another state dir are no twins', async () => {
      const folder = folderWith({}, path('own'));
      const other = folderWith({}, path('other'));
      const fresh = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const there = await other.agent('main', { [ID]: stored(fresh, Date.now() + HOUR) });
      folder.places.push(there);
      assert.equal((await refreshOf(folder, main)).kind, 'refreshed');
      assert.equal((await other.profile(there, ID))['refresh'], fresh.refresh);
      assert.ok(server.isGood(fresh.refresh));
    });

    it('of which the log knows that they are two sign-ins each go their own way', async () => {
      const folder = folderWith();
      const [a, b] = [server.issue(ANN), server.issue(ANN)];
      const line = async (from: string, at: number, next: string) =>
        folder.memory.record([path()], {
          ...{ kind: 'spent', token: tokenHash(from), at, next: tokenHash(next) },
        } as const);
      await line('a1', 1, 'a2');
      await line('b1', 2, 'b2');
      await line('a2', 3, a.refresh);
      await line('b2', 4, b.refresh);
      const main = await folder.agent('main', { [ID]: stored(a) });
      const two = await folder.agent('two', { [ID]: stored(b, Date.now() + HOUR) });
      assert.equal((await refreshOf(folder, main)).kind, 'refreshed');
      assert.equal((await folder.profile(two, ID))['refresh'], b.refresh);
      assert.ok(server.isGood(b.refresh));
    });

    it('a line that somebody else carried on in between is still one sign-in', async () => {
      const folder = folderWith();
      const main = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const two = await folder.agent('two', { [ID]: await folder.profile(main, ID) });
      assert.equal((await refreshOf(folder, main)).kind, 'refreshed');
      // The CLI refreshes one clone, and then it is our turn again there.
      const { refresh } = await folder.profile(two, ID);
      const spent = await spend(String(refresh));
      await folder.put(two, ID, stored(spent, Date.now() + HOUR + 60_000));
      assert.equal((await refreshOf(folder, two, true)).kind, 'refreshed');
      assert.equal((await refreshOf(folder, main, true)).kind, 'adopted');
      const held = await folder.profile(main, ID);
      assert.ok(server.isGood(String(held['refresh'])));
      assert.deepEqual(server.revokedFamilies, []);
    });
  });

  describe('an answer that neither the journal nor a store takes', () => {
    /** Nothing can be written once the request is answered, until `works` says so. */
    function fullFolder() {
      const works = { journal: false, store: false };
      const full = () => new KnownError('disk.full', { path: 'x' });
      const journal = new Journal({ clock: systemClock });
      const waits: number[] = [];
      const clock: Clock = {
        now: () => Date.now(),
        sleep: (ms, signal) => {
          // But not the limit of the request.
          const isRetry = ms >= 1000 && ms !== TOKEN_REQUEST_LIMIT_MS;
          if (isRetry) waits.push(ms);
          return systemClock.sleep(isRetry ? 20 : ms, signal);
        },
      };
      const folder: RefreshFolder = folderWith({
        services: { fetch, clock },
        journal: {
          open: async (...given) => {
            const slot = await journal.open(...given);
            const answer = slot.answer.bind(slot);
            slot.answer = async (body) => {
              if (!works.journal) throw full();
              await answer(body);
            };
            return slot;
          },
          entries: (dirs) => journal.entries(dirs),
          drop: (entry) => journal.drop(entry),
        },
        around: (stores: HeldStores) => {
          const commit = stores.commit.bind(stores);
          stores.commit = (...given) => (works.store ? commit(...given) : Promise.reject(full()));
          return stores;
        },
      });
      return { folder, works, waits };
    }

    async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
      for (let n = 0; n < 300 && !(await isSo()); n++) await systemClock.sleep(10);
      assert.ok(await isSo());
    }

    it('is kept in memory, and goes to the journal as soon as that takes it', async () => {
      const { folder, works, waits } = fullFolder();
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const result = await refreshOf(folder, place);
      assert.ok(result.kind === 'refreshed' && result.fault?.code === 'disk.full');
      assert.equal(result.kept, 'memory');
      await until(() => waits.length > 2);
      assert.ok(Number(waits[2]) > Number(waits[0]), 'it waits longer each time');
      works.journal = true;
      await until(async () => (await folder.entries()).some(({ answer }) => answer !== undefined));
      works.store = true;
      const [entry] = await folder.entries();
      assert.ok(entry);
      assert.equal(await folder.refresher.settle(entry), 'settled');
      assert.ok(server.isGood(String((await folder.profile(place, ID))['refresh'])));
      assert.equal(sent(), 1);
    });

    it('or to the store, and leaves no entry that looks like a lost answer', async () => {
      const { folder, works } = fullFolder();
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      await refreshOf(folder, place);
      works.store = true;
      await until(async () => server.isGood(String((await folder.profile(place, ID))['refresh'])));
      await until(async () => (await folder.entries()).length === 0);
    });

    it('that only the journal does not take is stored, and leaves no such entry either', async () => {
      const { folder, works } = fullFolder();
      works.store = true;
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const { kind, ...rest } = await refreshOf(folder, place);
      assert.deepEqual([kind, 'fault' in rest], ['refreshed', false]);
      assert.ok(server.isGood(String((await folder.profile(place, ID))['refresh'])));
      assert.deepEqual(await folder.entries(), []);
    });

    it('is what who asks again gets, and the spent token is not sent', async () => {
      const { folder, works } = fullFolder();
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const { kind, ...rest } = await refreshOf(folder, place);
      assert.equal(kind, 'refreshed');
      await assert.rejects(refreshOf(folder, place, true), { code: 'disk.full' });
      works.store = true;
      const again = await refreshOf(folder, place, true);
      // Unless the next try was faster.
      assert.ok(again.kind === 'adopted' || again.kind === 'refreshed');
      if (again.kind === 'adopted' && 'expires' in rest) assert.equal(again.expires, rest.expires);
      assert.deepEqual(server.revokedFamilies, []);
    });

    it('is tried a last time at the end', async () => {
      const { folder, works } = fullFolder();
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      await refreshOf(folder, place);
      works.store = true;
      await folder.refresher.dispose();
      assert.ok(server.isGood(String((await folder.profile(place, ID))['refresh'])));
    });
  });

  it('an answer that kept the refresh token leaves the journal once it stands', async () => {
    const folder = folderWith();
    const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
    server.next('keep');
    assert.equal((await refreshOf(folder, place)).kind, 'refreshed');
    let settled = 0;
    const upkeep = new Upkeep({
      vault: folder.vault,
      journal: folder.journal,
      memory: folder.memory,
      refresher: {
        settle: (entry) => {
          settled += 1;
          return folder.refresher.settle(entry);
        },
      },
      places: async () => folder.places,
      clock: systemClock,
      log: () => {},
      times: { stableMs: 100, refreshTurnMs: 0 },
    });
    try {
      await upkeep.start();
      for (let n = 0; n < 100 && (await folder.entries()).length > 0; n++) {
        await systemClock.sleep(50);
        upkeep.hint();
      }
      assert.deepEqual([await folder.entries(), settled], [[], 0]);
    } finally {
      upkeep.dispose();
    }
  });
});
