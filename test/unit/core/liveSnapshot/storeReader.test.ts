import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAuthStore } from '../../../../src/core/documents/authStore.ts';
import { SETTLE_MS, StoreReader } from '../../../../src/core/liveSnapshot/storeReader.ts';
import { ManualClock } from './manualClock.ts';

function storeText(key: string): string {
  return JSON.stringify({
    version: 1,
    profiles: { 'p:k': { type: 'api_key', provider: 'p', key } },
  });
}

describe('StoreReader', () => {
  let folder: string;
  let path: string;
  let clock: ManualClock;
  let parses: number;
  let reader: StoreReader;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'store-reader-'));
    path = join(folder, 'auth-profiles.json');
    clock = new ManualClock(Date.now());
    parses = 0;
    reader = new StoreReader({
      clock,
      parse: (text) => {
        parses += 1;
        return parseAuthStore(text);
      },
    });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = () => reader.read(path, [join(folder, 'auth.json')]);

  async function keyRead(): Promise<string | undefined> {
    const { read: found } = await read();
    if (found.kind !== 'whole') return found.kind;
    const credential = found.store.profiles.get('p:k');
    return credential?.type === 'api_key' ? credential.key : undefined;
  }

  it('tells an absent store, and the older file that would be imported in its place', async () => {
    assert.deepEqual(await read(), {
      read: { kind: 'absent', path },
      settling: false,
      isLink: false,
    });
    const legacyPath = join(folder, 'auth.json');
    await writeFile(legacyPath, '{}');
    assert.deepEqual((await read()).read, { kind: 'absent', path }, 'there is no login in it');
    await writeFile(legacyPath, '{"p": {"type": "api_key"}}');
    const legacyPaths = [legacyPath];
    assert.deepEqual(await read(), {
      read: { kind: 'absent', path, legacyPaths },
      settling: false,
      isLink: false,
    });
  });

  it('S21 reports a store that others may read, with the fix, until it is mended', async () => {
    await writeFile(path, storeText('k'), { mode: 0o600 });
    const problems = async (): Promise<readonly string[]> => {
      const { read: found } = await read();
      return found.kind === 'whole' ? found.problems : [found.kind];
    };
    assert.deepEqual(await problems(), []);
    await chmod(path, 0o644);
    assert.match((await problems()).join(), /mode 0644.*chmod 600/);
    await chmod(path, 0o600);
    assert.deepEqual(await problems(), []);
  });

  it('says of a store that a rewrite would damage that it cannot be written', async () => {
    const unwritable = async (text: string) => {
      await writeFile(path, text, { mode: 0o600 });
      const { read: found } = await read();
      assert.equal(found.kind, 'whole');
      if (found.kind !== 'whole') return undefined;
      if (found.unwritable !== undefined) assert.ok(found.problems.includes(found.unwritable));
      return found.unwritable;
    };
    assert.equal(await unwritable(storeText('k')), undefined);
    assert.match(String(await unwritable('{"profiles":{"p:k":{},"p:k":{}}}')), /p:k stands twice/);
    assert.match(String(await unwritable('{"profiles":{},"x":1e999}')), /too large/);
  });

  it('takes a store that is not UTF-8 for torn, as the vault does', async () => {
    await writeFile(path, Buffer.from('{"profiles":{"p:\xff":{}}}', 'latin1'));
    const { read: found } = await read();
    assert.equal(found.kind === 'torn' && found.detail, 'not UTF-8');
  });

  it('tells an unreadable store from an absent one (I8)', async () => {
    await mkdir(path);
    assert.equal((await read()).read.kind, 'unreadable');
    await rm(path, { recursive: true });
    await symlink(path, path);
    assert.deepEqual((await read()).read, { kind: 'unreadable', path, errno: 'ELOOP' });
    await rm(path);
    await writeFile(path, Buffer.alloc(16 * 1024 * 1024 + 1, 32));
    assert.deepEqual((await read()).read, { kind: 'unreadable', path, errno: 'EFBIG' });
  });

  it('does not wait on a pipe', async function () {
    if (process.platform === 'win32') this.skip();
    execFileSync('mkfifo', [path]);
    assert.equal((await read()).read.kind, 'unreadable');
  });

  it('answers with the last whole content while a store is torn for less than a second', async () => {
    await writeFile(path, storeText('one'));
    assert.equal(await keyRead(), 'one');
    await writeFile(path, storeText('two').slice(0, 30));
    assert.equal(await keyRead(), 'one');
    assert.equal((await read()).settling, true);
    clock.advance(SETTLE_MS - 1);
    // Still the same plight, however the writer goes on.
    await writeFile(path, storeText('two').slice(0, 40));
    assert.equal(await keyRead(), 'one');
    await writeFile(path, storeText('two'));
    assert.equal(await keyRead(), 'two');
    assert.equal((await read()).settling, false);
  });

  it('calls a store torn after a second, and whole when it is', async () => {
    await writeFile(path, storeText('one'));
    await read();
    await writeFile(path, '');
    assert.equal((await read()).read.kind, 'whole');
    clock.advance(SETTLE_MS);
    assert.deepEqual(await read(), {
      read: { kind: 'torn', path, detail: 'the file is empty' },
      settling: false,
      isLink: false,
    });
    await writeFile(path, '{"version": 1, ');
    assert.deepEqual((await read()).read.kind, 'torn');
    await writeFile(path, storeText('two'));
    assert.equal(await keyRead(), 'two');
    // A new tear is given a second anew.
    await writeFile(path, '');
    assert.equal(await keyRead(), 'two');
  });

  it('calls a store that it never saw whole torn, but settling at first', async () => {
    await writeFile(path, '{');
    const { read: found, settling } = await read();
    assert.equal(found.kind, 'torn');
    assert.equal(settling, true);
    clock.advance(SETTLE_MS);
    assert.equal((await read()).settling, false);
  });

  it('parses nothing twice that has not changed, and gives back the same object', async () => {
    await writeFile(path, storeText('one'));
    const first = await read();
    assert.equal((await read()).read, first.read);
    clock.advance(60_000);
    assert.equal((await read()).read, first.read);
    assert.equal((await read()).read, first.read);
    // The same bytes in another file are no change either.
    await writeFile(`${path}.new`, storeText('one'));
    await rename(`${path}.new`, path);
    assert.equal((await read()).read, first.read);
    assert.equal(parses, 1);
  });

  it('sees every change of a store of the same size, within one tick of its time stamps too', async () => {
    for (let round = 100; round < 200; round++) {
      await writeFile(path, storeText(`k${round}`));
      assert.equal(await keyRead(), `k${round}`);
    }
  });

  it('sees a change after a quiet time', async () => {
    await writeFile(path, storeText('one'));
    clock.advance(60_000);
    assert.equal(await keyRead(), 'one');
    await writeFile(path, storeText('two'));
    assert.equal(await keyRead(), 'two');
  });

  it('trusts equal time stamps only where the file had been left alone for a while', async () => {
    const version = { key: 'the same tick', settled: false, isLink: false };
    reader = new StoreReader({ clock, versionOf: async () => version });
    await writeFile(path, storeText('one'));
    assert.equal(await keyRead(), 'one');
    await writeFile(path, storeText('two'));
    assert.equal(await keyRead(), 'two');
    version.settled = true;
    await rm(path);
    // Not even opened: nothing there to open.
    assert.equal(await keyRead(), 'two');
  });

  it('forgets what it is told to', async () => {
    await writeFile(path, storeText('one'));
    await read();
    reader.keepOnly(new Set());
    await writeFile(path, '');
    assert.equal((await read()).read.kind, 'torn');
  });

  it('never throws for what a file may hold', async () => {
    const hostile = [
      Buffer.from([0xff, 0xfe, 0x00, 0x7b]),
      Buffer.alloc(4096),
      Buffer.from(`${'['.repeat(200_000)}`),
      Buffer.from('null'),
      Buffer.from('{"version": {}, "profiles": {}}'),
      Buffer.from('{"profiles": {"a": null, "b": [], "c": {"type": "oauth"}}, "order": 3}'),
    ];
    for (const bytes of hostile) {
      await writeFile(path, bytes);
      assert.ok((await read()).read.kind);
    }
  });
});
