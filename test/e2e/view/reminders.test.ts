import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session, type StateFiles, screenshotIfFailed, writeState } from '../session.ts';
import type { Workbench } from '../workbench.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** @param left By profile id: how long its token still lasts, in milliseconds. */
function files(left: Readonly<Record<string, number>>): StateFiles {
  const profiles = Object.entries(left).map(([id, ms]) => [
    id,
    {
      ...{ type: 'token', provider: id.split(':')[0], token: `CANARY-${id}` },
      expires: Date.now() + ms,
    },
  ]);
  return {
    'coderclaw.json': '{}',
    'agents/main/agent/auth-profiles.json': { version: 1, profiles: Object.fromEntries(profiles) },
  };
}

/** Time for everything that a window tells once it has seen the token. */
async function nothingTold(workbench: Workbench): Promise<void> {
  await workbench.statusBarItem.filter({ hasText: /ends in/ }).waitFor();
  await sleep(5_000);
  // VS Code itself may have something to say, of ports that others have opened here.
  const reminders = workbench.notifications.filter({ hasText: /\bends? (in|soon)\b/ });
  assert.deepEqual(await reminders.allInnerTexts(), []);
}

/**
 * Whether a person is in a window. Chromium without a screen tells every page that it has the focus, so
 * the page is told here. VS Code hears only of changes, takes a blur back when something within gets the
 * focus right then (a view that is being opened), and tells its extensions a moment later.
 */
async function setFocus({ page }: Workbench, isFocused: boolean): Promise<void> {
  for (const changes of [[!isFocused, isFocused], [isFocused]]) {
    await page.evaluate((states) => {
      for (const state of states) {
        Object.defineProperty(document, 'hasFocus', { value: () => state, configurable: true });
        window.dispatchEvent(new Event(state ? 'focus' : 'blur'));
      }
    }, changes);
    await sleep(500);
  }
}

describe('reminders of tokens that end', function () {
  this.timeout(120_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  it('told once, over windows and reloads, with a way to replace it', async () => {
    session = await Session.start({ files: files({ 'anthropic:default': 6 * day + hour }) });
    const { workbench } = session;
    const text =
      'The setup-token anthropic:default of agent main ends in 6 d. Replace it before then.';
    assert.match(await workbench.message(/ends in 6 d/), new RegExp(text));
    await workbench.openProfilesView();
    await workbench.row(/^Profile default, next, ends in 6 days/).waitFor();
    await workbench.screenshot('reminder-dark');

    await workbench.notifications.getByRole('button', { name: 'Replace…' }).click();
    await workbench.secretInput.waitFor();
    await workbench.screenshot('reminder-replace');
    await workbench.page.keyboard.press('Escape');
    await workbench.secretInput.waitFor({ state: 'hidden' });

    await nothingTold(await session.anotherWindow());
    await workbench.page.reload();
    await nothingTold(workbench);
    assert.ok(!(await workbench.page.content()).includes('CANARY'));
  });

  it('of two open windows only the one that a person is in tells', async () => {
    session = await Session.start({ files: files({}) });
    const first = session.workbench;
    const second = await session.anotherWindow();
    for (const window of [first, second]) await window.openProfilesView();
    await setFocus(second, false);
    const store = async (left: Readonly<Record<string, number>>): Promise<void> => {
      for (const [path, content] of Object.entries(files(left))) {
        await writeState(join(session.stateDir, path), content);
      }
    };

    await store({ 'anthropic:default': 6 * day + hour });
    await first.message(/ends in 6 d/);
    await nothingTold(second);
    await setFocus(first, false);
    await setFocus(second, true);
    await nothingTold(second);

    await setFocus(second, false);
    await first.notifications.getByRole('button', { name: 'Replace…' }).click();
    await first.page.keyboard.press('Escape');
    await store({ 'anthropic:default': 3 * day + hour });
    for (const window of [first, second]) {
      await window.row(/^Profile default, next, ends in 3 days/).waitFor();
      await nothingTold(window);
    }
    await setFocus(second, true);
    await second.message(/ends in 3 d/);
    await setFocus(second, false);
    await setFocus(first, true);
    await nothingTold(first);
  });

  it('several at once are one message, in a light theme', async () => {
    session = await Session.start({
      files: files({
        'anthropic:default': 20 * hour,
        'acme:work': 3 * day + hour,
        'acme:later': 40 * day,
      }),
      colorScheme: 'light',
    });
    const { workbench } = session;
    const text = await workbench.message(/2 tokens end soon, the first of them in 19 h\./);
    assert.match(text, /Show/);
    await workbench.screenshot('reminder-several-light');
    await workbench.notifications.getByRole('button', { name: 'Show', exact: true }).click();
    await workbench.row(/^Profile default, next, ends in 19 hours/).waitFor();
  });
});
