import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import syncFs, { type PathLike } from 'node:fs';
import fs, {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { systemClock } from '../../../../../src/core/clock.ts';
import { Journal, type JournalOptions } from '../../../../../src/core/custody/journal/journal.ts';
import {
  formatEntry,
  HEADER_BYTES,
  type JournalDraft,
  parseAnswer,
  RESERVED_BYTES,
} from '../../../../../src/core/custody/journal/journalFile.ts';
import { JournalTemporaries } from '../../../../../src/core/custody/journal/journalNames.ts';
import { describeThisProcess } from '../../../../../src/core/disk/lockOwner.ts';
import { ownFolderOf } from '../../../../../src/core/documents/ownFolder.ts';
import { isKnown } from '../../../../../src/core/errors.ts';
import { tokenHash } from '../../../../../src/core/model/loginFingerprint.ts';
import { workFolder } from '../../disk/workFolder.ts';
import { ManualClock } from '../../liveSnapshot/manualClock.ts';

const SIGN_IN = { kind: 'store', provider: 'p', profileId: 'p:a', seen: null } as const;
const DRAFT: JournalDraft = {
  kind: 'refresh',
  provider: 'p',
  from: tokenHash('old'),
  profileId: 'p:a',
  storePath: '/s/auth-profiles.json',
};
const ANSWER = { access: 'at_new', refresh: 'rt_new', expires: 1 };

describe('journal', () => {
  const path = workFolder();
  const folder = () => ownFolderOf(path()).journal;
  const clock = () => new ManualClock(Date.now());

  function journalWith(options: Partial<JournalOptions> = {}): Journal {
    return new Journal({ clock: clock(), ...options });
  }

  const entryFile = (id = '0123456789abcdef') => join(folder(), `${id}.entry`);

  async function plant(bytes: Buffer | string, file = entryFile()): Promise<void> {
    await mkdir(folder(), { recursive: true });
    await writeFile(file, bytes, { mode: 0o600 });
  }

  const namespace = describeThisProcess().namespace;
  const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;
  const entryOf = (owner: { pid: number; namespace: string }, at = Date.now()) =>
    formatEntry({ draft: DRAFT, at, owner });

  it('has nothing in state dirs that have none, and makes nothing there', async () => {
    assert.deepEqual(await journalWith().entries([path()]), []);
    assert.deepEqual(await readdir(path()), []);
  });

  it('shows an entry to its owner and to others, before and after the answer', async () => {
    const [ours, theirs] = [journalWith(), journalWith()];
    const slot = await ours.open(path(), DRAFT);
    const [mine] = await ours.entries([path(), path()]);
    assert.deepEqual(
      [mine?.id, mine?.path, mine?.stateDir, mine?.draft, mine?.owner, mine?.mine, mine?.answer],
      [slot.id, slot.path, path(), DRAFT, 'alive', true, undefined],
    );
    await slot.answer(ANSWER);
    const [seen] = await theirs.entries([path()]);
    assert.deepEqual([seen?.owner, seen?.mine, seen?.answer], ['alive', false, ANSWER]);
  });

  it('keeps every kind of draft as it was given', async () => {
    const storePath = DRAFT.storePath;
    const order = { kind: 'order', storePath, provider: 'p' } as const;
    const drafts: JournalDraft[] = [
      DRAFT,
      { kind: 'store', provider: 'p', storePath, profileId: 'p:ü', seen: tokenHash('seen') },
      { kind: 'store', provider: 'p', storePath, profileId: 'p:b', seen: null },
      { kind: 'removal', storePath, profileId: 'p:c', login: tokenHash('x').slice(0, 12) },
      { kind: 'removal', storePath, profileId: 'p:c', login: null },
      { ...order, profileId: 'p:b', list: ['p:b', 'p:a'], seen: tokenHash('seen') },
      { ...order, profileId: '', list: null, seen: null },
    ];
    const time = clock();
    for (const draft of drafts) {
      await journalWith({ clock: time }).open(path(), draft);
      time.advance(1);
    }
    const entries = await journalWith().entries([path()]);
    assert.deepEqual(
      entries.map(({ draft }) => draft),
      drafts,
    );
  });

  it('is private from birth', async () => {
    const modes: number[] = [];
    const journal = journalWith({
      checkpoint: async () => {
        for (const name of await readdir(folder())) {
          modes.push((await stat(join(folder(), name))).mode & 0o777);
        }
      },
    });
    await (await journal.open(path(), DRAFT)).answer(ANSWER);
    assert.deepEqual(modes, [0o600, 0o600, 0o600]);
    assert.equal((await stat(folder())).mode & 0o777, 0o700);
    assert.equal((await stat(ownFolderOf(path()).path)).mode & 0o777, 0o700);
  });

  it('has no token before the answer, and takes none for a hash', async () => {
    const slot = await journalWith().open(path(), DRAFT);
    assert.doesNotMatch(await readFile(slot.path, 'latin1'), /rt_|at_/);
    for (const draft of [
      { ...DRAFT, from: 'rt_secret' },
      { kind: 'removal', storePath: '/s', profileId: 'p', login: 'rt_secret' } as const,
    ]) {
      await assert.rejects(
        journalWith().open(path(), draft),
        (error) => error instanceof Error && !error.message.includes('rt_secret'),
      );
    }
    assert.equal((await readdir(folder())).length, 1);
  });

  it('writes the answer in the room that was taken at the start', async () => {
    const slot = await journalWith().open(path(), DRAFT);
    const before = await stat(slot.path);
    assert.equal(before.size, HEADER_BYTES + RESERVED_BYTES);
    assert(before.blocks * 512 >= before.size, 'the room is only promised');
    await slot.answer({ text: 'x'.repeat(RESERVED_BYTES - 100) });
    const after = await stat(slot.path);
    assert.deepEqual([after.ino, after.size], [before.ino, before.size]);
  });

  it('takes no such room for what brings no tokens', async () => {
    const { storePath } = DRAFT;
    const removal = { kind: 'removal', storePath, profileId: 'p', login: null } as const;
    const slot = await journalWith().open(path(), removal);
    assert.equal((await stat(slot.path)).size, 4096);
  });

  it('reads again what may still change, and only that', async () => {
    const { storePath } = DRAFT;
    const [writer, reader] = [journalWith(), journalWith()];
    const slot = await writer.open(path(), DRAFT);
    const answers = async () => (await reader.entries([path()])).map(({ answer }) => answer);
    assert.deepEqual(await answers(), [undefined]);
    await slot.answer({ a: 1 });
    assert.deepEqual(await answers(), [{ a: 1 }]);
    const removal = { kind: 'removal', storePath, profileId: 'p', login: null } as const;
    const removed = await writer.open(path(), removal);
    assert.equal((await answers()).length, 2);
    const made = async () =>
      (await reader.entries([path()])).find(({ draft }) => draft.kind === 'removal')?.isMade;
    assert.equal(await made(), false);
    await removed.made();
    assert.equal(await made(), true);
    for (const name of await readdir(folder())) await chmod(join(folder(), name), 0o666);
    assert.equal((await answers()).length, 2, 'read from memory');
    assert.equal((await journalWith().entries([path()])).length, 0);
    await slot.drop();
    assert.deepEqual(await answers(), [undefined]);
  });

  it('I11: reads an entry that waits for its answer, though its file looks unchanged', async () => {
    const [writer, reader] = [journalWith(), journalWith()];
    const slot = await writer.open(path(), DRAFT);
    const stats = await lstat(slot.path, { bigint: true });
    // Its times have whole seconds on some file systems.
    const [pooled, direct] = [fs.lstat, syncFs.lstatSync];
    fs.lstat = (async () => stats) as unknown as typeof fs.lstat;
    Object.assign(syncFs, { lstatSync: () => stats });
    syncBuiltinESMExports();
    try {
      await systemClock.sleep(100);
      assert.equal((await reader.entries([path()]))[0]?.answer, undefined);
      await slot.answer(ANSWER);
      assert.deepEqual((await reader.entries([path()]))[0]?.answer, ANSWER);
    } finally {
      fs.lstat = pooled;
      Object.assign(syncFs, { lstatSync: direct });
      syncBuiltinESMExports();
    }
  });

  it('knows what has been in its store, whoever says so, and with the answer or without it', async () => {
    const [writer, reader] = [journalWith(), journalWith()];
    const draft = { ...SIGN_IN, storePath: DRAFT.storePath };
    const slots = [await writer.open(path(), draft), await writer.open(path(), draft)];
    await slots[0]?.answer({ a: 1 });
    const known = async () =>
      new Map((await reader.entries([path()])).map((one) => [one.id, [one.isMade, one.answer]]));
    const [first = '', second = ''] = slots.map((slot) => slot.id);
    assert.deepEqual((await known()).get(first), [false, { a: 1 }]);
    await slots[0]?.made();
    const other = (await reader.entries([path()])).find(({ id }) => id === second);
    assert(other);
    await reader.made(other);
    await slots[1]?.answer({ b: 2 });
    assert.deepEqual((await known()).get(first), [true, { a: 1 }]);
    assert.deepEqual((await known()).get(second), [true, { b: 2 }]);
    for (const slot of slots) await slot.drop();
    // Nothing to note it on any more.
    await slots[0]?.made();
    await reader.made(other);
    assert.deepEqual(await readdir(folder()), []);
  });

  it('takes an answer that is larger than that', async () => {
    const answer = { text: 'ü'.repeat(RESERVED_BYTES) };
    await (await journalWith().open(path(), DRAFT)).answer(answer);
    assert.deepEqual((await journalWith().entries([path()]))[0]?.answer, answer);
  });

  it('takes an answer once', async () => {
    const slot = await journalWith().open(path(), DRAFT);
    await slot.answer(ANSWER);
    await assert.rejects(slot.answer({}), /before/);
    assert.deepEqual((await journalWith().entries([path()]))[0]?.answer, ANSWER);
  });

  it('has no answer in any part of one', async () => {
    const slot = await journalWith().open(path(), DRAFT);
    const blank = await readFile(slot.path);
    await slot.answer(ANSWER);
    const whole = await readFile(slot.path);
    const end = HEADER_BYTES + whole.subarray(HEADER_BYTES).toString().trimEnd().length;
    for (let cut = HEADER_BYTES; cut < end; cut++) {
      const there = `${cut - HEADER_BYTES} bytes`;
      const head = Buffer.concat([whole.subarray(0, cut), blank.subarray(cut)]);
      assert.equal(parseAnswer(head), undefined, `the first ${there}`);
      assert.equal(parseAnswer(whole.subarray(0, cut)), undefined, `cut off after ${there}`);
      if (cut === HEADER_BYTES) continue;
      const tail = Buffer.concat([blank.subarray(0, cut), whole.subarray(cut)]);
      assert.equal(parseAnswer(tail), undefined, `all but the first ${there}`);
    }
    const changed = Buffer.from(whole);
    changed.write('X', end - 4);
    assert.equal(parseAnswer(changed), undefined);
    await writeFile(slot.path, changed);
    assert.equal((await journalWith().entries([path()]))[0]?.answer, undefined);
    await writeFile(slot.path, whole);
    assert.deepEqual((await journalWith().entries([path()]))[0]?.answer, ANSWER);
  });

  it('makes the entry anew where it was given up before the answer came', async () => {
    const slot = await journalWith().open(path(), DRAFT);
    await rm(ownFolderOf(path()).path, { recursive: true });
    await slot.answer(ANSWER);
    const [entry] = await journalWith().entries([path()]);
    assert.deepEqual([entry?.id, entry?.draft, entry?.answer], [slot.id, DRAFT, ANSWER]);
    assert.deepEqual(await readdir(folder()), [`${slot.id}.entry`]);
    assert.equal((await stat(slot.path)).mode & 0o777, 0o600);
  });

  it('makes the entry anew where it was given up while the answer was written', async () => {
    const slot = await journalWith().open(path(), DRAFT);
    const { open } = fs;
    let dropped = 0;
    fs.open = async (...args) => {
      const handle = await open(...args);
      if (args[0] === slot.path && dropped++ === 0) await unlink(slot.path);
      return handle;
    };
    syncBuiltinESMExports();
    try {
      await slot.answer(ANSWER);
    } finally {
      fs.open = open;
      syncBuiltinESMExports();
    }
    assert.deepEqual((await journalWith().entries([path()]))[0]?.answer, ANSWER);
  });

  it('drops an entry, by its slot or its path, also one that is gone', async () => {
    const journal = journalWith();
    const [first, second] = [await journal.open(path(), DRAFT), await journal.open(path(), DRAFT)];
    await first.drop();
    await first.drop();
    await second.answer(ANSWER);
    await journal.drop(second);
    await journalWith().drop(second);
    assert.deepEqual(await readdir(folder()), []);
  });

  it('knows whether an owner lives', async () => {
    await plant(entryOf({ pid: process.ppid, namespace }), entryFile('1'.repeat(16)));
    await plant(entryOf({ pid: deadPid(), namespace }), entryFile('2'.repeat(16)));
    await plant(entryOf({ pid: 1, namespace: 'elsewhere' }), entryFile('3'.repeat(16)));
    // Ours by its number, but from before this process began.
    await plant(entryOf({ pid: process.pid, namespace }, 1_000), entryFile('4'.repeat(16)));
    const entries = await journalWith().entries([path()]);
    assert.deepEqual(entries.map(({ id, owner }) => [id[0], owner]).sort(), [
      ['1', 'alive'],
      ['2', 'dead'],
      ['3', 'unknown'],
      ['4', 'dead'],
    ]);
  });

  it('gives the oldest first, of all state dirs together', async () => {
    const time = clock();
    for (const [n, dir] of ['b', 'a', 'b'].entries()) {
      await journalWith({ clock: time }).open(path(dir), { ...DRAFT, profileId: `p:${n}` });
      time.advance(1);
    }
    const entries = await journalWith().entries([path('a'), path('b')]);
    assert.deepEqual(
      entries.map(({ draft, stateDir }) => [draft.profileId, stateDir]),
      [
        ['p:0', path('b')],
        ['p:1', path('a')],
        ['p:2', path('b')],
      ],
    );
  });

  const owner = { pid: process.pid, namespace };
  const changed = (change: (header: Record<string, unknown>) => void) => {
    const header = JSON.parse(entryOf(owner).toString('utf8', 0, HEADER_BYTES));
    change(header);
    return `${JSON.stringify(header).padEnd(HEADER_BYTES - 1)}\n${' '.repeat(RESERVED_BYTES)}`;
  };
  const misfits: Record<string, () => Promise<unknown>> = {
    'an empty one': () => plant(''),
    'a torn one': () => plant(entryOf(owner).subarray(0, HEADER_BYTES - 1)),
    'one of another version': () =>
      plant(changed((header) => Object.assign(header, { format: 'coderclaw-auth journal 2' }))),
    'one of an unknown kind': () =>
      plant(changed((header) => Object.assign(header, { draft: { ...DRAFT, kind: 'other' } }))),
    'one with a token for a hash': () =>
      plant(changed((header) => Object.assign(header, { draft: { ...DRAFT, from: 'rt' } }))),
    'one with an absurd pid': () =>
      plant(changed((header) => Object.assign(header, { owner: { pid: -1, namespace } }))),
    'one that others may write': async () => {
      await plant(entryOf(owner));
      await chmod(entryFile(), 0o620);
    },
    'a link to one': async () => {
      await plant(entryOf(owner), path('elsewhere'));
      await symlink(path('elsewhere'), entryFile());
    },
    'a folder': () => mkdir(entryFile(), { recursive: true }),
    'one of absurd size': async () => {
      await plant(entryOf(owner));
      await truncate(entryFile(), 17 * 1024 * 1024);
    },
  };
  for (const [what, make] of Object.entries(misfits)) {
    it(`leaves ${what} alone, and tells of it once`, async () => {
      await make();
      const told: string[] = [];
      const journal = journalWith({ log: (line) => told.push(line) });
      const good = await journal.open(path(), DRAFT);
      for (let n = 0; n < 2; n++) {
        const entries = await journal.entries([path()]);
        assert.deepEqual(
          entries.map(({ id }) => id),
          [good.id],
        );
      }
      assert.equal(told.length, 1);
      assert(told[0]?.startsWith(`${entryFile()}: left alone: `), told[0]);
      assert.equal((await readdir(folder())).length, 2);
    });
  }

  it('takes no journal that it cannot read for an empty one', async () => {
    await mkdir(ownFolderOf(path('a')).path, { recursive: true });
    await writeFile(ownFolderOf(path('a')).journal, 'not a folder');
    const journal = journalWith();
    await journal.open(path('b'), DRAFT);
    const isFault = (error: unknown) =>
      isKnown(error, 'disk.failed') && error.facts.path === ownFolderOf(path('a')).journal;
    await assert.rejects(journal.entries([path('b'), path('a')]), isFault);
    assert.equal((await journal.entries([path('b')])).length, 1);
    await assert.rejects(journal.open(path('a'), DRAFT), (error) => isKnown(error, 'disk.failed'));
  });

  for (const code of ['EMFILE', 'ENFILE', 'EIO', 'ENOMEM', 'EAGAIN', 'EBUSY']) {
    it(`takes no entry for gone that cannot be read just now: ${code}`, async () => {
      const journal = journalWith();
      const slot = await journal.open(path(), DRAFT);
      const [pooled, direct] = [fs.open, syncFs.openSync];
      const failAt = (where: PathLike): void => {
        if (where === slot.path) throw Object.assign(new Error('x'), { code, syscall: 'open' });
      };
      fs.open = async (...given) => {
        failAt(given[0]);
        return await pooled(...given);
      };
      syncFs.openSync = (...given) => {
        failAt(given[0]);
        return direct(...given);
      };
      syncBuiltinESMExports();
      try {
        await assert.rejects(journal.entries([path()]), (error) => isKnown(error, 'disk.failed'));
      } finally {
        fs.open = pooled;
        syncFs.openSync = direct;
        syncBuiltinESMExports();
      }
      assert.equal((await journal.entries([path()])).length, 1);
    });
  }

  it('takes an entry of ours that others may read, and makes it private', async function () {
    if (process.platform === 'win32') return this.skip();
    for (const [id, mode] of [
      ['0123456789abcdef', 0o644],
      ['0123456789abcdee', 0o640],
    ] as const) {
      await plant(entryOf({ pid: process.pid, namespace }), entryFile(id));
      await chmod(entryFile(id), mode);
    }
    const told: string[] = [];
    const entries = await journalWith({ log: (line) => told.push(line) }).entries([path()]);
    assert.deepEqual([entries.length, told], [2, []]);
    for (const entry of entries) assert.equal((await stat(entry.path)).mode & 0o777, 0o600);
  });

  it('bears entries that vanish while it reads', async () => {
    const journal = journalWith();
    const slots = await Promise.all(Array.from({ length: 8 }, () => journal.open(path(), DRAFT)));
    const told: string[] = [];
    const reader = journalWith({ log: (line) => told.push(line) });
    const reads = Promise.all(Array.from({ length: 8 }, () => reader.entries([path()])));
    await Promise.all(slots.map((slot) => slot.drop()));
    await reads;
    assert.deepEqual(told, []);
  });

  it('leaves nothing where it could not make an entry', async () => {
    const journal = journalWith({
      checkpoint: async (name) => {
        // Somebody takes the half-made entry away.
        if (name !== 'journal.written') return;
        for (const file of await readdir(folder())) await unlink(join(folder(), file));
      },
    });
    await assert.rejects(journal.open(path(), DRAFT), (error) => isKnown(error, 'disk.failed'));
    assert.deepEqual(await readdir(folder()), []);
    const long = { ...DRAFT, storePath: `/${'x'.repeat(HEADER_BYTES)}` };
    await assert.rejects(journalWith().open(path(), long), (error) =>
      isKnown(error, 'disk.failed'),
    );
    assert.deepEqual(await readdir(folder()), []);
  });

  it('never shows an entry before all of it is on the disk', async () => {
    const seen: string[] = [];
    const other = journalWith({ log: (line) => seen.push(line) });
    const journal = journalWith({
      checkpoint: async (name) => {
        seen.push(`${name} ${(await other.entries([path()])).length}`);
      },
    });
    await journal.open(path(), DRAFT);
    assert.deepEqual(seen, ['journal.written 0', 'journal.opened 1']);
  });

  it('sweeps half-made entries of the dead at once, of those unknown when they are old, of the living never', async () => {
    await mkdir(folder(), { recursive: true });
    const names = [
      [deadPid(), namespace, 'dead'],
      [process.ppid, namespace, 'alive'],
      [process.ppid, namespace, 'alive, old'],
      [deadPid(), 'elsewhere', 'unknown'],
      [process.ppid, 'elsewhere', 'unknown, old'],
    ] as const;
    const files = new Map<string, string>();
    for (const [n, [pid, place, what]] of names.entries()) {
      const maker = { pid, namespace: place, startedAt: 0 };
      const name = new JournalTemporaries(maker).nameOf(String(n).repeat(16));
      files.set(name, what);
      const file = join(folder(), name);
      await writeFile(file, '');
      const then = Date.now() / 1000 - 90;
      if (what.endsWith('old')) await utimes(file, then, then);
    }
    await journalWith().entries([path()]);
    assert.deepEqual((await readdir(folder())).map((name) => files.get(name)).sort(), [
      'alive',
      'alive, old',
      'unknown',
    ]);
  });

  it('does not grow with what stands in its folder and is not of it', async () => {
    await plant('mine', join(folder(), 'README'));
    const told: string[] = [];
    assert.deepEqual(await journalWith({ log: (line) => told.push(line) }).entries([path()]), []);
    assert.deepEqual([await readdir(folder()), told], [['README'], []]);
  });

  it('leaves no descriptor open once entries are answered or dropped', async function () {
    if (process.platform !== 'linux') return this.skip();
    const journal = journalWith();
    const before = (await readdir('/proc/self/fd')).length;
    for (let n = 0; n < 5; n++) {
      await (await journal.open(path(), DRAFT)).answer(ANSWER);
      await (await journal.open(path(), DRAFT)).drop();
    }
    await journal.entries([path()]);
    assert.equal((await readdir('/proc/self/fd')).length, before);
  });
});
