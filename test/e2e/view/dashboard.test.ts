import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { startUsageServer, type UsageServer } from '../../support/usageServer.ts';
import { eventually } from '../eventually.ts';
import { Session, type StateFiles, screenshotIfFailed } from '../session.ts';

const hour = 3_600_000;
const day = 24 * hour;

const sha256 = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Every state, with a past: main has most, work a login of its own, a copy of one, and what it inherits. */
function files(now = Date.now()): StateFiles {
  const login = (name: string, expires: number) => ({
    type: 'oauth',
    provider: 'openai-codex',
    access: `CANARY-access-${name}`,
    refresh: `CANARY-refresh-${name}`,
    expires,
    email: `hidden-${name}@example.com`,
  });
  const token = (name: string, expires?: number) => ({
    type: 'token',
    provider: 'anthropic',
    token: `CANARY-token-${name}`,
    ...(expires !== undefined && { expires }),
  });
  const key = (provider: string) => ({ type: 'api_key', provider, key: `CANARY-key-${provider}` });
  const trail = (agentId: string, profileId: string, secret: string, at: number, action: string) =>
    JSON.stringify({
      ...{ at, actor: { kind: 'us', pid: 1, app: 'coderclaw-auth/0.1.0' }, action, agentId },
      storePath: `STATE/agents/${agentId}/agent/auth-profiles.json`,
      ...{ profileId, to: sha256(secret).slice(0, 12) },
    });
  const ann = (at: number, action: string) =>
    trail('main', 'openai-codex:ann@example.com', 'CANARY-refresh-ann', at, action);
  return {
    'coderclaw.json': `{
  agents: { list: [{ id: 'main', default: true }, { id: 'work' }, { id: 'helper' }] },
}
`,
    'agents/main/agent/auth-profiles.json': {
      version: 1,
      profiles: {
        'openai-codex:ann@example.com': login('ann', now + 5 * hour + 60_000),
        'openai-codex:spare': login('spare', now + 30 * hour),
        'openai-codex:old': login('old', now - hour),
        'anthropic:setup': token('setup', now + 3 * day + 60_000),
        'anthropic:long': token('long', now + 150 * day),
        'openrouter:key': key('openrouter'),
        'github-copilot:ann': {
          ...{ type: 'token', provider: 'github-copilot', token: 'CANARY-token-copilot' },
        },
      },
      usageStats: {
        'openai-codex:spare': {
          cooldownUntil: now + 90 * 60_000,
          errorCount: 2,
          lastFailureAt: now - hour,
        },
      },
    },
    'agents/work/agent/auth-profiles.json': {
      version: 1,
      profiles: {
        'openai-codex:copy': login('ann', now + 5 * hour + 60_000),
        'anthropic:team': token('team', now - 2 * day - 60_000),
        'groq:key': key('groq'),
      },
    },
    'coderclaw-auth/refresh-log.jsonl': `${JSON.stringify({
      ...{ kind: 'refused', token: sha256('CANARY-refresh-old'), at: now - 2 * hour },
    })}\n`,
    'coderclaw-auth/audit-trail.jsonl': `${[
      ann(now - 40 * day, 'signedIn'),
      ...Array.from({ length: 30 }, (_, index) => ann(now - (30 - index) * day, 'refreshed')),
      ann(now - 20 * hour, 'refreshed'),
      ann(now - 3 * hour, 'refreshed'),
      trail('main', 'anthropic:setup', 'CANARY-token-setup', now - 1.5 * day, 'signedIn'),
    ].join('\n')}\n`,
  };
}

describe('the dashboard, in a real VS Code', function () {
  this.timeout(240_000);
  let session: Session;
  let usage: UsageServer;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
    await usage?.close();
  });

  /** What the page logged as an error: the policy tells there what it has kept out. */
  let faults: string[];

  async function start(options: Parameters<typeof Session.start>[0] = {}): Promise<void> {
    usage = await startUsageServer(() => Date.now());
    faults = [];
    session = await Session.start({ ...options, env: usage.environment });
    session.workbench.page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
    });
    const trail = `${session.stateDir}/coderclaw-auth/audit-trail.jsonl`;
    const text = await readFile(trail, 'utf8').catch(() => undefined);
    if (text) await writeFile(trail, text.replaceAll('STATE', session.stateDir));
  }

  const dashboard = (): FrameLocator =>
    session.workbench.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
  const row = (spoken: RegExp): Locator =>
    dashboard().locator('.timeline').getByRole('button', { name: spoken });

  async function opened(): Promise<void> {
    await session.workbench.runCommand('CoderClaw: Open Dashboard');
    await dashboard().locator('main[aria-busy="false"]').waitFor();
  }

  /** Everything that stands in the page: texts, attributes, and what its script was told. */
  async function assertNoSecrets(): Promise<void> {
    const html = await dashboard()
      .locator('html')
      .evaluate((root) => root.outerHTML);
    assert.match(html, /ann@example\.com/, 'the page itself was read');
    assert.doesNotMatch(html, /CANARY|hidden-/);
    assert.ok(!html.includes(session.stateDir), 'no path');
  }

  /** Another program writes the store. */
  async function changeStore(
    agentId: string,
    change: (profiles: Record<string, Record<string, unknown>>) => void,
  ): Promise<void> {
    const path = session.storePath(agentId);
    const document = JSON.parse(await readFile(path, 'utf8'));
    change(document.profiles);
    await writeFile(`${path}.tmp`, JSON.stringify(document), { mode: 0o600 });
    await rename(`${path}.tmp`, path);
  }

  for (const [name, theme] of [
    ['light', 'Default Light Modern'],
    ['dark', 'Default Dark Modern'],
    ['contrast', 'Default High Contrast'],
  ] as const) {
    it(`looks right in a ${name} theme, wide and narrow`, async () => {
      await start({
        files: files(),
        colorScheme: name === 'light' ? 'light' : 'dark',
        settings: { 'workbench.colorTheme': theme },
      });
      const { workbench } = session;
      const { page } = workbench;
      await page.setViewportSize({ width: 1660, height: 1250 });
      await opened();
      await page.keyboard.press('Control+b');
      await row(/^Profile ann@example.com/).waitFor();
      await workbench.screenshot(`dashboard-${name}-1600`);
      const main = dashboard().locator('main');
      const overflow = (): Promise<number> =>
        main.evaluate(({ ownerDocument: { documentElement: all } }) => {
          return all.scrollWidth - all.clientWidth;
        });
      assert.equal(await overflow(), 0, 'nothing is cut off at the side');
      assert.ok(((await main.boundingBox())?.width ?? 0) >= 1500);
      // The editor has about 300 pixels of these.
      await page.setViewportSize({ width: 360, height: 1900 });
      await eventually(async () => {
        const width = (await main.boundingBox())?.width ?? 0;
        assert.ok(width >= 280 && width <= 320, `${width} px`);
      });
      assert.equal(await overflow(), 0, 'nothing is cut off at the side');
      await workbench.screenshot(`dashboard-${name}-300`);
      assert.deepEqual(faults, []);
      await assertNoSecrets();
    });
  }

  it('is opened from the Profiles view, the switcher and the palette, and there is one', async () => {
    await start({ files: files() });
    const { workbench } = session;
    const { page } = workbench;
    await workbench.openProfilesView();
    // With two views in one place, a header shows its buttons to the pointer alone.
    await workbench.pane('Profiles').locator('.pane-header').hover();
    await page.getByRole('button', { name: 'Open Dashboard' }).first().click();
    await row(/^Profile ann@example.com/).waitFor();
    await workbench.statusBarItem.click();
    await workbench.quickItem('Open Dashboard').click();
    await workbench.quickInput.waitFor({ state: 'hidden' });
    await opened();
    assert.equal(await page.locator('.tab', { hasText: 'CoderClaw Dashboard' }).count(), 1);
  });

  it('is used by the keyboard alone: the range, the rows, and what can be done with one', async () => {
    await start({ files: files() });
    const { workbench } = session;
    const { page } = workbench;
    await opened();
    await dashboard()
      .locator('body')
      .click({ position: { x: 2, y: 2 } });
    const focused = (): Promise<string> =>
      dashboard()
        .locator(':focus')
        .evaluate((one) => one.getAttribute('aria-label') ?? one.getAttribute('value') ?? '');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'week');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), 'year');
    await page.keyboard.press('Tab');
    assert.match(await focused(), /^Profile old, OpenAI Codex, sign in again/);
    await page.keyboard.press('ArrowDown');
    assert.match(await focused(), /^Profile setup, Anthropic, next, ends in 3 days/);
    await page.keyboard.press('End');
    assert.match(await focused(), /^Profile copy, OpenAI Codex/);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await workbench.quickItem('Sign In Again').waitFor();
    assert.equal(await workbench.quickInputTitle.innerText(), 'old · OpenAI Codex · agent main');
    await workbench.screenshot('dashboard-actions');
    await page.keyboard.press('Escape');
    // On to the tables, which are one stop each.
    await eventually(async () => assert.match(await focused(), /^Profile old/));
    await page.keyboard.press('Tab');
    assert.match(await focused(), /^Anthropic at main: own/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    assert.match(await focused(), /^GitHub Copilot at work: from main/);
  });

  it('follows the disk: one row is drawn again, the others are left, and so is the focus', async () => {
    await start({ files: files() });
    await opened();
    const rows = dashboard().locator('.row');
    const copy = row(/^Profile copy/);
    await copy.focus();
    await rows.evaluateAll((all) => {
      for (const one of all) one.setAttribute('data-before', '');
    });
    await changeStore('main', (profiles) => {
      Object.assign(profiles['anthropic:setup'] ?? {}, { expires: Date.now() + 5.5 * day });
    });
    await row(/^Profile setup, Anthropic, next, ends in 5 days/).waitFor();
    assert.equal(await rows.count(), 10);
    assert.equal(await dashboard().locator('.row[data-before]').count(), 9);
    assert.equal(await copy.evaluate((one) => one === one.ownerDocument.activeElement), true);
    // What is drawn again while it has the focus keeps it.
    const setup = row(/^Profile setup/);
    await setup.focus();
    await changeStore('main', (profiles) => {
      Object.assign(profiles['anthropic:setup'] ?? {}, { expires: Date.now() + 90 * day });
    });
    await row(/^Profile setup, Anthropic, next, valid until/).waitFor();
    assert.equal(await setup.evaluate((one) => one === one.ownerDocument.activeElement), true);
    await dashboard().getByText('2 of 10 profiles need you').waitFor();
  });

  it('does what is picked, and says so of what has gone meanwhile', async () => {
    await start({ files: files() });
    const { workbench } = session;
    await opened();
    await dashboard().locator('.row', { hasText: 'spare' }).locator('.track').click();
    await workbench.quickItem('End Pause').click();
    await row(/^Profile spare, OpenAI Codex, renews itself/).waitFor();

    // A mark tells what it means, and its row is what is pressed.
    const flags = dashboard().getByRole('img', { name: 'Needs you now.' });
    assert.equal(await flags.count(), 2);
    await flags.first().click();
    await workbench.quickItem('Why This One?').click();
    await workbench.editorShows(/openai-codex:old/);
    await workbench.runCommand('CoderClaw: Open Dashboard');
    await row(/^Profile old/).waitFor();

    const cell = dashboard().getByRole('button', { name: /^OpenAI Codex at helper: from main/ });
    await cell.click();
    await workbench.quickItem('ann@example.com').click();
    await workbench.quickItem('Copy Profile ID').click();
    await workbench.copied('openai-codex:ann@example.com');

    // The list of what can be done stands open while the profile goes.
    await row(/^Profile key, Groq/).click();
    await workbench.quickItem('Why This One?').waitFor();
    await changeStore('work', (profiles) => {
      delete profiles['groq:key'];
    });
    await row(/^Profile key, Groq/).waitFor({ state: 'detached' });
    await workbench.quickItem('Copy Profile ID').click();
    await workbench.message(/no longer/);
  });

  it('is as it was left after it was hidden, and after a reload of the window', async () => {
    await start({ files: files() });
    const { workbench } = session;
    const { page } = workbench;
    await opened();
    const isYear = async (): Promise<void> => {
      await row(/^Profile ann@example.com/).waitFor();
      assert.equal(await dashboard().getByRole('radio', { name: 'Year' }).isChecked(), true);
      assert.ok((await dashboard().locator('.tick').count()) >= 11);
    };
    await dashboard().getByRole('radio', { name: 'Year' }).check();
    await row(/^Profile copy/).focus();
    await isYear();
    await workbench.screenshot('dashboard-year');
    await workbench.runCommand('CoderClaw: Status Report');
    await workbench.editorShows(/Status of all agents/);
    await dashboard().locator('main').waitFor({ state: 'detached' });
    await page.locator('.tab', { hasText: 'CoderClaw Dashboard' }).click();
    await isYear();
    const copy = row(/^Profile copy/);
    await eventually(async () =>
      assert.equal(await copy.evaluate((one) => one === one.ownerDocument.activeElement), true),
    );
    await workbench.runCommand('Developer: Reload Window');
    await dashboard().locator('main').waitFor({ state: 'detached' });
    await isYear();
    await dashboard().getByRole('radio', { name: 'Day' }).check();
    await workbench.screenshot('dashboard-day');
  });

  it('stays readable with 20 agents of 50 profiles each', async () => {
    const profiles = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [
        `groq:key-${index}`,
        { type: 'api_key', provider: 'groq', key: `CANARY-${index}` },
      ]),
    );
    const agents = ['main', ...Array.from({ length: 19 }, (_, index) => `agent-${index}`)];
    await start({
      files: Object.fromEntries(
        agents.map((id) => [`agents/${id}/agent/auth-profiles.json`, { version: 1, profiles }]),
      ),
    });
    await opened();
    await dashboard().getByText('None of 1000 profiles needs you').waitFor();
    const rows = dashboard().locator('.row');
    assert.equal(await rows.count(), 20 * 12);
    const seventh = dashboard().getByRole('region', { name: 'agent-7', exact: true });
    await seventh.getByRole('button', { name: 'Show 38 more' }).click();
    assert.equal(await seventh.locator('.row').count(), 50);
    const fewer = seventh.getByRole('button', { name: 'Show fewer' });
    assert.equal(await fewer.evaluate((one) => one === one.ownerDocument.activeElement), true);
    assert.equal(await dashboard().locator('tbody tr').count(), agents.length);
    await session.workbench.screenshot('dashboard-many');
    await fewer.click();
    assert.equal(await rows.count(), 20 * 12);
  });

  it('shows how much is used, without a refresh, and asks again by a button', async () => {
    await start({ files: files() });
    const { workbench } = session;
    await workbench.page.setViewportSize({ width: 1300, height: 1080 });
    await opened();
    const ann = dashboard().locator('.login', { hasText: 'ann@example.com' });
    await ann.getByRole('meter', { name: '5 h' }).waitFor();
    await ann.getByText('42% used').waitFor();
    await ann.getByText('resets in').first().waitFor();
    await ann.getByText('just now').waitFor();
    const refresh = dashboard().getByRole('button', { name: 'Refresh' });
    await eventually(async () => assert.equal(await refresh.getAttribute('aria-disabled'), 'true'));
    await dashboard()
      .getByText(/^again in \d min$/)
      .waitFor();
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.page.keyboard.press('Control+b');
    await workbench.quickInput.waitFor({ state: 'hidden' });
    await workbench.screenshot('dashboard-usage');
    // The login that work has a copy of is asked about once.
    const sent = (): number =>
      usage.requests.filter(({ headers }) => headers.authorization === 'Bearer CANARY-access-ann')
        .length;
    assert.equal(sent(), 1);
    assert.equal(await dashboard().locator('.login', { hasText: 'old' }).count(), 0);
    const all = usage.requests.length;
    // What cannot be of use yet does nothing.
    await refresh.click({ force: true });
    await changeStore('main', (profiles) => {
      Object.assign(profiles['anthropic:setup'] ?? {}, { expires: Date.now() + 90 * day });
    });
    await row(/^Profile setup, Anthropic, next, valid until/).waitFor();
    assert.equal(usage.requests.length, all);
    assert.deepEqual(session.refreshes, []);
    await assertNoSecrets();
  });

  it('asks nobody where a setting says so', async () => {
    await start({ files: files() });
    const { workbench } = session;
    const { page } = workbench;
    // Of the person, and not of the machine: only there it counts.
    await workbench.runCommand('Preferences: Open User Settings (JSON)');
    const line = page.locator('.view-line').first();
    await line.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('{ "coderclawAuth.showUsage": false }');
    await page.keyboard.press('Control+s');
    await page
      .getByRole('button', { name: /^Close/ })
      .last()
      .click();
    await line.waitFor({ state: 'detached' });
    await opened();
    await dashboard().getByText('Providers are not asked how much is used').waitFor();
    assert.deepEqual(usage.requests, []);
    await dashboard().getByRole('button', { name: 'Show Setting' }).click();
    await page.locator('.settings-editor').waitFor();
  });

  it('says what to do where there is nothing to show, and shows a file that cannot be read', async () => {
    await start({ files: { 'coderclaw.json': '{}' } });
    await opened();
    await dashboard().getByText('No agent is signed in yet').waitFor();
    await session.workbench.screenshot('dashboard-no-profile');
    const store = session.storePath();
    await mkdir(dirname(store), { recursive: true });
    await writeFile(store, '{"version": 1, "profi');
    await dashboard().getByText('main: Store is damaged or half-written').waitFor();
    await session.workbench.screenshot('dashboard-torn');
    await dashboard().getByRole('button', { name: 'Show File' }).click();
    await session.workbench.page.locator('.tab', { hasText: 'auth-profiles.json' }).waitFor();
  });

  it('says where CoderClaw was looked for', async () => {
    await start({ noStateDir: true });
    await opened();
    await dashboard().getByText('CoderClaw was not found on this machine.').waitFor();
    await dashboard().getByRole('button', { name: 'Look Again' }).waitFor();
    await session.workbench.screenshot('dashboard-no-coderclaw');
  });
});
