import assert from 'node:assert/strict';
import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Session, type StateFiles, screenshotIfFailed } from '../session.ts';
import type { Workbench } from '../workbench.ts';

const HOUR = 3_600_000;

const LOGIN = {
  type: 'oauth',
  provider: 'openai-codex',
  access: 'CANARY-access-0123456789abcdef',
  refresh: 'CANARY-refresh-0123456789abcdef',
  expires: Date.now() + 30 * 24 * HOUR,
};

const CONFIG = `{
  // mine
  agents: { list: [{ id: 'main', default: true }, { id: 'work' }] },
  gateway: { auth: { token: 'CANARY-gateway-0123456789abcdef' } },
  auth: {
    order: { 'openai-codex': ['openai-codex:gone', 'openai-codex:ann'] }, // Ann only
  },
}
`;

/** An order with a ghost, a twin, a stale pin, and a token that has ended. */
const files: StateFiles = {
  'coderclaw.json': CONFIG,
  'agents/main/agent/auth-profiles.json': {
    version: 1,
    profiles: {
      'openai-codex:ann': LOGIN,
      'anthropic:team': {
        type: 'token',
        provider: 'anthropic',
        token: 'CANARY-token-0123456789abcdef',
        expires: Date.now() - 48 * HOUR,
      },
    },
  },
  'agents/main/sessions/sessions.json': {
    'agent:main:main': {
      sessionId: 's',
      updatedAt: Date.now() - HOUR,
      authProfileOverride: 'openai-codex:gone',
      authProfileOverrideSource: 'user',
      lastTo: 'CANARY-chat',
    },
  },
  'agents/work/agent/auth-profiles.json': {
    version: 1,
    profiles: { 'openai-codex:ann': LOGIN },
  },
};

describe('findings, in a real VS Code', function () {
  this.timeout(120_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  it('are rows with their evidence; a repair shows the exact change, masked, and makes it', async () => {
    session = await Session.start({ files });
    await chmod(session.storePath('work'), 0o644);
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.runCommand('CoderClaw: Look for Problems');
    await workbench.page.getByText(/^Found 2 errors, /).waitFor();
    await workbench.row(GHOSTS).waitFor();
    assert.deepEqual(await ourRows(workbench), [
      'Other users can read this file | auth-profiles.json · work',
      'Profile has expired | team · main · Anthropic',
      'One login in 2 profiles | OpenAI Codex',
      'Order names a missing profile | OpenAI Codex · coderclaw.json',
      'Session has a stale pin | main',
    ]);
    await workbench.hoverSays(
      workbench.row(/^Warning: One login of OpenAI Codex/),
      /Have work inherit it from main\. Until then/,
    );
    await workbench.screenshot('findings-dark');

    await repair(workbench, GHOSTS);
    const shown = await workbench.editorShows(/openai-codex:gone/);
    assert.match(shown, /\/\/ Ann only/);
    assert.match(shown, /gateway: \{ auth: \{ token: "…cdef" \} \}/);
    await workbench.quickItem('Make This Change').waitFor();
    await workbench.screenshot('findings-repair-dark');
    assert.doesNotMatch(await workbench.page.content(), /CANARY/);
    assert.equal(await config(session), CONFIG, 'nothing is written before the answer');
    await workbench.quickItem('Make This Change').click();
    await workbench.page.getByText('Took 1 entry out of the order of OpenAI Codex').waitFor();
    await workbench.row(GHOSTS).waitFor({ state: 'detached' });
    assert.equal(await config(session), CONFIG.replace("'openai-codex:gone', ", ''));
    await workbench.page
      .locator('.tab', { hasText: 'coderclaw.json' })
      .waitFor({ state: 'detached' });

    // A login in a store, and permissions.
    await repair(workbench, /^Warning: One login of/);
    assert.match(await workbench.editorShows(/"refresh"/), /"refresh": "…cdef"/);
    await workbench.screenshot('findings-repair-twin-dark');
    assert.doesNotMatch(await workbench.page.content(), /CANARY/);
    await workbench.quickItem('Make This Change').click();
    await workbench.page.getByText('Inherited from main now by: work').waitFor();
    assert.deepEqual((await session.store('work')).profiles, {});
    // Whoever writes a store makes it private, too: the finding has gone with it.
    await workbench.row(LOOSE).waitFor({ state: 'detached' });
    assert.equal((await stat(session.storePath('work'))).mode & 0o777, 0o600);
    assert.deepEqual(await ourRows(workbench), [
      'Profile has expired | team · main · Anthropic',
      'Session has a stale pin | main',
    ]);
  });

  it('are left alone, mended meanwhile, copied, hidden and shown again; in a light theme', async () => {
    session = await Session.start({ files, colorScheme: 'light' });
    await chmod(session.storePath('work'), 0o644);
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.pane('Findings').locator('.pane-header').click();
    const loose = workbench.row(LOOSE);
    await loose.click();
    await workbench.row(/^now rw-r--r-- \(0644\), should be rw------- \(0600\)/).waitFor();
    await workbench.screenshot('findings-light');
    await loose.click();

    await repair(workbench, LOOSE);
    await workbench.editorShows(/other users:\s+nothing/);
    await workbench.screenshot('findings-repair-light');
    await workbench.quickItem('Leave It As It Is').click();
    await workbench.page.locator('.tab', { hasText: 'permissions' }).waitFor({ state: 'detached' });
    assert.equal((await stat(session.storePath('work'))).mode & 0o777, 0o644);
    await loose.waitFor();

    await repair(workbench, LOOSE);
    await workbench.quickItem('Make This Change').waitFor();
    await chmod(session.storePath('work'), 0o600);
    await workbench.quickItem('Make This Change').click();
    await workbench.message(/Nothing is left to repair/);
    await loose.waitFor({ state: 'detached' });

    // From the palette, with nothing selected.
    await workbench.runCommand('CoderClaw: Repair…');
    await workbench.quickItem(/^Order names a missing profile/).click();
    await workbench.quickItem('Make This Change').waitFor();
    // It would come to something else than what was shown: that is shown, and asked about, anew.
    const more = CONFIG.replace("'openai-codex:gone'", "'openai-codex:gone', 'openai-codex:left'");
    await writeFile(join(session.stateDir, 'coderclaw.json'), more);
    await workbench.quickItem('Make This Change').click();
    await workbench.page.getByPlaceholder(/come to something else meanwhile/).waitFor();
    await workbench.editorShows(/openai-codex:left/);
    assert.equal(await config(session), more);
    await writeFile(join(session.stateDir, 'coderclaw.json'), CONFIG);
    await workbench.page.keyboard.press('Escape');
    await workbench.page
      .locator('.tab', { hasText: 'Take Entries Out' })
      .waitFor({ state: 'detached' });
    assert.equal(await config(session), CONFIG);

    const pin = workbench.row(/^Warning: A session of agent main is pinned/);
    await workbench.rowMenu(pin, 'Copy Finding');
    await workbench.page.getByText('Copied: Session has a stale pin').waitFor();
    const copied = await workbench.page.evaluate('navigator.clipboard.readText()');
    assert.match(
      String(copied),
      /^Warning: A session .*\n- .*sessions\.json\n- agent:main:main: openai/,
    );
    await workbench.rowMenu(pin, 'Hide This Finding');
    await pin.waitFor({ state: 'detached' });
    await workbench
      .pane('Findings')
      .getByText(/1 error, .* · 1 hidden/)
      .waitFor();
    await workbench.rowMenu(workbench.row(GHOSTS), 'Show File');
    await workbench.page.locator('.tab', { hasText: 'coderclaw.json' }).waitFor();
    await workbench.page.getByText('Ln 6, Col 31').waitFor();
    const pane = workbench.pane('Findings');
    await pane.locator('.pane-header').hover();
    await pane.getByRole('button', { name: /More Actions/ }).click();
    await workbench.page.getByRole('menuitem', { name: 'Show Hidden Findings' }).click();
    await pin.waitFor();
    assert.doesNotMatch(await workbench.page.content(), /CANARY-(?!gateway)/);
  });

  it('that cannot be repaired lead to what can be done; a failure is named and changes nothing', async () => {
    session = await Session.start({ files });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.rowMenu(workbench.row(/^Profile team, /), 'Show Findings');
    const expired = workbench.row(/^Error: anthropic:team has expired/);
    await workbench.row(/^Replace it, or sign in again/).waitFor();
    await expired.hover();
    await expired.getByRole('button', { name: 'Replace Key or Token…' }).click();
    await workbench.page
      .locator('.quick-input-widget:visible')
      .getByText('anthropic:team')
      .first()
      .waitFor();
    await workbench.page.keyboard.press('Escape');
    await expired.click();

    await repair(workbench, GHOSTS);
    await workbench.quickItem('Make This Change').waitFor();
    const broken = CONFIG.replace('}\n', '');
    await writeFile(join(session.stateDir, 'coderclaw.json'), broken);
    await workbench.quickItem('Make This Change').click();
    await workbench.message(/coderclaw\.json/);
    await workbench.screenshot('findings-repair-failed');
    assert.equal(await config(session), broken);
    await workbench.row(/^Error: The config is not valid/).waitFor();
  });

  it('of several files are shown together: what an older CoderClaw left is imported', async () => {
    const older = { anthropic: { type: 'api_key', key: 'CANARY-older-0123456789abcdef' } };
    session = await Session.start({
      files: {
        'agents/main/agent/auth-profiles.json': {
          version: 1,
          profiles: { 'openai-codex:ann': LOGIN },
        },
        'agents/work/agent/auth.json': older,
      },
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.rowMenu(workbench.row(/^Older sign-ins not imported yet/), 'Show Findings');
    await repair(workbench, /^Warning: Sign-ins of an older CoderClaw wait/);
    await workbench.quickItem('Make This Change').waitFor();
    await workbench.page.getByText('auth.json.imported- and the time of day').waitFor();
    await workbench.page.locator('.view-line', { hasText: '"key": "…cdef"' }).waitFor();
    await workbench.screenshot('findings-repair-several');
    assert.doesNotMatch(await workbench.page.content(), /CANARY/);
    await workbench.quickItem('Make This Change').click();
    await workbench.page.getByText('Imported the older sign-ins of work').waitFor();
    assert.deepEqual(await session.profileIds('work'), ['anthropic:default']);
    await workbench.page.locator('.tab', { hasText: 'renamed' }).waitFor({ state: 'detached' });
  });

  it('are quiet where there are none, and follow the disk while they are in sight', async () => {
    const store = { version: 1, profiles: { 'openai-codex:ann': LOGIN } };
    session = await Session.start({ files: { 'agents/main/agent/auth-profiles.json': store } });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.pane('Findings').locator('.pane-header').click();
    await workbench.page.getByText('Nothing found: stores, orders').waitFor();
    await workbench
      .pane('Findings')
      .getByText(/looked at/)
      .waitFor();
    await workbench.screenshot('findings-none');
    const path = session.storePath();
    const write = async (document: object): Promise<void> => {
      await writeFile(`${path}.tmp`, JSON.stringify(document), { mode: 0o600 });
      await rename(`${path}.tmp`, path);
    };
    await write({ ...store, order: { 'openai-codex': ['openai-codex:gone', 'openai-codex:ann'] } });
    const ghosts = workbench.row(/^Warning: The order of OpenAI Codex of agent main/);
    await ghosts.waitFor();
    await write(store);
    await ghosts.waitFor({ state: 'detached' });
    await workbench.page.getByRole('button', { name: 'Look Again' }).click();
    await workbench.page.locator('.statusbar').getByText('Nothing found').waitFor();
  });
});

const GHOSTS = /^Warning: The order of OpenAI Codex in the config/;
const LOOSE = /^Error: Other users of this machine can read this file/;

/** The rows of the view, without what this machine has beside the test. */
async function ourRows(workbench: Workbench): Promise<readonly string[]> {
  return (await workbench.rows('Findings')).filter((row) => !/^(Port|Folder is shared)/.test(row));
}

/** By the wrench on the row. */
async function repair(workbench: Workbench, spoken: RegExp): Promise<void> {
  const row = workbench.row(spoken);
  await row.hover();
  await row.getByRole('button', { name: 'Repair…' }).click();
}

function config({ stateDir }: Session): Promise<string> {
  return readFile(join(stateDir, 'coderclaw.json'), 'utf8');
}
