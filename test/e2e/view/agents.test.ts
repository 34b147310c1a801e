import assert from 'node:assert/strict';
import {
  access,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseJson5, plainValue } from '../../../src/core/documents/json5.ts';
import { Session, type StateFiles, screenshotIfFailed } from '../session.ts';
import { assertNoSecrets } from '../workbench.ts';

const KEY = { type: 'api_key', provider: 'groq', key: 'CANARY-key' };
const LOGIN = {
  type: 'oauth',
  provider: 'openai-codex',
  access: 'CANARY-access',
  refresh: 'CANARY-refresh',
  expires: Date.now() + 9 * 3_600_000,
  email: 'ann@example.com',
};

/** Two agents, what else a config may hold, and a file that it includes. */
const files: StateFiles = {
  'coderclaw.json': `{
  // who works here
  agents: {
    list: [
      { id: 'main', default: true }, // the first one
      { id: 'home', name: 'Home' },
    ],
  },
  channels: { telegram: { accounts: { bot2: {} } } },
  bindings: [
    { agentId: 'home', match: { channel: 'telegram' } }, // the family
  ],
  tools: { agentToAgent: { allow: ['home'] } },
  gateway: { $include: './gateway.json5' },
}
`,
  'gateway.json5': '{ port: 18789 /* as ever */ }\n',
  'agents/main/agent/auth-profiles.json': {
    version: 1,
    profiles: { 'groq:default': KEY, 'openai-codex:ann@example.com': LOGIN },
  },
  'agents/home/agent/auth-profiles.json': {
    version: 1,
    profiles: { 'openai-codex:home': { ...LOGIN, access: 'CANARY-b', refresh: 'CANARY-c' } },
  },
};

describe('agents and their chats, by clicks, in a real VS Code', function () {
  this.timeout(120_000);
  let session: Session;
  let dataHome: string;

  async function start(colorScheme: 'dark' | 'light' = 'dark'): Promise<Session> {
    dataHome = await realpath(await mkdtemp(join(tmpdir(), 'coderclaw-e2e-data-')));
    session = await Session.start({ files, colorScheme, env: { XDG_DATA_HOME: dataHome } });
    await session.workbench.openProfilesView();
    await session.workbench.row(/^Agent home/).waitFor();
    return session;
  }

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    try {
      assertNoSecrets(await session.workbench.page.content(), new Set(['CANARY']), 'the window');
      // Whatever was done: comments and the included file are as they were.
      assert.match(await configText(), /\/\/ who works here[\s\S]*\/\/ the first one/);
      assert.match(await configText(), /\$include: '\.\/gateway\.json5'/);
      assert.equal(
        await readFile(join(session.stateDir, 'gateway.json5'), 'utf8'),
        files['gateway.json5'],
      );
    } finally {
      await session.close();
      await rm(dataHome, { recursive: true, force: true });
    }
  });

  const configText = () => readFile(join(session.stateDir, 'coderclaw.json'), 'utf8');
  async function config(): Promise<Record<string, unknown>> {
    const parse = parseJson5(await configText());
    if (parse.kind !== 'parsed') return assert.fail(parse.detail);
    return plainValue(parse.root) as Record<string, unknown>;
  }
  const list = async () => ((await config())['agents'] as { list: unknown }).list;
  const isThere = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );
  /** A short message in the status bar. */
  const said = (text: string) =>
    session.workbench.page.locator('.statusbar-item').filter({ hasText: text }).first().waitFor();

  for (const theme of ['dark', 'light'] as const) {
    it(`adds an agent with a copy of a key, never of a sign-in: ${theme}`, async () => {
      const { workbench, stateDir } = await start(theme);
      const shot = (name: string) => workbench.screenshot(`agents-${name}-${theme}`);
      await workbench.runCommand('CoderClaw: Add Agent…');
      await workbench.quickInput.waitFor();
      await workbench.quickInput.fill('Home');
      await workbench.page.getByText('There is an agent with the id "home" already').waitFor();
      await shot('add-taken');
      await workbench.quickInput.fill('Day Job');
      await workbench.page.getByText('Id: day-job').waitFor();
      await shot('add-name');
      await workbench.page.keyboard.press('Enter');
      await workbench.quickItem('Type a Path…').waitFor();
      await shot('add-workspace');
      await workbench.choose('In which folder does it work?', 'Type a Path…');
      await workbench.answer(/The folder that it works in/, 'jobs');
      await workbench.inputFault.first().waitFor();
      await shot('add-relative');
      await workbench.quickInput.fill(join(stateDir, 'jobs'));
      await workbench.page.keyboard.press('Enter');
      await workbench.quickItem('Copy Keys and Tokens…').waitFor();
      await shot('add-start');
      // To the question before, and on with the folder that CoderClaw would take.
      await workbench.goBack();
      await workbench.choose('In which folder does it work?', 'workspace-day-job');
      await workbench.choose('What does it start with?', 'Copy Keys and Tokens…');
      const box = (text: string) => workbench.quickItem(text).getByRole('checkbox').first();
      await workbench.quickItem('groq:default').click();
      await workbench.quickItem('openai-codex:ann@example.com').click();
      await shot('add-copies');
      assert.equal(await box('groq:default').getAttribute('aria-checked'), 'true');
      assert.equal(await box('openai-codex:ann@example.com').getAttribute('aria-checked'), 'false');
      assert.equal(await isThere(session.storePath('day-job')), false, 'nothing before the end');
      await workbench.page.keyboard.press('Enter');
      const told = await workbench.message(/The agent day-job is added/);
      assert.match(told, /It got groq:default/);
      await workbench.row(/^Agent day-job/).waitFor();
      await shot('added');

      assert.deepEqual(await list(), [
        { id: 'main', default: true },
        { id: 'home', name: 'Home' },
        {
          id: 'day-job',
          name: 'Day Job',
          workspace: join(stateDir, 'workspace-day-job'),
          agentDir: join(stateDir, 'agents', 'day-job', 'agent'),
        },
      ]);
      assert.deepEqual((await session.store('day-job')).profiles, { 'groq:default': KEY });
      assert.equal((await stat(session.storePath('day-job'))).mode & 0o777, 0o600);
      assert.ok(await isThere(join(stateDir, 'workspace-day-job')));
      // The button of the message leads to a sign-in for just this agent.
      await workbench.notifications.getByRole('button', { name: 'Sign In…' }).click();
      await workbench.quickInputTitle.filter({ hasText: 'Add Profile' }).waitFor();
      await workbench.page.keyboard.press('Escape');
    });

    it(`removes an agent, whose folder goes to the trash: ${theme}`, async () => {
      const { workbench, stateDir } = await start(theme);
      await workbench.rowMenu(workbench.row(/^Agent home/), 'Remove Agent…');
      const { dialog } = workbench;
      await dialog.getByText('Remove the agent home?').waitFor();
      const detail = await dialog.innerText();
      assert.match(detail, /the chats that come to it: telegram\./);
      assert.match(detail, /Other agents may not talk to it any more/);
      assert.match(detail, /One of its sign-ins stands only there/);
      await workbench.screenshot(`agents-remove-${theme}`);
      await dialog.getByRole('button', { name: 'Remove and Move Folder to Trash' }).click();
      await workbench.message(/The agent home is removed\. Its folder is in the trash/);
      await workbench.row(/^Agent home/).waitFor({ state: 'detached' });
      await workbench.screenshot(`agents-removed-${theme}`);

      const now = await config();
      assert.deepEqual(await list(), [{ id: 'main', default: true }]);
      assert.equal(now['bindings'], undefined);
      assert.deepEqual(await readdir(join(stateDir, 'agents')), ['main']);
      const trashed = join(dataHome, 'Trash', 'files', 'home', 'agent');
      assert.deepEqual(await readdir(trashed), ['auth-profiles.json']);
      const info = await readFile(join(dataHome, 'Trash', 'info', 'home.trashinfo'), 'utf8');
      assert.match(info, /^Path=.*\/agents\/home$/m);
      // Nothing brings it back: neither a look at the disk nor another window.
      await workbench.runCommand('CoderClaw: Refresh View');
      await sleep(1_000);
      assert.deepEqual(await readdir(join(stateDir, 'agents')), ['main']);
    });

    it(`hands chats to an agent and takes them away: ${theme}`, async () => {
      const { workbench } = await start(theme);
      const shot = (name: string) => workbench.screenshot(`agents-chats-${name}-${theme}`);
      // Exactly what another one has: moved in one step.
      await workbench.rowMenu(workbench.row(/^Agent main/), 'Add Chats…');
      await workbench.quickItem('Telegram').waitFor();
      await shot('channel');
      await workbench.choose('From which channel?', 'Telegram');
      await workbench.quickItem('bot2').waitFor();
      await shot('account');
      await workbench.choose('Through which account of the channel?', 'The Default Account');
      await workbench.quickItem('All Chats').waitFor();
      await shot('scope');
      await workbench.choose('Which chats?', 'All Chats');
      await workbench.dialog.getByText('Move the chats of telegram from home to main?').waitFor();
      await shot('move');
      await workbench.dialog.getByRole('button', { name: 'Move Here' }).click();
      await said('telegram come to main now');
      await shot('moved');
      assert.deepEqual((await config())['bindings'], [
        { agentId: 'main', match: { channel: 'telegram' } },
      ]);

      // A part of it, with what that means said before.
      await workbench.runCommand('CoderClaw: Add Chats…');
      await workbench.choose('Which agent?', /^home/);
      await workbench.choose('From which channel?', 'Telegram');
      await workbench.choose('Through which account of the channel?', 'The Default Account');
      await workbench.choose('Which chats?', 'One Group…');
      await workbench.answer(/The id of the group/, '-100');
      await workbench.dialog.getByText('Add the chats of telegram · group -100 to home?').waitFor();
      assert.match(await workbench.dialog.innerText(), /taken out of what others have: main/);
      await shot('takes');
      await workbench.dialog.getByRole('button', { name: 'Add', exact: true }).click();
      await said('telegram · group -100 come to home now');

      // What is there already is told, and nothing written.
      const before = await configText();
      await workbench.rowMenu(workbench.row(/^Chats of main/), 'Add Chats…');
      await workbench.choose('From which channel?', 'Telegram');
      await workbench.choose('Through which account of the channel?', 'The Default Account');
      await workbench.choose('Which chats?', 'All Chats');
      await workbench.message(/telegram come to main already\. Nothing has been changed/);
      assert.equal(await configText(), before);

      await workbench.row(/^Chats of home/).click();
      await workbench.rowMenu(workbench.row(/^Chats of telegram · group/), 'Remove Chats…');
      await workbench.dialog.getByText('They go to main then, which has telegram.').waitFor();
      await shot('remove');
      await workbench.dialog.getByRole('button', { name: 'Remove' }).click();
      await said('do not come to home any more');
      assert.deepEqual((await config())['bindings'], [
        { agentId: 'main', match: { channel: 'telegram' } },
      ]);
    });
  }

  it('renames one, makes it the default, and removes it, whose folder stays', async () => {
    const { workbench, stateDir } = await start();
    await workbench.rowMenu(workbench.row(/^Agent home/), 'Rename Agent…');
    await workbench.quickInputTitle.filter({ hasText: 'Rename home' }).waitFor();
    await workbench.screenshot('agents-rename-dark');
    await workbench.answer(/Its name for people/, 'Family');
    await said('home is called Family now');
    await workbench.row('Agent home, Family').waitFor();

    await workbench.rowMenu(workbench.row(/^Agent home/), 'Make Default Agent');
    await said('home is the default agent now');
    await workbench.row('Agent home, Family · default').waitFor();
    assert.deepEqual(await list(), [{ id: 'main' }, { id: 'home', name: 'Family', default: true }]);

    await workbench.row(/^Agent home/).click({ button: 'right' });
    await workbench.page.getByRole('menuitem', { name: 'Remove Agent…' }).waitFor();
    await workbench.screenshot('agents-menu-dark');
    await workbench.page.keyboard.press('Escape');
    await workbench.rowMenu(workbench.row(/^Agent home/), 'Remove Agent…');
    await workbench.dialog.getByText('main becomes the default agent.').waitFor();
    await workbench.screenshot('agents-remove-default-dark');
    await workbench.dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    const told = await workbench.message(/The agent home is removed/);
    assert.match(told, /main is the default agent now\. Its folder is still .*agents\/home/);
    assert.deepEqual(await list(), [{ id: 'main' }]);
    assert.deepEqual(Object.keys((await session.store('home')).profiles), ['openai-codex:home']);
    await workbench.row(/^Agent home, not in the config/).waitFor();

    await workbench.rowMenu(workbench.row(/^Agent main/), 'Reveal Agent Folder');
    const where = await workbench.message(/The folder of main is/);
    assert.ok(where.includes(join(stateDir, 'agents', 'main', 'agent')));
    await workbench.screenshot('agents-reveal-dark');
    await workbench.notifications.getByRole('button', { name: 'Copy Path' }).click();
    await workbench.copied(join(stateDir, 'agents', 'main', 'agent'));
  });

  it('removes one whose folder cannot be moved: says so, and where it is', async () => {
    const { workbench, stateDir } = await start();
    await writeFile(join(dataHome, 'Trash'), 'no folder');
    await workbench.runCommand('CoderClaw: Remove Agent…');
    await workbench.dialog.getByText('Remove the agent home?').waitFor();
    await workbench.dialog.getByRole('button', { name: 'Move Folder to Trash' }).click();
    const told = await workbench.message(/The agent home is removed/);
    assert.ok(told.includes(`Its folder is still ${join(stateDir, 'agents', 'home')}.`), told);
    await workbench.screenshot('agents-not-moved-dark');
    assert.deepEqual(await list(), [{ id: 'main', default: true }]);
    assert.deepEqual(Object.keys((await session.store('home')).profiles), ['openai-codex:home']);
    assert.deepEqual(await readdir(join(stateDir, 'agents', 'home', 'agent')), [
      'auth-profiles.json',
    ]);
  });

  for (const theme of ['dark', 'light'] as const) {
    it(`has a folder that was left behind named by the config again, or is rid of it: ${theme}`, async () => {
      const { workbench, stateDir } = await start(theme);
      const shot = (name: string) => workbench.screenshot(`agents-left-${name}-${theme}`);
      const left = workbench.row(/^Agent home, not in the config/);
      const remove = async (): Promise<void> => {
        await workbench.rowMenu(workbench.row(/^Agent home/), 'Remove Agent…');
        await workbench.dialog.getByRole('button', { name: 'Remove', exact: true }).click();
        await left.waitFor();
      };
      const before = await readFile(session.storePath('home'), 'utf8');
      await remove();

      await left.click({ button: 'right' });
      await workbench.page.getByRole('menuitem', { name: 'Add Agent to Config…' }).waitFor();
      await shot('menu');
      await workbench.page.keyboard.press('Escape');
      await workbench.rowMenu(left, 'Add Agent to Config…');
      await workbench.quickInputTitle.filter({ hasText: 'Add home to the Config' }).waitFor();
      assert.equal(await workbench.quickInput.inputValue(), 'home');
      await shot('name');
      await workbench.answer(/Its name for people/, 'Family');
      await workbench.choose('In which folder does it work?', 'workspace-home');
      await workbench.message(/The agent home is added\..*its sign-ins are there again/);
      await workbench.row('Agent home, Family').waitFor();
      assert.deepEqual(
        ((await list()) as { id: string; name?: string }[]).map(({ id, name }) => [id, name]),
        [
          ['main', undefined],
          ['home', 'Family'],
        ],
      );
      assert.equal(await readFile(session.storePath('home'), 'utf8'), before);

      await remove();
      await workbench.rowMenu(left, 'Move Agent Folder to Trash…');
      await workbench.dialog.getByText('Move the folder of home to the trash?').waitFor();
      await workbench.dialog.getByText('One of its sign-ins stands only there.').waitFor();
      await shot('trash');
      await workbench.dialog.getByRole('button', { name: 'Move to Trash' }).click();
      await workbench.message(/The folder of home is in the trash/);
      await left.waitFor({ state: 'detached' });
      assert.equal(await isThere(join(stateDir, 'agents', 'home')), false);
      const trashed = join(dataHome, 'Trash', 'files', 'home', 'agent', 'auth-profiles.json');
      assert.equal(await readFile(trashed, 'utf8'), before);
    });
  }

  it('never removes main', async () => {
    const { workbench } = await start();
    await workbench.row(/^Agent main/).click({ button: 'right' });
    await workbench.page.getByRole('menuitem', { name: 'Rename Agent…' }).waitFor();
    const entries = await workbench.page.getByRole('menuitem').allInnerTexts();
    assert.ok(!entries.some((entry) => entry.includes('Remove Agent')));
    await workbench.page.keyboard.press('Escape');
  });
});
