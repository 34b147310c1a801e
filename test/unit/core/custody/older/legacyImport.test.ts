import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemClock } from '../../../../../src/core/clock.ts';
import { type LegacyFile, readLegacy } from '../../../../../src/core/custody/older/legacyFiles.ts';
import { planImport } from '../../../../../src/core/custody/older/legacyImport.ts';
import { type StoreChange, Vault } from '../../../../../src/core/custody/vault.ts';
import type { CheckpointName } from '../../../../../src/core/disk/checkpoint.ts';
import { parseAuthStore } from '../../../../../src/core/documents/authStore.ts';
import type { JsonObject } from '../../../../../src/core/documents/json.ts';
import { type ErrorCode, isKnown } from '../../../../../src/core/errors.ts';
import { workFolder } from '../../disk/workFolder.ts';
import { vectorCases } from '../../model/vectorCases.ts';

interface LoadVector {
  readonly agent: string;
  readonly files: Readonly<Record<string, JsonObject>>;
  readonly effective: JsonObject;
  readonly filesAfterCliRead: Readonly<Record<string, JsonObject>>;
}

const STORE = 'agents/main/agent/auth-profiles.json';
const AUTH = 'agents/main/agent/auth.json';
const OAUTH = 'credentials/oauth.json';
const KEPT = /\.imported-\d{8}-\d{6}(-\d+)?$/;

describe('importing older files', () => {
  const path = workFolder();
  const at = (name: string): string => path(...name.split('/'));
  let commits: StoreChange[];
  let vaults: Vault[];

  beforeEach(() => {
    commits = [];
    vaults = [];
  });
  afterEach(() => {
    for (const vault of vaults) vault.dispose();
  });

  function vaultWith(checkpoint?: (name: CheckpointName) => void | Promise<void>): Vault {
    const vault = new Vault({
      clock: systemClock,
      log: () => {},
      onCommit: (commit) => commits.push(commit),
      ...(checkpoint && { checkpoint }),
    });
    vaults.push(vault);
    return vault;
  }

  const run = (vault = vaultWith()) => vault.importLegacy(at(STORE), [at(AUTH), at(OAUTH)]);
  const failsWith = (code: ErrorCode) => (error: unknown) => isKnown(error, code);

  async function put(name: string, content: JsonObject | string | Buffer): Promise<void> {
    await mkdir(dirname(at(name)), { recursive: true });
    const text =
      typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
    await writeFile(at(name), text, { mode: 0o644 });
  }
  const read = async (name: string): Promise<JsonObject> =>
    JSON.parse(await readFile(at(name), 'utf8'));

  /** All files below the work folder and what they hold, older ones without their date. */
  async function files(): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {};
    for (const entry of await readdir(path(), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const name = `${entry.parentPath}/${entry.name}`.slice(path().length + 1);
      found[name.replace(KEPT, '.imported')] = await read(name);
    }
    return found;
  }

  describe('as CoderClaw does, but that it keeps them', () => {
    const compared = { imported: 0, untouched: 0 };

    vectorCases<LoadVector>('load').forEach((vector, index) => {
      const hasLegacy = AUTH in vector.files || OAUTH in vector.files;
      if (!hasLegacy) return;
      it(`load ${index}`, async () => {
        for (const [name, content] of Object.entries(vector.files)) await put(name, content);
        const imported = await run();
        const { [AUTH]: auth, [OAUTH]: oauth, ...others } = vector.files;
        if (STORE in vector.files) {
          compared.untouched += 1;
          assert.equal(imported, undefined);
          assert.deepEqual(await files(), vector.filesAfterCliRead);
          return;
        }
        compared.imported += 1;
        assert.deepEqual(await files(), {
          ...others,
          [STORE]: vector.filesAfterCliRead[STORE],
          // CoderClaw deletes the one and leaves the other.
          ...(auth && { [`${AUTH}.imported`]: auth }),
          ...(oauth && { [`${OAUTH}.imported`]: oauth }),
        });
        const stored = await readFile(at(STORE), 'utf8');
        const parsed = parseAuthStore(stored);
        assert.ok(parsed.kind === 'whole' && parsed.problems.length === 0);
        assert.deepEqual(parsed.document, vector.effective);
        assert.equal(stored, `${JSON.stringify(vector.effective, null, 2)}\n`);
      });
    });

    it('compared them all', () => {
      assert.deepEqual(compared, { imported: 12, untouched: 4 });
    });
  });

  const AUTH_CONTENT = { p: { type: 'oauth', refresh: 'r1' }, junk: { foo: 1 } };
  const OAUTH_CONTENT = { p: { refresh: 'hidden' }, q: { refresh: 'r2' } };

  it('tells what it did, and every stored profile as a change of ours', async () => {
    await put(AUTH, AUTH_CONTENT);
    await put(OAUTH, OAUTH_CONTENT);
    const imported = await run();
    assert.deepEqual(imported?.profileIds, ['p:default', 'q:default']);
    assert.deepEqual(imported.left, []);
    assert.deepEqual(
      imported.kept.map((one) => one.replace(KEPT, '')),
      [at(AUTH), at(OAUTH)],
    );
    assert.deepEqual(
      commits.map(({ storePath, intent, written }) => [storePath, intent.entry[1], written.before]),
      [
        [at(STORE), 'p:default', undefined],
        [at(STORE), 'q:default', undefined],
      ],
    );
    assert.deepEqual(
      commits.map(({ written }) => (written.after as JsonObject)['refresh']),
      ['r1', 'r2'],
    );
  });

  it('is planned with what is left out, but for what is there already', async () => {
    const same = { refresh: 'r', provider: 's' };
    await put(AUTH, { ...AUTH_CONTENT, s: { type: 'oauth', ...same } });
    await put(OAUTH, { ...OAUTH_CONTENT, s: same });
    const { logins, leftOut } = await planImport(at(STORE), [at(AUTH), at(OAUTH)], systemClock);
    assert.deepEqual(
      logins.map(({ profileId }) => profileId),
      ['p:default', 's:default', 'q:default'],
    );
    assert.deepEqual(
      leftOut.map(({ profileId, path: file, credential }) => [
        profileId,
        file,
        credential['refresh'],
      ]),
      [['p:default', at(OAUTH), 'hidden']],
    );
  });

  it('I15: store and kept files are 0600, whatever the old ones were', async () => {
    await put(AUTH, AUTH_CONTENT);
    await put(OAUTH, OAUTH_CONTENT);
    const imported = await run();
    for (const file of [at(STORE), ...(imported?.kept ?? [])]) {
      assert.equal((await stat(file)).mode & 0o777, 0o600, file);
    }
    assert.equal((await stat(dirname(at(STORE)))).mode & 0o077 & 0o022, 0);
  });

  it('makes the folder of an agent only if there is something to import', async () => {
    assert.equal(await run(), undefined);
    await put(OAUTH, { p: 'no login' });
    assert.equal(await run(), undefined);
    assert.deepEqual(await readdir(path()), ['credentials']);
    await put(OAUTH, OAUTH_CONTENT);
    await run();
    assert.equal((await stat(at('agents/main/agent'))).mode & 0o777, 0o700);
  });

  it('I8: refuses where the store is torn, empty or unreadable, and changes nothing', async () => {
    await put(AUTH, AUTH_CONTENT);
    await put(STORE, '');
    await assert.rejects(run(), failsWith('store.torn'));
    assert.equal(await readFile(at(STORE), 'utf8'), '');
    await put(STORE, { version: 2, profiles: {} });
    await assert.rejects(run(), failsWith('store.unknownVersion'));
    assert.deepEqual(await read(AUTH), AUTH_CONTENT);
  });

  it('refuses where one of the older files is not understood, and imports none of them', async () => {
    await put(AUTH, AUTH_CONTENT);
    await put(OAUTH, '{"q":{"refresh":"SECRET"');
    await assert.rejects(run(), (error) => {
      assert.doesNotMatch(String(error), /SECRET/);
      return isKnown(error, 'legacy.unreadable') && error.facts.path === at(OAUTH);
    });
    await assert.rejects(stat(at(STORE)));
  });

  it('does not understand what a rewrite would change, and what is not UTF-8', async () => {
    const file: LegacyFile = { path: at(OAUTH), kind: 'oauth' };
    const bad = ['', '{"q":{},"q":{}}', '{"q":{"expires":1e999}}', '{"q":{"refresh":"\xff"}}'];
    for (const content of bad) {
      await put(OAUTH, Buffer.from(content, 'latin1'));
      assert.equal((await readLegacy(file)).kind, 'unknown', content);
    }
    await put(OAUTH, OAUTH_CONTENT);
    assert.equal((await readLegacy(file)).kind, 'logins');
  });

  it('waits for an older file that is just being written', async () => {
    await put(AUTH, '{"p":{"type":"oau');
    const importing = run();
    setTimeout(() => void put(AUTH, AUTH_CONTENT), 100);
    assert.deepEqual((await importing)?.profileIds, ['p:default']);
  });

  it('never replaces a store that appears meanwhile', async () => {
    await put(AUTH, AUTH_CONTENT);
    const theirs = {
      version: 1,
      profiles: { 'z:z': { type: 'api_key', provider: 'z', key: 'k' } },
    };
    let isFirst = true;
    const checkpoint = async (name: CheckpointName): Promise<void> => {
      if (name !== 'compared' || !isFirst) return;
      isFirst = false;
      await put(STORE, theirs);
    };
    assert.equal(await run(vaultWith(checkpoint)), undefined);
    assert.deepEqual(await read(STORE), theirs);
    assert.deepEqual(await read(AUTH), AUTH_CONTENT, 'now it is the runtime cache');
  });

  it('I16: broken off before the store, the next import does it all', async () => {
    await put(AUTH, AUTH_CONTENT);
    const checkpoint = (name: CheckpointName): void => {
      if (name === 'temp.synced') throw new Error('killed');
    };
    await assert.rejects(run(vaultWith(checkpoint)), /killed/);
    assert.deepEqual(await files(), { [AUTH]: AUTH_CONTENT });
    assert.deepEqual((await run())?.profileIds, ['p:default']);
  });

  it('I16: broken off between store and rename, the next import changes nothing', async () => {
    await put(AUTH, AUTH_CONTENT);
    const checkpoint = (name: CheckpointName): void => {
      if (name === 'folder.synced') throw new Error('killed');
    };
    await assert.rejects(run(vaultWith(checkpoint)), /killed/);
    const left = await files();
    assert.deepEqual(Object.keys(left).sort(), [STORE, AUTH].sort());
    assert.equal(await run(), undefined);
    assert.deepEqual(await files(), left);
  });

  it('an older file that was written meanwhile is not the one that was imported, and stays', async () => {
    await put(AUTH, AUTH_CONTENT);
    const checkpoint = async (name: CheckpointName): Promise<void> => {
      if (name === 'folder.synced') await put(AUTH, { p: { type: 'oauth', refresh: 'newer' } });
    };
    const imported = await run(vaultWith(checkpoint));
    assert.deepEqual(imported?.left, [at(AUTH)]);
    assert.deepEqual(await read(AUTH), { p: { type: 'oauth', refresh: 'newer' } });
  });

  it('a file that cannot be renamed is told; the logins are stored all the same', async () => {
    // No longer name fits.
    const name = `credentials/${'o'.repeat(250)}.json`;
    await put(name, OAUTH_CONTENT);
    const imported = await vaultWith().importLegacy(at(STORE), [at(name)]);
    assert.deepEqual([imported?.profileIds.length, imported?.left], [2, [at(name)]]);
    assert.deepEqual(Object.keys(await files()).sort(), [STORE, name].sort());
  });

  it('eight at once: one imports, and nothing is lost', async () => {
    await put(AUTH, AUTH_CONTENT);
    await put(OAUTH, OAUTH_CONTENT);
    const done = await Promise.all(Array.from({ length: 8 }, () => run()));
    assert.equal(done.filter((one) => one !== undefined).length, 1);
    assert.deepEqual(
      Object.keys(await files()).sort(),
      [STORE, `${AUTH}.imported`, `${OAUTH}.imported`].sort(),
    );
  });

  it('S22: a store that is a link to nowhere is made where the link leads', async () => {
    await put(AUTH, AUTH_CONTENT);
    await mkdir(path('dotfiles'));
    await symlink(path('dotfiles', 'real.json'), at(STORE));
    await run();
    const { profiles } = JSON.parse(await readFile(path('dotfiles', 'real.json'), 'utf8'));
    assert.deepEqual(Object.keys(profiles), ['p:default']);
  });
});
