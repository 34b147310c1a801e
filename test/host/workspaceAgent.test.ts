import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { extensionId, settings } from '../../src/contributions.ts';
import { agentSetting } from '../../src/ui/workspaceAgent/workspaceAgentHere.ts';

const { Global, Workspace } = vscode.ConfigurationTarget;

describe('the agent of a window, in VS Code', () => {
  let folder: string;
  const set = (value: unknown, target: vscode.ConfigurationTarget): Thenable<void> =>
    vscode.workspace.getConfiguration().update(settings.agent, value, target);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coderclaw-agent-'));
    await vscode.extensions.getExtension(extensionId)?.activate();
  });
  afterEach(async () => {
    await set(undefined, Global);
    await set(undefined, Workspace);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('tells apart who set it, and hands on whatever they wrote', async () => {
    assert.deepEqual(agentSetting(), { user: undefined, workspace: undefined });
    await set('work', Global);
    await set(['../main'], Workspace);
    assert.deepEqual(agentSetting(), { user: 'work', workspace: ['../main'] });
    await set('', Workspace);
    assert.deepEqual(agentSetting(), { user: 'work', workspace: '' });
  });

  let terminals = 0;
  /** What a terminal that is opened now would lead the CLI to. */
  async function inTerminal(): Promise<string> {
    terminals += 1;
    const path = join(folder, String(terminals));
    const terminal = vscode.window.createTerminal({
      shellPath: '/bin/sh',
      shellArgs: [
        '-c',
        `printf '%s|%s.' "$CODERCLAW_AGENT_DIR" "$PI_CODING_AGENT_DIR" > ${path}; sleep 5`,
      ],
    });
    try {
      const deadline = Date.now() + 8000;
      for (;;) {
        const said = await readFile(path, 'utf8').catch(() => '');
        if (said.endsWith('.')) return said;
        assert.ok(Date.now() < deadline, 'the terminal says nothing');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      terminal.dispose();
    }
  }
  /** VS Code hands settings on in its own time. */
  async function comesTo(expected: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    let said = await inTerminal();
    while (said !== expected && Date.now() < deadline) said = await inTerminal();
    assert.equal(said, expected);
  }

  it('new terminals are led to it as long as it is set, without a reload', async function () {
    if (process.platform === 'win32') this.skip();
    const state = process.env['CODERCLAW_STATE_DIR'];
    assert.ok(state);
    const work = join(state, 'agents', 'work', 'agent');
    assert.equal(await inTerminal(), '|.');
    await set('work', Global);
    await comesTo(`${work}|${work}.`);
    await set('nobody', Global);
    await comesTo('|.');
  });

  it('a workspace that asks for it has moved nothing as long as nobody agreed', async function () {
    if (process.platform === 'win32') this.skip();
    await set('work', Workspace);
    // By then the setting of before has come through, and this one too.
    await set('main', Global);
    const state = process.env['CODERCLAW_STATE_DIR'] ?? '';
    const main = join(state, 'agents', 'main', 'agent');
    await comesTo(`${main}|${main}.`);
  });
});
