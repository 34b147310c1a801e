import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigReader } from '../../../../src/core/liveSnapshot/configReader.ts';
import { ManualClock } from './manualClock.ts';

describe('ConfigReader', () => {
  let folder: string;
  let path: string;
  let clock: ManualClock;
  let reader: ConfigReader;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'config-reader-'));
    path = join(folder, 'coderclaw.json');
    clock = new ManualClock(Date.now());
    reader = new ConfigReader(clock, { env: {} });
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function agentIds(): Promise<readonly string[]> {
    const read = await reader.read(path);
    return read.kind === 'whole' ? read.config.agents.map((agent) => agent.id) : [read.kind];
  }

  it('reads an unchanged config once, and a changed one again', async () => {
    assert.deepEqual(await agentIds(), ['absent']);
    await writeFile(path, '{agents: {list: [{id: "a"}]}}');
    clock.advance(60_000);
    const read = await reader.read(path);
    assert.equal(await reader.read(path), read);
    await writeFile(path, '{agents: {list: [{id: "b"}]}}');
    assert.deepEqual(await agentIds(), ['b']);
    await writeFile(path, '{agents: ');
    assert.deepEqual(await agentIds(), ['invalid']);
    await rm(path);
    assert.deepEqual(await agentIds(), ['absent']);
  });

  it('does not trust the time stamps of a config that was just written', async () => {
    for (let round = 100; round < 150; round++) {
      await writeFile(path, `{agents: {list: [{id: "a${round}"}]}}`);
      assert.deepEqual(await agentIds(), [`a${round}`]);
    }
  });

  for (const include of ['"$include"', '"\\u0024include"', "'$\\include'"]) {
    it(`sees a change in an included file (${include})`, async () => {
      const included = join(folder, 'agents.json');
      await writeFile(path, `{agents: {${include}: './agents.json'}}`);
      await writeFile(included, '{list: [{id: "a"}]}');
      clock.advance(60_000);
      assert.deepEqual(await agentIds(), ['a']);
      await writeFile(included, '{list: [{id: "b"}]}');
      assert.deepEqual(await agentIds(), ['b']);
    });
  }
});
