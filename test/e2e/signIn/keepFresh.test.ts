import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoLogins } from '../../demo/demoLogins.ts';
import type { AuthServer } from '../../support/authServer.ts';
import { Session, type StateFiles, screenshotIfFailed, writeState } from '../session.ts';
import { answerLogin, assertNoSecrets } from '../workbench.ts';

const hour = 3_600_000;
const ANN = 'openai-codex:ann@example.com';

/** Ann's login as the server gave it, with an access token that has ended. */
async function expiredLogin(authServer: AuthServer): Promise<Record<string, unknown>> {
  const now = Date.now();
  const logins = await demoLogins(authServer, ['ann@example.com'], now);
  const { access = '', refresh = '' } = logins.get('ann@example.com') ?? {};
  const expires = now - hour;
  const who = { accountId: 'acct-ann', email: 'ann@example.com' };
  return { type: 'oauth', provider: 'openai-codex', access, refresh, expires, ...who };
}

/** Nobody listens there any more. */
async function refusedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/oauth/token`;
}

const store = (agent: string): string => `agents/${agent}/agent/auth-profiles.json`;

/** The same login in two agents and in the runtime cache of one: three copies of one token. */
async function twins(authServer: AuthServer): Promise<StateFiles> {
  const login = await expiredLogin(authServer);
  const { type, access, refresh, expires } = login;
  return {
    'coderclaw.json': { agents: { list: [{ id: 'main', default: true }, { id: 'work' }] } },
    [store('main')]: {
      version: 1,
      profiles: { [ANN]: login },
      order: { 'openai-codex': [ANN] },
      lastGood: { 'openai-codex': ANN },
    },
    [store('work')]: { version: 1, profiles: { [ANN]: login } },
    'agents/main/agent/auth.json': { 'openai-codex': { type, access, refresh, expires } },
  };
}

describe('keeping logins alive, in a real VS Code', function () {
  this.timeout(120_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  async function refreshTokens(): Promise<readonly unknown[]> {
    const cache = JSON.parse(
      await readFile(join(session.stateDir, 'agents/main/agent/auth.json'), 'utf8'),
    );
    return [
      (await session.store('main')).profiles[ANN]?.['refresh'],
      (await session.store('work')).profiles[ANN]?.['refresh'],
      cache['openai-codex'].refresh,
    ];
  }

  it('an expired login is renewed by itself, every copy of it, and the tree shows it', async () => {
    session = await Session.start({ files: twins });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.row(/^Profile ann@example\.com, next, renews itself, in \d hours/).waitFor();
    assert.match(await workbench.statusBarItem.innerText(), /main · \d+ h/);
    assert.deepEqual(session.refreshes, ['ok']);
    const [first, ...others] = await refreshTokens();
    assert.ok(session.authServer.secrets.has(String(first)), 'a token that the server issued');
    assert.deepEqual(others, [first, first]);
    const main = JSON.parse(await readFile(session.storePath('main'), 'utf8'));
    assert.deepEqual(main.order, { 'openai-codex': [ANN] });
    await workbench.screenshot('renewed');

    await workbench.rowMenu(workbench.row(/^Profile ann@example\.com, next/), 'Show Audit Trail');
    await workbench.page
      .locator('.editor-instance')
      .getByText(/renewed/i)
      .first()
      .waitFor();
    await workbench.screenshot('audit-trail');
    const shown = await workbench.page.content();
    assertNoSecrets(shown, session.authServer.secrets, 'the window');

    // What the journal kept goes once the stores are seen to have it.
    const journal = join(session.stateDir, 'coderclaw-auth', 'journal');
    for (let tries = 0; tries < 45 && (await readdir(journal)).length > 0; tries++) {
      await sleep(1_000);
    }
    assert.deepEqual(await readdir(journal), []);
    const agent = await readdir(join(session.stateDir, 'agents/main/agent'));
    assert.deepEqual(agent.sort(), ['auth-profiles.json', 'auth.json']);
  });

  it('two windows on one state folder send one request', async () => {
    session = await Session.start({ files: { 'coderclaw.json': {} } });
    const { workbench } = session;
    const second = await session.anotherWindow();
    await second.openProfilesView();
    await workbench.page.bringToFront();
    await workbench.openProfilesView();
    const files = await twins(session.authServer);
    for (const [path, content] of Object.entries(files)) {
      await writeState(join(session.stateDir, path), content);
    }
    const renewed = /^Profile ann@example\.com, next, renews itself, in \d hours/;
    await workbench.row(renewed).waitFor();
    await second.row(renewed).waitFor();
    // The other window's turn comes within its jitter; it must find the work done.
    await sleep(8_000);
    assert.deepEqual(session.refreshes, ['ok']);
  });

  it('keepFresh "onDemand" leaves it alone; Refresh Now renews it', async () => {
    session = await Session.start({
      files: twins,
      settings: { 'coderclawAuth.keepFresh': 'onDemand' },
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    const row = workbench.row(/^Profile ann@example\.com, next, renews itself at next use/).first();
    await row.waitFor();
    await sleep(5_000);
    assert.deepEqual(session.refreshes, []);
    await workbench.rowMenu(row, 'Refresh Now');
    await workbench.page
      .locator('.statusbar')
      .getByText(/Renewed/)
      .waitFor();
    await workbench.row(/^Profile ann@example\.com, next, renews itself, in \d hours/).waitFor();
    assert.deepEqual(session.refreshes, ['ok']);
    const [first, ...others] = await refreshTokens();
    assert.deepEqual(others, [first, first]);
  });

  it('a provider that cannot be reached: says when it is tried again, and that nothing changed', async () => {
    session = await Session.start({
      files: twins,
      env: { CODERCLAW_AUTH_OPENAI_CODEX_TOKEN_URL: await refusedAddress() },
      colorScheme: 'light',
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    const row = workbench.row(/^Profile ann@example\.com, next, trying again in/).first();
    await row.waitFor();
    assert.equal(await workbench.notifications.count(), 0, 'nothing that heals itself is told');
    await workbench.rowMenu(row, 'Refresh Now');
    assert.match(
      await workbench.message(/could not be reached/),
      /could not be reached\..*The stored sign-in is unchanged; trying again in/s,
    );
    await workbench.screenshot('trying-again-light');
  });

  it('older sign-ins are imported by a click, and the old file is kept', async () => {
    session = await Session.start({
      files: async (authServer) => {
        const { type, access, refresh } = await expiredLogin(authServer);
        const expires = Date.now() + 5 * hour;
        return {
          'coderclaw.json': {},
          'agents/main/agent/auth.json': { 'openai-codex': { type, access, refresh, expires } },
        };
      },
      colorScheme: 'light',
    });
    const { workbench, stateDir } = session;
    await workbench.openProfilesView();
    const row = workbench
      .row(/^Agent main/)
      .or(workbench.row(/older sign-ins/i))
      .last();
    await row.waitFor();
    await workbench.screenshot('older-sign-ins-light');
    await workbench.runCommand('CoderClaw: Import Older Sign-Ins…');
    await workbench.dialog.waitFor();
    assert.match(await workbench.dialog.innerText(), /OpenAI Codex.*auth\.json\.imported-/s);
    await workbench.screenshot('import-question-light');
    await workbench.dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await workbench.message(/Imported one older sign-in for main/);
    await workbench.row(/^Profile default, next, renews itself/).waitFor();
    const names = (await readdir(join(stateDir, 'agents/main/agent'))).sort();
    assert.deepEqual(names.length, 2);
    assert.equal(names[0], 'auth-profiles.json');
    assert.match(names[1] ?? '', /^auth\.json\.imported-\d{8}-\d{6}$/);
    await workbench.screenshot('imported-light');
  });

  it('a revoked grant shows "sign in again" once; signing in repairs it in place', async () => {
    session = await Session.start({
      files: async (authServer) => {
        const files = await twins(authServer);
        authServer.revokeEverything();
        return {
          ...files,
          'agents/main/sessions/sessions.json': {
            'agent:main:main': {
              sessionId: 's',
              updatedAt: 1,
              authProfileOverride: ANN,
              authProfileOverrideSource: 'user',
            },
          },
        };
      },
    });
    const { workbench, stateDir } = session;
    await workbench.openProfilesView();
    await workbench
      .row(/^Profile ann@example\.com.*sign in again/)
      .first()
      .waitFor();
    assert.match(await workbench.statusBarItem.innerText(), /main · sign in again/);
    await workbench.screenshot('sign-in-again');
    await sleep(5_000);
    assert.deepEqual(session.refreshes, ['invalid_grant'], 'asked once, never in a loop');
    const pins = await readFile(join(stateDir, 'agents/main/sessions/sessions.json'), 'utf8');

    const popup = workbench.nextPopup();
    await workbench.rowMenu(
      workbench.row(/^Profile ann@example\.com.*sign in again/).first(),
      'Sign In Again…',
    );
    await answerLogin(await popup, 'ann@example.com');
    await workbench.page.bringToFront();
    await workbench.dialog.getByText('You signed in as ann@example.com.').waitFor();
    await workbench.screenshot('account-before-renewing');
    await workbench.dialog.getByRole('button', { name: 'Renew' }).click();
    await workbench.message(/Signed in as ann@example\.com for main/);
    await workbench.row(/^Profile ann@example\.com, next, renews itself/).waitFor();
    const main = JSON.parse(await readFile(session.storePath('main'), 'utf8'));
    assert.deepEqual(Object.keys(main.profiles), [ANN]);
    assert.deepEqual(main.order, { 'openai-codex': [ANN] });
    assert.equal(
      await readFile(join(stateDir, 'agents/main/sessions/sessions.json'), 'utf8'),
      pins,
    );
    // The copy in the other agent was refused with it; it takes the new login over.
    const refreshOf = async (agent: string) =>
      (await session.store(agent)).profiles[ANN]?.['refresh'];
    for (let tries = 0; tries < 50; tries++) {
      if ((await refreshOf('work')) === (await refreshOf('main'))) break;
      await sleep(200);
    }
    assert.equal(await refreshOf('work'), await refreshOf('main'));
    assert.deepEqual(session.refreshes, ['invalid_grant']);
  });
});
