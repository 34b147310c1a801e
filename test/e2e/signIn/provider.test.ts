import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import {
  type ExampleServer,
  providerFolders,
  startExampleServer,
} from '../../support/exampleServer.ts';
import { Session, screenshotIfFailed } from '../session.ts';
import { assertNoSecrets } from '../workbench.ts';

describe('signing in with a provider of another extension, by clicks', function () {
  this.timeout(120_000);
  let session: Session;
  let server: ExampleServer;

  async function start(colorScheme: 'dark' | 'light'): Promise<Session> {
    server = await startExampleServer({ asks: true });
    session = await Session.start({
      files: { 'coderclaw.json': '{}' },
      env: server.environment,
      installed: providerFolders(process.cwd()),
      colorScheme,
    });
    return session;
  }

  /** What appears fades in. */
  async function settled(name: string): Promise<void> {
    await sleep(500);
    await session.workbench.screenshot(name);
  }

  /** A provider in the list of the wizard. The extension that adds it may just be starting. */
  async function offered(label: string): Promise<Locator> {
    const { workbench } = session;
    for (;;) {
      await workbench.runCommand('CoderClaw: Add Profile…');
      await workbench.quickItem('ChatGPT').waitFor();
      await workbench.quickInput.fill(label);
      const row = workbench.quickItem(label);
      await row
        .or(workbench.quickItem('No matching results'))
        .waitFor({ timeout: 2_000 })
        .catch(() => {});
      if (await row.isVisible()) return row;
      await workbench.page.keyboard.press('Escape');
    }
  }

  afterEach(async function () {
    const { workbench, vscode } = session;
    await screenshotIfFailed(this, session);
    try {
      // S17: neither what VS Code shows nor what it writes to its logs holds a code or a token.
      const typed = ['CANARYtyped', 'wrong-CANARY', 'right-CANARY'];
      const secrets = new Set([...server.secrets, ...typed]);
      assertNoSecrets(await workbench.page.content(), secrets, 'the window');
      const logs = await readdir(vscode.logFolder, { recursive: true, withFileTypes: true });
      for (const { parentPath, name } of logs.filter((entry) => entry.isFile())) {
        assertNoSecrets(await readFile(join(parentPath, name), 'utf8'), secrets, name);
      }
    } finally {
      await session.close();
      await server.close();
    }
  });

  it('the example of the documentation: from the wizard, by a code, and again in place', async () => {
    const { workbench } = await start('dark');
    await workbench.openProfilesView();
    const row = await offered('Example');
    await workbench.screenshot('provider-offered');
    await row.click();
    const popup = workbench.nextPopup();
    await workbench.answer(/A name for it/, 'work');
    const page = await popup;
    await workbench.page.bringToFront();
    await workbench.quickItem('WDJB-MJHT').waitFor();
    await settled('provider-code');
    await workbench.quickItem('WDJB-MJHT').click();
    const clipboard = (): Promise<unknown> =>
      workbench.page.evaluate('navigator.clipboard.readText()');
    while ((await clipboard()) !== 'WDJB-MJHT') await sleep(50);
    await page.bringToFront();
    await page.locator('input').fill('WDJB-MJHT');
    await page.getByRole('button', { name: 'Allow' }).click();
    await workbench.page.bringToFront();
    await workbench.message(/Signed in as example:work for main\./);
    await workbench.row(/^Profile work, next, renews itself/).waitFor();
    const { profiles } = await session.store();
    const { access, refresh, expires, ...rest } = profiles['example:work'] ?? {};
    assert.deepEqual(rest, { type: 'oauth', provider: 'example' });
    assert.ok(server.secrets.has(String(access)) && server.secrets.has(String(refresh)));
    assert.ok(Math.abs(Number(expires) - Date.now() - 3_600_000) < 120_000);
    await page.close();

    const again = workbench.nextPopup();
    await workbench.rowMenu(workbench.row(/^Profile work/), 'Sign In Again…');
    await (await again).close();
    await workbench.page.bringToFront();
    await workbench.quickItem('Cancel').click();
    await workbench.quickItem('Cancel').waitFor({ state: 'detached' });
    assert.deepEqual(await session.profileIds(), ['example:work'], 'nothing was changed');
  });

  it('one that takes a pasted address: closed, shown again, and told what is wrong', async () => {
    const { workbench } = await start('light');
    await workbench.openProfilesView();
    const add = async () => {
      await (await offered('Loopback')).click();
      await workbench.answer(/A name for it/, '');
    };
    const popup = workbench.nextPopup();
    await add();
    const page = await popup;
    await workbench.page.bringToFront();
    await workbench.quickItem('Open Browser Again').waitFor();
    await settled('provider-paste-light');
    await workbench.page.keyboard.press('Escape');
    await workbench.message(/Signing in to Loopback for main\. Start it again to see the dialog\./);
    await settled('provider-background-light');

    await add();
    await workbench.quickItem('Open Browser Again').waitFor();
    await workbench.quickInput.fill('http://127.0.0.1/callback?code=CANARYtyped&state=not-ours');
    await workbench.quickItem('Use What Was Pasted').waitFor();
    await workbench.screenshot('provider-pasted-light');
    await workbench.page.keyboard.press('Enter');
    assert.match(
      await workbench.message(/Loopback says/),
      /Loopback says: This is of another sign-in\. Nothing has been changed\./,
    );
    await settled('provider-failed-light');
    await page.close();
    assert.deepEqual(await session.profileIds(), []);

    const second = workbench.nextPopup();
    await add();
    const next = await second;
    await next.getByRole('link', { name: 'Allow' }).click();
    await workbench.page.bringToFront();
    await workbench.message(/Signed in as loopback:default for main\./);
    assert.deepEqual(server.log, ['authorization_code ok']);
  });

  it('one that asks: a list, a text that has to be there, a password; closing a question ends it', async () => {
    const { workbench } = await start('dark');
    const add = async (password: string): Promise<void> => {
      await (await offered('Asking')).click();
      await workbench.answer(/A name for it/, '');
      await workbench.choose('Which plan?', 'Work');
      await workbench.answer(/Your domain/, '');
      await workbench.inputFault.first().waitFor();
      await workbench.answer(/Something has to be typed/, 'example.org');
      await workbench.secretInput.waitFor();
      await settled('provider-password');
      await workbench.answer(/Your password/, password, workbench.secretInput);
    };
    await add('wrong-CANARY');
    assert.match(await workbench.message(/Asking says/), /Asking says: … is wrong\./);
    await add('right-CANARY');
    await workbench.message(/Signed in as asking:default for main\./);
    assert.deepEqual((await session.store()).profiles['asking:default'], {
      type: 'oauth',
      provider: 'asking',
      access: 'access',
      refresh: 'refresh',
      expires: Date.UTC(2040),
      plan: 'work',
      domain: 'example.org',
    });
    await (await offered('Asking')).click();
    await workbench.answer(/A name for it/, 'second');
    await workbench.quickItem('Work').waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.quickInput.waitFor({ state: 'hidden' });
    assert.deepEqual(await session.profileIds(), ['asking:default']);
  });
});
