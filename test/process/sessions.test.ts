import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { workFolder } from '../unit/core/disk/workFolder.ts';
import type { SessionsTask } from './sessions.worker.ts';
import { workerFile } from './workers.ts';

const run = promisify(execFile);
const ROUNDS = 25;

describe('sessions.json among processes', function () {
  this.timeout(60_000);
  const path = workFolder();
  const list = () => path('sessions.json');
  const listNow = async (): Promise<Record<string, Record<string, unknown>>> =>
    JSON.parse(await readFile(list(), 'utf8'));

  async function writeEntries(names: readonly string[]): Promise<void> {
    const entries = names.map((name) => [name, { updatedAt: 1, count: 0, kept: name }]);
    await writeFile(list(), JSON.stringify(Object.fromEntries(entries)), { mode: 0o600 });
  }

  async function work(task: Omit<SessionsTask, 'list'>): Promise<string> {
    const argument = JSON.stringify({ ...task, list: list() } satisfies SessionsTask);
    return (await run(process.execPath, [workerFile('sessions'), argument])).stdout;
  }

  /** Lets writers of these kinds loose on one list. @returns how often one saw its change undone. */
  async function lostBy(...kinds: readonly SessionsTask['kind'][]): Promise<number> {
    const names = kinds.map((kind, n) => `${kind} ${n}`);
    await writeEntries(names);
    const outputs = await Promise.all(
      kinds.map((kind, n) => work({ name: names[n] ?? '', rounds: ROUNDS, kind })),
    );
    for (const output of outputs) assert.match(output, /done\n$/);
    return outputs.join('').split('lost').length - 1;
  }

  it('ours and such as CoderClaw has lose nothing of each other, and leave nothing behind', async () => {
    assert.equal(await lostBy('ours', 'coderclaw', 'ours', 'coderclaw', 'ours'), 0);
    for (const [name, entry] of Object.entries(await listNow())) {
      assert.equal(entry['kept'], name);
      const isOurs = name.startsWith('ours');
      assert.equal(entry['count'], isOurs ? 0 : ROUNDS, name);
      assert.equal(entry['authProfileOverride'], isOurs ? `p:${ROUNDS}` : undefined, name);
    }
    assert.deepEqual(await readdir(path()), ['sessions.json']);
  });

  it('control: ours without the lock make others lose', async () => {
    assert.notEqual(await lostBy('oursWithoutFence', 'coderclaw', 'oursWithoutFence'), 0);
  });

  for (const killAt of ['temp.written', 'temp.synced', 'compared', 'renamed'] as const) {
    it(`what one of ours leaves that dies at ${killAt} is swept by the next, and the list whole`, async () => {
      await writeEntries(['a', 'b']);
      await assert.rejects(work({ name: 'a', rounds: 1, kind: 'ours', killAt }), {
        signal: 'SIGKILL',
      });
      const left = await readdir(path());
      assert.ok(left.includes('sessions.json.lock'));
      assert.equal(left.length, killAt === 'renamed' ? 2 : 3, left.join());
      assert.equal((await listNow())['a']?.['kept'], 'a');

      assert.equal(await work({ name: 'b', rounds: 1, kind: 'ours' }), 'done\n');
      assert.deepEqual(await readdir(path()), ['sessions.json']);
      const { a, b } = await listNow();
      assert.equal(a?.['authProfileOverride'], killAt === 'renamed' ? 'p:1' : undefined);
      assert.equal(b?.['authProfileOverride'], 'p:1');
    });
  }

  it('CoderClaw goes on at once where one of ours died with the lock', async () => {
    await writeEntries(['a', 'b']);
    const killAt = 'temp.synced';
    await assert.rejects(work({ name: 'a', rounds: 1, kind: 'ours', killAt }));
    assert.equal(await work({ name: 'b', rounds: 1, kind: 'coderclaw' }), 'done\n');
    assert.equal((await listNow())['b']?.['count'], 1);
  });
});
