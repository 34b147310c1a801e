import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { CheckpointName } from '../../src/core/disk/checkpoint.ts';
import { workerFile } from './workers.ts';

const AUTH = { p: { type: 'oauth', access: 'a', refresh: 'r1', expires: 1 } };
const OAUTH = { q: { access: 'a', refresh: 'r2', expires: 1 } };
const STORED = {
  version: 1,
  profiles: {
    'p:default': { type: 'oauth', provider: 'p', access: 'a', refresh: 'r1', expires: 1 },
    'q:default': { type: 'oauth', provider: 'q', access: 'a', refresh: 'r2', expires: 1 },
  },
};

describe('I16: an import that is killed', function () {
  this.timeout(60_000);
  let root: string;
  let store: string;
  let oauth: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'legacy-import-'));
    store = join(root, 'agent', 'auth-profiles.json');
    oauth = join(root, 'credentials', 'oauth.json');
    await mkdir(dirname(store));
    await mkdir(dirname(oauth));
    await writeFile(join(dirname(store), 'auth.json'), JSON.stringify(AUTH));
    await writeFile(oauth, JSON.stringify(OAUTH));
  });
  afterEach(() => rm(root, { recursive: true }));

  /** What it said; empty if it was killed. */
  const importing = (killAt: CheckpointName | ''): Promise<string> =>
    new Promise((resolve) => {
      const args = [workerFile('legacyImport'), store, oauth, killAt];
      execFile(process.execPath, args, (_error, stdout) => resolve(stdout.trim()));
    });

  /** What stands in the folders, and what the older files and those that were kept hold. */
  async function found() {
    const names = (await readdir(root, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const holding = async (name: string): Promise<unknown[]> =>
      Promise.all(
        names
          .filter((path) => basename(path).startsWith(name))
          .map(async (path) => JSON.parse(await readFile(path, 'utf8'))),
      );
    return {
      store: JSON.parse(await readFile(store, 'utf8')),
      auth: await holding('auth.json'),
      oauth: await holding('oauth.json'),
      count: names.length,
    };
  }

  const points: readonly CheckpointName[] = [
    'lock.held',
    'read',
    'temp.written',
    'compared',
    'renamed',
    'folder.synced',
  ];
  for (const point of points) {
    it(`at ${point}: the next one ends as if nothing had happened, and nothing is lost`, async () => {
      assert.equal(await importing(point), '');
      await importing('');
      assert.equal(await importing(''), 'nothing');
      assert.deepEqual(await found(), { store: STORED, auth: [AUTH], oauth: [OAUTH], count: 3 });
    });
  }

  it('that is not killed imports both files', async () => {
    assert.equal(await importing(''), 'p:default q:default');
    assert.deepEqual(await found(), { store: STORED, auth: [AUTH], oauth: [OAUTH], count: 3 });
  });
});
