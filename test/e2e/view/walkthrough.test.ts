import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Session, screenshotIfFailed, writeState } from '../session.ts';
import type { Workbench } from '../workbench.ts';

/** By step: a word that stands in its picture alone. */
const words = {
  find: '~/.coderclaw',
  signIn: 'Which provider?',
  arrange: 'day@example.com',
  fresh: 'cooling down',
};
type Step = keyof typeof words;
const steps = Object.keys(words) as Step[];
/** VS Code leaves the pictures away in a narrower editor. */
const roomForPictures = { width: 1500, height: 860 };

describe('the walkthrough, in a real VS Code', function () {
  this.timeout(180_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  /** Goes to a step; its picture is drawn in a frame of its own. */
  async function step({ page }: Workbench, id: Step): Promise<void> {
    const button = page.locator(`.step-list-container [data-step-id$="#${id}"]`);
    await button.waitFor();
    if (!/\bexpanded\b/.test((await button.getAttribute('class')) ?? '')) await button.click();
    await page.locator(`.getting-started-step.expanded[data-step-id$="#${id}"]`).waitFor();
    const frame = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    await frame.locator('svg text', { hasText: words[id] }).first().waitFor();
  }

  const done = ({ page }: Workbench, id: Step) =>
    page.locator(`[data-done-step-id$="#${id}"].complete`).first();

  it('is opened from an empty view, and its button opens the wizard', async () => {
    session = await Session.start({ files: { 'coderclaw.json': '{}' } });
    const { workbench } = session;
    const { page } = workbench;
    await page.setViewportSize(roomForPictures);
    await workbench.openProfilesView();
    const getStarted = page.locator('.welcome-view-content a', { hasText: 'Get started' });
    await getStarted.waitFor();
    await workbench.screenshot('welcome-no-profile');
    await getStarted.click();
    await page.locator('h2', { hasText: 'Get started with CoderClaw Auth' }).waitFor();
    for (const id of steps) {
      await step(workbench, id);
      await workbench.screenshot(`walkthrough-${id}-dark`);
    }
    await step(workbench, 'signIn');
    await page.getByRole('button', { name: 'Add Profile…' }).last().click();
    await workbench.quickItem('ChatGPT').waitFor();
    assert.match(await workbench.quickInputTitle.innerText(), /Add Profile/);
    await workbench.screenshot('walkthrough-wizard');
    await page.keyboard.press('Escape');
    await workbench.quickInputTitle.waitFor({ state: 'hidden' });

    // The state folder is there; opening a wizard and leaving it signs nobody in.
    await done(workbench, 'find').waitFor();
    for (const id of ['signIn', 'arrange', 'fresh'] as const) {
      assert.equal(await done(workbench, id).count(), 0, id);
    }
    // What another program signs in counts, and one that needs a person is not fresh.
    const path = session.storePath();
    const profiles = { 'zai:a': { type: 'api_key', provider: 'zai', key: 'sk-test-1' } };
    const ended = { type: 'token', provider: 'anthropic', token: 'x', expires: 1_000_000_000_000 };
    await writeState(path, { version: 1, profiles: { ...profiles, 'anthropic:old': ended } });
    await done(workbench, 'signIn').waitFor();
    assert.equal(await done(workbench, 'fresh').count(), 0);
    await writeState(path, { version: 1, profiles });
    await done(workbench, 'fresh').waitFor();
    assert.equal(await done(workbench, 'arrange').count(), 0);
    await writeState(join(session.stateDir, 'coderclaw.json'), {
      agents: { list: [{ id: 'main' }, { id: 'work' }] },
    });
    await done(workbench, 'arrange').waitFor();
    await workbench.screenshot('walkthrough-done');
  });

  it('is found by its name, and looks right in a light theme', async () => {
    session = await Session.start({ files: { 'coderclaw.json': '{}' }, colorScheme: 'light' });
    const { workbench } = session;
    await workbench.page.setViewportSize(roomForPictures);
    await workbench.runCommand('Welcome: Open Walkthrough...');
    await workbench.quickInput.fill('CoderClaw');
    await workbench.quickItem('Get started with CoderClaw Auth').click();
    for (const id of steps) {
      await step(workbench, id);
      await workbench.screenshot(`walkthrough-${id}-light`);
    }
  });
});
