import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { systemClock } from '../../../../src/core/clock.ts';
import { Vault } from '../../../../src/core/custody/vault.ts';
import type { CheckpointName } from '../../../../src/core/disk/checkpoint.ts';
import { isKnown } from '../../../../src/core/errors.ts';
import { workFolder } from '../disk/workFolder.ts';

describe('vault: config', () => {
  const path = workFolder();
  const config = () => path('coderclaw.json');
  const read = (name: string) => readFile(path(name), 'utf8');

  function vaultWith(checkpoint?: (name: CheckpointName) => Promise<void>): Vault {
    return new Vault({ clock: systemClock, log: () => {}, ...(checkpoint && { checkpoint }) });
  }

  it('creates, edits, and leaves alone', async () => {
    const vault = vaultWith();
    assert.deepEqual(await vault.commitConfig(config(), () => '{}'), { changed: true });
    assert.deepEqual(await readdir(path()), ['coderclaw.json']);
    const edit = (text: string | undefined) => `// note\n${text}`;
    assert.deepEqual(await vault.commitConfig(config(), edit), { changed: true });
    assert.equal(await read('coderclaw.json'), '// note\n{}');
    assert.deepEqual(await vault.commitConfig(config(), (text) => text), { changed: false });
    assert.deepEqual(await vault.commitConfig(config(), () => undefined), { changed: false });
    assert.deepEqual(await readdir(path()), ['coderclaw.json', 'coderclaw.json.bak']);
    for (const name of await readdir(path())) {
      assert.equal((await stat(path(name))).mode & 0o777, 0o600);
    }
  });

  it('keeps the five versions before, newest first, all 0600', async () => {
    await writeFile(config(), '0');
    await writeFile(path('coderclaw.json.bak'), 'from the CLI');
    await chmod(path('coderclaw.json.bak'), 0o644);
    const vault = vaultWith();
    for (let n = 1; n <= 4; n++) await vault.commitConfig(config(), () => `${n}`);
    const names = ['bak', 'bak.1', 'bak.2', 'bak.3', 'bak.4'].map((end) => `coderclaw.json.${end}`);
    const kept = await Promise.all(names.map(read));
    assert.deepEqual(kept, ['3', '2', '1', '0', 'from the CLI']);
    await vault.commitConfig(config(), () => '5');
    assert.deepEqual(await Promise.all(names.map(read)), ['4', '3', '2', '1', '0']);
    for (const name of names) assert.equal((await stat(path(name))).mode & 0o777, 0o600);
  });

  it('edits what the CLI wrote in between, and makes one backup of it', async () => {
    await writeFile(config(), '{a: 1}');
    let times = 0;
    const seen: (string | undefined)[] = [];
    const vault = vaultWith(async (name) => {
      if (name === 'temp.synced' && times++ === 0) await writeFile(config(), '{a: 2}');
    });
    await vault.commitConfig(config(), (text) => {
      seen.push(text);
      return `${text} // edited`;
    });
    // Each time before the lock is taken, and under it.
    assert.deepEqual(seen, ['{a: 1}', '{a: 1}', '{a: 2}', '{a: 2}']);
    assert.equal(await read('coderclaw.json'), '{a: 2} // edited');
    assert.equal(await read('coderclaw.json.bak'), '{a: 2}');
  });

  it('makes one backup of the same bytes, however often an edit starts over', async () => {
    await writeFile(config(), '{a: 1}');
    await writeFile(path('coderclaw.json.bak'), '{a: 0}');
    let times = 0;
    const vault = vaultWith(async (name) => {
      if (name !== 'compared' || times++ > 1) return;
      // As the sweep of another window that got the lock meanwhile.
      for (const file of await readdir(path())) if (file.endsWith('.tmp')) await rm(path(file));
    });
    await vault.commitConfig(config(), () => '{a: 2}');
    assert.equal(times, 3);
    assert.equal(await read('coderclaw.json.bak'), '{a: 1}');
    assert.equal(await read('coderclaw.json.bak.1'), '{a: 0}');
    await assert.rejects(read('coderclaw.json.bak.2'));
  });

  it('does not write what is not JSON5, and quotes nothing of it', async () => {
    await writeFile(config(), '{}');
    const edit = () => '{\n  key: "SECRET}';
    const failure = await vaultWith()
      .commitConfig(config(), edit)
      .catch((error: unknown) => error);
    assert(isKnown(failure, 'config.invalid'));
    assert.equal(failure.facts.line, 2);
    const { inspect } = await import('node:util');
    assert.doesNotMatch(inspect(failure, { depth: 9 }), /SECRET/);
    assert.deepEqual(await readdir(path()), ['coderclaw.json']);
  });

  it('does not write over what it cannot read', async () => {
    await writeFile(config(), Buffer.from([0x7b, 0xff, 0x7d]));
    await assert.rejects(
      vaultWith().commitConfig(config(), () => '{}'),
      (error) => isKnown(error, 'config.invalid'),
    );
    await mkdir(path('folder.json'));
    await assert.rejects(
      vaultWith().commitConfig(path('folder.json'), () => '{}'),
      (error) => isKnown(error, 'config.unreadable'),
    );
  });

  it('replaces the target of a link', async () => {
    await mkdir(path('dotfiles'));
    await writeFile(path('dotfiles', 'c.json'), '{}');
    await symlink('dotfiles/c.json', config());
    await vaultWith().commitConfig(config(), () => '{a: 1}');
    assert.equal(await read('dotfiles/c.json'), '{a: 1}');
  });

  it('windows of ours do not lose edits to each other', async () => {
    await writeFile(config(), '[]');
    const edit = (n: number) => (text: string | undefined) =>
      JSON.stringify([...(JSON.parse(text ?? '[]') as number[]), n]);
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => vaultWith().commitConfig(config(), edit(n))),
    );
    const numbers = JSON.parse(await read('coderclaw.json')) as number[];
    assert.deepEqual(
      numbers.sort((a, b) => a - b),
      Array.from({ length: 12 }, (_, n) => n),
    );
  });
});
