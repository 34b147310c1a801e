import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { Session, type StateFiles, screenshotIfFailed } from '../session.ts';

const hour = 3_600_000;

/** Main has a login that renews itself and a key that pauses, work a token of its own that has ended. */
function files(now = Date.now()): StateFiles {
  return {
    'coderclaw.json': `{
  agents: {
    defaults: { model: { primary: 'openai-codex/gpt-5.3-codex' } },
    list: [{ id: 'main', default: true }, { id: 'work' }],
  },
}
`,
    'agents/main/agent/auth-profiles.json': {
      version: 1,
      profiles: {
        'openai-codex:ann': {
          type: 'oauth',
          provider: 'openai-codex',
          access: 'CANARY-access',
          refresh: 'CANARY-refresh',
          expires: now + 5 * hour,
          email: 'ann@example.com',
        },
        'openrouter:key': { type: 'api_key', provider: 'openrouter', key: 'CANARY-key-of-main' },
      },
      usageStats: { 'openrouter:key': { cooldownUntil: now + hour, errorCount: 2 } },
    },
    'agents/work/agent/auth-profiles.json': {
      version: 1,
      profiles: {
        'anthropic:team': {
          type: 'token',
          provider: 'anthropic',
          token: 'CANARY-token-of-work',
          expires: now - 24 * hour,
        },
      },
    },
  };
}

const environment = { ANTHROPIC_API_KEY: 'CANARY-environment' };

interface Status {
  readonly agentId: string;
  readonly auth: {
    readonly providers: readonly { readonly provider: string }[];
    readonly unusableProfiles: readonly { readonly profileId: string; readonly kind: string }[];
    readonly oauth: {
      readonly profiles: readonly { readonly profileId: string; readonly status: string }[];
    };
  };
  readonly check: { readonly exitCode: number };
}

describe('the status of agents, in a real VS Code', function () {
  this.timeout(120_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  /** What a command copied, once the status bar says so. Nothing else may be in the clipboard before. */
  async function copiedBy<Report>(command: () => Promise<void>, said: string): Promise<Report> {
    const { page } = session.workbench;
    await page.evaluate("navigator.clipboard.writeText('')");
    await command();
    await page.getByText(said).first().waitFor();
    const text = String(await page.evaluate('navigator.clipboard.readText()'));
    assert.doesNotMatch(text, /CANARY/);
    return JSON.parse(text);
  }

  it('is a text of all agents, which follows the disk', async () => {
    session = await Session.start({ files: files(), env: environment });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.runCommand('CoderClaw: Status Report');
    const text = await workbench.editorShows(/Status of all agents/);
    assert.match(text, /- main · default: Nothing needs you\./);
    assert.match(text, /- work: 1 profile needs you: anthropic:team\./);
    await workbench.page.locator('.tab', { hasText: 'Status of all agents' }).waitFor();
    await workbench.screenshot('status-all-dark');

    // Another program puts a token in the place of the one that has ended.
    const path = session.storePath('work');
    const document = JSON.parse(await readFile(path, 'utf8'));
    document.profiles['anthropic:team'].expires = Date.now() + 90 * 24 * hour;
    await writeFile(`${path}.tmp`, JSON.stringify(document), { mode: 0o600 });
    await rename(`${path}.tmp`, path);
    await workbench.editorShows(/- work: Nothing needs you\./);
    assert.doesNotMatch(await workbench.page.content(), /CANARY/);
  });

  it('is a text of one agent, from its row', async () => {
    session = await Session.start({ files: files(), env: environment, colorScheme: 'light' });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.rowMenu(workbench.row(/^Agent work/), 'Status Report');
    const text = await workbench.editorShows(/Status of agent work/);
    assert.match(text, /1 profile needs you: anthropic:team\./);
    assert.match(text, /openai-codex:ann/, 'what it inherits');
    await workbench.page.locator('.tab', { hasText: 'Status of work' }).waitFor();
    await workbench.screenshot('status-agent-light');
    assert.doesNotMatch(await workbench.page.content(), /CANARY/);
  });

  it('is copied as JSON: of an agent, of all of them, and the profiles alone', async () => {
    session = await Session.start({ files: files(), env: environment });
    const { workbench } = session;
    await workbench.openProfilesView();

    const main = await copiedBy<Status>(
      () => workbench.rowMenu(workbench.row(/^Agent main/), 'Copy Status as JSON'),
      'Copied the status of main: all is well (0)',
    );
    assert.equal(main.agentId, 'main');
    assert.equal(main.check.exitCode, 0);
    assert.deepEqual(
      main.auth.providers.map(({ provider }) => provider),
      ['anthropic', 'openai-codex', 'openrouter'],
    );
    assert.deepEqual(
      main.auth.unusableProfiles.map(({ profileId, kind }) => [profileId, kind]),
      [['openrouter:key', 'cooldown']],
    );

    const all = await copiedBy<readonly Status[]>(async () => {
      await workbench.runCommand('CoderClaw: Copy Status as JSON');
      await workbench.quickItem(/^All agents/).click();
    }, 'Copied the status of all agents: something has expired or is missing (1)');
    assert.deepEqual(
      all.map(({ agentId, check }) => [agentId, check.exitCode]),
      [
        ['main', 0],
        ['work', 1],
      ],
    );
    const team = all[1]?.auth.oauth.profiles.find(
      ({ profileId }) => profileId === 'anthropic:team',
    );
    assert.equal(team?.status, 'expired');

    const profiles = await copiedBy<object>(
      () => workbench.runCommand('CoderClaw: Copy Profiles as JSON'),
      'Copied 2 profiles of main',
    );
    assert.deepEqual(profiles, {
      auth: [
        { id: 'openai-codex:ann', provider: 'openai-codex', type: 'oauth', isExternal: false },
        { id: 'openrouter:key', provider: 'openrouter', type: 'api_key', isExternal: false },
      ],
    });
  });

  it('copies nothing of a store that cannot be read, and says so', async () => {
    session = await Session.start({
      files: { ...files(), 'agents/main/agent/auth-profiles.json': '{"version": 1, "profi' },
    });
    const { workbench } = session;
    await workbench.page.evaluate("navigator.clipboard.writeText('mine')");
    await workbench.runCommand('CoderClaw: Copy Profiles as JSON');
    const said = await workbench.message(/No profile was copied/);
    assert.match(said, /Store is damaged or half-written: .*open it to repair it\./s);
    assert.equal(await workbench.page.evaluate('navigator.clipboard.readText()'), 'mine');
    await workbench.notifications.getByRole('button', { name: 'Open Store File' }).click();
    await workbench.page.locator('.tab', { hasText: 'auth-profiles.json' }).waitFor();
  });
});
