import assert from 'node:assert/strict';
import fs, {
  link,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { systemClock } from '../../../../src/core/clock.ts';
import { AppendLog, type AppendLogOptions } from '../../../../src/core/disk/appendLog.ts';
import { FileLocks } from '../../../../src/core/disk/fileLock.ts';
import { isKnown, KnownError } from '../../../../src/core/errors.ts';
import { withoutHardLinks } from './withoutHardLinks.ts';
import { workFolder } from './workFolder.ts';

const LINE = 'x'.repeat(49);

describe('append log', () => {
  const path = workFolder();
  const file = () => path('own', 'log');
  const old = () => path('own', 'log.old');

  function logWith(options: Partial<AppendLogOptions> = {}): AppendLog {
    const locks = new FileLocks({ app: 'test', clock: systemClock });
    return new AppendLog({ path: file(), locks, maxBytes: 1000, ...options });
  }

  const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');

  it('makes its folder and its file private, and keeps the lines in order', async () => {
    const log = logWith();
    assert.equal(await log.read(), '');
    await log.append(['one', 'two']);
    await log.append([]);
    await log.append(['three']);
    assert.equal(await log.read(), 'one\ntwo\nthree\n');
    assert.equal((await stat(path('own'))).mode & 0o777, 0o700);
    assert.equal((await stat(file())).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(path('own')), ['log']);
  });

  it('keeps all of what many callers append at once', async () => {
    const log = logWith({ maxBytes: 100_000 });
    const all = Array.from({ length: 60 }, (_, n) => `line ${n}`);
    await Promise.all(all.map((line) => log.append([line])));
    assert.deepEqual(linesOf(await log.read()).sort(), all.sort());
  });

  it('begins a line of its own after one that was torn off', async () => {
    await logWith().append(['whole']);
    await writeFile(file(), '{"torn":', { flag: 'a' });
    await logWith().append(['ours']);
    assert.equal(await logWith().read(), 'whole\n{"torn":\nours\n');
  });

  it('appends again when a neighbour was torn off between its look and its write', async () => {
    const log = logWith();
    await log.append(['first']);
    // So many that some fall between: each tears without a line end.
    const torn = Array.from({ length: 40 }, (_, n) =>
      writeFile(file(), `{torn${n}`, { flag: 'a' }),
    );
    const ours = Array.from({ length: 40 }, (_, n) => `ours ${n}`);
    await Promise.all([...torn, ...ours.map((line) => log.append([line]))]);
    const there = new Set(linesOf(await log.read()));
    assert.deepEqual(
      ours.filter((line) => !there.has(line)),
      [],
    );
  });

  it('is not kept from it by a neighbour that is torn off there every time', async () => {
    await logWith().append(['first']);
    const { open } = fs;
    fs.open = async (...args) => {
      const handle = await open(...args);
      const write: (bytes: Uint8Array) => Promise<unknown> = handle.write.bind(handle);
      const tearFirst = async (bytes: Uint8Array) => {
        await writeFile(file(), '{"torn":', { flag: 'a' });
        return await write(bytes);
      };
      return args[0] === file() ? Object.assign(handle, { write: tearFirst }) : handle;
    };
    syncBuiltinESMExports();
    try {
      await logWith().append(['ours']);
    } finally {
      fs.open = open;
      syncBuiltinESMExports();
    }
    const lines = linesOf(await logWith().read());
    assert.deepEqual([lines[0], lines.at(-1)], ['first', 'ours']);
  });

  it('refuses a line that is two', async () => {
    await assert.rejects(logWith().append(['a\nb']), /line end/);
    assert.equal(await logWith().read(), '');
  });

  it('does not follow a symbolic link, neither to write nor to read', async () => {
    await mkdir(path('own'));
    await writeFile(path('elsewhere'), 'theirs\n');
    await symlink(path('elsewhere'), file());
    const refused = (error: unknown) =>
      isKnown(error, 'disk.failed') && error.facts.errno === 'ELOOP';
    await assert.rejects(logWith().append(['ours']), refused);
    await assert.rejects(logWith().read(), refused);
    assert.equal(await readFile(path('elsewhere'), 'utf8'), 'theirs\n');
  });

  it('takes nothing but a regular file, and says so', async () => {
    await mkdir(file(), { recursive: true });
    await assert.rejects(logWith().append(['ours']), KnownError);
    await assert.rejects(logWith().read(), (error) => isKnown(error, 'disk.failed'));
  });

  it('makes a file private that was not', async () => {
    await mkdir(path('own'));
    await writeFile(file(), 'before\n', { mode: 0o644 });
    await logWith().append(['ours']);
    assert.equal((await stat(file())).mode & 0o777, 0o600);
    assert.equal(await logWith().read(), 'before\nours\n');
  });

  const full = async (log: AppendLog, name: string) => {
    for (let n = 0; n < 20; n++) await log.append([`${name}${n}`.padEnd(49)]);
  };

  for (const hardLinks of [true, false]) {
    it(`moves a full file to .old, ${hardLinks ? 'with' : 'without'} hard links`, async () => {
      const run = async () => {
        const log = logWith();
        await full(log, 'a');
        assert.equal((await stat(old())).size, 1000);
        await log.append(['b0']);
        assert.equal(await readFile(file(), 'utf8'), 'b0\n');
        assert.equal(linesOf(await log.read()).length, 21);
        assert.equal((await stat(old())).mode & 0o777, 0o600);
        assert.equal((await stat(file())).mode & 0o777, 0o600);
        assert.deepEqual(await readdir(path('own')), ['log', 'log.old']);
      };
      await (hardLinks ? run() : withoutHardLinks(run));
    });
  }

  it('drops the oldest file only for a full newer one', async () => {
    const log = logWith();
    await full(log, 'a');
    await full(log, 'b');
    assert.deepEqual(
      linesOf(await log.read()).map((line) => line[0]),
      Array.from({ length: 20 }, () => 'b'),
    );
    assert.equal((await stat(file())).size, 0);
  });

  it('is read once where a crash left one file under both names, and goes on from there', async () => {
    const log = logWith({ maxBytes: 2000 });
    await full(log, 'a');
    await link(file(), old());
    assert.equal(linesOf(await log.read()).length, 20);
    await logWith().append(['next']);
    assert.equal(linesOf(await log.read()).length, 21);
    assert.equal((await stat(old())).nlink, 1);
    assert.equal((await stat(file())).size, 0);
  });

  it('keeps the lines where the rotation fails, and rotates with a later append', async () => {
    const broken = {
      withFileLocks: () => Promise.reject(new KnownError('lock.busy', { path: '', waitedMs: 1 })),
      isAbandoned: async () => false,
    };
    await full(logWith({ locks: broken }), 'a');
    await logWith({ locks: broken }).append([LINE]);
    assert.deepEqual(await readdir(path('own')), ['log']);
    await logWith().append(['last']);
    assert.equal(linesOf(await readFile(old(), 'utf8')).length, 22);
  });

  for (const proofs of [0, 1]) {
    it(`renames nothing once its lock is lost (after ${proofs} proofs), and leaves nothing`, async () => {
      let left = proofs;
      const proveOwnership = async () => {
        if (left-- <= 0) throw new KnownError('lock.lost', { path: '' });
      };
      const lost: AppendLogOptions['locks'] = {
        withFileLocks: (_, __, task) =>
          task({ proveOwnership, signal: new AbortController().signal }),
        isAbandoned: async () => false,
      };
      await full(logWith({ locks: lost }), 'a');
      assert.deepEqual(await readdir(path('own')), proofs === 0 ? ['log'] : ['log', 'log.old']);
      assert.equal(linesOf(await logWith().read()).length, 20);
      // With one proof it has both names, until somebody goes on.
      assert.equal((await stat(file())).nlink, 1 + proofs);
    });
  }

  it('appends again where its file was dropped while it wrote', async () => {
    await logWith().append(['first']);
    const { open } = fs;
    let dropped = 0;
    fs.open = async (...args) => {
      const handle = await open(...args);
      if (args[0] === file() && dropped++ === 0) await unlink(file());
      return handle;
    };
    syncBuiltinESMExports();
    try {
      await logWith().append(['ours']);
    } finally {
      fs.open = open;
      syncBuiltinESMExports();
    }
    assert.equal(await logWith().read(), 'ours\n');
  });

  it('sweeps what a killed rotation left', async () => {
    await mkdir(path('own'));
    await writeFile(path('own', '.log.0123456789abcdef.tmp'), '');
    await full(logWith(), 'a');
    assert.deepEqual(await readdir(path('own')), ['log', 'log.old']);
  });

  it('reads on from a mark: whole lines, each once', async () => {
    const log = logWith();
    await log.append(['one']);
    const first = await log.readOn(undefined);
    assert.deepEqual([first.text, first.isWhole], ['one\n', true]);
    const same = await log.readOn(first.mark);
    assert.deepEqual([same.text, same.isWhole], ['', false]);
    assert.equal(same.mark, first.mark);
    await log.append(['two']);
    await writeFile(file(), 'thr', { flag: 'a' });
    const second = await log.readOn(same.mark);
    assert.deepEqual([second.text, second.isWhole], ['two\n', false]);
    await writeFile(file(), 'ee\n', { flag: 'a' });
    const third = await log.readOn(second.mark);
    assert.deepEqual([third.text, third.isWhole], ['three\n', false]);
  });

  it('reads all again once the file was rotated, or is not what it was', async () => {
    const log = logWith();
    await log.append(['one']);
    const { mark } = await log.readOn(undefined);
    await full(log, 'a');
    await log.append(['longer than the first']);
    const rotated = await log.readOn(mark);
    assert.deepEqual([linesOf(rotated.text).length, rotated.isWhole], [22, true]);
    await writeFile(file(), 'cut\n');
    const again = await log.readOn({ ...rotated.mark, size: 500, offset: 500 });
    assert.equal(again.isWhole, true);
    assert.equal(linesOf(again.text).length, 22);
  });
});
