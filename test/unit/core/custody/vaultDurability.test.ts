import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../../src/core/clock.ts';
import { Vault, type VaultOptions } from '../../../../src/core/custody/vault.ts';
import { replaceFile } from '../../../../src/core/disk/atomicFile.ts';
import type { CheckpointName } from '../../../../src/core/disk/checkpoint.ts';
import { upsertProfile } from '../../../../src/core/documents/storeIntents.ts';
import { KnownError } from '../../../../src/core/errors.ts';
import { workFolder } from '../disk/workFolder.ts';

const credential = (token: string) => ({ type: 'token', provider: 'p', token });
const textOf = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;

describe('a commit, between the rename and its acknowledgement', () => {
  const folder = workFolder();
  const vaults: Vault[] = [];
  const store = (): string => join(folder(), 'auth-profiles.json');
  const vaultWith = (options: Partial<VaultOptions> = {}): Vault => {
    const vault = new Vault({ clock: systemClock, log: () => {}, ...options });
    vaults.push(vault);
    return vault;
  };
  const profilesOf = async () => JSON.parse(await readFile(store(), 'utf8')).profiles;

  beforeEach(() => writeFile(store(), textOf({ version: 1, profiles: {} }), { mode: 0o600 }));
  afterEach(() => {
    for (const vault of vaults.splice(0)) vault.dispose();
  });

  it('has given the lock back, and is acknowledged only once its name is durable', async () => {
    let letGo: () => void = () => {};
    const durable = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const told: string[] = [];
    const slow = vaultWith({
      checkpoint: (name) => (name === 'folder.synced' ? durable : undefined),
      onCommit: () => told.push('committed'),
    });
    const first = slow.commitStore(store(), upsertProfile('p:a', credential('1')));
    void first.then(() => told.push('acknowledged'));
    while ((await profilesOf())['p:a'] === undefined) await systemClock.sleep(2);
    await vaultWith().commitStore(store(), upsertProfile('p:b', credential('2')));
    assert.deepEqual(Object.keys(await profilesOf()), ['p:a', 'p:b']);
    assert.deepEqual(told, []);
    letGo();
    assert.equal((await first).changed, true);
    await systemClock.sleep(0);
    assert.deepEqual(told, ['committed', 'acknowledged']);
  });

  it('fails where its name cannot be made durable', async () => {
    const full = new KnownError('disk.full', { path: store() });
    const vault = vaultWith({
      replace: async (path, bytes, guard) => {
        let synced: Promise<void> | undefined;
        const identity = await replaceFile(path, bytes, {
          ...guard,
          syncing: (promise) => {
            synced = promise;
          },
        });
        await synced;
        const failed = Promise.reject(full);
        failed.catch(() => {});
        guard.syncing?.(failed);
        return identity;
      },
    });
    await assert.rejects(
      vault.commitStore(store(), upsertProfile('p:a', credential('1'))),
      (error) => error === full,
    );
  });

  it('makes durable what it finds done already, as its writer may not have come to that', async () => {
    await vaultWith().commitStore(store(), upsertProfile('p:a', credential('1')));
    const seen: CheckpointName[] = [];
    const vault = vaultWith({ checkpoint: (name) => void seen.push(name) });
    const again = await vault.commitStore(store(), upsertProfile('p:a', credential('1')));
    assert.equal(again.changed, false);
    assert.ok(seen.includes('folder.synced') && !seen.includes('temp.created'), seen.join(' '));
  });
});

describe('a commit on what this process wrote before', () => {
  const folder = workFolder();
  const store = (): string => join(folder(), 'auth-profiles.json');

  it('writes the bytes that writing all of it would give, whoever came in between', async () => {
    const vault = new Vault({ clock: systemClock, log: () => {} });
    const document = { version: 1, profiles: { 'p:a': credential('1'), 'p:b': credential('2') } };
    await writeFile(store(), JSON.stringify(document), { mode: 0o600 });
    const write = async (id: 'p:a' | 'p:b', token: string) => {
      document.profiles[id] = credential(token);
      await vault.commitStore(store(), upsertProfile(id, credential(token)));
      assert.equal(await readFile(store(), 'utf8'), textOf(document));
    };
    await write('p:a', '3');
    await write('p:a', '4 and longer');
    await write('p:b', '');
    // Another program writes the same in another form, then something else.
    await writeFile(store(), JSON.stringify(document, null, 4));
    await write('p:a', '5');
    Object.assign(document, { order: { p: ['p:b'] }, unknown: ['é', {}] });
    await writeFile(store(), textOf(document));
    await write('p:b', '6');
    await write('p:b', '7');
    vault.dispose();
  });
});
