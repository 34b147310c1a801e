import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Session,
  type SessionOptions,
  type StateFiles,
  screenshotIfFailed,
  writeState,
} from '../session.ts';

const hour = 3_600_000;
const SETTING = 'coderclawAuth.agent';

/** A store with one sign-in that renews itself: of the same name for all, so that none is inherited. */
const store = (ms: number) => ({
  version: 1,
  profiles: {
    'openai-codex:default': {
      ...{ type: 'oauth', provider: 'openai-codex', access: `CANARY-a-${ms}` },
      ...{ refresh: `CANARY-r-${ms}`, expires: Date.now() + ms },
    },
  },
});

/** Two agents, each with a sign-in of its own. */
const files = (): StateFiles => ({
  'coderclaw.json': {
    agents: {
      list: [
        { id: 'main', default: true },
        { id: 'work', name: 'Day job' },
      ],
    },
  },
  'agents/main/agent/auth-profiles.json': store(5.5 * hour),
  'agents/work/agent/auth-profiles.json': store(2.5 * hour),
});

const asking = (agent: unknown): StateFiles => ({ '.vscode/settings.json': { [SETTING]: agent } });

/** A `coderclaw` that says which folder it was led to, and signs nobody in. */
const CODERCLAW = `#!/bin/sh
printf '%s' "$CODERCLAW_AGENT_DIR" > "$(dirname "$0")/led-to"
`;

describe('the agent of a workspace, in a real VS Code', function () {
  this.timeout(120_000);
  let session: Session;
  let bin: string;

  beforeEach(async () => {
    bin = await mkdtemp(join(tmpdir(), 'coderclaw-bin-'));
  });
  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session.close();
    await rm(bin, { recursive: true, force: true });
  });

  async function start(options: Omit<SessionOptions, 'files'> & { agent?: unknown } = {}) {
    const { agent, settings, ...rest } = options;
    session = await Session.start({
      files: files(),
      ...(agent !== undefined && { folderFiles: asking(agent) }),
      settings: { 'terminal.integrated.gpuAcceleration': 'off', ...settings },
      ...rest,
    });
    return session.workbench;
  }

  const question = /This folder asks for agent \w+ here/;
  const inStatusBar = (text: string | RegExp) =>
    session.workbench.statusBarItem.filter({ hasText: text }).waitFor();
  const folderOf = (agent: string) => join(session.stateDir, 'agents', agent, 'agent');
  const button = (name: string) =>
    session.workbench.notifications.getByRole('button', { name, exact: true });
  const asked = () => session.workbench.notifications.filter({ hasText: question }).count();

  /** VS Code keeps what it is to remember a moment after it was told. */
  async function reload(): Promise<void> {
    await session.workbench.page.waitForTimeout(1000);
    await session.workbench.page.reload();
  }

  async function folderSettings(): Promise<Record<string, unknown>> {
    const path = join(session.vscode.folder, '.vscode', 'settings.json');
    return JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
  }

  let terminals = 0;
  /** Where a terminal that a person opens now leads CoderClaw to: what `echo` writes there. */
  async function ledTo(): Promise<string> {
    terminals += 1;
    const path = join(bin, `terminal-${terminals}`);
    const { page } = session.workbench;
    await session.workbench.runCommand('Terminal: Create New Terminal');
    const rows = page.locator('.terminal-wrapper.active .xterm-rows');
    await rows.filter({ hasText: /[$#%]\s*$/ }).waitFor();
    await page.locator('.terminal-wrapper.active textarea').focus();
    const line = `echo "$CODERCLAW_AGENT_DIR|$PI_CODING_AGENT_DIR." > ${path}`;
    await page.keyboard.type(line);
    await page.keyboard.press('Enter');
    const until = Date.now() + 15_000;
    for (;;) {
      const said = (await readFile(path, 'utf8').catch(() => '')).trim();
      if (said.endsWith('.')) return said.slice(0, -1);
      assert.ok(Date.now() < until, 'the terminal says nothing');
      await page.waitForTimeout(100);
    }
  }
  const both = (folder: string) => `${folder}|${folder}`;

  it('a folder asks once; agreed, the status bar and terminals follow, and so after a reload', async () => {
    const workbench = await start({ agent: 'work' });
    await workbench.message(question);
    await inStatusBar(/main · 5 h/);
    assert.equal(await ledTo(), '|');
    await workbench.screenshot('workspace-agent-asked');
    assert.equal(await asked(), 1);
    await button('Use work Here').click();
    await inStatusBar(/work · 2 h/);
    assert.equal(await ledTo(), both(folderOf('work')));
    await workbench.screenshot('workspace-agent-used');
    await workbench.hoverSays(workbench.statusBarItem, 'Pinned for this workspace.');
    await workbench.screenshot('workspace-agent-hover');
    await reload();
    await inStatusBar(/work · 2 h/);
    await workbench.page.waitForTimeout(3000);
    assert.equal(await asked(), 0);
    assert.deepEqual(await folderSettings(), { [SETTING]: 'work' });
  });

  it('"Not Here" is remembered for that agent; another one is asked about anew', async () => {
    const workbench = await start({ agent: 'work', colorScheme: 'light' });
    await workbench.message(question);
    await workbench.screenshot('workspace-agent-asked-light');
    await button('Not Here').click();
    await workbench.notifications.filter({ hasText: question }).waitFor({ state: 'detached' });
    await reload();
    await inStatusBar(/main · 5 h/);
    await workbench.page.waitForTimeout(3000);
    assert.equal(await asked(), 0);
    const settings = join(session.vscode.folder, '.vscode', 'settings.json');
    await writeFile(settings, JSON.stringify({ [SETTING]: 'main' }));
    await workbench.message(/This folder asks for agent main here/);
  });

  it('chosen by the command, changed and taken away, all without a reload', async () => {
    const workbench = await start();
    const command = 'CoderClaw: Use an Agent in This Workspace…';
    const placeholder = 'Which agent is used in this workspace?';
    await inStatusBar(/main · 5 h/);
    await workbench.runCommand(command);
    await workbench.quickItem('Day job').waitFor();
    await workbench.screenshot('workspace-agent-choose');
    await workbench.choose(placeholder, 'Day job');
    await inStatusBar(/work · 2 h/);
    assert.deepEqual(await folderSettings(), { [SETTING]: 'work' });
    assert.equal(await ledTo(), both(folderOf('work')));
    assert.equal(await asked(), 0);
    await workbench.runCommand(command);
    await workbench.quickItem(/Day job · in use here/).waitFor();
    await workbench.screenshot('workspace-agent-change');
    await workbench.choose(placeholder, 'None: the default agent');
    await inStatusBar(/main · 5 h/);
    assert.deepEqual(await folderSettings(), {});
    assert.equal(await ledTo(), '|');
    // With the files of the folder it comes again, and is not asked about.
    const settings = join(session.vscode.folder, '.vscode', 'settings.json');
    await writeFile(settings, JSON.stringify({ [SETTING]: 'work' }));
    await workbench.page.waitForTimeout(3000);
    assert.equal(await asked(), 0);
    await inStatusBar(/main · 5 h/);
  });

  it('the agent of the person everywhere needs no question, and "None" goes before it', async () => {
    const workbench = await start({ settings: { [SETTING]: 'work' } });
    await inStatusBar(/work · 2 h/);
    await workbench.runCommand('CoderClaw: Use an Agent in This Workspace…');
    await workbench.quickItem('None: the default agent').click();
    await inStatusBar(/main · 5 h/);
    assert.deepEqual(await folderSettings(), { [SETTING]: '' });
  });

  it('one that is not there is warned of, until it comes', async () => {
    const workbench = await start({ agent: 'client', colorScheme: 'light' });
    await inStatusBar(/client · no such agent/);
    assert.equal(await asked(), 0);
    await workbench.hoverSays(
      workbench.statusBarItem,
      'There is no agent client, which this workspace asks for: main is used.',
    );
    await workbench.screenshot('workspace-agent-missing-light');
    await workbench.page.getByRole('link', { name: 'Use Another Agent Here…' }).click();
    await workbench.quickItem('None: the default agent').waitFor();
    await workbench.page.keyboard.press('Escape');
    assert.equal(await ledTo(), '|');
    await writeState(
      join(session.stateDir, 'agents/client/agent/auth-profiles.json'),
      store(3.5 * hour),
    );
    await workbench.message(/This folder asks for agent client here/);
    await button('Use client Here').click();
    await inStatusBar(/client · 3 h/);
    // Gone again, and now it is one that the person wanted.
    await rm(join(session.stateDir, 'agents/client'), { recursive: true });
    await inStatusBar(/client · no such agent/);
    await workbench.page.locator('.statusbar-item.warning-kind').first().waitFor();
    await workbench.screenshot('workspace-agent-gone-light');
  });

  it('a setting that is no id moves nothing, and its hover says so', async () => {
    const workbench = await start({ agent: '../main' });
    await inStatusBar(/main · 5 h/);
    await workbench.hoverSays(
      workbench.statusBarItem,
      'in the settings of this workspace is not the id of an agent',
    );
    await workbench.screenshot('workspace-agent-faulty');
    assert.equal(await ledTo(), '|');
  });

  it('a folder that is not trusted is not listened to before it is', async () => {
    const workbench = await start({ agent: 'work', asksForTrust: true });
    await workbench.page.getByText('Restricted Mode').first().waitFor();
    await inStatusBar(/main · 5 h/);
    await workbench.page.waitForTimeout(3000);
    assert.equal(await asked(), 0);
    await workbench.runCommand('CoderClaw: Use an Agent in This Workspace…');
    await workbench.message(/This workspace is not trusted/);
    await workbench.screenshot('workspace-agent-untrusted');
    await button('Manage Trust').click();
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await workbench.message(question);
    await inStatusBar(/main · 5 h/);
  });

  it('a sign-in by the coderclaw program is for the agent that was meant, not the one used here', async () => {
    await writeFile(join(bin, 'coderclaw'), CODERCLAW, { mode: 0o755 });
    const workbench = await start({ settings: { [SETTING]: 'work' }, firstOnPath: bin });
    await inStatusBar(/work · 2 h/);
    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.quickInput.fill('plugin');
    await workbench.quickItem('With a Plugin of CoderClaw…').click();
    await workbench.message(/program ended, and no profile has come/);
    assert.equal(await readFile(join(bin, 'led-to'), 'utf8'), folderOf('main'));
    assert.equal(await ledTo(), both(folderOf('work')));
  });
});
