import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { workFolder } from '../unit/core/disk/workFolder.ts';
import type { SessionsTask } from './sessions.worker.ts';
import { workerFile } from './workers.ts';

const run = promisify(execFile);

describe('sessions.json among processes', function () {
  this.timeout(60_000);
  const path = workFolder();
  const list = () => path('sessions.json');

  /** How often something that was acknowledged was gone at once. */
  async function lostBy(...kinds: readonly SessionsTask['kind'][]): Promise<number> {
    const names = kinds.map((kind, n) => `${kind}-${n}`);
    const document = Object.fromEntries(names.map((name) => [name, { updatedAt: 1, kept: name }]));
    await writeFile(list(), JSON.stringify(document), { mode: 0o600 });
    const outputs = await Promise.all(
      kinds.map(async (kind, n) => {
        const task: SessionsTask = { list: list(), name: names[n] ?? '', rounds: 25, kind };
        return (await run(process.execPath, [workerFile('sessions'), JSON.stringify(task)])).stdout;
      }),
    );
    for (const output of outputs) assert.match(output, /done\n$/);
    return outputs.join('').split('lost').length - 1;
  }

  it('ours and such as CoderClaw has lose nothing of each other, and leave nothing behind', async () => {
    assert.equal(await lostBy('ours', 'coderclaw', 'ours', 'coderclaw', 'ours'), 0);
    const document = JSON.parse(await readFile(list(), 'utf8'));
    for (const [name, entry] of Object.entries<Record<string, unknown>>(document)) {
      assert.equal(entry['kept'], name);
      const last = name.startsWith('ours') ? entry['authProfileOverride'] : entry['round'];
      assert.equal(last, name.startsWith('ours') ? 'p:25' : 25, name);
    }
    assert.deepEqual(await readdir(path()), ['sessions.json']);
  });

  it('control: one that takes no lock makes others lose', async () => {
    assert.notEqual(await lostBy('ours', 'noLock', 'coderclaw', 'noLock'), 0);
  });
});
