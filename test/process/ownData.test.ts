import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/core/clock.ts';
import { Journal, type JournalEntry } from '../../src/core/custody/journal/journal.ts';
import { RESERVED_BYTES } from '../../src/core/custody/journal/journalFile.ts';
import { AppendLog } from '../../src/core/disk/appendLog.ts';
import type { CheckpointName } from '../../src/core/disk/checkpoint.ts';
import { FileLocks } from '../../src/core/disk/fileLock.ts';
import { ownFolderOf } from '../../src/core/documents/ownFolder.ts';
import { isKnown } from '../../src/core/errors.ts';
import { workFolder } from '../unit/core/disk/workFolder.ts';
import type { OwnDataTask } from './ownData.worker.ts';

describe('own data among processes', function () {
  this.timeout(60_000);
  const path = workFolder();
  const file = () => path('own', 'log');

  /** Workers are built beside the tests. */
  const here = fileURLToPath(import.meta.url);
  const worker = `${here.slice(0, here.search(/\/(process|chunks)\/[^/]*$/))}/process/ownData.worker.js`;

  interface Running {
    readonly child: ChildProcess;
    /** What it told, by the first word of the line, when it has ended. */
    readonly told: Promise<Map<string, string[]>>;
  }

  function start(task: OwnDataTask): Running {
    const child = spawn(process.execPath, [worker, JSON.stringify(task)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return { child, told: toldBy(child) };
  }

  async function toldBy(child: ChildProcess): Promise<Map<string, string[]>> {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += String(chunk);
    });
    await once(child, 'close');
    const told = new Map<string, string[]>();
    for (const line of text.split('\n')) {
      const [verb = '', ...rest] = line.split(' ');
      told.set(verb, [...(told.get(verb) ?? []), rest.join(' ')]);
    }
    return told;
  }

  const logOf = (maxBytes: number) =>
    new AppendLog({
      path: file(),
      maxBytes,
      locks: new FileLocks({ app: 'test', clock: systemClock }),
    });

  const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');
  const isWhole = (line: string) => /^<w\d \d{5} \.{20}>$/.test(line);

  /** 8 processes, 100 lines each; gives the acknowledged lines. */
  async function appendBy8(maxBytes: number, careless = false): Promise<string[]> {
    const tasks = Array.from({ length: 8 }, (_, n) =>
      start({ kind: 'append', path: file(), name: `w${n}`, lines: 100, maxBytes, careless }),
    );
    const told = await Promise.all(tasks.map((task) => task.told));
    return told.flatMap((lines) => lines.get('acked') ?? []);
  }

  it('8 processes lose no line, and tear none, with a rotation in between', async () => {
    // 800 lines of 31 bytes: more than one file holds, less than two.
    const acked = await appendBy8(16_000);
    const there = linesOf(await logOf(16_000).read());
    assert.equal(acked.length, 800);
    assert.deepEqual(there.toSorted(), acked.toSorted());
    assert((await stat(`${file()}.old`)).size >= 16_000);
    assert.deepEqual(await readdir(path('own')), ['log', 'log.old']);
  });

  it('control: the same with read and write loses lines', async () => {
    await mkdir(path('own'));
    const acked = await appendBy8(16_000, true);
    assert.equal(acked.length, 800);
    const there = new Set(linesOf(await readFile(file(), 'utf8')));
    assert.notDeepEqual(
      acked.filter((line) => !there.has(line)),
      [],
    );
  });

  it('keeps at least a full file of the newest lines, however often it is rotated', async () => {
    await appendBy8(2_000);
    const lines = linesOf(await logOf(2_000).read());
    assert.deepEqual(
      lines.filter((line) => !isWhole(line)),
      [],
    );
    assert((await stat(`${file()}.old`)).size >= 2_000);
    assert((await stat(`${file()}.old`)).size < 4_000);
    assert.deepEqual(await readdir(path('own')), ['log', 'log.old']);
  });

  it('loses no line to a neighbour that keeps tearing its own', async () => {
    await mkdir(path('own'));
    const neighbour = start({ kind: 'tear', path: file() });
    const task = { kind: 'append', path: file(), lines: 100, maxBytes: 1_000_000 } as const;
    const told = await Promise.all(['w0', 'w1'].map((name) => start({ ...task, name }).told));
    assert.deepEqual(
      told.flatMap((lines) => lines.get('failed') ?? []),
      [],
    );
    neighbour.child.kill('SIGKILL');
    await neighbour.told;
    const text = await readFile(file(), 'utf8');
    const there = new Set(linesOf(text));
    const acked = told.flatMap((lines) => lines.get('acked') ?? []);
    assert.equal(acked.length, 200);
    assert.deepEqual(
      acked.filter((line) => !there.has(line)),
      [],
    );
    assert.match(text, /torn/);
  });

  it('has every acknowledged line of processes that were killed, and rotates on', async () => {
    // At most two files full, so that none is dropped by design.
    const task = { kind: 'append', path: file(), lines: 1_500, maxBytes: 100_000 } as const;
    const told = Array.from({ length: 4 }, (_, n) => {
      const running = start({ ...task, name: `w${n}` });
      running.child.stdout?.once('data', () => {
        setTimeout(() => running.child.kill('SIGKILL'), 300 * Math.random());
      });
      return running.told;
    });
    const acked = (await Promise.all(told)).flatMap((lines) => lines.get('acked') ?? []);
    const log = logOf(100_000);
    const there = new Set(linesOf(await log.read()));
    assert.notEqual(acked.length, 0);
    assert.deepEqual(
      acked.filter((line) => !there.has(line)),
      [],
    );
    await log.append(['last']);
    assert((await log.read()).endsWith('\nlast\n'));
  });

  /** Of a kind that gets an answer: only those take room for one. */
  const DRAFT = {
    kind: 'store',
    provider: 'p',
    storePath: '/s',
    profileId: 'p',
    seen: null,
  } as const;
  const journalFolder = () => ownFolderOf(path()).journal;

  function assertAllOrNothing({ draft, answer, owner }: JournalEntry, bytes: number): void {
    assert.equal(owner, 'dead');
    if (answer === undefined) return;
    const { profileId } = draft;
    assert.deepEqual(answer, { profileId, filler: 'x'.repeat(bytes) });
  }

  const POINTS: readonly CheckpointName[] = [
    'journal.written',
    'journal.opened',
    'journal.answered',
  ];
  for (const killAt of POINTS) {
    it(`I4, I11: killed at ${killAt}: an entry whole or not there, and nothing left`, async () => {
      const { child, told } = start({ kind: 'answer', stateDir: path(), killAt, bytes: 10_000 });
      await told;
      assert.equal(child.signalCode, 'SIGKILL');
      const entries = await new Journal({ clock: systemClock }).entries([path()]);
      assert.equal(entries.length, killAt === 'journal.written' ? 0 : 1);
      for (const entry of entries) {
        assertAllOrNothing(entry, 10_000);
        assert.equal(entry.answer !== undefined, killAt === 'journal.answered');
      }
      assert.equal((await readdir(journalFolder())).length, entries.length);
    });
  }

  for (const bytes of [10_000, 400_000]) {
    it(`I4, I11: killed at any moment: each answer of ${bytes} bytes whole or not there`, async () => {
      for (let round = 0; round < 4; round++) {
        const { child, told } = start({ kind: 'answer', stateDir: path(), bytes });
        child.stdout?.once('data', () => {
          setTimeout(() => child.kill('SIGKILL'), 30 * Math.random());
        });
        const answered = (await told).get('answered') ?? [];
        const log: string[] = [];
        const journal = new Journal({ clock: systemClock, log: (line) => log.push(line) });
        const entries = await journal.entries([path()]);
        assert.notEqual(entries.length, 0);
        for (const entry of entries) assertAllOrNothing(entry, bytes);
        const whole = new Set(entries.filter(({ answer }) => answer).map(({ id }) => id));
        assert.deepEqual(
          answered.filter((id) => !whole.has(id)),
          [],
        );
        assert.deepEqual(log, []);
        for (const entry of entries) await journal.drop(entry);
        assert.deepEqual(await readdir(journalFolder()), []);
      }
    });
  }

  describe('on a full disk', () => {
    const disk = () => path('disk');
    const ballast = () => path('disk', 'ballast');

    beforeEach(async function () {
      await mkdir(disk());
      const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk()]);
      if (mount.status !== 0) this.skip();
    });

    afterEach(() => {
      spawnSync('umount', [disk()]);
    });

    async function fill(): Promise<void> {
      await writeFile(ballast(), Buffer.alloc(200_000)).catch(() => {});
      await assert.rejects(writeFile(path('disk', 'more'), 'x'), { code: 'ENOSPC' });
      await rm(path('disk', 'more'));
    }

    const isFull = (error: unknown) => isKnown(error, 'disk.full');

    it('I11: an answer finds the room that was taken when its entry was made', async () => {
      const journal = new Journal({ clock: systemClock });
      const slot = await journal.open(disk(), DRAFT);
      await fill();
      const answer = { filler: 'x'.repeat(RESERVED_BYTES - 100) };
      await slot.answer(answer);
      assert.deepEqual((await journal.entries([disk()]))[0]?.answer, answer);
    });

    it('control: an answer beyond that room is refused whole, and fits once there is some', async () => {
      const journal = new Journal({ clock: systemClock });
      const slot = await journal.open(disk(), DRAFT);
      await fill();
      const answer = { filler: 'x'.repeat(RESERVED_BYTES + 1000) };
      await assert.rejects(slot.answer(answer), isFull);
      assert.equal((await journal.entries([disk()]))[0]?.answer, undefined);
      await rm(ballast());
      await slot.answer(answer);
      assert.deepEqual((await journal.entries([disk()]))[0]?.answer, answer);
    });

    it('an entry that finds no room is not made', async () => {
      await writeFile(ballast(), Buffer.alloc(40_000));
      const journal = new Journal({ clock: systemClock });
      await assert.rejects(journal.open(disk(), DRAFT), isFull);
      assert.deepEqual(await readdir(ownFolderOf(disk()).journal), []);
    });

    it('a line that finds no room says so and harms no other', async () => {
      const log = new AppendLog({
        path: join(disk(), 'own', 'log'),
        maxBytes: 100_000,
        locks: new FileLocks({ app: 'test', clock: systemClock }),
      });
      await log.append(['before']);
      await fill();
      // The rest of its page is free: a line can begin to fit.
      await assert.rejects(log.append(['x'.repeat(10_000)]), isFull);
      await rm(ballast());
      await log.append(['after']);
      const [first, torn = '', last] = linesOf(await log.read());
      assert.deepEqual([first, last], ['before', 'after']);
      assert(torn.length > 0 && torn.length < 10_000);
      assert.deepEqual(await readdir(dirname(join(disk(), 'own', 'log'))), ['log']);
    });
  });
});
