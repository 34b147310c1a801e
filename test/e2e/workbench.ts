import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Locator, Page } from 'playwright-core';

/** Where screenshots go; the ones that the README shows are copied from here. */
const screenshotFolder = join('out', 'screenshots');

/** A VS Code window as a person uses it: by keys, clicks and what can be read on the screen. */
export class Workbench {
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.#context = context;
  }

  /** Opens a window and waits until its extensions have started. */
  static async open(context: BrowserContext, address: string): Promise<Workbench> {
    const page = await context.newPage();
    await page.goto(address);
    await page.locator('.monaco-workbench').waitFor();
    const workbench = new Workbench(page, context);
    await workbench.statusBarItem
      .or(page.locator('.activitybar [aria-label="CoderClaw"]'))
      .first()
      .waitFor();
    return workbench;
  }

  get statusBarItem(): Locator {
    return this.page.locator('.statusbar-item[id*="coderclaw.coderclaw-auth"]');
  }

  /** The box of whatever quick input is open. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input[type="text"]');
  }

  /** The box of a question whose answer is not shown. */
  get secretInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input[type="password"]');
  }

  /** What is wrong with the answer in the box. */
  get inputFault(): Locator {
    return this.page.locator(
      '.quick-input-widget:visible .quick-input-message[class*="error"], .quick-input-widget:visible .monaco-inputbox.error',
    );
  }

  /** Picks from the list of a question of the wizard, once it is the one that is asked. */
  async choose(question: string, text: string | RegExp): Promise<void> {
    await this.page
      .locator(`.quick-input-widget:visible input[placeholder="${question}"]`)
      .waitFor();
    await this.quickItem(text).click();
  }

  /** Answers a question of the wizard once it is the one that is asked. */
  async answer(prompt: RegExp, text: string, box = this.quickInput): Promise<void> {
    await this.page
      .locator('.quick-input-widget:visible .quick-input-message')
      .filter({ hasText: prompt })
      .waitFor();
    await box.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** To the question before, by the arrow in the title. */
  async goBack(): Promise<void> {
    await this.page.locator('.quick-input-widget:visible .quick-input-titlebar a').first().click();
  }

  get quickInputTitle(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-title');
  }

  get quickItems(): Locator {
    return this.page.locator('.quick-input-widget:visible .monaco-list-row');
  }

  /** But for what VS Code itself may say of a port that somebody listens on, as a sign-in does. */
  get notifications(): Locator {
    return this.page
      .locator('.notification-toast .notification-list-item')
      .filter({ hasNotText: /Your application running on port/ });
  }

  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** Runs a command from the palette by its title, as a person types it. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickInput.waitFor();
    await this.quickInput.fill(`>${title}`);
    const row = this.quickItems.filter({ hasText: title }).first();
    await row.waitFor();
    await row.click();
  }

  async openProfilesView(): Promise<void> {
    const container = this.page.locator('.sidebar [id="workbench.view.extension.coderclawAuth"]');
    if (await container.isVisible()) return;
    // The item and not its link: a badge lies over that.
    const label = this.page.locator('[aria-label^="CoderClaw"]');
    await this.page.locator('.activitybar .action-item', { has: label }).first().click();
    await container.waitFor();
  }

  /** A view of the container, by the name in its header. */
  pane(name: string): Locator {
    const header = this.page.locator(`.pane-header[aria-label^="${name}"]`);
    return this.page.locator('.sidebar .pane', { has: header });
  }

  /** A row of any view by the start of what a screen reader says of it. */
  row(spoken: string | RegExp): Locator {
    return this.page.getByRole('treeitem', { name: spoken });
  }

  /** Every row of a view as it reads: label, and description behind a bar. */
  async rows(view = 'Profiles'): Promise<string[]> {
    const rows = this.pane(view).locator('.monaco-list-row[role="treeitem"]');
    const parts = (row: Locator, part: string): Promise<string[]> =>
      row.locator(`.${part}`).allInnerTexts();
    return Promise.all(
      (await rows.all()).map(async (row) =>
        [...(await parts(row, 'label-name')), ...(await parts(row, 'label-description'))]
          .map((text) => text.trim())
          .join(' | '),
      ),
    );
  }

  /**
   * Points at something until its hover says what it is to: what is drawn again while the pointer rests
   * on it loses its hover.
   */
  async hoverSays(pointedAt: Locator, text: string | RegExp): Promise<void> {
    const said = this.page.getByText(text).first();
    for (let tries = 1; ; tries++) {
      await pointedAt.hover();
      try {
        await said.waitFor({ timeout: 5000 });
        return;
      } catch (error) {
        if (tries === 6) throw error;
        // Away, into the empty editor.
        await this.page.mouse.move(900, 400);
      }
    }
  }

  /** Runs an entry of a row's context menu. */
  async rowMenu(row: Locator, entry: string): Promise<void> {
    const item = this.page.getByRole('menuitem', { name: entry, exact: true });
    const opened = (): Promise<boolean> =>
      item.waitFor({ timeout: 10_000 }).then(
        () => true,
        () => false,
      );
    for (let tries = 1; tries < 4; tries++) {
      await row.click({ button: 'right' });
      // A row that is drawn again just then opens none.
      if (await opened()) break;
      await this.page.keyboard.press('Escape');
    }
    await item.waitFor({ timeout: 5000 });
    // VS Code ignores a click that comes right with the opening of the menu.
    while (await item.isVisible()) {
      await item.click({ timeout: 5000 }).catch(() => {}); // it closed between look and click
      await item.waitFor({ state: 'detached', timeout: 500 }).catch(() => {}); // not yet: again
    }
  }

  quickItem(text: string | RegExp): Locator {
    return this.quickItems.filter({ hasText: text }).first();
  }

  /** The code of a sign-in by code, as a person reads it off the screen: it is set wide there. */
  async codeOnScreen(): Promise<string> {
    const text = await this.quickItem('copy it and open the page').innerText();
    return (text.split('copy it')[0] ?? '').replace(/\s/g, '');
  }

  /** What the clipboard comes to hold: VS Code writes to it in its own time. */
  async copied(expected: string): Promise<void> {
    const until = Date.now() + 10_000;
    const held = () => this.page.evaluate('navigator.clipboard.readText()');
    while ((await held()) !== expected && Date.now() < until) await this.page.waitForTimeout(100);
    assert.equal(await held(), expected);
  }

  /** What stands in the editor, in one line, once it has a text: VS Code draws it line by line. */
  async editorShows(awaited: RegExp): Promise<string> {
    const read = async (): Promise<string> => {
      const lines = this.page.locator('.editor-instance .view-line');
      const placed = await lines.evaluateAll((all) =>
        all.map((line) => ({
          top: Number.parseFloat((line as { style?: { top?: string } }).style?.top ?? '0'),
          text: line.textContent ?? '',
        })),
      );
      return placed
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text.replaceAll('\u00a0', ' '))
        .join(' ')
        .replace(/\s+/g, ' ');
    };
    const until = Date.now() + 20_000;
    let text = await read();
    while (!awaited.test(text) && Date.now() < until) {
      await this.page.waitForTimeout(100);
      text = await read();
    }
    assert.match(text, awaited);
    return text;
  }

  /** The next page that opens in this browser: what `env.openExternal` made of it. */
  nextPopup(): Promise<Page> {
    return this.#context.waitForEvent('page', { timeout: 30_000 });
  }

  /** Waits for a message, and gives its text. */
  async message(pattern: RegExp): Promise<string> {
    const toast = this.notifications.filter({ hasText: pattern }).first();
    await toast.waitFor({ timeout: 20_000 });
    return toast.innerText();
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(screenshotFolder, { recursive: true });
    await this.page.screenshot({ path: join(screenshotFolder, `${name}.png`) });
  }

  /** Sets the colour theme by its name, through the picker. */
  async theme(name: string): Promise<void> {
    await this.runCommand('Preferences: Color Theme');
    await this.quickInput.fill(name);
    await this.page.keyboard.press('Enter');
    await this.quickInput.waitFor({ state: 'hidden' });
  }
}

/** The person at the authorization server's own pages. */
export async function answerLogin(
  page: Page,
  email: string,
  answer: 'allow' | 'refuse' = 'allow',
): Promise<void> {
  await page.locator('input[name="email"]').fill(email);
  await page.locator('input[name="password"]').fill('any password');
  await page.getByRole('button', { name: 'Continue' }).first().click();
  const consent = page.getByRole('heading', { name: /Sign in to CoderClaw/ });
  await consent.waitFor();
  await page.getByRole('button', { name: answer === 'allow' ? 'Continue' : 'Cancel' }).click();
}

/**
 * The address that the sign-in ends on, as the person would find it in the address bar.
 * @param ports Of the provider; those of ChatGPT unless given.
 */
export async function callbackAddress(
  context: BrowserContext,
  ...ports: readonly number[]
): Promise<string> {
  const known = ports.length === 0 ? [1455, 1457] : ports;
  const request = await context.waitForEvent('request', {
    predicate: (one) => {
      const { hostname, port, searchParams } = new URL(one.url());
      return hostname === 'localhost' && known.includes(Number(port)) && searchParams.has('code');
    },
    timeout: 60_000,
  });
  return request.url();
}

export function assertNoSecrets(text: string, secrets: ReadonlySet<string>, where: string): void {
  for (const secret of secrets) assert.ok(!text.includes(secret), `a secret stands in ${where}`);
}
