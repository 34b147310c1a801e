import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { type AgentFiles, ProfileService } from '../../../../src/core/custody/profileService.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import type { JsonObject } from '../../../../src/core/documents/json.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import type { Snapshot } from '../../../../src/core/model/snapshot.ts';
import { agent, profile, provider, snapshot, stateDir } from '../../../support/snapshots.ts';
import { workFolder } from '../disk/workFolder.ts';

const LOGIN = { type: 'oauth', provider: 'p', access: 'access-SECRET', refresh: 'refresh-SECRET' };
const CONFIG = { auth: { profiles: { 'p:x': { provider: 'p', mode: 'oauth' } } } };

describe('profile service', () => {
  const path = workFolder();
  const vault = new Vault({ clock: systemClock, log: () => {} });
  const service = new ProfileService(vault);
  let files: AgentFiles;

  beforeEach(async () => {
    files = {
      storePath: path('agent', 'auth-profiles.json'),
      configPath: path('coderclaw.json'),
      legacyPaths: [],
    };
    await mkdir(dirname(files.storePath));
    await write(files.storePath, { version: 1, profiles: { 'p:x': LOGIN, 'p:y': LOGIN } });
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
        commitStore: async (...commit) => ({
          ...(await vault.commitStore(...commit)),
          aftermath: Promise.resolve('undone'),
        }),
        commitConfig: (...commit) => vault.commitConfig(...commit),
      });
      assert.deepEqual(await undone.signOut(files, 'p:x', async () => now()), { undone: true });
      assert.deepEqual(await read(files.configPath), CONFIG);
    });
  });

  describe('the copy in the runtime cache', () => {
    const cache = () => path('agent', 'auth.json');

    const contents: readonly [string, JsonObject, boolean][] = [
      ['the same refresh token', { q: { type: 'oauth', refresh: 'refresh-SECRET' } }, true],
      ['the same access token', { q: { type: 'oauth', access: 'access-SECRET' } }, true],
      ['another login', { p: { type: 'oauth', access: 'a', refresh: 'r' } }, false],
      ['no secret at all', { p: { type: 'oauth', access: '', note: 'access-SECRET' } }, false],
      ['nothing', {}, false],
    ];
    for (const [title, content, isCopy] of contents) {
      it(`${isCopy ? 'is named' : 'is none'}: ${title}`, async () => {
        await write(cache(), content);
        const found = await service.cachedCopy(files, 'p:x');
        assert.deepEqual(found, isCopy ? { path: cache(), certain: true } : undefined);
      });
    }

    it('is none where there is no cache, or no such profile', async () => {
      assert.equal(await service.cachedCopy(files, 'p:x'), undefined);
      await writeFile(cache(), '{');
      assert.equal(await service.cachedCopy(files, 'p:z'), undefined);
    });

    it('cannot be ruled out where the cache cannot be read', async () => {
      for (const text of ['', '{"p":{"refresh":"refresh-SEC', '[]']) {
        await writeFile(cache(), text);
        const found = await service.cachedCopy(files, 'p:x');
        assert.deepEqual(found, { path: cache(), certain: false });
      }
    });
  });

  describe('using a profile first', () => {
    it('keeps what the list on disk holds by now', async () => {
      const stored = await read(files.storePath);
      await write(files.storePath, { ...stored, order: { ' P ': ['p:new', 'p:y', 'p:x'] } });
      await service.useFirst(files, 'p', 'p:x', ['p:y', 'p:x']);
      assert.deepEqual((await read(files.storePath))['order'], { ' P ': ['p:x', 'p:new', 'p:y'] });
    });

    it('makes no store that hides older logins', async () => {
      const legacyPath = path('oauth.json');
      await write(legacyPath, { p: { refresh: 'r' } });
      const none = { ...files, storePath: path('new', 'auth-profiles.json') };
      await assert.rejects(
        service.useFirst({ ...none, legacyPaths: [legacyPath] }, 'p', 'p:x', []),
        (error) => isKnown(error, 'store.legacyPending'),
      );
    });
  });
});
