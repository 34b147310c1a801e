import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../src/core/clock.ts';
import { type DeviceServer, startDeviceServer } from '../../support/deviceServer.ts';
import {
  type OtherProviders,
  otherClients,
  startOtherProviders,
} from '../../support/otherProviders.ts';
import { Session, screenshotIfFailed } from '../session.ts';
import { answerLogin, assertNoSecrets, callbackAddress } from '../workbench.ts';

/** What stands in a store, with its secrets by the server that gave them. */
type Stored = Readonly<Record<string, unknown>>;

describe('every way to sign in, by clicks, in a real VS Code', function () {
  this.timeout(180_000);
  let session: Session;
  let others: OtherProviders | undefined;
  const servers: DeviceServer[] = [];
  const secrets = new Set<string>();

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    try {
      for (const secret of session.authServer.secrets) secrets.add(secret);
      assertNoSecrets(await session.workbench.page.content(), secrets, 'the window');
    } finally {
      secrets.clear();
      await session.close();
      for (const server of servers.splice(0)) await server.close();
      await others?.close();
      others = undefined;
    }
  });

  const profile = async (id: string, agent = 'main'): Promise<Stored> => {
    const found = (await session.store(agent)).profiles[id];
    assert.ok(found, `${id} is stored`);
    return found;
  };
  const config = async () =>
    JSON.parse(await readFile(join(session.stateDir, 'coderclaw.json'), 'utf8'));

  /** Of the wizard up to the way: what is not asked has one answer. */
  async function add(search: string, row: string, way?: string): Promise<void> {
    const { workbench } = session;
    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.quickInput.fill(search);
    await workbench.quickItem(row).first().click();
    if (way !== undefined) await workbench.choose('How do you want to add it?', way);
  }

  async function startByBrowser(options: Parameters<typeof Session.start>[0]): Promise<void> {
    const providers = await startOtherProviders();
    others = providers;
    session = await Session.start({
      files: { 'coderclaw.json': '{}' },
      clients: otherClients,
      env: providers.environment,
      ...options,
    });
    await session.workbench.openProfilesView();
  }

  it('by the browser, where it comes back: Gemini CLI and Chutes', async () => {
    await startByBrowser({});
    const { workbench, authServer } = session;

    const popup = workbench.nextPopup();
    await add('gemini', 'Gemini CLI');
    await workbench.answer(/A name for it/, '');
    await answerLogin(await popup, 'ann@example.com');
    await workbench.page.bringToFront();
    await workbench.message(/Signed in as ann@example\.com for main/);
    await workbench.screenshot('signed-in-gemini');
    const gemini = await profile('google-gemini-cli:ann@example.com');
    const known = ['access', 'refresh'].map((key) => authServer.secrets.has(String(gemini[key])));
    assert.deepEqual(known, [true, true]);
    assert.deepEqual(Object.entries({ ...gemini, access: 'a', refresh: 'r', expires: 1 }), [
      ['type', 'oauth'],
      ['provider', 'google-gemini-cli'],
      ['access', 'a'],
      ['refresh', 'r'],
      ['expires', 1],
      ['email', 'ann@example.com'],
      ['projectId', 'project-1'],
    ]);

    const second = workbench.nextPopup();
    await add('chutes', 'Chutes', 'Sign in with the browser');
    await workbench.answer(/A name for it/, '');
    await answerLogin(await second, 'ann@example.com');
    await workbench.page.bringToFront();
    await workbench.message(/Signed in as ann for main/);
    const chutes = await profile('chutes:ann');
    assert.deepEqual(Object.keys(chutes), [
      ...['type', 'provider', 'access', 'refresh', 'expires', 'email', 'accountId', 'clientId'],
    ]);
    assert.deepEqual([chutes['email'], chutes['clientId']], ['ann', 'cid_chutes']);
    assert.deepEqual((await config()).auth.profiles, {
      'google-gemini-cli:ann@example.com': {
        provider: 'google-gemini-cli',
        mode: 'oauth',
        email: 'ann@example.com',
      },
      'chutes:ann': { provider: 'chutes', mode: 'oauth', email: 'ann' },
    });
  });

  it('by the browser of another machine: Gemini CLI, by pasting the address', async () => {
    await startByBrowser({ localhostElsewhere: true, colorScheme: 'light' });
    const { workbench, context } = session;
    const callback = callbackAddress(context, 8085);
    const popup = workbench.nextPopup();
    await add('gemini', 'Gemini CLI');
    await workbench.answer(/A name for it/, 'lab');
    await answerLogin(await popup, 'ann@example.com');
    const address = await callback;
    await workbench.page.bringToFront();
    await workbench.screenshot('sign-in-dialog-elsewhere-light');
    await workbench.quickInput.fill(address);
    await workbench.quickItem(/Use the pasted/i).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.message(/Signed in as ann@example\.com for main/);
    assert.equal((await profile('google-gemini-cli:lab'))['projectId'], 'project-1');
  });

  it('Anthropic: an OAuth profile is signed in to again, and does not say whose it is', async () => {
    await startByBrowser({
      files: {
        'coderclaw.json': '{}',
        'agents/main/agent/auth-profiles.json': {
          version: 1,
          profiles: {
            'anthropic:work': {
              type: 'oauth',
              provider: 'anthropic',
              access: 'old',
              expires: 1,
              refresh: 'never-issued',
            },
          },
          order: { anthropic: ['anthropic:work'] },
        },
      },
      colorScheme: 'light',
    });
    const { workbench, authServer } = session;
    const dead = workbench.row(/^Profile work.*sign in again/);
    await dead.waitFor();
    const popup = workbench.nextPopup();
    await workbench.rowMenu(dead, 'Sign In Again…');
    await answerLogin(await popup, 'ann@example.com');
    await workbench.page.bringToFront();
    await workbench.dialog.getByText(/does not say which account you signed in to/).waitFor();
    await workbench.screenshot('account-not-told-light');
    await workbench.dialog.getByRole('button', { name: 'Renew' }).click();
    await workbench.row(/^Profile work, next, renews itself/).waitFor();
    const { order } = (await session.store()) as { order?: unknown };
    assert.deepEqual(order, { anthropic: ['anthropic:work'] });
    const renewed = await profile('anthropic:work');
    assert.deepEqual(Object.keys(renewed), ['type', 'provider', 'access', 'refresh', 'expires']);
    assert.ok(authServer.secrets.has(String(renewed['refresh'])));
  });

  it('by a code of the certified server (RFC 8628), entered on its page', async () => {
    await startByBrowser({});
    const { workbench, authServer } = session;
    await add('qwen', 'Qwen');
    await workbench.answer(/A name for it/, '');
    const code = await workbench.codeOnScreen();
    const way = await workbench.quickItem(/Or open http/).innerText();
    const [address = ''] = /http:\S+/.exec(way) ?? [];
    // On any other device, as the dialog says.
    const page = await session.context.newPage();
    await page.goto(address);
    await page.locator('input[name="user_code"]').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Is this your code?' }).waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await answerLogin(page, 'ann@example.com');
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    await workbench.page.bringToFront();
    await workbench.message(/Signed in as qwen-portal:default for main/);
    const stored = await profile('qwen-portal:default');
    assert.ok(authServer.secrets.has(String(stored['refresh'])));
  });

  it('a code that nobody enters comes to its end, and says so', async () => {
    const server = await startDeviceServer('qwen', {
      ...{ clock: systemClock, interval: 1, lifetime: 4 },
    });
    servers.push(server);
    session = await Session.start({ files: { 'coderclaw.json': '{}' }, env: server.environment });
    const { workbench } = session;
    await add('qwen', 'Qwen');
    await workbench.answer(/A name for it/, '');
    await workbench.quickItem('copy it and open the page').waitFor();
    const told = await workbench.message(/code/i);
    assert.match(told, /expired|not entered in time|ran out/i);
    await workbench.screenshot('code-expired');
    assert.deepEqual(await session.profileIds(), []);
  });

  it('an answer of 10 MB, a page in place of one, and no refresh token: nothing is stored', async () => {
    const server = await startByCode('qwen');
    const { workbench } = session;
    const faults: readonly (readonly [RegExp, (response: ServerResponse) => void])[] = [
      [/answered with more than/, (response) => void response.end(' '.repeat(10_000_000))],
      [
        /maybe with a page/,
        (response) => void response.end('<!doctype html><title>Log in</title>'),
      ],
      [
        /cannot be used: refresh_token\./,
        (response) => void response.end('{"access_token":"at_lonely","expires_in":60}'),
      ],
    ];
    for (const [words, fault] of faults) {
      await add('qwen', 'Qwen');
      await workbench.answer(/A name for it/, '');
      await workbench.quickItem('copy it and open the page').waitFor();
      server.next(fault);
      const told = await workbench.message(words);
      assert.doesNotMatch(told, /at_lonely|doctype/);
      assert.deepEqual(await session.profileIds(), []);
      await workbench.runCommand('Notifications: Clear All Notifications');
    }
  });

  async function startByCode(
    dialect: 'github' | 'qwen' | 'minimax',
    options: Parameters<typeof Session.start>[0] = {},
  ): Promise<DeviceServer> {
    const server = await startDeviceServer(dialect, { clock: systemClock, interval: 1 });
    servers.push(server);
    session = await Session.start({
      files: { 'coderclaw.json': '{}' },
      env: server.environment,
      ...options,
    });
    await session.workbench.openProfilesView();
    return server;
  }

  /** The code is on the screen; the person enters it somewhere. */
  async function enterCode(server: DeviceServer, shot: string): Promise<void> {
    const { workbench } = session;
    await workbench.quickItem('copy it and open the page').waitFor();
    await workbench.screenshot(shot);
    server.answer('agreed');
    for (const secret of server.secrets) secrets.add(secret);
  }

  it('by a code: GitHub Copilot, and again at the same place', async () => {
    const server = await startByCode('github');
    const { workbench } = session;
    await add('copilot', 'GitHub Copilot', 'Use a code');
    await workbench.quickInput.waitFor();
    await workbench.screenshot('add-profile-enterprise');
    await workbench.answer(/The domain of your GitHub Enterprise/, 'not a domain/..');
    await workbench.inputFault.first().waitFor();
    await workbench.answer(/This is no domain/, 'company.ghe.com');
    await workbench.answer(/A name for it/, '');
    await enterCode(server, 'sign-in-code-copilot');
    await workbench.message(/Signed in as github-copilot:default for main/);
    const first = await profile('github-copilot:default');
    assert.deepEqual(Object.keys(first), [
      ...['type', 'provider', 'access', 'refresh', 'expires', 'enterpriseUrl'],
    ]);
    assert.ok(server.secrets.has(String(first['access'])));
    assert.ok(server.secrets.has(String(first['refresh'])));

    await workbench.rowMenu(workbench.row(/^Profile default/), 'Sign In Again…');
    await enterCode(server, 'sign-in-code-again');
    await workbench.dialog.getByText(/does not say which account you signed in to/).waitFor();
    await workbench.screenshot('account-not-told');
    await workbench.dialog.getByRole('button', { name: 'Renew' }).click();
    // The message of the first time may still be there.
    let again = first;
    for (let tries = 0; again['refresh'] === first['refresh'] && tries < 100; tries++) {
      await sleep(100);
      again = await profile('github-copilot:default');
    }
    assert.ok(server.secrets.has(String(again['refresh'])), 'a new one');
    assert.notEqual(again['refresh'], first['refresh']);
    assert.equal(again['enterpriseUrl'], 'company.ghe.com');
  });

  it('by a code: Qwen, and where its models are', async () => {
    const server = await startByCode('qwen', { colorScheme: 'light' });
    const { workbench } = session;
    await add('qwen', 'Qwen');
    await workbench.answer(/A name for it/, 'work');
    await enterCode(server, 'sign-in-code-qwen-light');
    await workbench.message(/Signed in as qwen-portal:work for main/);
    const stored = await profile('qwen-portal:work');
    assert.deepEqual(Object.keys(stored), ['type', 'provider', 'access', 'refresh', 'expires']);
    const { auth, models } = await config();
    assert.deepEqual(auth.profiles, {
      'qwen-portal:work': { provider: 'qwen-portal', mode: 'oauth' },
    });
    const { baseUrl, api, models: offered } = models.providers['qwen-portal'];
    assert.deepEqual([baseUrl, api], ['https://portal.qwen.ai/v1', 'openai-completions']);
    assert.deepEqual(
      offered.map(({ id }: { id: string }) => id),
      ['coder-model', 'vision-model'],
    );
  });

  it('by a code: MiniMax, of a region, over a config that has it already', async () => {
    const server = await startByCode('minimax', {
      files: {
        'coderclaw.json': `{
  models: { providers: { 'minimax-portal': { baseUrl: 'https://old.example', models: [] /* mine */ } } },
}
`,
      },
    });
    const { workbench } = session;
    await add('minimax', 'MiniMax Portal');
    await workbench.quickItem('Mainland China').waitFor();
    await workbench.screenshot('add-profile-region');
    await workbench.quickItem('International').click();
    await workbench.answer(/A name for it/, '');
    await enterCode(server, 'sign-in-code-minimax');
    await workbench.message(/Signed in as minimax-portal:default for main/);
    const stored = await profile('minimax-portal:default');
    assert.deepEqual(Object.keys(stored), ['type', 'provider', 'access', 'refresh', 'expires']);
    const text = await readFile(join(session.stateDir, 'coderclaw.json'), 'utf8');
    assert.match(
      text,
      /baseUrl: "https:\/\/api\.minimax\.io\/anthropic", models: \[\] \/\* mine \*\//,
    );
  });
});
