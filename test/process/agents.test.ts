import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { parseJson5, plainValue } from '../../src/core/documents/json5.ts';
import { workFolder } from '../unit/core/disk/workFolder.ts';
import type { AgentsTask } from './agents.worker.ts';
import { workerFile } from './workers.ts';

const run = promisify(execFile);

const CONFIG = `{
  // kept by hand
  "$include": "./more.json5", // and this
  agents: { list: [ { id: 'main' }, /* the last by hand */ ] },
  bindings: [ { agentId: 'main', match: { channel: 'slack' } }, ], // chats
}
`;

describe('agents in one config among processes', function () {
  this.timeout(60_000);
  const path = workFolder();

  /** What was acknowledged and does not stand in the config at the end. */
  async function lostBy(names: readonly string[], more: Partial<AgentsTask>): Promise<string[]> {
    await mkdir(path('state'), { recursive: true, mode: 0o700 });
    const configPath = path('state', 'coderclaw.json');
    await writeFile(configPath, CONFIG, { mode: 0o600 });
    await writeFile(path('state', 'more.json5'), '{ gateway: { port: 1 } }');
    const outputs = await Promise.all(
      names.map(async (name) => {
        const task = {
          home: path(),
          stateDir: path('state'),
          configPath,
          name,
          agents: 5,
          ...more,
        };
        return (await run(process.execPath, [workerFile('agents'), JSON.stringify(task)])).stdout;
      }),
    );
    for (const output of outputs) assert.match(output, /done\n$/);
    const text = await readFile(configPath, 'utf8');
    for (const comment of [
      '// kept by hand',
      '// and this',
      '/* the last by hand */',
      '// chats',
    ]) {
      assert.ok(text.includes(comment), comment);
    }
    assert.ok(text.includes('"$include": "./more.json5"'));
    const parse = parseJson5(text);
    assert.ok(parse.kind === 'parsed');
    // biome-ignore lint/suspicious/noExplicitAny: a document of this test
    const { agents, bindings } = plainValue(parse.root) as any;
    const stands = (what: string, id: string): boolean => {
      const agent = agents.list.find((one: { id: string }) => one.id === id);
      if (what === 'agent') return agent !== undefined;
      if (what === 'name') return agent?.name === `Name of ${id}`;
      return bindings.some((one: { agentId: string }) => one.agentId === id);
    };
    return outputs
      .flatMap((output) => output.split('\n'))
      .map((line) => line.split(' '))
      .flatMap(([verb, what = '', id = '']) =>
        verb === 'failed' || (verb === 'acked' && !stands(what, id))
          ? [`${verb} ${what} ${id}`]
          : [],
      );
  }

  it('nothing of each other is lost, and the comments and the include stay', async () => {
    assert.deepEqual(await lostBy(['a', 'b', 'c', 'd'], {}), []);
  });

  it('control: the same with the fence off loses something', async () => {
    assert.notDeepEqual(await lostBy(['a', 'b', 'c', 'd'], { fence: 'off' }), []);
  });
});
