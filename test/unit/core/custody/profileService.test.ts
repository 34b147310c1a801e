import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { entryHash } from '../../../../src/core/custody/entryHash.ts';
import type { Journal, JournalDraft } from '../../../../src/core/custody/journal/journal.ts';
import {
  type AgentFiles,
  ProfileService,
  type ProfileServiceParts,
} from '../../../../src/core/custody/profileService.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { isKnown, KnownError } from '../../../../src/core/errors.ts';
import { tokenHash } from '../../../../src/core/model/loginFingerprint.ts';
import type { Snapshot } from '../../../../src/core/model/snapshot.ts';
import { agent, profile, provider, snapshot, stateDir } from '../../../support/snapshots.ts';
import { workFolder } from '../disk/workFolder.ts';

const LOGIN = { type: 'oauth', provider: 'p', access: 'access-SECRET', refresh: 'refresh-SECRET' };
const OTHER = { ...LOGIN, access: 'access-2', refresh: 'refresh-2' };
const CONFIG = { auth: { profiles: { 'p:x': { provider: 'p', mode: 'oauth' } } } };

describe('profile service', () => {
  const path = workFolder();
  const vault = new Vault({ clock: systemClock, log: () => {} });
  const parts: ProfileServiceParts = { vault, clock: systemClock, log: () => {} };
  const service = new ProfileService(parts);
  let files: AgentFiles;
  const drafts: JournalDraft[] = [];
  const events: string[] = [];
  after(() => vault.dispose());

  beforeEach(async () => {
    drafts.length = 0;
    events.length = 0;
    files = {
      stateDir: path(),
      storePath: path('agent', 'auth-profiles.json'),
      configPath: path('coderclaw.json'),
      legacyPaths: [],
    };
    await mkdir(dirname(files.storePath));
    await write(files.storePath, { version: 1, profiles: { 'p:x': LOGIN, 'p:y': OTHER } });
    await write(files.configPath, CONFIG);
  });

  const write = (file: string, content: JsonObject) =>
    writeFile(file, JSON.stringify(content), { mode: 0o600 });
  const read = async (file: string): Promise<JsonObject> =>
    JSON.parse(await readFile(file, 'utf8'));
  const now = (...others: readonly ReturnType<typeof agent>[]): Snapshot =>
    snapshot(
      stateDir(path(), [agent('main'), ...others], {
        config: { kind: 'whole', path: files.configPath },
      }),
    );

  describe('signing out', () => {
    it('looks at the other stores after the removal, and takes it out of the config', async () => {
      const look = async () => {
        const { profiles } = await read(files.storePath);
        assert.deepEqual(Object.keys(profiles ?? {}), ['p:y']);
        return now();
      };
      assert.deepEqual(await service.signOut(files, 'p:x', look), {});
      assert.deepEqual(await read(files.configPath), { auth: { profiles: {} } });
    });

    it('leaves it in the config where another agent has it', async () => {
      const other = agent('work', {
        providers: [provider('p', profile('p:x', { kind: 'static' }))],
      });
      assert.deepEqual(await service.signOut(files, 'p:x', async () => now(other)), {});
      assert.deepEqual(await read(files.configPath), CONFIG);
    });

    it('leaves it in the config, and says so, where not all can be read', async () => {
      const other = agent('work', { store: { kind: 'torn', path: '/s', detail: '' } });
      const signedOut = await service.signOut(files, 'p:x', async () => now(other));
      assert.deepEqual(signedOut, { stillListed: true });
      assert.deepEqual(await read(files.configPath), CONFIG);
    });

    it('leaves the config alone where another program undoes it', async () => {
      const undone = new ProfileService({
        ...parts,
        vault: {
          commitStore: async (...commit) => ({
            ...(await vault.commitStore(...commit)),
            aftermath: Promise.resolve('undone'),
          }),
          commitConfig: (...commit) => vault.commitConfig(...commit),
          withStores: (paths, options, task) => vault.withStores(paths, options, task),
          importLegacy: (...files) => vault.importLegacy(...files),
        },
      });
      assert.deepEqual(await undone.signOut(files, 'p:x', async () => now()), { undone: true });
      assert.deepEqual(await read(files.configPath), CONFIG);
    });

    it('takes it out of the runtime cache, where nothing else in the store is the same', async () => {
      const cache = path('agent', 'auth.json');
      await write(cache, { p: { type: 'oauth', refresh: 'refresh-SECRET' }, q: { key: 'k' } });
      await service.signOut(files, 'p:x', async () => now());
      assert.deepEqual(await read(cache), { q: { key: 'k' } });
    });

    it('says before which caches will keep a copy', async () => {
      const cache = path('agent', 'auth.json');
      await write(cache, { p: { type: 'oauth', refresh: 'refresh-SECRET' } });
      assert.deepEqual(await service.copiesLeft(files, 'p:x'), []);
      await writeFile(cache, '{');
      assert.deepEqual(await service.copiesLeft(files, 'p:x'), [{ path: cache, certain: false }]);
    });
  });

  let replaceMeanwhile: (() => Promise<void>) | undefined;
  const full = async (): Promise<void> => {
    throw new KnownError('disk.full', { path: '/journal' });
  };
  const fullOnce = (): Promise<void> => {
    replaceMeanwhile = undefined;
    return full();
  };
  const journal: Pick<Journal, 'open'> = {
    open: async (stateDir, draft) => {
      assert.equal(stateDir, path());
      const number = drafts.push(draft);
      events.push(`open ${number}`);
      await replaceMeanwhile?.();
      replaceMeanwhile = undefined;
      return {
        id: `${number}`,
        path: `/journal/${number}`,
        answer: async () => {},
        made: async () => {
          events.push(`made ${number}`);
        },
        drop: async () => {
          events.push(`drop ${number}`);
        },
      };
    },
  };
  const noting = () =>
    new ProfileService({
      ...parts,
      journal,
      vault: {
        commitStore: async (...commit) => {
          const done = await vault.commitStore(...commit);
          events.push('commit');
          return done;
        },
        commitConfig: (...commit) => vault.commitConfig(...commit),
        withStores: (paths, options, task) => vault.withStores(paths, options, task),
        importLegacy: (...more) => vault.importLegacy(...more),
      },
    });

  describe('the journal of a sign-out', () => {
    const removal = (refresh: string): JournalDraft => ({
      kind: 'removal',
      storePath: files.storePath,
      profileId: 'p:x',
      login: tokenHash(refresh),
      seen: entryHash({ ...LOGIN, refresh }),
      configPath: files.configPath,
    });

    it('is told before the removal, and left to be dropped later', async () => {
      await noting().signOut(files, 'p:x', async () => now());
      assert.deepEqual(drafts, [removal('refresh-SECRET')]);
      assert.deepEqual(events, ['open 1', 'made 1', 'commit']);
    });

    it('forgets a removal that failed', async () => {
      await assert.rejects(
        noting().signOut(files, 'p:z', async () => now()),
        (error) => isKnown(error, 'profile.gone'),
      );
      assert.deepEqual(events, ['open 1', 'drop 1']);
    });

    it('names the login that was removed, though somebody refreshed it meanwhile', async () => {
      replaceMeanwhile = () =>
        write(files.storePath, { version: 1, profiles: { 'p:x': { ...LOGIN, refresh: 'r2' } } });
      await noting().signOut(files, 'p:x', async () => now());
      assert.deepEqual(drafts, [removal('refresh-SECRET'), removal('r2')]);
      assert.deepEqual(events, ['open 1', 'open 2', 'made 2', 'commit', 'drop 1']);
    });

    it('that cannot be written is no reason to keep a login', async () => {
      replaceMeanwhile = full;
      await noting().signOut(files, 'p:x', async () => now());
      assert.deepEqual(events, ['open 1', 'open 2', 'commit']);
      assert.deepEqual(Object.keys((await read(files.storePath))['profiles'] ?? {}), ['p:y']);
    });

    it('is told after the removal where there was no room before', async () => {
      replaceMeanwhile = fullOnce;
      await noting().signOut(files, 'p:x', async () => now());
      assert.deepEqual(drafts[1], removal('refresh-SECRET'));
    });
  });

  describe('using a profile first', () => {
    it('keeps what the list on disk holds by now', async () => {
      const stored = await read(files.storePath);
      await write(files.storePath, { ...stored, order: { ' P ': ['p:new', 'p:y', 'p:x'] } });
      await service.useFirst(files, 'p', 'p:x', ['p:y', 'p:x']);
      assert.deepEqual((await read(files.storePath))['order'], { ' P ': ['p:x', 'p:new', 'p:y'] });
    });

    describe('in the journal', () => {
      const order = (seen: readonly string[] | null, ...list: readonly string[]) => ({
        ...{ kind: 'order', storePath: files.storePath, provider: 'p', profileId: list[0] },
        ...{ list, seen: seen && entryHash(seen) },
      });
      const useFirst = (id = 'p:x') => noting().useFirst(files, 'p', id, ['p:y', 'p:x']);

      it('is told before it happens, and left to be dropped later', async () => {
        await useFirst();
        assert.deepEqual(drafts, [order(null, 'p:x', 'p:y')]);
        assert.deepEqual(events, ['open 1', 'made 1', 'commit']);
      });

      it('is not told where nothing changes', async () => {
        await useFirst();
        await useFirst();
        assert.deepEqual(events, ['open 1', 'made 1', 'commit', 'commit']);
      });

      it('is forgotten where it failed', async () => {
        replaceMeanwhile = () => write(files.storePath, { version: 1, profiles: { 'p:y': OTHER } });
        await assert.rejects(useFirst(), (error) => isKnown(error, 'profile.gone'));
        assert.deepEqual(events, ['open 1', 'drop 1']);
      });

      it('says what was really written, though somebody changed the order meanwhile', async () => {
        const list = ['p:new', 'p:x'];
        replaceMeanwhile = async () =>
          write(files.storePath, { ...(await read(files.storePath)), order: { p: list } });
        await useFirst();
        assert.deepEqual(drafts[1], order(list, 'p:x', 'p:new'));
        assert.deepEqual(events, ['open 1', 'open 2', 'made 2', 'commit', 'drop 1']);
      });

      it('that cannot be written is no reason not to do it', async () => {
        replaceMeanwhile = full;
        await useFirst();
        assert.deepEqual((await read(files.storePath))['order'], { p: ['p:x', 'p:y'] });
      });

      it('is told afterwards where there was no room before', async () => {
        replaceMeanwhile = fullOnce;
        await useFirst();
        assert.deepEqual(drafts[1], order(null, 'p:x', 'p:y'));
      });
    });

    it('imports older sign-ins first where there is no store', async () => {
      const legacyPath = path('oauth.json');
      await write(legacyPath, { p: { refresh: 'r' } });
      const none = { ...files, storePath: path('new', 'auth-profiles.json') };
      await service.useFirst({ ...none, legacyPaths: [legacyPath] }, 'p', 'p:default', []);
      const { order, profiles } = await read(none.storePath);
      assert.deepEqual(order, { p: ['p:default'] });
      assert.deepEqual(profiles, { 'p:default': { type: 'oauth', provider: 'p', refresh: 'r' } });
    });
  });

  describe('importing older sign-ins', () => {
    it('says before from where and for which providers', async () => {
      const none = { ...files, storePath: path('new', 'auth-profiles.json') };
      const nothing = { sources: [], providers: [], leftOut: [] };
      assert.deepEqual(await service.plannedImport(none), nothing);
      await mkdir(path('new'));
      await write(path('new', 'auth.json'), {
        'Z.AI': { type: 'api_key', key: 'k' },
        z: { type: 'token', provider: 'zai', token: 't' },
        q: { type: 'api_key', key: 'k' },
      });
      await write(path('oauth.json'), { 'Z.AI': { refresh: 'another' } });
      const older = { ...none, legacyPaths: [path('oauth.json')] };
      assert.deepEqual(await service.plannedImport(older), {
        sources: [path('new', 'auth.json'), path('oauth.json')],
        providers: ['zai', 'q'],
        leftOut: [{ provider: 'zai', path: path('oauth.json') }],
      });
    });
  });
});
