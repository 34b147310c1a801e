import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemClock } from '../../../../../src/core/clock.ts';
import {
  type CacheParts,
  copiesLeftBy,
  keepCachesInStep,
} from '../../../../../src/core/custody/cache/cachesInStep.ts';
import type { StorePlace } from '../../../../../src/core/custody/storePlaces.ts';
import { Vault } from '../../../../../src/core/custody/vault.ts';
import { FileLocks } from '../../../../../src/core/disk/fileLock.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';
import { workFolder } from '../../disk/workFolder.ts';

const login = (refresh: string, more: JsonObject = {}): JsonObject => ({
  ...{ type: 'oauth', provider: 'p', access: `access-${refresh}`, refresh, expires: 9 },
  ...more,
});
/** As it stands in a cache. */
const cached = (refresh: string): JsonObject => ({
  ...{ type: 'oauth', access: `access-${refresh}`, refresh, expires: 9 },
});

describe('the runtime caches of a state dir', () => {
  const path = workFolder();
  const store = (agent: string): string => path('agents', agent, 'agent', 'auth-profiles.json');
  const cache = (agent: string): string => path('agents', agent, 'agent', 'auth.json');
  let log: string[];
  let lockedPaths: (readonly string[])[];
  let vault: Vault;
  let parts: CacheParts;

  beforeEach(() => {
    log = [];
    lockedPaths = [];
    const clock = systemClock;
    vault = new Vault({ clock, locks: new FileLocks({ app: 'test', clock }), log: () => {} });
    const places: StorePlace[] = ['main', 'work', 'home'].map((agentId) => ({
      ...{ stateDir: path(), agentId, storePath: store(agentId) },
    }));
    const other = { stateDir: '/other', agentId: 'main', storePath: '/other/auth-profiles.json' };
    parts = {
      vault: {
        withStores: (paths, options, task) => {
          lockedPaths.push(paths);
          return vault.withStores(paths, options, task);
        },
      },
      clock,
      places: async () => [other, ...places],
      log: (line) => log.push(line),
    };
  });
  afterEach(() => vault.dispose());

  async function put(file: string, content: JsonObject | string): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(file, text, { mode: 0o600 });
  }
  const putStore = (agent: string, profiles: JsonObject) =>
    put(store(agent), { version: 1, profiles });
  const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
  const changed = (agent: string) => ({ stateDir: path(), storePath: store(agent) });
  const follow = (agent: string, was = login('old')) =>
    keepCachesInStep(parts, changed(agent), was);

  it("follow a login that was replaced: the agent's own, and those that inherit it", async () => {
    await putStore('main', { 'p:x': login('new') });
    await putStore('work', {});
    for (const agent of ['main', 'work', 'home']) await put(cache(agent), { p: cached('old') });
    await follow('main');
    for (const agent of ['main', 'work', 'home']) {
      assert.deepEqual(await read(cache(agent)), { p: cached('new') }, agent);
      assert.equal((await stat(cache(agent))).mode & 0o777, 0o600);
    }
  });

  it('lose a login that was removed where nothing takes its place', async () => {
    await putStore('main', { 'q:x': { type: 'api_key', provider: 'q', key: 'k' } });
    await put(cache('main'), { p: cached('old'), q: { type: 'api_key', key: 'mine' }, note: 1 });
    await follow('main');
    assert.deepEqual(await read(cache('main')), { q: { type: 'api_key', key: 'mine' }, note: 1 });
  });

  it("an agent's own copy of the login keeps its cache as it is", async () => {
    await putStore('main', {});
    await putStore('work', { 'p:x': login('old') });
    await put(cache('work'), { p: cached('old') });
    await follow('main');
    assert.deepEqual(await read(cache('work')), { p: cached('old') });
  });

  it('what may be newer stays, and no lock is taken for it', async () => {
    await putStore('main', {});
    await put(cache('main'), { p: cached('newer') });
    await follow('main');
    assert.deepEqual(await read(cache('main')), { p: cached('newer') });
    assert.deepEqual(lockedPaths, []);
  });

  it("one agent at a time, under the lock of its store and of main's", async () => {
    await putStore('main', {});
    await putStore('work', {});
    for (const agent of ['main', 'work']) await put(cache(agent), { p: cached('old') });
    await follow('work');
    assert.deepEqual(lockedPaths, [[store('work'), store('main')], [store('main')]]);
  });

  it('are not created', async () => {
    await putStore('main', { 'p:x': login('new') });
    await follow('main');
    assert.deepEqual(await readdir(dirname(store('main'))), ['auth-profiles.json']);
  });

  it('one that cannot be understood is left alone, and the others follow', async () => {
    await putStore('main', { 'p:x': login('new') });
    const odd = ['{"p":{"refresh":"old"', '{"p":{},"p":{"refresh":"old"}}'];
    for (const text of odd) {
      await put(cache('main'), text);
      await put(cache('work'), { p: cached('old') });
      await putStore('work', {});
      await follow('main');
      assert.equal(await readFile(cache('main'), 'utf8'), text);
      assert.deepEqual(await read(cache('work')), { p: cached('new') });
    }
    await put(cache('main'), '');
    await writeFile(cache('main'), Buffer.from('{"p":{"refresh":"old","n":"\xff"}}', 'latin1'));
    await follow('main');
    assert.equal((await readFile(cache('main'))).includes(0xff), true);
  });

  it('I8: where a store cannot be read its cache is left alone, and so are those that see it', async () => {
    await put(store('main'), '{"version":1,');
    await putStore('work', {});
    for (const agent of ['main', 'work']) await put(cache(agent), { p: cached('old') });
    await follow('work');
    for (const agent of ['main', 'work']) {
      assert.deepEqual(await read(cache(agent)), { p: cached('old') });
    }
    assert.equal(log.filter((line) => line.endsWith('store.torn')).length, 2);
    assert.doesNotMatch(log.join('\n'), /old/);
  });

  it('of many that are torn are waited for side by side', async () => {
    const agents = ['main', 'work', 'home'];
    await putStore('main', { 'p:x': login('new'), 'p:y': login('old') });
    for (const agent of agents) await put(cache(agent), '');
    // The time of one of them by its own sleeps: each waits some 20 times.
    let sleeping = 0;
    let most = 0;
    const { sleep } = systemClock;
    const clock = {
      ...systemClock,
      sleep: async (ms: number) => {
        sleeping += 1;
        most = Math.max(most, sleeping);
        await sleep(ms);
        sleeping -= 1;
      },
    };
    await keepCachesInStep({ ...parts, clock }, changed('main'), login('old'));
    assert.equal(most, 3);
    most = 0;
    const copies = await copiesLeftBy({ ...parts, clock }, changed('main'), 'p:x');
    assert.deepEqual([most, copies.length], [3, 3]);
  });

  it("where it is not known what main has, they are left alone, whatever the changed agent's store says", async () => {
    const all = await parts.places();
    const unplaced = { ...parts, places: async () => all.filter((one) => one.agentId !== 'main') };
    await putStore('work', { 'p:x': login('new') });
    for (const agent of ['work', 'home']) await put(cache(agent), { p: cached('old') });
    await keepCachesInStep(unplaced, changed('work'), login('old'));
    for (const agent of ['work', 'home']) {
      assert.deepEqual(await read(cache(agent)), { p: cached('old') }, agent);
    }
    assert.equal(log.filter((line) => line.includes('main')).length, 2);
    await putStore('work', { 'p:x': login('old') });
    const copies = await copiesLeftBy(unplaced, changed('work'), 'p:x');
    assert.deepEqual(copies, [
      { path: cache('work'), certain: true },
      { path: cache('home'), certain: true },
    ]);
  });

  it('of an agent beside which nothing is known follow its own store', async () => {
    await putStore('work', { 'p:x': login('new') });
    await put(cache('work'), { p: cached('old') });
    await keepCachesInStep({ ...parts, places: async () => [] }, changed('work'), login('old'));
    assert.deepEqual(await read(cache('work')), { p: cached('new') });
  });

  it('waits for a cache that is just being written', async () => {
    await putStore('main', { 'p:x': login('new') });
    await put(cache('main'), '{"p":');
    setTimeout(() => void put(cache('main'), { p: cached('old') }), 100);
    await follow('main');
    assert.deepEqual(await read(cache('main')), { p: cached('new') });
  });

  describe('what will be left of a login after its sign-out', () => {
    const left = async (agent = 'main', profileId = 'p:x') =>
      (await copiesLeftBy(parts, changed(agent), profileId)).map((copy) => [
        copy.path,
        copy.certain,
      ]);

    it('is nothing where the caches will follow', async () => {
      await putStore('main', { 'p:x': login('old') });
      for (const agent of ['main', 'work']) await put(cache(agent), { p: cached('old') });
      await putStore('work', {});
      assert.deepEqual(await left(), []);
      assert.deepEqual(lockedPaths, []);
    });

    it('is a copy where another profile or another agent keeps the same login', async () => {
      await putStore('main', { 'p:x': login('old'), 'p:y': login('old') });
      await putStore('work', { 'p:x': login('old') });
      for (const agent of ['main', 'work']) await put(cache(agent), { p: cached('old') });
      assert.deepEqual(await left(), [
        [cache('main'), true],
        [cache('work'), true],
      ]);
    });

    it('cannot be told of a cache that cannot be read', async () => {
      await putStore('main', { 'p:x': login('old') });
      await put(cache('main'), '{"p":{"refresh":"old"');
      assert.deepEqual(await left(), [[cache('main'), false]]);
    });

    it('is a copy where the store beside it cannot be read', async () => {
      await putStore('main', { 'p:x': login('old') });
      await put(store('work'), '');
      await put(cache('work'), { p: cached('old') });
      assert.deepEqual(await left(), [[cache('work'), true]]);
    });

    it('is nothing of a profile that is not there', async () => {
      await putStore('main', {});
      await put(cache('main'), '{');
      assert.deepEqual(await left(), []);
      assert.deepEqual(await left('home'), []);
    });
  });
});
