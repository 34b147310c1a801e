import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoLogins } from '../../demo/demoLogins.ts';
import { Session, screenshotIfFailed, writeState } from '../session.ts';
import { assertNoSecrets, type Workbench } from '../workbench.ts';

const TOKEN = `sk-ant-oat01-CANARY${'a'.repeat(40)}${'b'.repeat(40)}`;

/** Signs in as a plugin of CoderClaw does: asks on the terminal, then writes without a lock. */
const CODERCLAW = `#!/usr/bin/env node
const { createInterface } = require('node:readline');
const { readFileSync, writeFileSync, mkdirSync } = require('node:fs');
const { dirname, join } = require('node:path');
const args = process.argv.slice(2);
if (!process.stdin.isTTY || args.slice(0, 3).join(' ') !== 'models auth login') process.exit(2);
const at = args.indexOf('--provider');
const terminal = createInterface({ input: process.stdin, output: process.stdout });
terminal.question(at < 0 ? 'Which plugin? ' : 'Key of ' + args[at + 1] + '? ', (answer) => {
  terminal.close();
  if (answer === 'nothing') return;
  if (answer === 'fail') {
    console.error('Subscription required.');
    process.exit(3);
  }
  const provider = at < 0 ? answer : args[at + 1];
  const agentDir =
    process.env.CODERCLAW_AGENT_DIR || join(process.env.CODERCLAW_STATE_DIR, 'agents/main/agent');
  const path = join(agentDir, 'auth-profiles.json');
  const id = provider + ':default';
  let store = { version: 1, profiles: {} };
  try { store = JSON.parse(readFileSync(path, 'utf8')); } catch {}
  store.profiles[id] = { type: 'oauth', provider, access: 'a', refresh: 'r', expires: Date.now() + 3600000 };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, JSON.stringify(store, null, 2) + '\\n', { mode: 0o600 });
  const config = { auth: { profiles: { [id]: { provider, mode: 'oauth' } } } };
  writeFileSync(process.env.CODERCLAW_CONFIG_PATH, JSON.stringify(config, null, 2) + '\\n');
});
`;

/** Prints a token as the real one does, broken over lines. */
const CLAUDE = `#!/usr/bin/env node
if (process.argv[2] !== 'setup-token') process.exit(2);
console.log('Your token:\\n${TOKEN.slice(0, 50)}\\n${TOKEN.slice(50)}');
`;

describe('programs in a terminal, in a real VS Code', function () {
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

  async function program(name: string, text: string): Promise<string> {
    const path = join(bin, name);
    await mkdir(bin, { recursive: true });
    await writeFile(path, text, { mode: 0o755 });
    return path;
  }
  /** Drawn by the page, so that it can be read. */
  const settings = { 'terminal.integrated.gpuAcceleration': 'off' };
  const terminal = (workbench: Workbench) =>
    workbench.page.locator('.terminal-wrapper.active .xterm-rows');

  async function typed(workbench: Workbench, prompt: RegExp, answer: string): Promise<void> {
    await terminal(workbench).filter({ hasText: prompt }).waitFor();
    await workbench.page.keyboard.type(answer);
    await workbench.page.keyboard.press('Enter');
  }

  /** Of the provider of an id, or of whichever the program asks for. */
  async function startPlugin(workbench: Workbench, provider?: string): Promise<void> {
    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.page.locator('input[placeholder="Which provider?"]').waitFor();
    if (provider === undefined) {
      await workbench.quickInput.fill('plugin');
      await workbench.quickItem('With a Plugin of CoderClaw…').click();
      return;
    }
    await workbench.quickInput.fill('Another');
    await workbench.quickItem('Another Provider…').click();
    await workbench.answer(/The id of the provider/, provider);
    await workbench.choose('How do you want to add it?', 'Plugin of CoderClaw');
  }

  it('a plugin of CoderClaw signs in; what it brought is shown, left as it is, and may be used', async () => {
    await program('coderclaw', CODERCLAW);
    const cooldownUntil = Date.now() + 3_600_000;
    session = await Session.start({
      files: {
        'coderclaw.json': '{}',
        'agents/main/agent/auth-profiles.json': {
          version: 1,
          profiles: {},
          usageStats: { 'acme:default': { cooldownUntil, errorCount: 4, lastUsed: 5 } },
        },
      },
      firstOnPath: bin,
      settings,
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.quickInput.fill('plugin');
    const row = workbench.quickItem('With a Plugin of CoderClaw…');
    await row.waitFor();
    await workbench.screenshot('add-profile-plugin');
    await row.click();
    await typed(workbench, /Which plugin\?/, 'acme');
    await workbench.message(/acme:default is stored for main/);
    await workbench.row(/^Profile default, next, renews itself/).waitFor();
    await workbench.screenshot('plugin-signed-in');
    const stored = (await session.store()).profiles['acme:default'];
    assert.deepEqual(
      { ...stored, expires: 0 },
      { type: 'oauth', provider: 'acme', access: 'a', refresh: 'r', expires: 0 },
    );
    const { usageStats } = JSON.parse(await readFile(session.storePath(), 'utf8'));
    assert.deepEqual(usageStats['acme:default'], { errorCount: 0, lastUsed: 5 });
    const selected = workbench.page.locator(
      '.monaco-list-row.selected[aria-label^="Profile default"]',
    );
    await selected.waitFor();
  });

  it('a program that a setting names, for a provider by its id, which fails', async () => {
    const cli = await program('my-coderclaw', CODERCLAW);
    session = await Session.start({
      files: { 'coderclaw.json': '{}' },
      settings: { ...settings, 'coderclawAuth.cliPath': cli },
      colorScheme: 'light',
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.quickInput.fill('Another');
    await workbench.quickItem('Another Provider…').click();
    await workbench.answer(/The id of the provider/, 'acme');
    await workbench.choose('How do you want to add it?', 'Plugin of CoderClaw');
    await typed(workbench, /Key of acme\?/, 'fail');
    await workbench.message(/ended with code 3, and no profile has come/);
    await workbench.screenshot('plugin-failed-light');
    assert.deepEqual(await session.profileIds(), []);
    assert.equal(await readFile(join(session.stateDir, 'coderclaw.json'), 'utf8'), '{}');
  });

  it('what is renewed here meanwhile is not taken for what the program brought', async () => {
    await program('coderclaw', CODERCLAW);
    session = await Session.start({
      files: async (authServer) => {
        const logins = await demoLogins(authServer, ['ann@example.com'], Date.now());
        const { access = '', refresh = '' } = logins.get('ann@example.com') ?? {};
        const login = { type: 'oauth', provider: 'openai-codex', access, refresh, expires: 1 };
        return {
          'coderclaw.json': '{}',
          'agents/main/agent/auth-profiles.json': {
            version: 1,
            profiles: { 'openai-codex:me': login },
          },
        };
      },
      firstOnPath: bin,
      settings: { ...settings, 'coderclawAuth.keepFresh': 'onDemand' },
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    await startPlugin(workbench);
    await terminal(workbench)
      .filter({ hasText: /Which plugin\?/ })
      .waitFor();
    await workbench.rowMenu(workbench.row(/^Profile me/), 'Refresh Now');
    await workbench.row(/^Profile me, next, renews itself, in \d hours/).waitFor();
    assert.deepEqual(session.refreshes, ['ok']);
    await workbench.page.locator('.terminal-wrapper.active textarea').focus();
    await typed(workbench, /Which plugin\?/, 'nothing');
    await workbench.message(/program ended, and no profile has come or changed/);
  });

  it('the same sign-in again shows its terminal, another one has its own', async () => {
    await program('coderclaw', CODERCLAW);
    session = await Session.start({
      files: { 'coderclaw.json': '{}' },
      firstOnPath: bin,
      settings,
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    await startPlugin(workbench);
    await terminal(workbench)
      .filter({ hasText: /Which plugin\?/ })
      .waitFor();
    await workbench.runCommand('View: Toggle Terminal');
    await terminal(workbench).waitFor({ state: 'hidden' });
    await startPlugin(workbench);
    await terminal(workbench)
      .filter({ hasText: /Which plugin\?/ })
      .waitFor();
    await startPlugin(workbench, 'acme');
    await terminal(workbench)
      .filter({ hasText: /Key of acme\?/ })
      .waitFor();
    const tabs = workbench.page.locator('.tabs-list .monaco-list-row');
    assert.equal(await tabs.count(), 2, 'one of each');
    // The first ends while the second waits.
    await startPlugin(workbench);
    await terminal(workbench)
      .filter({ hasText: /Which plugin\?/ })
      .waitFor();
    await workbench.screenshot('two-plugins');
    await typed(workbench, /Which plugin\?/, 'other');
    await workbench.message(/other:default is stored for main/);
    await startPlugin(workbench, 'acme');
    await typed(workbench, /Key of acme\?/, 'fail');
    await workbench.message(/ended with code 3, and no profile has come/);
    assert.deepEqual(await session.profileIds(), ['other:default']);
  });

  it('the program gets the folder of the agent that it is to sign in for', async () => {
    await program('coderclaw', CODERCLAW);
    const other = join(bin, 'other');
    await writeState(join(other, 'coderclaw.json'), '{}');
    await writeState(join(other, 'agents/main/agent/auth-profiles.json'), {
      version: 1,
      profiles: {},
    });
    const inUse = join(bin, 'in-use');
    session = await Session.start({
      files: { 'coderclaw.json': '{}' },
      env: { CODERCLAW_AGENT_DIR: inUse, PI_CODING_AGENT_DIR: inUse },
      firstOnPath: bin,
      settings: { ...settings, 'coderclawAuth.stateFolders': [other] },
    });
    const { workbench } = session;
    const question = 'Plugins of CoderClaw sign in for the default agent.';
    await startPlugin(workbench);
    await workbench.choose(question, /coderclaw-e2e/);
    await terminal(workbench)
      .filter({ hasText: /Which plugin\?/ })
      .waitFor();
    // Only the environment differs, and it is another run all the same.
    await startPlugin(workbench);
    await workbench.choose(question, /other/);
    await workbench.page.locator('.tabs-list .monaco-list-row').nth(1).waitFor();
    await typed(workbench, /Which plugin\?/, 'acme');
    await workbench.message(/acme:default is stored for main/);
    const store = await readFile(join(other, 'agents/main/agent/auth-profiles.json'), 'utf8');
    assert.deepEqual(Object.keys(JSON.parse(store).profiles), ['acme:default']);
    await assert.rejects(readFile(join(inUse, 'auth-profiles.json')), /ENOENT/);
  });

  it('a plugin that is chosen for another agent: it is said that it signs in for the default one', async () => {
    await program('coderclaw', CODERCLAW);
    // Has a default agent too, which nobody meant.
    const other = join(bin, 'other');
    await writeState(join(other, 'coderclaw.json'), '{}');
    session = await Session.start({
      files: {
        'coderclaw.json': { agents: { list: [{ id: 'main', default: true }, { id: 'work' }] } },
        'agents/work/agent/auth-profiles.json': {
          version: 1,
          profiles: { 'acme:w': { type: 'api_key', provider: 'acme', key: 'k' } },
        },
      },
      firstOnPath: bin,
      settings: { ...settings, 'coderclawAuth.stateFolders': [other] },
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.rowMenu(workbench.row(/^Agent work/), 'Add Profile…');
    await workbench.quickInput.fill('plugin');
    await workbench.quickItem('With a Plugin of CoderClaw…').click();
    const question = 'Plugins of CoderClaw sign in for the default agent.';
    await workbench.page.locator(`input[placeholder="${question}"]`).waitFor();
    assert.equal(await workbench.quickItems.count(), 1);
    await workbench.screenshot('plugin-other-agent');
    await workbench.choose(question, 'main');
    await typed(workbench, /Which plugin\?/, 'acme');
    await workbench.message(/acme:default is stored for main/);
    assert.deepEqual(await session.profileIds(), ['acme:default']);
    assert.deepEqual(await session.profileIds('work'), ['acme:w']);
  });

  it('no CoderClaw at all: Add Profile says so before it asks anything', async () => {
    session = await Session.start({ noStateDir: true });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.runCommand('CoderClaw: Add Profile…');
    const said = await workbench.message(/CoderClaw was not found on this machine/);
    assert.match(said, /Choose where its state folder lies first/);
    assert.match(said, /Choose State Folder…/);
    await workbench.quickInput.waitFor({ state: 'hidden' });
    await workbench.screenshot('add-profile-nowhere');
  });

  it('a setting that names no program is told when it is needed, and keeps from nothing else', async () => {
    await program('coderclaw', CODERCLAW);
    session = await Session.start({
      files: { 'coderclaw.json': '{}' },
      firstOnPath: bin,
      settings: { 'coderclawAuth.cliPath': join(bin, 'nowhere') },
    });
    const { workbench } = session;
    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.quickItem('ChatGPT').waitFor();
    await workbench.quickInput.fill('plugin');
    const row = workbench.quickItem('With a Plugin of CoderClaw…');
    await row.filter({ hasText: /"CoderClaw: CLI Path" names no program/ }).waitFor();
    await workbench.screenshot('add-profile-plugin-faulty');
    await row.click();
    await workbench.message(/"CoderClaw: CLI Path" names no program: .*nowhere/);
    await terminal(workbench).waitFor({ state: 'hidden' });
  });

  it('nothing is started in a folder that is not trusted', async () => {
    await program('coderclaw', CODERCLAW);
    await program('claude', CLAUDE);
    session = await Session.start({
      files: { 'coderclaw.json': '{}' },
      firstOnPath: bin,
      asksForTrust: true,
      settings,
    });
    const { workbench } = session;
    // Nobody has said that this folder is to be trusted.
    await workbench.page.getByText('Restricted Mode').first().waitFor();
    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.quickItem('ChatGPT').waitFor();
    await workbench.quickInput.fill('plugin');
    await workbench.quickItem(/Plugin of CoderClaw/).waitFor({ state: 'hidden' });
    await workbench.screenshot('restricted-no-plugin');
    await workbench.quickInput.fill('anthropic');
    await workbench.quickItem('Anthropic').click();
    await workbench.choose('How do you want to add it?', 'Setup-token');
    await workbench.answer(/A name for it/, '');
    // A token can still be pasted, and nothing else is offered.
    await workbench.secretInput.waitFor();
    await workbench.secretInput.fill(TOKEN);
    await workbench.page.keyboard.press('Enter');
    await workbench.message(/anthropic:default is stored for main/);
  });

  it('"claude setup-token" runs beside the question for the token', async () => {
    await program('claude', CLAUDE);
    session = await Session.start({
      files: { 'coderclaw.json': '{}' },
      firstOnPath: bin,
      settings,
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.quickInput.fill('anthropic');
    await workbench.quickItem('Anthropic').click();
    await workbench.choose('How do you want to add it?', 'Setup-token');
    await workbench.answer(/A name for it/, '');
    await workbench.quickItem('Run "claude setup-token" in a Terminal').waitFor();
    await workbench.screenshot('setup-token-source');
    await workbench.quickItem('Run "claude setup-token" in a Terminal').click();
    await terminal(workbench).waitFor();
    await workbench.secretInput.waitFor();
    await terminal(workbench)
      .filter({ hasText: /Your token:/ })
      .waitFor();
    await workbench.screenshot('setup-token-in-terminal');
    await workbench.secretInput.fill(TOKEN);
    await workbench.page.keyboard.press('Enter');
    await workbench.message(/anthropic:default is stored for main/);
    const stored = (await session.store()).profiles['anthropic:default'];
    assert.equal(stored?.['token'], TOKEN);
    const tree = await workbench.page.locator('.sidebar').innerText();
    assertNoSecrets(tree, new Set(['CANARY']), 'the tree');
  });
});
