import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Cancelled, type Clock, systemClock } from '../../../../../src/core/clock.ts';
import type { HeldStores } from '../../../../../src/core/custody/heldStores.ts';
import type { RefreshResult } from '../../../../../src/core/custody/refresh/refresher.ts';
import type { StorePlace } from '../../../../../src/core/custody/storePlaces.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';
import { isKnown, KnownError } from '../../../../../src/core/errors.ts';
import { tokenHash } from '../../../../../src/core/model/loginFingerprint.ts';
import type { RefreshGrant, RenewedTokens } from '../../../../../src/core/signin/refreshGrant.ts';
import { type IssuedTokens, StrictTokenServer } from '../../../../support/strictTokenServer.ts';
import { workFolder } from '../../disk/workFolder.ts';
import { RefreshFolder, type RefreshFolderOptions } from '../refreshFolder.ts';

const ID = 'openai-codex:ann';
const ANN = { account: 'account-1', user: 'user-1', email: 'ann@example.com' };
const BOB = { account: 'account-2', user: 'user-2', email: 'bob@example.com' };
const HOUR = 60 * 60_000;

/** What stands in a store for a login whose access token has run out. */
function stored({ access, refresh }: IssuedTokens, expires = Date.now() - HOUR): JsonObject {
  return {
    type: 'oauth',
    provider: 'openai-codex',
    access,
    refresh,
    expires,
    accountId: 'account-1',
    note: { kept: true },
  };
}

describe('Refresher', function () {
  this.timeout(20_000);
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

  function folderWith(options: RefreshFolderOptions = {}): RefreshFolder {
    const { tokenEndpoint } = server;
    const folder = new RefreshFolder(path(), { tokenEndpoint, ...options });
    open.push(folder);
    return folder;
  }

  const sent = (): number => server.requests.length;

  function refreshOf(
    folder: RefreshFolder,
    place: StorePlace,
    force = false,
  ): Promise<RefreshResult> {
    return folder.refresher.refresh({ place, profileId: ID, force });
  }

  /** The tokens of a profile are the last that the server gave out, and the rest of it is untouched. */
  async function assertMoved(folder: RefreshFolder, place: StorePlace, id = ID): Promise<string> {
    const profile = await folder.profile(place, id);
    assert.ok(server.isGood(String(profile['refresh'])), `${place.agentId} holds a good token`);
    assert.ok(Number(profile['expires']) > Date.now());
    assert.deepEqual([profile['accountId'], profile['note']], ['account-1', { kept: true }]);
    return String(profile['refresh']);
  }

  /** A grant whose requests a test answers itself. */
  function manualGrant(rotates = true) {
    const asked: JsonObject[] = [];
    let answer: (renewed: RenewedTokens) => void = () => {};
    let refuse: (error: unknown) => void = () => {};
    let arrived: () => void = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const grant: RefreshGrant = {
      provider: 'openai-codex',
      rotates,
      renew: (credential) => {
        asked.push(credential);
        arrived();
        return new Promise((resolve, reject) => {
          answer = resolve;
          refuse = reject;
        });
      },
    };
    return {
      asked,
      arrival,
      answer: (renewed: RenewedTokens) => answer(renewed),
      refuse: (error: unknown) => refuse(error),
      options: { grant: async () => grant },
    };
  }

  const brought = (refresh = 'rt_new', expires = Date.now() + HOUR): RenewedTokens => ({
    fields: { access: 'at_new', refresh, expires },
    identity: { provider: 'openai-codex' },
  });

  /** The real time, moved by a test. */
  class MovedClock implements Clock {
    by = 0;
    now = (): number => Date.now() + this.by;
    sleep = systemClock.sleep;
  }

  describe('one request for one login', () => {
    it('50 callers at once send one, and all get its result', async () => {
      const folder = folderWith();
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const results = await Promise.all(Array.from({ length: 50 }, () => refreshOf(folder, place)));
      assert.equal(sent(), 1);
      assert.equal(new Set(results.map((one) => 'expires' in one && one.expires)).size, 1);
      await assertMoved(folder, place);
    });

    it('every twin is moved with it: other agents, other names of the profile, and auth.json', async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const entry = { type: 'oauth', access: tokens.access, refresh: tokens.refresh, expires: 1 };
      const cache = { 'openai-codex': entry, other: { type: 'api_key', key: 'k' } };
      const main = await folder.agent('main', { [ID]: stored(tokens) }, cache);
      const two = await folder.agent('two', {
        [ID]: stored(tokens),
        'openai-codex:b': stored(tokens),
      });
      const bare = await folder.agent('bare', {}, cache);
      await rm(bare.storePath);
      assert.equal((await refreshOf(folder, main)).kind, 'refreshed');
      const refresh = await assertMoved(folder, main);
      assert.equal(await assertMoved(folder, two), refresh);
      assert.equal(await assertMoved(folder, two, 'openai-codex:b'), refresh);
      for (const place of [main, bare]) {
        assert.equal((await folder.cached(place, 'openai-codex'))['refresh'], refresh);
        assert.deepEqual(await folder.cached(place, 'other'), { type: 'api_key', key: 'k' });
      }
      assert.equal(sent(), 1);
      await assert.rejects(folder.profile(bare, ID), { code: 'ENOENT' });
    });

    it('a twin refreshed at the same time by another caller waits, and adopts', async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(tokens) });
      const two = await folder.agent('two', { [ID]: stored(tokens) });
      const other = folderWith();
      other.places.push(...folder.places);
      const results = await Promise.all([refreshOf(folder, main), refreshOf(other, two)]);
      assert.deepEqual(results.map(({ kind }) => kind).sort(), ['adopted', 'refreshed']);
      assert.equal(sent(), 1);
    });

    it('another login is left alone, also one of the same provider', async () => {
      const folder = folderWith();
      const others = stored(server.issue(BOB));
      const main = await folder.agent('main', {
        [ID]: stored(server.issue(ANN)),
        'openai-codex:bob': others,
        'anthropic:ann': { ...others, provider: 'anthropic' },
      });
      await refreshOf(folder, main);
      assert.deepEqual(await folder.profile(main, 'openai-codex:bob'), others);
      assert.equal((await folder.profile(main, 'anthropic:ann'))['refresh'], others['refresh']);
    });

    it('a holder that appears while the locks are taken is moved too', async () => {
      const tokens = server.issue(ANN);
      let late: StorePlace | undefined;
      const folder: RefreshFolder = folderWith({
        around: (stores) => {
          if (late !== undefined) return stores;
          late = folder.places[1];
          const run = stores.read.bind(stores);
          stores.read = async (store) => {
            if (late) await folder.put(late, ID, stored(tokens));
            return run(store);
          };
          return stores;
        },
      });
      const main = await folder.agent('main', { [ID]: stored(tokens) });
      const two = await folder.agent('two', {});
      assert.equal((await refreshOf(folder, main)).kind, 'refreshed');
      assert.equal(await assertMoved(folder, two), await assertMoved(folder, main));
      assert.ok(folder.lines.every((line) => !line.includes('refreshed, but')));
      assert.equal(sent(), 1);
    });

    it('what another program has just received is not sent at once', async () => {
      const folder = folderWith();
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      await refreshOf(folder, place);
      const again = await refreshOf(folder, place);
      assert.equal(again.kind, 'adopted');
      assert.equal(sent(), 1);
      assert.equal((await refreshOf(folder, place, true)).kind, 'refreshed', 'a person may');
    });

    it('a short-lived one is not sent at once either, but when it is due', async () => {
      await server.close();
      server = await new StrictTokenServer({ lifetimeS: 300 }).start();
      const clock = new MovedClock();
      const folder = folderWith({
        clock,
        tokenEndpoint: server.tokenEndpoint,
        services: { fetch, clock },
      });
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      await refreshOf(folder, place);
      assert.equal((await refreshOf(folder, place)).kind, 'adopted');
      clock.by = 280_000;
      assert.equal((await refreshOf(folder, place)).kind, 'refreshed');
      assert.equal(sent(), 2);
    });
  });

  it('a short-lived one whose refresh token stays is not sent at once either', async () => {
    await server.close();
    server = await new StrictTokenServer({ lifetimeS: 300 }).start();
    const folder = folderWith();
    const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
    server.next('keep');
    assert.equal((await refreshOf(folder, place)).kind, 'refreshed');
    assert.equal((await refreshOf(folder, place)).kind, 'adopted');
    assert.equal(sent(), 1);
  });

  it('nothing is sent under a lock that was lost: it begins again', async () => {
    let wasStolen = false;
    const folder: RefreshFolder = folderWith({
      around: (stores) => {
        const read = stores.read.bind(stores);
        stores.read = async (store) => {
          if (!wasStolen) await rm(`${store}.lock`);
          wasStolen = true;
          return read(store);
        };
        return stores;
      },
    });
    const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
    assert.equal((await refreshOf(folder, place)).kind, 'refreshed');
    assert.ok(wasStolen);
    assert.ok(folder.lines.every((line) => !line.includes('refreshed, but')));
    assert.equal(sent(), 1);
  });

  describe('adopting', () => {
    it('takes the newer access token of a twin with the same refresh token', async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(tokens) });
      const newer = { ...stored(tokens, Date.now() + HOUR), access: 'at_newer' };
      await folder.agent('two', { [ID]: newer });
      assert.equal((await refreshOf(folder, main)).kind, 'adopted');
      assert.deepEqual(await folder.profile(main, ID), newer);
      assert.equal(sent(), 0);
    });

    it('takes the tokens of a twin that somebody else refreshed, and sends nothing', async () => {
      const folder = folderWith();
      const [old, fresh] = [server.issue(ANN), server.issue(ANN)];
      const main = await folder.agent('main', { [ID]: stored(old) });
      const two = await folder.agent('two', { [ID]: stored(fresh, Date.now() + HOUR) });
      const expected = (await folder.profile(two, ID))['expires'];
      assert.deepEqual(await refreshOf(folder, main), { kind: 'adopted', expires: expected });
      assert.equal(await assertMoved(folder, main), fresh.refresh);
      assert.equal(sent(), 0);
      // Whether the one came from the other, nobody knows: they may be two sign-ins.
      assert.equal((await folder.records()).get(tokenHash(old.refresh)), undefined);
    });

    it('but not of another person, nor of one who cannot be told', async () => {
      const folder = folderWith();
      const main = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const later = Date.now() + HOUR;
      await folder.agent('bob', {
        [ID]: { ...stored(server.issue(BOB), later), accountId: 'account-2' },
      });
      await folder.agent('x', {
        [ID]: {
          type: 'oauth',
          provider: 'openai-codex',
          access: 'a',
          refresh: 'r',
          expires: later,
        },
      });
      assert.equal((await refreshOf(folder, main)).kind, 'refreshed');
      assert.equal(sent(), 1);
    });

    it('never one that is known to be spent', async () => {
      const folder = folderWith();
      const [old, spent] = [server.issue(ANN), server.issue(ANN)];
      const main = await folder.agent('main', { [ID]: stored(old) });
      const two = await folder.agent('two', { [ID]: stored(spent, Date.now() + HOUR) });
      const token = tokenHash(spent.refresh);
      await folder.memory.record([path()], { kind: 'spent', token, at: Date.now() });
      assert.equal((await refreshOf(folder, main)).kind, 'refreshed');
      assert.equal((await folder.profile(two, ID))['refresh'], spent.refresh, 'and is respected');
    });

    it('takes what the log names as the next, wherever it stands', async () => {
      const folder = folderWith();
      const [old, fresh] = [server.issue(ANN), server.issue(ANN)];
      const main = await folder.agent('main', { [ID]: stored(old) });
      await folder.agent('two', { 'openai-codex:other': stored(fresh, Date.now() - 1) });
      const [token, next] = [tokenHash(old.refresh), tokenHash(fresh.refresh)];
      await folder.memory.record([path()], { kind: 'spent', token, at: Date.now(), next });
      assert.equal((await refreshOf(folder, main)).kind, 'adopted');
      assert.equal((await folder.profile(main, ID))['refresh'], fresh.refresh);
      assert.equal(sent(), 0);
    });

    it('takes an answer from the journal, and moves those who hold an even older token', async () => {
      const folder = folderWith();
      const [older, old] = [server.issue(ANN), server.issue(ANN)];
      const main = await folder.agent('main', { [ID]: stored(old) });
      const two = await folder.agent('two', { [ID]: stored(older) });
      const [token, next] = [tokenHash(older.refresh), tokenHash(old.refresh)];
      await folder.memory.record([path()], { kind: 'spent', token, at: 1, next });
      const draft = { provider: 'openai-codex', from: next, profileId: ID };
      const slot = await folder.journal.open(path(), {
        kind: 'refresh',
        ...draft,
        storePath: main.storePath,
      });
      await slot.answer({
        fields: { ...brought().fields },
        identity: { provider: 'openai-codex' },
      });
      assert.equal((await refreshOf(folder, main)).kind, 'adopted');
      for (const place of [main, two]) {
        assert.equal((await folder.profile(place, ID))['refresh'], 'rt_new');
      }
      assert.equal(sent(), 0);
    });

    it('takes what another program put into auth.json, of the same person', async () => {
      const folder = folderWith();
      const [old, fresh] = [server.issue(ANN), server.issue(ANN)];
      const entry = {
        type: 'oauth',
        access: fresh.access,
        refresh: fresh.refresh,
        expires: Date.now() + HOUR,
      };
      const main = await folder.agent('main', { [ID]: stored(old) }, { 'openai-codex': entry });
      assert.equal((await refreshOf(folder, main)).kind, 'adopted');
      assert.equal(await assertMoved(folder, main), fresh.refresh);
      assert.equal(sent(), 0);
    });

    it('but not if it is the copy of another profile there', async () => {
      const folder = folderWith();
      const [old, other] = [server.issue(ANN), server.issue(ANN)];
      const later = Date.now() + HOUR;
      const entry = { type: 'oauth', access: other.access, refresh: other.refresh, expires: later };
      const profiles = { [ID]: stored(old), 'openai-codex:second': stored(other, later) };
      const main = await folder.agent('main', profiles, { 'openai-codex': entry });
      assert.equal((await refreshOf(folder, main)).kind, 'refreshed');
      assert.ok(server.isGood(other.refresh));
    });

    it('a profile that was replaced while we waited is respected', async () => {
      const [old, fresh] = [server.issue(ANN), server.issue(BOB)];
      // Due or not: this flight is not about it.
      const later = Date.now() - 1;
      let main: StorePlace;
      const folder: RefreshFolder = folderWith({
        around: (stores) => {
          const read = stores.read.bind(stores);
          stores.read = async (store) => {
            await folder.put(main, ID, stored(fresh, later));
            return read(store);
          };
          return stores;
        },
      });
      main = await folder.agent('main', { [ID]: stored(old) });
      assert.deepEqual(await refreshOf(folder, main), { kind: 'adopted', expires: later });
      assert.equal((await folder.profile(main, ID))['refresh'], fresh.refresh);
      assert.equal(sent(), 0);
    });
  });

  describe('failing', () => {
    it('transient: nothing changes, it backs off, twice as long each time, unless a person asks', async () => {
      const clock = new MovedClock();
      const folder = folderWith({ services: { fetch, clock } });
      const tokens = server.issue(ANN);
      const place = await folder.agent('main', { [ID]: stored(tokens) });
      const before = await folder.profile(place, ID);
      const waits: number[] = [];
      server.next('fault', 'busy', 'redirect', 'fault');
      for (let n = 0; n < 4; n++) {
        const result = await refreshOf(folder, place, n === 3);
        assert.ok(result.kind === 'transient' && result.error?.code === 'signin.tokenRefused');
        waits.push(Math.round((result.retryAt - clock.now()) / 1000));
        if (n < 2) clock.by += 1_000_000;
      }
      assert.deepEqual(waits, [30, 60, 120, 240]);
      assert.equal((await refreshOf(folder, place)).kind, 'transient', 'not before its time');
      assert.equal(sent(), 4);
      assert.deepEqual(await folder.profile(place, ID), before);
      assert.deepEqual(await folder.entries(), []);
      clock.by += 1_000_000;
      assert.equal((await refreshOf(folder, place)).kind, 'refreshed');
    });

    it('nobody there is transient', async () => {
      const folder = folderWith();
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      await server.close();
      const result = await refreshOf(folder, place);
      assert.ok(result.kind === 'transient' && result.error?.code === 'signin.network');
    });

    it('a grant that is gone is dead: the profile stays, and nothing is sent again', async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const place = await folder.agent('main', { [ID]: stored(tokens) });
      server.revoke(tokens.family);
      const before = await folder.profile(place, ID);
      const result = await refreshOf(folder, place);
      assert.ok(result.kind === 'dead' && result.error?.code === 'signin.tokenRefused');
      const dead = { kind: 'dead', why: 'refused' };
      assert.deepEqual(await refreshOf(folder, place), dead);
      assert.deepEqual(await refreshOf(folderWith(), place, true), dead);
      assert.equal(sent(), 1);
      assert.deepEqual(await folder.profile(place, ID), before);
      assert.deepEqual(await folder.entries(), []);
    });

    it('a refusal is not believed before one more look: another wrote new tokens meanwhile', async () => {
      const grant = manualGrant();
      const folder = folderWith(grant.options);
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const result = refreshOf(folder, place);
      await grant.arrival;
      const fresh = server.issue(ANN);
      await folder.put(place, ID, stored(fresh, Date.now() + HOUR));
      const facts = { host: 'h', status: 400, error: 'invalid_grant' };
      grant.refuse(new KnownError('signin.tokenRefused', facts));
      assert.equal((await result).kind, 'adopted');
      assert.equal((await folder.profile(place, ID))['refresh'], fresh.refresh);
      for (const record of (await folder.records()).values()) assert.equal(record.kind, 'spent');
    });

    it('a lost answer is unsure: once more at the end of the access token, then dead', async () => {
      const clock = new MovedClock();
      const folder = folderWith({ services: { fetch, clock } });
      const tokens = server.issue(ANN);
      const end = Date.now() + 5 * 60_000;
      const place = await folder.agent('main', { [ID]: stored(tokens, end) });
      server.next('drop');
      const first = await refreshOf(folder, place);
      assert.deepEqual(
        { ...first, error: undefined },
        { kind: 'unsure', retryAt: end, error: undefined },
      );
      assert.deepEqual(await refreshOf(folder, place), { kind: 'unsure', retryAt: end });
      assert.equal(sent(), 1);
      clock.by = 6 * 60_000;
      server.next('cut');
      const second = await refreshOf(folder, place);
      assert.ok(second.kind === 'dead' && second.why === 'refused');
      assert.equal((await refreshOf(folder, place, true)).kind, 'dead');
      assert.equal(sent(), 2);
      assert.equal((await folder.profile(place, ID))['refresh'], tokens.refresh);
      assert.deepEqual(await folder.entries(), []);
    });

    it('an answer lost for the second time is dead at once', async () => {
      const folder = folderWith();
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      server.next('html', 'html');
      assert.equal((await refreshOf(folder, place)).kind, 'unsure');
      const second = await refreshOf(folder, place, true);
      assert.ok(second.kind === 'dead' && second.why === 'unanswered');
      assert.equal(second.error?.code, 'signin.badAnswer');
      assert.equal((await refreshOf(folder, place)).kind, 'dead');
      assert.equal(sent(), 2);
      assert.equal((await refreshOf(folder, place, true)).kind, 'refreshed', 'a person may');
    });

    for (const mode of ['html', 'cut'] as const) {
      it(`an answer of which nothing can be used (${mode}) is unsure`, async () => {
        const folder = folderWith();
        const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
        server.next(mode);
        assert.equal((await refreshOf(folder, place)).kind, 'unsure');
      });
    }

    it('where nothing is spent by using it, a lost answer is transient', async () => {
      const grant = manualGrant(false);
      const folder = folderWith(grant.options);
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const result = refreshOf(folder, place);
      await grant.arrival;
      grant.refuse(new KnownError('signin.network', { host: 'h', timedOut: true }));
      assert.equal((await result).kind, 'transient');
    });

    it("an answer that is somebody else's is stored nowhere, and the old token never sent again", async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const place = await folder.agent('main', { [ID]: stored(tokens) });
      server.mixUp(tokens.family, BOB);
      const result = await refreshOf(folder, place);
      assert.ok(result.kind === 'dead' && result.why === 'otherIdentity');
      assert.equal(result.error?.code, 'refresh.otherIdentity');
      assert.equal((await folder.profile(place, ID))['refresh'], tokens.refresh);
      assert.deepEqual(await folder.entries(), []);
      assert.equal((await refreshOf(folder, place, true)).kind, 'dead');
      assert.equal(sent(), 1);
    });

    it('an answer with a token that is known to be spent is not written', async () => {
      const grant = manualGrant();
      const folder = folderWith(grant.options);
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      await folder.memory.record([path()], { kind: 'spent', token: tokenHash('rt_spent'), at: 1 });
      const result = refreshOf(folder, place);
      await grant.arrival;
      grant.answer(brought('rt_spent'));
      assert.equal((await result).kind, 'unsure');
      assert.notEqual((await folder.profile(place, ID))['refresh'], 'rt_spent');
    });

    it('says what cannot be refreshed, before anything is sent', async () => {
      const folder = folderWith({
        grant: async (p) => (p === 'known' ? assert.fail() : undefined),
      });
      const place = await folder.agent('main', {
        [ID]: stored(server.issue(ANN)),
        'known:key': { type: 'api_key', provider: 'known', key: 'k' },
        'known:blank': { type: 'oauth', provider: 'known', access: 'a', refresh: ' ', expires: 1 },
      });
      for (const [profileId, code] of [
        [ID, 'refresh.unsupported'],
        ['known:key', 'refresh.unsupported'],
        ['known:blank', 'refresh.unsupported'],
        ['nobody', 'profile.gone'],
      ] as const) {
        await assert.rejects(folder.refresher.refresh({ place, profileId }), (error) =>
          isKnown(error, code),
        );
      }
    });

    it('no secret in what is logged or returned', async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const place = await folder.agent('main', { [ID]: stored(tokens) });
      const results: unknown[] = [];
      for (const mode of ['fault', 'html', 'slow'] as const) {
        server.next(mode);
        results.push(await refreshOf(folder, place, true));
      }
      const said = JSON.stringify([folder.lines, results, results.map(String)]);
      assert.equal(results.length, 3);
      assert.ok(folder.lines.length > 2);
      assert.deepEqual(
        server.secrets.filter((secret) => said.includes(secret)),
        [],
      );
    });
  });

  describe('stores that are not whole', () => {
    it('its own: nothing is sent', async () => {
      const folder = folderWith();
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      await writeFile(place.storePath, '{"version":1,"profi');
      await assert.rejects(refreshOf(folder, place), (error) => isKnown(error, 'store.torn'));
      assert.equal(sent(), 0);
    });

    it("another's that is torn is left out, with a line in the log", async () => {
      const folder = folderWith();
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const torn = await folder.agent('torn', {});
      await writeFile(torn.storePath, '{"version":1,"profi');
      assert.equal((await refreshOf(folder, place)).kind, 'refreshed');
      assert.ok(folder.lines.includes(`${torn.storePath}: left out of a refresh: store.torn`));
    });

    it('one of another version that holds the token: nothing is sent', async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const place = await folder.agent('main', { [ID]: stored(tokens) });
      const newer = await folder.agent('newer', {});
      const text = (token: string) => JSON.stringify({ version: 9, logins: [token] });
      await writeFile(newer.storePath, text(tokens.refresh));
      await assert.rejects(refreshOf(folder, place), (error) =>
        isKnown(error, 'store.unknownVersion'),
      );
      assert.equal(sent(), 0);
      await writeFile(newer.storePath, text('another'));
      assert.equal((await refreshOf(folder, place)).kind, 'refreshed');
    });
  });

  describe('an answer that arrived', () => {
    it('is stored although every caller has gone', async () => {
      const grant = manualGrant();
      const folder = folderWith(grant.options);
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const leave = new AbortController();
      const result = folder.refresher.refresh({ place, profileId: ID }, leave.signal);
      await grant.arrival;
      leave.abort();
      await assert.rejects(result, Cancelled);
      const disposed = folder.refresher.dispose();
      await assert.rejects(refreshOf(folder, place), Cancelled);
      grant.answer(brought());
      await disposed;
      assert.equal((await folder.profile(place, ID))['refresh'], 'rt_new');
    });

    it('one caller who goes does not take the others along', async () => {
      const grant = manualGrant();
      const folder = folderWith(grant.options);
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const leave = new AbortController();
      const gone = folder.refresher.refresh({ place, profileId: ID }, leave.signal);
      const stays = refreshOf(folder, place);
      await grant.arrival;
      leave.abort();
      await assert.rejects(gone, Cancelled);
      grant.answer(brought());
      assert.equal((await stays).kind, 'refreshed');
      assert.equal(grant.asked.length, 1);
    });

    it('is stored under fresh locks when they were lost meanwhile', async () => {
      const grant = manualGrant();
      const folder = folderWith(grant.options);
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const result = refreshOf(folder, place);
      await grant.arrival;
      await rm(`${place.storePath}.lock`);
      grant.answer(brought());
      const { kind, ...rest } = await result;
      assert.deepEqual([kind, 'fault' in rest], ['refreshed', false]);
      assert.equal((await folder.profile(place, ID))['refresh'], 'rt_new');
    });

    it('is stored under fresh locks when it took longer than they may be held', async () => {
      const grant = manualGrant();
      const folder = folderWith({ ...grant.options, times: { holdMs: 300 } });
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      const result = refreshOf(folder, place);
      await grant.arrival;
      await systemClock.sleep(600);
      grant.answer(brought());
      const { kind, ...rest } = await result;
      assert.deepEqual([kind, 'fault' in rest], ['refreshed', false]);
      assert.equal((await folder.profile(place, ID))['refresh'], 'rt_new');
      assert.equal(grant.asked.length, 1);
    });

    it('is not settled by others while its own flight is at it', async () => {
      const seen: string[] = [];
      const folder: RefreshFolder = folderWith({
        around: (stores: HeldStores) => {
          const commit = stores.commit.bind(stores);
          stores.commit = async (...given) => {
            for (const entry of await folder.entries()) {
              seen.push(`${entry.answer !== undefined} ${await folder.refresher.settle(entry)}`);
            }
            return commit(...given);
          };
          return stores;
        },
      });
      const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      await refreshOf(folder, place);
      assert.deepEqual(seen, ['true waiting']);
      const [entry] = await folder.entries();
      assert.ok(entry);
      assert.equal(await folder.refresher.settle(entry), 'settled');
    });

    it('is safe in the journal while a store cannot be written, and settled later', async () => {
      let isFull = true;
      const full = new KnownError('disk.full', { path: 'x' });
      const folder = folderWith({
        around: (stores: HeldStores) => {
          const commit = stores.commit.bind(stores);
          stores.commit = (...given) => (isFull ? Promise.reject(full) : commit(...given));
          return stores;
        },
      });
      const tokens = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(tokens) });
      const two = await folder.agent('two', { [ID]: stored(tokens) });
      const result = await refreshOf(folder, main);
      assert.ok(result.kind === 'refreshed' && result.fault === full);
      assert.equal((await folder.profile(main, ID))['refresh'], tokens.refresh);
      const [entry] = await folder.entries();
      assert.ok(entry);
      await assert.rejects(folder.refresher.settle(entry), (error) => error === full);

      isFull = false;
      assert.equal(await folder.refresher.settle(entry), 'settled');
      assert.equal(await assertMoved(folder, main), await assertMoved(folder, two));
      assert.equal(await folder.refresher.settle(entry), 'settled', 'again changes nothing');
      assert.equal(sent(), 1);
    });

    it('reaches the other holders where it cannot be written for one', async () => {
      const full = new KnownError('disk.full', { path: 'x' });
      let main: StorePlace | undefined;
      const folder = folderWith({
        around: (stores: HeldStores) => {
          const commit = stores.commit.bind(stores);
          stores.commit = (store, intent) =>
            store === main?.storePath ? Promise.reject(full) : commit(store, intent);
          return stores;
        },
      });
      const tokens = server.issue(ANN);
      main = await folder.agent('main', { [ID]: stored(tokens) });
      const two = await folder.agent('two', { [ID]: stored(tokens) });
      const result = await refreshOf(folder, main);
      assert.ok(result.kind === 'refreshed' && result.fault === full);
      await assertMoved(folder, two);
    });

    it('leaves out a twin that no program may rewrite, with a line in the log', async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(tokens) });
      const odd = await folder.agent('odd', { [ID]: stored(tokens) });
      const text = await readFile(odd.storePath, 'utf8');
      await writeFile(odd.storePath, text.replace('{', '{"x":1,"x":2,'));
      const { kind, ...rest } = await refreshOf(folder, main);
      assert.deepEqual([kind, 'fault' in rest], ['refreshed', false]);
      assert.ok(folder.lines.includes(`${odd.storePath}: keeps old tokens: store.duplicateKey`));
      await assertMoved(folder, main);
    });

    it('that keeps the refresh token moves the access token of every twin', async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(tokens) });
      const two = await folder.agent('two', { [ID]: stored(tokens) });
      server.next('fault', 'keep');
      await refreshOf(folder, main);
      assert.equal((await refreshOf(folder, main, true)).kind, 'refreshed');
      assert.equal(await assertMoved(folder, main), tokens.refresh);
      assert.equal(await assertMoved(folder, two), tokens.refresh);
      const record = (await folder.records()).get(tokenHash(tokens.refresh));
      assert.deepEqual([record?.kind, record?.failures], ['renewed', 0]);
      assert.equal((await refreshOf(folder, main)).kind, 'adopted');
    });

    it('without an end is taken to last for an hour', async () => {
      const folder = folderWith();
      const main = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
      server.next('endless');
      const result = await refreshOf(folder, main);
      assert.ok(result.kind === 'refreshed');
      assert.ok(Math.abs(result.expires - Date.now() - HOUR) < 60_000);
      await assertMoved(folder, main);
    });
  });

  describe('requests of processes that are gone', () => {
    async function withOpenEntry(at: number, options: RefreshFolderOptions = {}) {
      const clock = new MovedClock();
      const folder = folderWith({ services: { fetch, clock }, ...options });
      const tokens = server.issue(ANN);
      const place = await folder.agent('main', { [ID]: stored(tokens) });
      const draft = {
        kind: 'refresh',
        provider: 'openai-codex',
        from: tokenHash(tokens.refresh),
        profileId: ID,
        storePath: place.storePath,
      } as const;
      await folder.journal.open(path(), draft);
      clock.by = at;
      return { folder, place, tokens, clock };
    }

    it('one that may be under way is waited for', async () => {
      const { folder, place, clock } = await withOpenEntry(1000);
      const result = await refreshOf(folder, place, true);
      assert.ok(result.kind === 'transient');
      assert.ok(Math.abs(result.retryAt - clock.now() - 30_000) < 5_000);
      assert.equal((await folder.entries()).length, 1);
      assert.equal(sent(), 0);
    });

    it('one of five minutes ago is lost: unsure, and sent once more later', async () => {
      const { folder, place, clock } = await withOpenEntry(6 * 60_000);
      assert.equal((await refreshOf(folder, place)).kind, 'unsure');
      assert.deepEqual(await folder.entries(), []);
      assert.equal(sent(), 0);
      clock.by += 2 * 60_000;
      assert.equal((await refreshOf(folder, place)).kind, 'refreshed');
    });

    it('one of five minutes ago has spent nothing where nothing ever is', async () => {
      const { folder, place } = await withOpenEntry(6 * 60_000, manualGrant(false).options);
      for (let n = 0; n < 2; n++) assert.equal((await refreshOf(folder, place)).kind, 'transient');
      assert.deepEqual(await folder.entries(), []);
    });

    it('one that somebody else has written down counts once', async () => {
      const { folder, place, tokens } = await withOpenEntry(6 * 60_000);
      const [entry] = await folder.entries();
      assert.ok(entry);
      const token = tokenHash(tokens.refresh);
      const event = { kind: 'unsure', token, at: entry.at, retryAt: 1 } as const;
      await folder.memory.record([path()], event);
      assert.equal((await refreshOf(folder, place)).kind, 'refreshed');
    });

    it('its answer is brought to everybody by whoever finds it', async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(tokens) });
      const two = await folder.agent(
        'two',
        { 'openai-codex:b': stored(tokens) },
        {
          'openai-codex': { type: 'oauth', access: 'x', refresh: tokens.refresh, expires: 1 },
        },
      );
      const from = tokenHash(tokens.refresh);
      const { storePath } = main;
      const draft = {
        kind: 'refresh',
        provider: 'openai-codex',
        from,
        profileId: ID,
        storePath,
      } as const;
      const slot = await folder.journal.open(path(), draft);
      const [unanswered] = await folder.entries();
      assert.ok(unanswered);
      assert.equal(await folder.refresher.settle(unanswered), 'waiting');
      await slot.answer({
        fields: { ...brought().fields },
        identity: { provider: 'openai-codex' },
      });
      const [entry] = await folder.entries();
      assert.ok(entry);
      assert.equal(await folder.refresher.settle(entry), 'settled');
      assert.equal((await folder.profile(main, ID))['refresh'], 'rt_new');
      assert.equal((await folder.profile(two, 'openai-codex:b'))['refresh'], 'rt_new');
      assert.equal((await folder.cached(two, 'openai-codex'))['refresh'], 'rt_new');
      assert.equal((await folder.records()).get(from)?.next, tokenHash('rt_new'));
      assert.equal((await folder.entries()).length, 1, 'dropping it is not its business');
    });

    it('an answer that has been overtaken gives way to what came after it', async () => {
      const folder = folderWith();
      const [old, newest] = [server.issue(ANN), server.issue(ANN)];
      const main = await folder.agent('main', { [ID]: stored(newest, Date.now() + 2 * HOUR) });
      const two = await folder.agent('two', { [ID]: stored(old) });
      const [from, middle] = [tokenHash(old.refresh), tokenHash('rt_new')];
      const next = tokenHash(newest.refresh);
      await folder.memory.record([path()], { kind: 'spent', token: middle, at: 1, next });
      const draft = { kind: 'refresh', provider: 'openai-codex', from, profileId: ID } as const;
      const slot = await folder.journal.open(path(), { ...draft, storePath: main.storePath });
      await slot.answer({
        fields: { ...brought().fields },
        identity: { provider: 'openai-codex' },
      });
      const [entry] = await folder.entries();
      assert.ok(entry);
      assert.equal(await folder.refresher.settle(entry), 'settled');
      assert.equal((await folder.profile(two, ID))['refresh'], newest.refresh);
      assert.equal((await folder.profile(main, ID))['refresh'], newest.refresh);
    });

    it("somebody else's answer in the journal reaches nobody", async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(tokens) });
      const from = tokenHash(tokens.refresh);
      const { storePath } = main;
      const draft = {
        kind: 'refresh',
        provider: 'openai-codex',
        from,
        profileId: ID,
        storePath,
      } as const;
      const slot = await folder.journal.open(path(), draft);
      const identity = { provider: 'openai-codex', accountId: 'account-2', userId: 'user-2' };
      await slot.answer({ fields: { ...brought().fields }, identity });
      const [entry] = await folder.entries();
      assert.ok(entry);
      assert.equal(await folder.refresher.settle(entry), 'settled');
      assert.equal((await folder.profile(main, ID))['refresh'], tokens.refresh);
      assert.equal((await refreshOf(folder, main)).kind, 'dead');
      assert.equal(sent(), 0);
    });

    it("somebody else's answer in the journal, not looked at yet: the token that it spent is not sent", async () => {
      const folder = folderWith();
      const tokens = server.issue(ANN);
      const main = await folder.agent('main', { [ID]: stored(tokens) });
      const from = tokenHash(tokens.refresh);
      const { storePath } = main;
      const draft = {
        kind: 'refresh',
        provider: 'openai-codex',
        from,
        profileId: ID,
        storePath,
      } as const;
      const slot = await folder.journal.open(path(), draft);
      const identity = { provider: 'openai-codex', accountId: 'account-2', userId: 'user-2' };
      await slot.answer({ fields: { ...brought().fields }, identity });
      assert.equal((await refreshOf(folder, main)).kind, 'dead');
      assert.equal(sent(), 0);
    });
  });

  it('leaves no temporary file and no lock', async () => {
    const folder = folderWith();
    const place = await folder.agent('main', { [ID]: stored(server.issue(ANN)) });
    await refreshOf(folder, place);
    assert.deepEqual(await readdir(dirname(place.storePath)), ['auth-profiles.json']);
  });
});
