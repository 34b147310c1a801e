import assert from 'node:assert/strict';
import { Session, screenshotIfFailed } from '../session.ts';
import type { Workbench } from '../workbench.ts';

/** By step: a word that stands in its picture alone. */
const words = {
  find: '~/.coderclaw',
  add: 'Which provider?',
  rows: 'cooling down',
  first: 'OpenAI Codex',
  stay: '09:14',
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
    await step(workbench, 'add');
    await page.getByRole('button', { name: 'Add Profile…' }).last().click();
    await workbench.quickItem('ChatGPT').waitFor();
    assert.match(await workbench.quickInputTitle.innerText(), /Add Profile/);
    await workbench.screenshot('walkthrough-wizard');
    await page.keyboard.press('Escape');
    await workbench.quickInputTitle.waitFor({ state: 'hidden' });
    // Done, by having been run; what has not been done is not.
    await page.locator('[data-done-step-id$="#add"].complete').first().waitFor();
    assert.equal(await page.locator('[data-done-step-id$="#first"].complete').count(), 0);
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
