import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Session, screenshotIfFailed } from '../session.ts';
import { answerLogin, assertNoSecrets, callbackAddress } from '../workbench.ts';

/** Holds a port of the sign-in as another program would. */
async function hold(port: number): Promise<Server> {
  // It hangs up at once, as a program does that speaks another protocol.
  const server = createServer((socket) => socket.destroy());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

const twoAgents = {
  'coderclaw.json': `{
  // who works here
  agents: { list: [{ id: 'main', default: true }, { id: 'work' }] },
}
`,
};

/** S17: neither what VS Code shows nor what it writes to its logs holds a code or a token. */
async function assertQuiet({ workbench, vscode, authServer }: Session): Promise<void> {
  assertNoSecrets(await workbench.page.content(), authServer.secrets, 'the window');
  const logs = await readdir(vscode.logFolder, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of logs.filter((entry) => entry.isFile())) {
    assertNoSecrets(await readFile(join(parentPath, name), 'utf8'), authServer.secrets, name);
  }
}

describe('signing in to ChatGPT, by clicks, in a real VS Code', function () {
  this.timeout(120_000);
  let session: Session;
  const held: Server[] = [];

  async function start(options: Parameters<typeof Session.start>[0] = {}): Promise<Session> {
    session = await Session.start(options);
    return session;
  }

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    for (const server of held.splice(0)) server.close();
    try {
      await assertQuiet(session);
    } finally {
      await session.close();
    }
  });

  it('from the palette through the login page to the profile in the tree and on disk', async () => {
    const { workbench, authServer, stateDir } = await start({ files: twoAgents });
    await workbench.page.evaluate("navigator.clipboard.writeText('mine')");
    await workbench.openProfilesView();
    await workbench.screenshot('welcome-no-profile');
    const popup = workbench.nextPopup();
    await workbench.runCommand('CoderClaw: Sign In to ChatGPT…');
    await workbench.quickItem(/^main/).click();
    const login = await popup;
    await workbench.page.bringToFront();
    await workbench.quickItem('Open Browser Again').waitFor();
    await workbench.screenshot('sign-in-dialog');
    await login.bringToFront();
    await answerLogin(login, 'ann@example.com');
    await login
      .getByText(/signed in/i)
      .first()
      .waitFor();
    await login.screenshot({ path: 'out/screenshots/browser-done.png' });
    assert.ok(
      !/code=|state=/.test(await login.content()),
      'the page shows nothing of the exchange',
    );

    await workbench.page.bringToFront();
    assert.match(
      await workbench.message(/Signed in as/),
      /Signed in as ann@example\.com for main\./,
    );
    await workbench.row(/^Profile ann@example\.com, next, renews itself/).waitFor();
    await workbench.screenshot('signed-in');
    assert.match((await workbench.statusBarItem.innerText()).trim(), /main · \d+ h/);

    const stored = (await session.store()).profiles['openai-codex:ann@example.com'];
    assert.deepEqual(Object.keys(stored ?? {}), [
      'type',
      'provider',
      'access',
      'refresh',
      'expires',
      'accountId',
      'email',
    ]);
    assert.equal(stored?.['accountId'], 'acct-ann');
    assert.ok(
      authServer.secrets.has(String(stored?.['refresh'])),
      'the very token that was issued',
    );
    assert.equal((await stat(session.storePath())).mode & 0o777, 0o600);
    const clipboard = await workbench.page.evaluate('navigator.clipboard.readText()');
    assert.equal(clipboard, 'mine', 'S25: only a command of its own writes to the clipboard');
    const config = await readFile(join(stateDir, 'coderclaw.json'), 'utf8');
    assert.match(config, /\/\/ who works here/, 'comments stay');
    assert.match(config, /openai-codex:ann@example\.com/);
  });

  it('by pasting the address that the browser ended on', async () => {
    // As in a remote window: the browser's localhost is not where the extension runs.
    const { workbench, context } = await start({ localhostElsewhere: true });
    const callback = callbackAddress(context);
    const popup = workbench.nextPopup();
    await workbench.runCommand('CoderClaw: Sign In to ChatGPT…');
    await answerLogin(await popup, 'bob@example.com');
    const address = await callback;
    await workbench.page.bringToFront();

    await workbench.quickInput.fill('http://localhost:1455/auth/callback?code=x&state=not-ours');
    await workbench.page.keyboard.press('Enter');
    await workbench.quickItem('belongs to another sign-in').waitFor();
    await workbench.screenshot('paste-of-another-attempt');

    await workbench.quickInput.fill(address);
    await workbench.quickItem('Use the Pasted Address').waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.message(/Signed in as bob@example\.com for main/);
    assert.ok((await session.store()).profiles['openai-codex:bob@example.com']);
  });

  it('refused in the browser: says so, writes nothing, frees the port', async () => {
    const { workbench } = await start();
    const popup = workbench.nextPopup();
    await workbench.runCommand('CoderClaw: Sign In to ChatGPT…');
    const login = await popup;
    await answerLogin(login, 'ann@example.com', 'refuse');
    await workbench.page.bringToFront();
    const text = await workbench.message(/refused/);
    assert.match(text, /Nothing has been changed/);
    assert.match(text, /Try Again/);
    await workbench.screenshot('refused');
    assert.equal(await exists(session.storePath()), false);
    held.push(await hold(1455));
  });

  it('port 1455 busy: names the holder, and comes back on 1457', async () => {
    held.push(await hold(1455));
    const { workbench } = await start();
    const popup = workbench.nextPopup();
    await workbench.runCommand('CoderClaw: Sign In to ChatGPT…');
    const login = await popup;
    await workbench.page.bringToFront();
    await workbench
      .quickItem(new RegExp(`Port 1455 is held by .*process ${process.pid}.*Port 1457 is used`))
      .waitFor();
    await workbench.screenshot('port-busy');
    await answerLogin(login, 'ann@example.com');
    await workbench.page.bringToFront();
    await workbench.message(/Signed in as ann@example\.com/);
  });

  it('both ports busy: says so, and pasting still works', async () => {
    held.push(await hold(1455), await hold(1457));
    const { workbench, context } = await start();
    const callback = callbackAddress(context);
    const popup = workbench.nextPopup();
    await workbench.runCommand('CoderClaw: Sign In to ChatGPT…');
    const login = await popup;
    await workbench.page.bringToFront();
    await workbench.quickItem(/Port 1455 .*Port 1457 .*paste/).waitFor();
    await workbench.screenshot('both-ports-busy');
    await answerLogin(login, 'ann@example.com');
    const address = await callback;
    await workbench.page.bringToFront();
    await workbench.quickInput.fill(address);
    await workbench.page.keyboard.press('Enter');
    await workbench.message(/Signed in as ann@example\.com/);
    assert.ok((await session.store()).profiles['openai-codex:ann@example.com']);
  });

  it('cancelled in the dialog: silent, nothing written, the port free', async () => {
    const { workbench } = await start();
    const popup = workbench.nextPopup();
    await workbench.runCommand('CoderClaw: Sign In to ChatGPT…');
    await popup;
    await workbench.page.bringToFront();
    await workbench.quickItem(/^Cancel/).click();
    await workbench.quickInput.waitFor({ state: 'hidden' });
    held.push(await hold(1455));
    assert.equal(await workbench.notifications.count(), 0);
    assert.equal(await exists(session.storePath()), false);
  });

  it('the token endpoint out of reach: says what to do, writes nothing', async () => {
    const closed = await hold(0);
    const { port } = closed.address() as { port: number };
    closed.close();
    const { workbench } = await start({
      env: { CODERCLAW_AUTH_OPENAI_CODEX_TOKEN_URL: `http://127.0.0.1:${port}/oauth/token` },
    });
    const popup = workbench.nextPopup();
    await workbench.runCommand('CoderClaw: Sign In to ChatGPT…');
    await answerLogin(await popup, 'ann@example.com');
    await workbench.page.bringToFront();
    assert.match(await workbench.message(/could not be reached/), /network or proxy/);
    assert.equal(await exists(session.storePath()), false);
  });

  it('another account under the same name: asks first, and can keep both', async () => {
    const { workbench } = await start();
    const signIn = async (email: string): Promise<void> => {
      const popup = workbench.nextPopup();
      await workbench.runCommand('CoderClaw: Sign In to ChatGPT…');
      const login = await popup;
      await workbench.page.bringToFront();
      await workbench.quickItem('Name This Profile…').click();
      await workbench.quickInputTitle.filter({ hasText: 'Name this profile' }).waitFor();
      await workbench.quickInput.fill('mine');
      await workbench.page.keyboard.press('Enter');
      await workbench.quickItem('Open Browser Again').waitFor();
      await answerLogin(login, email);
      await login.close();
      await workbench.page.bringToFront();
    };
    await signIn('ann@example.com');
    await workbench.message(/Signed in as ann@example\.com/);
    const first = (await session.store()).profiles['openai-codex:mine'];
    await session.context.clearCookies();

    await signIn('bob@example.com');
    await workbench.dialog.getByText(/belongs to ann@example\.com/).waitFor();
    await workbench.screenshot('other-account');
    await workbench.dialog.getByRole('button', { name: 'Keep Both' }).click();
    await workbench.message(/Signed in as bob@example\.com/);
    const { profiles } = await session.store();
    assert.deepEqual(profiles['openai-codex:mine'], first, 'the first is untouched');
    assert.equal(Object.keys(profiles).length, 2);
  });
});
