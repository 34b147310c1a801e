import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { runInTerminal } from '../../src/ui/terminal/programTask.ts';

describe('programs in a terminal', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coderclaw-programs-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function program(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    await chmod(path, 0o755);
    return path;
  }
  const run = (path: string, ...args: string[]) =>
    runInTerminal({ name: 'a program', program: path, args, cwd: folder });
  /** Told apart from an end without a code. */
  const inTime = <T>(running: Promise<T>): Promise<T | 'no end'> =>
    Promise.race([
      running,
      new Promise<'no end'>((resolve) => setTimeout(resolve, 8000, 'no end')),
    ]);

  it('the end comes with its code, also of one that ends at once', async () => {
    for (const code of [0, 3]) {
      const path = await program(`ends-${code}`, `#!/bin/sh\nexit ${code}\n`);
      for (let time = 0; time < 5; time++) assert.equal(await inTime(run(path)), code);
    }
  });

  it('words are handed on as they are, and no shell reads them', async () => {
    const path = await program(
      'words',
      '#!/bin/sh\n[ "$1" = "a b;exit 7" ] && [ $# = 1 ] && exit 5\n',
    );
    assert.equal(await inTime(run(path, 'a b;exit 7')), 5);
  });

  it('a program that cannot be started ends too', async () => {
    const path = await program('broken', '#!/nowhere/interpreter\n');
    const code = await inTime(run(path));
    assert.notEqual(code, 'no end');
    assert.notEqual(code, 0);
  });

  it('a terminal that is closed ends without a code', async () => {
    const path = await program('waits', '#!/bin/sh\nsleep 60\n');
    const running = run(path);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    vscode.window.activeTerminal?.dispose();
    assert.equal(await inTime(running), undefined);
  });

  it('the same program twice at a time: each has its own end', async () => {
    const path = await program('reads', '#!/bin/sh\nsleep "$1"; exit "$1"\n');
    const both = await Promise.all([inTime(run(path, '3')), inTime(run(path, '1'))]);
    assert.deepEqual(both, [3, 1]);
  });

  it('the very same once more, while it still runs: both come to an end', async () => {
    const path = await program('again', '#!/bin/sh\nsleep 2; exit 4\n');
    const first = inTime(run(path));
    await new Promise((resolve) => setTimeout(resolve, 700));
    const second = inTime(run(path));
    assert.deepEqual(await Promise.all([first, second]), [4, 4]);
  });
});
