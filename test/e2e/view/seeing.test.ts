import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Session, type StateFiles, screenshotIfFailed, writeState } from '../session.ts';

const hour = 3_600_000;

/** Two agents: main with two ChatGPT profiles and a setup-token, work with a key of its own. */
function files(now = Date.now()): StateFiles {
  return {
    'coderclaw.json': `{
  // two agents
  agents: { list: [{ id: 'main', default: true }, { id: 'work', name: 'Day job' }] },
  auth: {
    order: { 'openai-codex': ['openai-codex:ann@example.com', 'openai-codex:work'] }, // Ann first
  },
}
`,
    'agents/main/agent/auth-profiles.json': {
      version: 1,
      profiles: {
        'openai-codex:ann@example.com': {
          type: 'oauth',
          provider: 'openai-codex',
          access: 'CANARY-access-1',
          refresh: 'CANARY-refresh-1',
          expires: now + 5.5 * hour,
          email: 'ann@example.com',
        },
        'openai-codex:work': {
          type: 'oauth',
          provider: 'openai-codex',
          access: 'CANARY-access-2',
          refresh: 'CANARY-refresh-2',
          expires: now + 2.5 * hour,
        },
        'anthropic:setup-token': {
          type: 'token',
          provider: 'anthropic',
          token: 'CANARY-setup-token',
          expires: now + 6.5 * 24 * hour,
        },
      },
    },
    'agents/work/agent/auth-profiles.json': {
      version: 1,
      profiles: { 'openai:default': { type: 'api_key', provider: 'openai', key: 'CANARY-key' } },
    },
  };
}

describe('seeing the profiles, in a real VS Code', function () {
  this.timeout(120_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  it('tree and status bar: places, states, inheritance; every row speaks; no secret on the screen', async () => {
    session = await Session.start({ files: files() });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.row(/^Agent main/).waitFor();
    assert.deepEqual(await workbench.rows(), [
      'main | default',
      'Anthropic | setup-token',
      'setup-token | next · ends in 6 d',
      'OpenAI Codex | ann@example.com · order for all',
      'ann@example.com | next · renews itself · 5 h',
      'work | 2nd · renews itself · 2 h',
      'work | Day job',
    ]);
    await workbench.row('Profile work, 2nd, renews itself, in 2 hours').waitFor();
    assert.match(await workbench.statusBarItem.innerText(), /main · ends in 6 d/);
    assert.match(
      (await workbench.statusBarItem.locator('a').first().getAttribute('aria-label')) ?? '',
      /CoderClaw agent main/,
    );
    await workbench.hoverSays(
      workbench.row(/^Profile ann@example\.com/),
      /Renews itself: the access token ends on/,
    );
    await workbench.screenshot('tree-dark');
    await workbench.statusBarItem.hover();
    await workbench.page.getByRole('cell', { name: 'Anthropic' }).waitFor();
    await workbench.screenshot('status-bar-hover');
    assert.ok(!(await workbench.page.content()).includes('CANARY'));
  });

  it('looks right in a light theme', async () => {
    session = await Session.start({ files: files(), colorScheme: 'light' });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.row(/^Profile setup-token/).waitFor();
    await workbench.row(/^Profile setup-token/).hover();
    await workbench.screenshot('tree-light');
  });

  it('follows the disk: a profile written by another program shows by itself', async () => {
    session = await Session.start({ files: files() });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.row(/^Agent main/).waitFor();
    const path = session.storePath();
    const document = JSON.parse(await readFile(path, 'utf8'));
    document.profiles['xai:new'] = { type: 'api_key', provider: 'xai', key: 'CANARY-xai' };
    await writeFile(`${path}.tmp`, JSON.stringify(document), { mode: 0o600 });
    await rename(`${path}.tmp`, path);
    await workbench.row('Profile new, next, no expiry').waitFor({ timeout: 5000 });
  });

  it('torn and unreadable stores are rows that say so, and nothing is written to them', async () => {
    const torn = '{"version":1,"profiles":{"openai-codex:a":{"type":"oau';
    session = await Session.start({
      files: { ...files(), 'agents/work/agent/auth-profiles.json': torn },
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.row(/^Store is damaged or half-written/).waitFor();
    await workbench.screenshot('store-torn');
    await workbench.runCommand('CoderClaw: Sign In to ChatGPT…');
    await workbench.quickItem(/^work/).click();
    assert.match(await workbench.message(/damaged or half-written/), /Nothing is written over it/);
    assert.equal(await readFile(session.storePath('work'), 'utf8'), torn);
  });

  it('welcome: no CoderClaw, and then one appears', async () => {
    session = await Session.start({ noStateDir: true });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.page.getByText('CoderClaw was not found on this machine').waitFor();
    await workbench.screenshot('welcome-no-coderclaw');
    assert.equal(await workbench.statusBarItem.isVisible(), false);
    for (const [path, content] of Object.entries(files())) {
      await writeState(join(session.stateDir, path), content);
    }
    await workbench.row(/^Agent main/).waitFor({ timeout: 15_000 });
  });

  it('welcome: the only store cannot be read', async () => {
    session = await Session.start({
      files: { 'agents/main/agent/auth-profiles.json': '\uFEFF{"version":1}' },
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.page.getByText('cannot be read as it stands').waitFor();
    await workbench.screenshot('welcome-unreadable');
    await workbench.page.getByRole('button', { name: 'Open Store File' }).click();
    await workbench.page.locator('.tab', { hasText: 'auth-profiles.json' }).waitFor();
  });

  it('signs out after a confirmation that names the profile; the config forgets it too', async () => {
    session = await Session.start({ files: files() });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.rowMenu(workbench.row(/^Profile work, 2nd/), 'Sign Out…');
    await workbench.dialog.getByText('Sign openai-codex:work out of agent main?').waitFor();
    await workbench.screenshot('sign-out');
    await workbench.dialog.getByRole('button', { name: 'Sign Out' }).click();
    await workbench.row(/^Profile work, 2nd/).waitFor({ state: 'detached' });
    assert.deepEqual(Object.keys((await session.store()).profiles), [
      'openai-codex:ann@example.com',
      'anthropic:setup-token',
    ]);
    // The config comes after the store, and the row goes with the store.
    const read = () => readFile(join(session.stateDir, 'coderclaw.json'), 'utf8');
    const until = Date.now() + 10_000;
    let config = await read();
    while (config.includes('openai-codex:work') && Date.now() < until) {
      await workbench.page.waitForTimeout(100);
      config = await read();
    }
    assert.doesNotMatch(config, /openai-codex:work/);
    assert.match(config, /\/\/ two agents[\s\S]*\/\/ Ann first/);
  });

  it('uses a profile first, copies a profile id, opens the store and the log', async () => {
    session = await Session.start({ files: files() });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.rowMenu(workbench.row(/^Profile work, 2nd/), 'Use First');
    await workbench.row(/^Profile work, next/).waitFor();
    await workbench.rowMenu(workbench.row(/^Profile work, next/), 'Copy Profile ID');
    await workbench.page.getByText('Copied openai-codex:work').waitFor();
    assert.equal(
      await workbench.page.evaluate('navigator.clipboard.readText()'),
      'openai-codex:work',
    );
    await workbench.rowMenu(workbench.row(/^Agent main/), 'Open Store File');
    await workbench.page.locator('.tab', { hasText: 'auth-profiles.json' }).waitFor();
    await workbench.runCommand('CoderClaw: Show Log');
    await workbench.page.locator('.panel .pane-header, .panel .composite.title').first().waitFor();
  });
});
