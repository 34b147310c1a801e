import assert from 'node:assert/strict';
import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { Cancelled, systemClock } from '../../../../src/core/clock.ts';
import { Vault, type VaultOptions } from '../../../../src/core/custody/vault.ts';
import { replaceFile } from '../../../../src/core/disk/atomicFile.ts';
import type { CheckpointName } from '../../../../src/core/disk/checkpoint.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import { setOrder } from '../../../../src/core/documents/orderIntents.ts';
import { removeProfile, upsertProfile } from '../../../../src/core/documents/storeIntents.ts';
import { type ErrorCode, isKnown, KnownError } from '../../../../src/core/errors.ts';
import { workFolder } from '../disk/workFolder.ts';

const TOKEN = { type: 'token', provider: 'p', token: 'SECRET-CANARY' };
const sleep = (ms: number) => systemClock.sleep(ms);
const known = (code: ErrorCode) => (error: unknown) => isKnown(error, code);

describe('vault: stores', () => {
  const path = workFolder();
  const store = () => path('auth-profiles.json');
  let log: string[];
  beforeEach(() => {
    log = [];
  });

  function vaultWith(options: Partial<VaultOptions> = {}): Vault {
    return new Vault({ clock: systemClock, log: (line) => log.push(line), ...options });
  }

  async function stored(): Promise<{ profiles: Record<string, { token?: string }> }> {
    return JSON.parse(await readFile(store(), 'utf8'));
  }

  it('creates a store and its folder, private from the first instant', async () => {
    const file = path('agents', 'main', 'agent', 'auth-profiles.json');
    const { changed } = await vaultWith().commitStore(file, upsertProfile('p:a', TOKEN));
    assert(changed);
    assert.equal(
      await readFile(file, 'utf8'),
      `${JSON.stringify({ version: 1, profiles: { 'p:a': TOKEN } }, null, 2)}\n`,
    );
    for (const folder of ['agents', 'agents/main', 'agents/main/agent']) {
      assert.equal((await stat(path(folder))).mode & 0o777, 0o700);
    }
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(path('agents', 'main', 'agent')), ['auth-profiles.json']);
  });

  it('S21, I15: no file in the folder is looser than 0600 at any point of a commit', async () => {
    await writeFile(store(), '{"version":1,"profiles":{}}', { mode: 0o600 });
    const seen = new Set<string>();
    const checkpoint = (): void => {
      for (const name of readdirSync(path())) {
        const { mode } = lstatSync(path(name));
        assert.equal(mode & 0o177, 0, name);
        seen.add(name.replace(/[0-9a-f]{16}/, '*'));
      }
    };
    const locks = new FileLocks({ app: 't', clock: systemClock, checkpoint });
    await vaultWith({ checkpoint, locks }).commitStore(store(), upsertProfile('p:a', TOKEN));
    assert.deepEqual([...seen].sort(), [
      '.auth-profiles.json.*.tmp',
      '.auth-profiles.json.lock.*.tmp',
      'auth-profiles.json',
      'auth-profiles.json.lock',
    ]);
  });

  it('keeps what it does not know, and writes nothing when nothing changes', async () => {
    const document = { version: 1, future: { a: [1] }, profiles: { 'p:x': { type: 'new' } } };
    await writeFile(store(), JSON.stringify(document), { mode: 0o600 });
    const vault = vaultWith();
    await vault.commitStore(store(), upsertProfile('p:a', TOKEN));
    assert.deepEqual(await stored(), {
      ...document,
      profiles: { ...document.profiles, 'p:a': TOKEN },
    });
    const before = await stat(store(), { bigint: true });
    const again = await vault.commitStore(store(), upsertProfile('p:a', { ...TOKEN }));
    assert.deepEqual([again.changed, await again.aftermath], [false, 'kept']);
    assert.equal((await stat(store(), { bigint: true })).mtimeNs, before.mtimeNs);
    await vault.commitStore(store(), setOrder('p', ['p:a']));
    await vault.commitStore(store(), removeProfile('p:a'));
    assert.deepEqual(await stored(), { ...document, order: {} });
  });

  const refused: readonly [string, string | Buffer, ErrorCode][] = [
    ['an empty store', '', 'store.torn'],
    ['half a store', '{"version":1,"profiles":{"p:a":{"ty', 'store.torn'],
    [
      'a store that is not UTF-8',
      Buffer.from('{"version":1,"profiles":{"\xff":1}}', 'latin1'),
      'store.torn',
    ],
    [
      'a number that cannot be written again',
      '{"version":1,"profiles":{},"n":1e999}',
      'store.torn',
    ],
    ['another version', '{"version":2,"profiles":{}}', 'store.unknownVersion'],
    ['a key that stands twice', '{"version":1,"profiles":{"p:a":1,"p:a":2}}', 'store.duplicateKey'],
  ];
  for (const [what, content, code] of refused) {
    it(`never writes over ${what}: ${code}`, async () => {
      await writeFile(store(), content, { mode: 0o600 });
      await assert.rejects(
        vaultWith().commitStore(store(), upsertProfile('p:b', TOKEN)),
        known(code),
      );
      assert.deepEqual(await readFile(store()), Buffer.from(content));
      assert.deepEqual(await readdir(path()), ['auth-profiles.json']);
    });
  }

  it('I8: never writes over a store that is a folder', async () => {
    await mkdir(store());
    const commit = vaultWith().commitStore(store(), upsertProfile('p:b', TOKEN));
    await assert.rejects(commit, known('store.unreadable'));
  });

  it('waits for a torn store to become whole', async () => {
    await writeFile(store(), '{"version":1,');
    const commit = vaultWith().commitStore(store(), upsertProfile('p:b', TOKEN));
    await sleep(200);
    await writeFile(store(), '{"version":1,"profiles":{"p:a":{}}}');
    await commit;
    assert.deepEqual(Object.keys((await stored()).profiles), ['p:a', 'p:b']);
  });

  it('does not hide an older file that waits for its import', async () => {
    const upsert = upsertProfile('p:a', TOKEN);
    await writeFile(path('auth.json'), '{"p":{"type":"token","token":"x"}}');
    await assert.rejects(vaultWith().commitStore(store(), upsert), known('store.legacyPending'));
    await writeFile(path('auth.json'), 'torn');
    await assert.rejects(vaultWith().commitStore(store(), upsert), known('store.legacyPending'));
    await writeFile(path('auth.json'), '{}');
    await writeFile(path('oauth.json'), '{"p":{"access":"x"}}');
    const legacyPaths = [path('oauth.json')];
    await assert.rejects(
      vaultWith().commitStore(store(), upsert, { legacyPaths }),
      known('store.legacyPending'),
    );
    await assert.rejects(stat(store()));
    await vaultWith().commitStore(store(), upsert);
    // With a whole store, they are only caches.
    await vaultWith().commitStore(store(), upsertProfile('p:b', TOKEN), { legacyPaths });
  });

  it('S22: replaces the target of a link, under the locks of both names', async () => {
    await mkdir(path('dotfiles'));
    await writeFile(path('dotfiles', 'real.json'), '{"version":1,"profiles":{}}');
    await chmod(path('dotfiles', 'real.json'), 0o644);
    await symlink('dotfiles/real.json', store());
    let held: string[] = [];
    const checkpoint = (name: CheckpointName): void => {
      if (name === 'compared') held = [...readdirSync(path()), ...readdirSync(path('dotfiles'))];
    };
    await vaultWith({ checkpoint }).commitStore(store(), upsertProfile('p:a', TOKEN));
    assert.equal(await readlink(store()), 'dotfiles/real.json');
    assert((await lstat(store())).isSymbolicLink());
    assert.deepEqual(Object.keys((await stored()).profiles), ['p:a']);
    assert.equal((await stat(path('dotfiles', 'real.json'))).mode & 0o777, 0o600);
    assert(held.includes('auth-profiles.json.lock') && held.includes('real.json.lock'));
    assert.deepEqual(await readdir(path('dotfiles')), ['real.json']);
  });

  it('starts over when a program without a lock writes in between', async () => {
    await writeFile(store(), '{"version":1,"profiles":{}}');
    let times = 0;
    const checkpoint = async (name: CheckpointName): Promise<void> => {
      if (name !== 'temp.synced' || times++ > 1) return;
      await writeFile(store(), `{"version":1,"profiles":{"cli:${times}":{}}}`);
    };
    await vaultWith({ checkpoint }).commitStore(store(), upsertProfile('p:a', TOKEN));
    assert.deepEqual(Object.keys((await stored()).profiles), ['cli:2', 'p:a']);
  });

  it('gives up, and writes nothing, when that never ends', async () => {
    await writeFile(store(), '{"version":1,"profiles":{}}');
    let n = 0;
    const checkpoint = async (name: CheckpointName): Promise<void> => {
      if (name === 'temp.synced')
        await writeFile(store(), `{"version":1,"profiles":{"${n++}":{}}}`);
    };
    await assert.rejects(
      vaultWith({ checkpoint }).commitStore(store(), upsertProfile('p:a', TOKEN)),
      known('disk.contended'),
    );
    assert.deepEqual(await readdir(path()), ['auth-profiles.json']);
  });

  it('starts over when its lock is taken away', async () => {
    let times = 0;
    const checkpoint = async (name: CheckpointName): Promise<void> => {
      if (name === 'temp.synced' && times++ === 0) await rm(`${store()}.lock`);
    };
    await vaultWith({ checkpoint }).commitStore(store(), upsertProfile('p:a', TOKEN));
    assert.equal(times, 2);
  });

  describe('a lock that runs out after the rename', () => {
    /** Stands still once at a point, for longer than a lock may be held. */
    function slowAt(point: CheckpointName, meanwhile = async (): Promise<void> => {}) {
      let isFirst = true;
      const checkpoint = async (name: CheckpointName): Promise<void> => {
        if (name !== point || !isFirst) return;
        isFirst = false;
        await sleep(250);
        await meanwhile();
      };
      const locks = new FileLocks({ app: 't', clock: systemClock, times: { holdMs: 100 } });
      const heard: string[] = [];
      const onCommit: VaultOptions['onCommit'] = ({ intent }) => heard.push(intent.summary);
      return { vault: vaultWith({ checkpoint, locks, onCommit }), heard };
    }
    const both = { 'p:a': TOKEN, 'p:b': TOKEN };
    beforeEach(() => writeFile(store(), JSON.stringify({ version: 1, profiles: both })));

    it('has no second removal follow, which would find nothing to remove', async () => {
      const { vault, heard } = slowAt('renamed');
      const { changed } = await vault.commitStore(store(), removeProfile('p:a'));
      assert.equal(changed, true);
      assert.equal(heard.length, 1);
      assert.deepEqual(Object.keys((await stored()).profiles), ['p:b']);
    });

    it('nor where others have gone on from it', async () => {
      const other = vaultWith();
      const { vault } = slowAt('renamed', async () => {
        await other.commitStore(store(), upsertProfile('p:a', { ...TOKEN, token: 'later' }));
      });
      assert.equal((await vault.commitStore(store(), removeProfile('p:a'))).changed, true);
      assert.equal((await stored()).profiles['p:a']?.token, 'later');
    });

    it('starts over where it ran out before', async () => {
      const { vault, heard } = slowAt('temp.synced');
      assert.equal((await vault.commitStore(store(), removeProfile('p:a'))).changed, true);
      assert.deepEqual([heard.length, Object.keys((await stored()).profiles)], [1, ['p:b']]);
    });

    it('is told of all that was committed under several locks by then', async () => {
      const { vault, heard } = slowAt('renamed');
      let inside: Promise<boolean> | undefined;
      const outside = vault.withStores([store()], {}, (stores) => {
        inside = stores.commit(store(), removeProfile('p:a'));
        return inside;
      });
      await assert.rejects(outside, known('lock.lost'));
      assert.equal(await inside, true);
      assert.equal(heard.length, 1);
    });

    it('and an answer to the rename that was lost with it: what stands as it was written is done', async () => {
      let isFirst = true;
      const replace: VaultOptions['replace'] = async (file, bytes, guard) => {
        const identity = await replaceFile(file, bytes, guard);
        if (!isFirst) return identity;
        isFirst = false;
        throw new KnownError('lock.lost', { path: file });
      };
      await vaultWith({ replace }).commitStore(store(), removeProfile('p:a'));
      assert.deepEqual(Object.keys((await stored()).profiles), ['p:b']);
      // Nobody has tried: it is still an error.
      await assert.rejects(
        vaultWith().commitStore(store(), removeProfile('p:a')),
        known('profile.gone'),
      );
    });
  });

  it('tells of a commit before it logs it, and whoever throws then makes no commit fail', async () => {
    const OLD = { version: 1, profiles: { 'p:old': TOKEN } };
    await writeFile(store(), JSON.stringify(OLD));
    const heard: string[] = [];
    const vault = vaultWith({
      log: () => {
        heard.push('log');
        throw new Error('Channel has been closed');
      },
      onCommit: ({ intent }) => {
        heard.push(intent.summary);
        throw new Error('gone');
      },
      onRepair: () => {
        throw new Error('gone');
      },
    });
    const upsert = (id: string) => upsertProfile(id, TOKEN);
    assert.equal((await vault.commitStore(store(), upsert('p:a'))).changed, true);
    assert.deepEqual(heard, [upsert('p:a').summary, 'log']);
    assert.equal(
      await vault.withStores([store()], {}, (stores) => stores.commit(store(), upsert('p:b'))),
      true,
    );
    // A repair on the way of a commit is told within it.
    await writeFile(store(), JSON.stringify(OLD));
    assert.equal((await vault.commitStore(store(), upsert('p:c'))).changed, true);
    await vault.commitConfig(path('coderclaw.json'), () => '{}');
    assert.deepEqual(Object.keys((await stored()).profiles).sort(), ['p:a', 'p:b', 'p:c', 'p:old']);
    vault.dispose();
  });

  it('I1: a holder that was stopped after all of its checks cannot land on newer bytes', async () => {
    await writeFile(store(), '{"version":1,"profiles":{}}');
    // The first holder stands still between its last look and its rename. A thief removes its lock,
    // and a second one commits. When the first goes on, its bytes are old.
    const thief = vaultWith();
    let stopped = false;
    const checkpoint = async (name: CheckpointName): Promise<void> => {
      if (name !== 'compared' || stopped) return;
      stopped = true;
      await rm(`${store()}.lock`);
      await thief.commitStore(store(), upsertProfile('p:thief', TOKEN));
    };
    await vaultWith({ checkpoint }).commitStore(store(), upsertProfile('p:slow', TOKEN));
    assert.deepEqual(Object.keys((await stored()).profiles).sort(), ['p:slow', 'p:thief']);
  });

  it('sweeps what a killed process left', async () => {
    await writeFile(path('.auth-profiles.json.0123456789abcdef.tmp'), 'half');
    await vaultWith().commitStore(store(), upsertProfile('p:a', TOKEN));
    assert.deepEqual(await readdir(path()), ['auth-profiles.json']);
  });

  it('can be cancelled while it waits, and leaves nothing behind', async () => {
    const signal = AbortSignal.abort();
    const commit = vaultWith().commitStore(store(), upsertProfile('p:a', TOKEN), { signal });
    await assert.rejects(commit, Cancelled);
    assert.deepEqual(await readdir(path()), []);
  });

  it('50 callers at once: nothing lost', async () => {
    const vault = vaultWith();
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        vault.commitStore(store(), upsertProfile(`p:${n}`, TOKEN)),
      ),
    );
    assert.equal(Object.keys((await stored()).profiles).length, 50);
  });

  describe('rule 8: what a program without a lock does just after', () => {
    const OLD = '{"version":1,"profiles":{"p:a":{"type":"token","provider":"p","token":"old"}}}';

    it('repairs a stale copy that brought the old value back', async () => {
      await writeFile(store(), OLD);
      const { aftermath } = await vaultWith().commitStore(store(), upsertProfile('p:a', TOKEN));
      // At once: the first look is only 50 ms away.
      writeFileSync(store(), OLD);
      assert.equal(await aftermath, 'repaired');
      assert.equal((await stored()).profiles['p:a']?.token, TOKEN.token);
      assert(log.some((line) => line.includes('undone')));
    });

    it('repairs a stale copy without the new profile, and a removal that was undone', async () => {
      await writeFile(store(), OLD);
      const vault = vaultWith();
      const added = await vault.commitStore(store(), upsertProfile('p:b', TOKEN));
      writeFileSync(store(), OLD);
      assert.equal(await added.aftermath, 'repaired');
      await vault.commitStore(store(), removeProfile('p:b'));
      const removed = await vault.commitStore(store(), removeProfile('p:a'));
      writeFileSync(store(), OLD);
      assert.equal(await removed.aftermath, 'repaired');
      assert.deepEqual((await stored()).profiles, {});
    });

    it('says so when it is undone again and again', async () => {
      await writeFile(store(), OLD);
      const { aftermath } = await vaultWith().commitStore(store(), upsertProfile('p:a', TOKEN));
      const timer = setInterval(() => void writeFile(store(), OLD), 15);
      const outcome = await aftermath;
      clearInterval(timer);
      assert.equal(outcome, 'undone');
    });

    it('respects another value, and a removal by a program that locks', async () => {
      await writeFile(store(), '{"version":1,"profiles":{}}');
      const vault = vaultWith();
      const one = await vault.commitStore(store(), upsertProfile('p:a', TOKEN));
      await vault.commitStore(store(), upsertProfile('p:a', { ...TOKEN, token: 'later' }));
      assert.equal(await one.aftermath, 'kept');
      const two = await vault.commitStore(store(), upsertProfile('p:b', TOKEN));
      await vault.commitStore(store(), removeProfile('p:b'));
      assert.equal(await two.aftermath, 'kept');
      assert.deepEqual(Object.keys((await stored()).profiles), ['p:a']);
    });

    it('does not know when it was disposed', async () => {
      const vault = vaultWith();
      const { aftermath } = await vault.commitStore(store(), upsertProfile('p:a', TOKEN));
      vault.dispose();
      assert.equal(await aftermath, 'unknown');
    });
  });

  it('S17: says no secret in its log or its errors', async () => {
    await vaultWith().commitStore(store(), upsertProfile('p:a', TOKEN));
    await writeFile(store(), '{"version":1,"profiles":{"p:a":{"token":"SECRET-CANARY');
    const failure = await vaultWith()
      .commitStore(store(), upsertProfile('p:b', TOKEN))
      .catch((error: unknown) => error);
    const { inspect } = await import('node:util');
    assert.doesNotMatch(inspect(failure, { depth: 9 }) + log.join(), /SECRET/);
  });
});
