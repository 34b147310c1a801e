import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import { Session, type StateFiles, screenshotIfFailed } from '../session.ts';
import type { Workbench } from '../workbench.ts';

const hour = 3_600_000;

/** A token that ends in half a day, and two accounts of one person that renew themselves. */
function files(now = Date.now()): StateFiles {
  const login = (name: string) => ({
    ...{ type: 'oauth', provider: 'openai-codex', access: `CANARY-${name}` },
    ...{ refresh: `CANARY-refresh-${name}`, expires: now + 5 * hour, email: `${name}@example.com` },
  });
  return {
    'coderclaw.json': '{}',
    'agents/main/agent/auth-profiles.json': {
      version: 1,
      profiles: {
        'anthropic:default': {
          ...{ type: 'token', provider: 'anthropic', token: 'CANARY-token' },
          expires: now + 12 * hour + 30 * 60_000,
        },
        'openai-codex:ann@example.com': login('ann'),
        'openai-codex:ann.lee@example.com': login('ann.lee'),
      },
    },
  };
}

/** Writes the person's own settings, as one does in the editor. */
async function set(
  workbench: Workbench,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { page } = workbench;
  await workbench.runCommand('Preferences: Open User Settings (JSON)');
  const editor = page.locator('.monaco-editor[data-uri*="settings.json"]');
  await editor.locator('.view-lines').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(JSON.stringify(settings));
  await page.keyboard.press('ControlOrMeta+S');
  // It lies over the workbench, which hears nothing before it is closed: the first press ends a suggestion.
  await eventually(async () => {
    await page.keyboard.press('Escape');
    await editor.waitFor({ state: 'detached', timeout: 1_000 });
  });
}

const badge = ({ page }: Workbench) => page.locator('.activitybar .badge-content:visible');

describe('warnings and masks, in a real VS Code', function () {
  this.timeout(180_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  it('badge and colour go and come with their settings, the words stay', async () => {
    session = await Session.start({ files: files() });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.row(/^Profile default, next, ends in 12 hours/).waitFor();
    const colour = (): Promise<string> =>
      workbench.statusBarItem.evaluate((item) => getComputedStyle(item).backgroundColor);
    const plain = 'rgba(0, 0, 0, 0)';
    assert.notEqual(await colour(), plain);
    assert.equal(await badge(workbench).count(), 1);
    await set(workbench, {
      'coderclawAuth.warnings.badge': false,
      'coderclawAuth.warnings.statusBarColor': false,
    });
    await eventually(async () => assert.equal(await colour(), plain));
    await eventually(async () => assert.equal(await badge(workbench).count(), 0));
    assert.match(await workbench.statusBarItem.innerText(), /ends in 12 h/);
    await workbench.screenshot('warnings-off');
    await set(workbench, {});
    await eventually(async () => assert.equal(await badge(workbench).count(), 1));
    await eventually(async () => assert.notEqual(await colour(), plain));
  });

  it('no more of a token after a reload, until the person wants it back', async () => {
    session = await Session.start({ files: files() });
    const { workbench } = session;
    const ends = /The setup-token anthropic:default of agent main ends in 12 h/;
    await workbench.message(ends);
    await workbench.screenshot('warnings-reminder');
    await workbench.notifications.getByRole('button', { name: "Don't Show Again" }).click();
    await workbench.page.reload();
    await workbench.statusBarItem.filter({ hasText: /ends in/ }).waitFor();
    await workbench.runCommand('CoderClaw: Show Warnings Again');
    await workbench.message(ends);
    await workbench.notifications.getByRole('button', { name: 'Remind Me in 6 h' }).click();
  });

  for (const colorScheme of ['dark', 'light'] as const) {
    it(`no address on any surface, and which is which, in a ${colorScheme} theme`, async () => {
      session = await Session.start({ files: files(), colorScheme });
      const { workbench } = session;
      const { page } = workbench;
      await workbench.openProfilesView();
      await workbench.row(/^Profile ann@example\.com/).waitFor();
      await set(workbench, { 'coderclawAuth.maskEmails': true });
      const row = workbench.row(/^Profile a…@e…#[0-9a-f]{4}, /);
      await eventually(async () => assert.equal(await row.count(), 2));
      const labels = await row.allInnerTexts();
      assert.notEqual(labels[0], labels[1]);
      await workbench.hoverSays(row.first(), /openai-codex:a…@e…#[0-9a-f]{4}/);
      await workbench.runCommand('CoderClaw: Status Report');
      const report = await workbench.editorShows(/openai-codex:a…@e…#/);
      assert.doesNotMatch(report, /example\.com/);
      await workbench.statusBarItem.click();
      await workbench
        .quickItem(/a…@e…#/)
        .first()
        .waitFor();
      await workbench.screenshot(`masked-switcher-${colorScheme}`);
      assert.doesNotMatch(await page.content(), /ann(\.lee)?@example/);
      await page.keyboard.press('Escape');

      await workbench.runCommand('CoderClaw: Copy Diagnostic Report');
      await workbench.message(/Copied a diagnostic report/);
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      assert.match(copied, /^# CoderClaw Auth: diagnostic report/);
      assert.match(copied, /profile 1, /);
      assert.doesNotMatch(copied, /CANARY|ann|@|example/);
    });
  }
});
