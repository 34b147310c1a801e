import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { Journal } from '../../../../src/core/custody/journal/journal.ts';
import { type AgentFiles, ProfileService } from '../../../../src/core/custody/profileService.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import { parseAuthStore } from '../../../../src/core/documents/authStore.ts';
import { configFrom } from '../../../../src/core/documents/config.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { type ErrorCode, isKnown } from '../../../../src/core/errors.ts';
import { effectiveStore } from '../../../../src/core/model/effectiveStore.ts';
import { effectiveOrder } from '../../../../src/core/model/order.ts';
import { pauseOf } from '../../../../src/core/model/pause.ts';
import type { StoreRead } from '../../../../src/core/model/reads.ts';
import { workFolder } from '../disk/workFolder.ts';

const NOW = 1_795_000_000_000;
const key = (text: string): JsonObject => ({ type: 'api_key', provider: 'p', key: text });
const token = (text: string, email?: string): JsonObject => ({
  ...{ type: 'token', provider: 'p', token: text, ...(email !== undefined && { email }) },
});
const PAUSED = { cooldownUntil: NOW + 1, errorCount: 2, lastUsed: 3 };
const ENDED = { errorCount: 0, lastUsed: 3 };

describe('orders, hidden profiles and pauses, for one agent and for all', () => {
  const path = workFolder();
  const storeOf = (agent: string) => path('agents', agent, 'agent', 'auth-profiles.json');
  const config = () => path('coderclaw.json');
  const filesOf = (agent: string): AgentFiles => ({
    ...{ stateDir: path(), storePath: storeOf(agent), configPath: config(), legacyPaths: [] },
  });
  const places = async () =>
    ['main', 'work', 'none'].map((agentId) => ({
      ...{ stateDir: path(), agentId, storePath: storeOf(agentId) },
    }));
  let vault: Vault;
  let journal: Journal;
  let service: ProfileService;

  beforeEach(async () => {
    vault = new Vault({ clock: systemClock, log: () => {} });
    journal = new Journal({ clock: systemClock });
    service = new ProfileService({ vault, journal, places, clock: systemClock, log: () => {} });
    await write('main', { profiles: { 'p:a': token('a'), 'p:b': token('b') } });
    await write('work', { profiles: { 'p:c': token('c', 'c@x.test'), 'p:key': key('k') } });
  });
  afterEach(() => vault.dispose());

  async function write(agent: string, document: JsonObject): Promise<void> {
    await mkdir(dirname(storeOf(agent)), { recursive: true });
    await writeFile(storeOf(agent), JSON.stringify({ version: 1, ...document }), { mode: 0o600 });
  }
  const configure = (document: JsonObject) => writeFile(config(), JSON.stringify(document));
  const read = async (file: string): Promise<JsonObject> =>
    JSON.parse(await readFile(file, 'utf8'));
  const orderIn = async (agent: string) => (await read(storeOf(agent)))['order'];

  /** What CoderClaw makes of the files. */
  async function seenBy(agent: string) {
    const storeRead = async (of: string): Promise<StoreRead> => {
      const parse = parseAuthStore(await readFile(storeOf(of), 'utf8'));
      assert(parse.kind === 'whole');
      return { path: storeOf(of), ...parse } as unknown as StoreRead;
    };
    const store = effectiveStore(await storeRead(agent), await storeRead('main'));
    assert(store !== undefined);
    const configured = configFrom(await read(config()).catch(() => ({})));
    const order = effectiveOrder({ provider: 'p', store, config: configured, now: NOW });
    return { order, pause: pauseOf(store.usageStats.get('p:a'), NOW) };
  }
  const idsOf = async (agent: string) => (await seenBy(agent)).order.ids;
  const isCode = (code: ErrorCode) => (error: unknown) => isKnown(error, code);

  describe('moving', () => {
    it('for one agent: inherited ones too, and the others see nothing of it', async () => {
      const shown = ['p:a', 'p:b', 'p:c', 'p:key'];
      const move = (id: string, before: string | undefined) =>
        service.moveProfile(filesOf('work'), 'p', id, { before }, 'agent', shown);
      assert.deepEqual(await move('p:a', 'p:key'), { inForce: true });
      assert.deepEqual(await idsOf('work'), ['p:b', 'p:c', 'p:a', 'p:key']);
      await move('p:b', undefined);
      assert.deepEqual(await idsOf('work'), ['p:c', 'p:a', 'p:key', 'p:b']);
      assert.deepEqual(await idsOf('main'), ['p:a', 'p:b']);
      await assert.rejects(move('p:gone', 'p:a'), isCode('profile.gone'));
    });

    it('for one agent: over main’s order, in whatever spelling, and back to it', async () => {
      await write('main', { ...(await read(storeOf('main'))), order: { ' P ': ['p:b', 'p:a'] } });
      const to = { before: 'p:b' };
      await service.moveProfile(filesOf('work'), 'p', 'p:key', to, 'agent', []);
      assert.deepEqual(await idsOf('work'), ['p:key', 'p:b', 'p:a']);
      assert.deepEqual(await service.resetOrder(filesOf('work'), 'p', 'agent'), { inForce: true });
      assert.deepEqual(await idsOf('work'), ['p:b', 'p:a']);
      await service.resetOrder(filesOf('main'), 'p', 'agent');
      assert.deepEqual(await orderIn('main'), {});
      assert.deepEqual(await idsOf('work'), ['p:a', 'p:b', 'p:c', 'p:key']);
    });

    it('is in the journal with each list that it changes, until it is seen to stay', async () => {
      const order = { p: ['p:a'], ' P ': ['p:b'] };
      await write('main', { ...(await read(storeOf('main'))), order });
      await service.resetOrder(filesOf('main'), 'p', 'agent');
      const entries = await journal.entries([path()]);
      assert.deepEqual(
        entries.map(({ draft, isMade }) => [
          draft.kind === 'order' && [draft.provider, draft.list],
          isMade,
        ]),
        [
          [['p', null], true],
          [[' P ', null], true],
        ],
      );
    });

    it('first, and back: keeps what another window did to the order meanwhile', async () => {
      const before = { shown: ['p:a', 'p:b'], isOwn: false };
      await service.useFirst(filesOf('main'), 'p', 'p:b', before.shown);
      await service.takeBackFirst(filesOf('main'), 'p', 'p:b', before);
      assert.deepEqual(await orderIn('main'), {});
      await service.useFirst(filesOf('main'), 'p', 'p:b', before.shown);
      await write('main', {
        ...(await read(storeOf('main'))),
        order: { p: ['p:b', 'p:c', 'p:a'] },
      });
      await service.takeBackFirst(filesOf('main'), 'p', 'p:b', before);
      assert.deepEqual(await orderIn('main'), { p: ['p:c', 'p:a', 'p:b'] });
    });

    it('for all: hides nothing of the other agents', async () => {
      const moved = await service.moveProfile(
        ...([filesOf('main'), 'p', 'p:b', { before: 'p:a' }, 'all', ['p:a', 'p:b']] as const),
      );
      assert.deepEqual(moved, { inForce: true });
      assert.deepEqual(await idsOf('main'), ['p:b', 'p:a']);
      assert.deepEqual(await idsOf('work'), ['p:b', 'p:a', 'p:c', 'p:key']);
      assert.deepEqual(await service.resetOrder(filesOf('main'), 'p', 'all'), { inForce: true });
      assert.deepEqual(await read(config()), { auth: { order: {} } });
    });

    it('for all: uses nothing that the config does not list', async () => {
      const listed = { provider: 'p', mode: 'token' };
      await configure({ auth: { profiles: { 'p:a': listed, 'p:b': listed, 'p:c': listed } } });
      const to = { before: 'p:a' };
      await service.moveProfile(filesOf('main'), 'p', 'p:b', to, 'all', ['p:a', 'p:b']);
      assert.deepEqual(await idsOf('work'), ['p:b', 'p:a', 'p:c']);
    });

    it('for all: says where it is not in force', async () => {
      await write('main', { ...(await read(storeOf('main'))), order: { P: ['p:a', 'p:b'] } });
      for (const agent of ['main', 'work']) {
        const move = service.moveProfile(
          ...([filesOf(agent), 'p', 'p:b', { after: undefined }, 'all', []] as const),
        );
        assert.deepEqual(await move, { inForce: false });
      }
      assert.deepEqual(await idsOf('main'), ['p:a', 'p:b']);
      assert.deepEqual(await service.resetOrder(filesOf('main'), 'p', 'all'), { inForce: false });
      const gone = service.moveProfile(
        ...([filesOf('main'), 'p', 'p:c', { after: undefined }, 'all', []] as const),
      );
      await assert.rejects(gone, isCode('profile.gone'));
    });

    it('for all, the order that an agent shows: what others use comes behind it', async () => {
      const entry = { provider: 'p', mode: 'token' };
      const all = () => service.orderForAll(filesOf('main'), 'p', ['p:b']);
      await configure({ auth: { profiles: { 'p:a': entry, 'p:b': entry, 'p:c': entry } } });
      await all();
      assert.deepEqual(await idsOf('work'), ['p:b', 'p:a', 'p:c']);
      await configure({ auth: { order: { P: ['p:c'] } } });
      await all();
      assert.deepEqual(await read(config()), { auth: { order: { P: ['p:b', 'p:c'] } } });
      await configure({});
      await all();
      assert.deepEqual(await idsOf('work'), ['p:b', 'p:a', 'p:c', 'p:key']);
    });

    it('for all: makes no config only to remove an order from it', async () => {
      await service.resetOrder(filesOf('main'), 'p', 'all');
      await assert.rejects(readFile(config()));
    });
  });

  it('leaving paid keys out: for this agent, unless nothing else is left', async () => {
    await service.leaveKeysOut(filesOf('work'), 'p', ['p:c', 'p:key', 'p:a']);
    assert.deepEqual(await idsOf('work'), ['p:c', 'p:a']);
    await write('main', { profiles: { 'p:key': key('k') } });
    await assert.rejects(
      service.leaveKeysOut(filesOf('main'), 'p', ['p:key']),
      isCode('order.onlyKeys'),
    );
    assert.equal(await orderIn('main'), undefined);
  });

  describe('showing what is hidden', () => {
    const hidden = async (agent: string, id: string) => (await seenBy(agent)).order.leftOut.get(id);
    const show = async (agent: string, id: string) => {
      const why = await hidden(agent, id);
      assert(why === 'notInConfig' || why === 'notInOrder' || why === 'configDisagrees', why);
      await service.showProfile(filesOf(agent), 'p', id, why);
      assert.equal(await hidden(agent, id), undefined);
    };

    it('notInConfig: it is listed', async () => {
      await configure({ auth: { profiles: { 'p:key': { provider: 'P', mode: 'api_key' } } } });
      await show('work', 'p:c');
      await show('work', 'p:a');
      const { auth } = await read(config());
      assert.deepEqual(auth, {
        profiles: {
          'p:key': { provider: 'P', mode: 'api_key' },
          'p:c': { provider: 'p', mode: 'token', email: 'c@x.test' },
          'p:a': { provider: 'p', mode: 'token' },
        },
      });
    });

    it('configDisagrees: its entry is corrected, and hides no sibling', async () => {
      const entry = { provider: 'p', mode: 'api_key', email: 'mine@x.test' };
      await configure({ auth: { profiles: { 'p:c': { ...entry, provider: 'q' } } } });
      await show('work', 'p:c');
      assert.deepEqual(await idsOf('work'), ['p:c', 'p:a', 'p:b', 'p:key']);
      await configure({ auth: { profiles: { 'p:c': entry } } });
      await show('work', 'p:c');
      assert.deepEqual(await read(config()), {
        auth: { profiles: { 'p:c': { ...entry, mode: 'token' } } },
      });
    });

    it('notInOrder: it comes last in the one in force, be it its own, main’s or the config’s', async () => {
      await configure({ auth: { order: { p: ['p:b'] } } });
      await show('work', 'p:c');
      assert.deepEqual(await read(config()), { auth: { order: { p: ['p:b', 'p:c'] } } });
      await write('main', { ...(await read(storeOf('main'))), order: { P: ['p:a'] } });
      await show('work', 'p:c');
      assert.deepEqual(
        [await orderIn('main'), await orderIn('work')],
        [{ P: ['p:a'] }, { P: ['p:a', 'p:c'] }],
      );
      await show('work', 'p:key');
      assert.deepEqual(await idsOf('work'), ['p:a', 'p:c', 'p:key']);
    });

    it('says where a file that the config includes may be what hides it', async () => {
      const entry = { provider: 'p', mode: 'token' };
      await writeFile(path('auth.json5'), JSON.stringify({ profiles: { 'p:a': entry } }));
      await configure({ auth: { $include: './auth.json5' } });
      await assert.rejects(
        service.showProfile(filesOf('main'), 'p', 'p:b', 'notInConfig'),
        isCode('config.notEditable'),
      );
    });

    it('changes nothing where it is hidden no more, or gone', async () => {
      for (const why of ['notInConfig', 'notInOrder', 'configDisagrees'] as const) {
        await service.showProfile(filesOf('work'), 'p', 'p:c', why);
        await assert.rejects(
          service.showProfile(filesOf('work'), 'p', 'p:gone', why),
          isCode('profile.gone'),
        );
      }
      await assert.rejects(readFile(config()));
      assert.equal(await orderIn('work'), undefined);
    });
  });

  describe('ending a pause', () => {
    const statsIn = async (agent: string) => (await read(storeOf(agent)))['usageStats'];
    const pauseOn = async (agent: string) =>
      await write(agent, { ...(await read(storeOf(agent))), usageStats: { 'p:a': PAUSED } });
    const end = async (agent: string) => {
      assert.notEqual((await seenBy(agent)).pause, undefined);
      const cleared = await service.clearPause(filesOf(agent), 'p:a');
      assert.equal((await seenBy(agent)).pause, undefined);
      return cleared;
    };

    it('of the agent’s own: main’s stays', async () => {
      await pauseOn('main');
      await pauseOn('work');
      assert.deepEqual(await end('work'), { changed: true, inMain: false });
      assert.deepEqual(
        [await statsIn('main'), await statsIn('work')],
        [{ 'p:a': PAUSED }, { 'p:a': ENDED }],
      );
      assert.deepEqual(await service.clearPause(filesOf('work'), 'p:a'), {
        ...{ changed: false, inMain: false },
      });
    });

    it('of an inherited profile: where it is stored', async () => {
      await pauseOn('main');
      assert.deepEqual(await end('work'), { changed: true, inMain: true });
      assert.deepEqual(
        [await statsIn('main'), await statsIn('work')],
        [{ 'p:a': ENDED }, undefined],
      );
    });

    it('that is main’s, of another credential of that name: for this agent', async () => {
      await pauseOn('main');
      await write('work', { profiles: { 'p:a': token('another') } });
      assert.deepEqual(await end('work'), { changed: true, inMain: false });
      assert.deepEqual(
        [await statsIn('main'), await statsIn('work')],
        [{ 'p:a': PAUSED }, { 'p:a': ENDED }],
      );
    });

    it('makes no store', async () => {
      assert.deepEqual(await service.clearPause(filesOf('none'), 'p:z'), {
        ...{ changed: false, inMain: true },
      });
      await assert.rejects(readFile(storeOf('none')));
    });
  });
});
