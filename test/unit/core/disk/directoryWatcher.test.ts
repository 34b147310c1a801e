import assert from 'node:assert/strict';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { systemClock } from '../../../../src/core/clock.ts';
import { DirectoryWatcher } from '../../../../src/core/disk/directoryWatcher.ts';
import { workFolder } from './workFolder.ts';

const sleep = (ms: number) => systemClock.sleep(ms);

describe('directory watcher', () => {
  const path = workFolder();
  let watcher: DirectoryWatcher;
  let hints: string[];

  beforeEach(() => {
    hints = [];
    watcher = new DirectoryWatcher({ onHint: (directory) => hints.push(directory) });
  });
  afterEach(() => watcher.dispose());

  /** A hint that comes after `act`, within a second. */
  async function hinted(act: () => Promise<unknown>): Promise<void> {
    await sleep(120);
    hints = [];
    await act();
    for (let n = 0; n < 100 && hints.length === 0; n++) await sleep(10);
    assert.notEqual(hints.length, 0, 'no hint came');
  }

  it('hints at files made, written, replaced and removed', async () => {
    await mkdir(path('d'));
    await watcher.watch([path('d')]);
    await hinted(() => writeFile(path('d', 'f'), '1'));
    await hinted(() => writeFile(path('d', 'f'), '2'));
    await writeFile(path('new'), '3');
    await hinted(() => rename(path('new'), path('d', 'f')));
    await hinted(() => rm(path('d', 'f')));
  });

  it('makes one hint of many events', async () => {
    await watcher.watch([path()]);
    for (let n = 0; n < 20; n++) await writeFile(path(`f${n}`), '');
    await sleep(200);
    assert(hints.length >= 1 && hints.length <= 3, `${hints.length} hints`);
  });

  it('finds a directory that does not exist yet, however deep', async () => {
    await watcher.watch([path('a', 'b', 'c')]);
    await hinted(() => mkdir(path('a', 'b', 'c'), { recursive: true }));
    await hinted(() => writeFile(path('a', 'b', 'c', 'f'), ''));
  });

  it('finds one that is made step by step', async () => {
    await watcher.watch([path('a', 'b')]);
    await mkdir(path('a'));
    await sleep(150);
    await hinted(() => mkdir(path('a', 'b')));
    await hinted(() => writeFile(path('a', 'b', 'f'), ''));
  });

  it('lives through removal and return, at once and later', async () => {
    await mkdir(path('a', 'b'), { recursive: true });
    await watcher.watch([path('a', 'b')]);
    await hinted(() => rm(path('a'), { recursive: true }));
    await hinted(() => mkdir(path('a', 'b'), { recursive: true }));
    await hinted(() => writeFile(path('a', 'b', 'f'), ''));
    await hinted(async () => {
      await rm(path('a'), { recursive: true });
      await mkdir(path('a', 'b'), { recursive: true });
    });
    await hinted(() => writeFile(path('a', 'b', 'g'), ''));
  });

  it('is quiet about what happens beside a directory that is away', async () => {
    await watcher.watch([path('a', 'b')]);
    await writeFile(path('f'), '');
    await sleep(200);
    assert.deepEqual(hints, []);
  });

  it('is quiet about names that concern nobody, but not while the directory is away', async () => {
    watcher.dispose();
    watcher = new DirectoryWatcher({
      onHint: (directory) => hints.push(directory),
      concerns: (_directory, name) => !name.endsWith('.jsonl'),
    });
    await watcher.watch([path('d.jsonl')]);
    await hinted(() => mkdir(path('d.jsonl')));
    await sleep(120);
    hints = [];
    await writeFile(path('d.jsonl', 'chat.jsonl'), '1');
    await sleep(200);
    assert.deepEqual(hints, []);
    await hinted(() => writeFile(path('d.jsonl', 'list.json'), '1'));
  });

  it('watches exactly what it was told last', async () => {
    await mkdir(path('a'));
    await mkdir(path('b'));
    await watcher.watch([path('a')]);
    await watcher.watch([path('b')]);
    await writeFile(path('a', 'f'), '');
    await sleep(150);
    assert.deepEqual(hints, []);
    await hinted(() => writeFile(path('b', 'f'), ''));
  });

  it('is silent and closed after dispose', async function () {
    await mkdir(path('a'));
    await watcher.watch([path('a'), path('none')]);
    await writeFile(path('a', 'f'), '');
    watcher.dispose();
    await writeFile(path('a', 'g'), '');
    await sleep(150);
    assert.deepEqual(hints, []);
    if (process.platform !== 'linux') return this.skip();
    let watches = '';
    const { readFile } = await import('node:fs/promises');
    for (const fd of await readdir('/proc/self/fdinfo')) {
      watches += await readFile(`/proc/self/fdinfo/${fd}`, 'utf8').catch(() => '');
    }
    assert.doesNotMatch(watches, /^inotify/m);
  });
});
