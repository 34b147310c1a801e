import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { eventually } from '../eventually.ts';
import { Session, type StateFiles, screenshotIfFailed } from '../session.ts';

const hour = 3_600_000;

function files(now = Date.now()): StateFiles {
  const login = (name: string, more: object = {}) => ({
    type: 'oauth',
    provider: 'openai-codex',
    access: `CANARY-access-${name}`,
    refresh: `CANARY-refresh-${name}`,
    expires: now + 5.5 * hour,
    ...more,
  });
  return {
    'agents/main/agent/auth-profiles.json': {
      version: 1,
      profiles: {
        'openai-codex:ann@example.com': login('ann', { email: 'ann@example.com' }),
        'openai-codex:work': login('work', { email: 'ann@work.example' }),
        'anthropic:one': { type: 'token', provider: 'anthropic', token: 'CANARY-one' },
        'anthropic:two': { type: 'token', provider: 'anthropic', token: 'CANARY-two' },
      },
    },
    'agents/main/sessions/sessions.json': {
      'agent:main:main': { sessionId: 's1', updatedAt: now, providerOverride: 'openai-codex' },
    },
  };
}

describe('the switcher, in a real VS Code', function () {
  this.timeout(180_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  const order = async (provider: string): Promise<unknown> =>
    JSON.parse(await readFile(session.storePath(), 'utf8')).order?.[provider];

  it('opens from the status bar, puts a profile first by keys alone, stays, and undoes it', async () => {
    session = await Session.start({ files: files() });
    const { workbench } = session;
    const { keyboard } = workbench.page;
    await workbench.statusBarItem.click();
    await workbench.quickItem('Agent main').waitFor();
    await workbench.screenshot('switcher-dark');
    await keyboard.type('work');
    await workbench.quickItem(/^work/).waitFor();
    await keyboard.press('Enter');
    await workbench.quickItem('Undo').waitFor();
    assert.deepEqual(await order('openai-codex'), [
      'openai-codex:work',
      'openai-codex:ann@example.com',
    ]);
    await workbench.screenshot('switcher-undo-dark');
    // By keys: the undo is above what was picked.
    for (let n = 0; n < 4; n++) await keyboard.press('Backspace');
    await workbench.quickItem('Undo').waitFor();
    await workbench.quickInput.fill('Undo');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await workbench.quickItem('Undo').waitFor({ state: 'detached' });
    await eventually(async () => assert.equal(await order('openai-codex'), undefined));
    await keyboard.press('Escape');
    await workbench.quickInput.waitFor({ state: 'hidden' });
  });

  it('shows a change from elsewhere, and pins to a session by its button', async () => {
    session = await Session.start({ files: files(), colorScheme: 'light' });
    const { workbench } = session;
    await workbench.runCommand('CoderClaw: Switch Profile…');
    await workbench.quickItem('Agent main').waitFor();
    const other = await session.anotherWindow();
    await other.openProfilesView();
    await other.rowMenu(other.row(/^Profile two, 2nd/), 'Use First');
    await workbench.page.bringToFront();
    await workbench.quickItem(/^two.*next/).waitFor();
    await workbench.screenshot('switcher-light');
    const work = workbench.quickItem(/^work/);
    await work.hover();
    await work.locator('.action-label[aria-label^="Pin Profile to Session"]').click();
    await workbench.choose('Which session?', 'main');
    await eventually(async () => {
      const path = `${session.stateDir}/agents/main/sessions/sessions.json`;
      const { 'agent:main:main': main } = JSON.parse(await readFile(path, 'utf8'));
      assert.equal(main.authProfileOverride, 'openai-codex:work');
    });
  });
});
