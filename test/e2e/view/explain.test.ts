import assert from 'node:assert/strict';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { Session, type StateFiles, screenshotIfFailed } from '../session.ts';

const hour = 3_600_000;

/** Main with three ChatGPT profiles and sessions; work sees them, and has an order of its own. */
function files(now = Date.now()): StateFiles {
  const login = (name: string, more: object = {}) => ({
    type: 'oauth',
    provider: 'openai-codex',
    access: `CANARY-access-${name}`,
    refresh: `CANARY-refresh-${name}`,
    expires: now + 5 * hour,
    ...more,
  });
  return {
    'coderclaw.json': `{
  agents: {
    defaults: { model: { primary: 'openai-codex/gpt-5.3-codex' } },
    list: [{ id: 'main', default: true }, { id: 'work' }],
  },
  auth: { order: { 'openai-codex': ['openai-codex:team', 'openai-codex:ann', 'openai-codex:gone'] } },
}
`,
    'agents/main/agent/auth-profiles.json': {
      version: 1,
      profiles: {
        'openai-codex:ann': login('ann', { email: 'ann@example.com' }),
        'openai-codex:team': login('team'),
        'openai-codex:old': login('old'),
        'anthropic:key': { type: 'api_key', provider: 'anthropic', key: 'CANARY-key' },
      },
      usageStats: { 'openai-codex:team': { cooldownUntil: now + hour, errorCount: 2 } },
    },
    'agents/main/sessions/sessions.json': {
      'agent:main:main': { sessionId: 's1', updatedAt: now - 1000 },
      'agent:main:telegram:7': {
        sessionId: 's2',
        updatedAt: now - 2000,
        authProfileOverride: 'openai-codex:team',
        authProfileOverrideSource: 'user',
      },
      'agent:main:slack:9': {
        sessionId: 's3',
        updatedAt: now - 3000,
        authProfileOverride: 'openai-codex:left',
        authProfileOverrideSource: 'user',
      },
    },
    'agents/work/agent/auth-profiles.json': {
      version: 1,
      profiles: {},
      order: { 'openai-codex': ['openai-codex:ann'] },
    },
  };
}

const environment = { ANTHROPIC_API_KEY: 'CANARY-environment' };

describe('why this one, in a real VS Code', function () {
  this.timeout(120_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  const shown = (awaited: RegExp): Promise<string> => session.workbench.editorShows(awaited);

  it('explains a provider step by step, and follows the disk', async () => {
    session = await Session.start({ files: files(), env: environment });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.row(/^Profile ann, next/).waitFor();
    const provider = workbench.row(/^Provider OpenAI Codex/).first();
    await workbench.rowMenu(provider, 'Why This One?');
    const text = await shown(/Agent main uses openai-codex:ann next/);
    assert.match(
      text,
      /uses openai-codex:ann next: the order that is set has openai-codex:team before it, which cannot be used now\./,
    );
    assert.match(text, /1\. What is stored .*main\/agent\/auth-profiles\.json/);
    assert.match(
      text,
      /2\. Which list counts The order for all agents, auth\.order in .*coderclaw\.json/,
    );
    assert.match(text, /openai-codex:gone \(not stored for this provider: passed over\)/);
    assert.match(text, /3\. Not in that list, so not used - openai-codex:old/);
    assert.match(text, /4\. Pausing now - openai-codex:team CoderClaw leaves it alone until/);
    await workbench.page.locator('.tab', { hasText: 'Why OpenAI Codex' }).waitFor();
    await workbench.screenshot('why-provider-dark');

    // Another program takes the pause away.
    const path = session.storePath();
    const document = JSON.parse(await readFile(path, 'utf8'));
    delete document.usageStats;
    await writeFile(`${path}.tmp`, JSON.stringify(document), { mode: 0o600 });
    await rename(`${path}.tmp`, path);
    await shown(/Agent main uses openai-codex:team next: it is the first in the order that is set/);
    assert.ok(!(await workbench.page.content()).includes('CANARY'));
  });

  it('explains a profile that is not used, and one that an agent inherits', async () => {
    session = await Session.start({ files: files(), env: environment, colorScheme: 'light' });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.rowMenu(workbench.row(/^Profile old, not used/).first(), 'Why This One?');
    await shown(/openai-codex:old is not used: an order is set, and it is not in it\./);
    await workbench.rowMenu(workbench.row(/^Profile key, next/).first(), 'Why This One?');
    const text = await shown(/uses anthropic:key next: it is the only profile of Anthropic here/);
    assert.match(text, /ANTHROPIC_OAUTH_TOKEN is not set - ANTHROPIC_API_KEY is set/);
    assert.match(text, /CoderClaw looks there only where the order has no profile at all/);
    await workbench.screenshot('why-profile-light');
    assert.ok(!(await workbench.page.content()).includes('CANARY'));

    await workbench.runCommand('CoderClaw: Why This One?');
    await workbench.quickItem(/^work/).click();
    await workbench.quickItem(/^OpenAI Codex/).click();
    const inherited = await shown(/Agent work uses openai-codex:ann next/);
    assert.match(inherited, /Nothing of its own, in .* Inherited from main, in/);
    assert.match(inherited, /The agent's own order, in/);
    assert.match(
      inherited,
      /auth\.order in the config too: an order in the store goes before it\./,
    );
  });

  it('explains a session by its pin', async () => {
    session = await Session.start({ files: files() });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.row(/^Sessions of main/).click();
    await workbench.rowMenu(workbench.row(/^Session telegram:7/), 'Why This One?');
    const pinned = await shown(/It uses openai-codex:team: a person chose it for this session\./);
    assert.match(pinned, /The session has no model of its own, so that of its agent counts/);
    await workbench.screenshot('why-session-dark');
    await workbench.rowMenu(workbench.row(/^Session slack:9/), 'Why This One?');
    await shown(/The pin of this session counts for nothing\. It uses openai-codex:ann/);
  });
});
