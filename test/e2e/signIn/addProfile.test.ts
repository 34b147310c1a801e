import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '../../../src/core/clock.ts';
import { startDeviceServer } from '../../support/deviceServer.ts';
import { Session, screenshotIfFailed } from '../session.ts';
import { assertNoSecrets } from '../workbench.ts';

const twoAgents = {
  'coderclaw.json': `{
  // who works here
  agents: { list: [{ id: 'main', default: true }, { id: 'work' }] },
}
`,
};
const KEY = 'gsk_CANARYcanary0123456789abcdef';
const SETUP_TOKEN = `sk-ant-oat01-CANARY${'a'.repeat(40)}${'b'.repeat(40)}`;

/** The first message of two alike may still be on the screen. */
async function eventually(read: () => Promise<unknown>, expected: unknown): Promise<void> {
  const until = Date.now() + 15_000;
  while (!isDeepStrictEqual(await read(), expected) && Date.now() < until) await sleep(100);
  assert.deepEqual(await read(), expected);
}

describe('adding a profile with a key or token, by clicks', function () {
  this.timeout(120_000);
  let session: Session;
  const secrets = new Set([KEY, SETUP_TOKEN, 'CANARY']);

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    try {
      // S17: what is typed into a password box is on no screen.
      assertNoSecrets(await session.workbench.page.content(), secrets, 'the window');
    } finally {
      await session.close();
    }
  });

  const config = () => readFile(join(session.stateDir, 'coderclaw.json'), 'utf8');

  it('an API key: provider, way, name, agent, and back again', async () => {
    session = await Session.start({ files: twoAgents });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.quickItem('ChatGPT').waitFor();
    await workbench.screenshot('add-profile-provider');
    await workbench.quickInput.fill('anthropic');
    await workbench.quickItem('Anthropic').click();
    await workbench.quickItem('Setup-token').waitFor();
    await workbench.quickItem('It lasts about a year').waitFor();
    await workbench.screenshot('add-profile-way');
    await workbench.goBack();
    await workbench.quickItem('ChatGPT').waitFor();
    await workbench.quickInput.fill('groq');
    await workbench.quickItem('Groq').click();
    await workbench.choose('How do you want to add it?', 'API key');
    await workbench.answer(/A name for it/, 'Work Key');
    await workbench.choose('For which agent?', /^main/);
    await workbench.quickItem('Paste a Key').waitFor();
    await workbench.screenshot('add-profile-key-source');
    await workbench.choose('Where does the key come from?', 'Paste a Key');
    await workbench.answer(/Paste the API key/, '$GROQ_API_KEY', workbench.secretInput);
    await workbench.inputFault.first().waitFor();
    await workbench.screenshot('add-profile-bad-key');
    assert.deepEqual(await session.profileIds(), [], 'nothing is written before the end');
    await workbench.secretInput.fill(`export GROQ_API_KEY="${KEY}"`);
    await workbench.page.keyboard.press('Enter');
    await workbench.message(/groq:work-key is stored for main\./);
    await workbench.row(/^Profile work-key, next, no expiry/).waitFor();
    await workbench.screenshot('add-profile-key-stored');

    const { profiles } = await session.store();
    assert.deepEqual(profiles, {
      'groq:work-key': { type: 'api_key', provider: 'groq', key: KEY },
    });
    assert.match(await config(), /\/\/ who works here/);
    assert.match(await config(), /groq:work-key/);
    assert.match(await config(), /api_key/);
  });

  it('a setup-token in lines, its expected end, and a new one in its place', async () => {
    session = await Session.start({ files: { 'coderclaw.json': '{}' }, colorScheme: 'light' });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.quickInput.fill('anthropic');
    await workbench.quickItem('Anthropic').click();
    await workbench.choose('How do you want to add it?', 'Setup-token');
    await workbench.answer(/A name for it/, '');
    await workbench.secretInput.waitFor();
    await workbench.screenshot('add-profile-setup-token-light');
    await workbench.secretInput.fill(SETUP_TOKEN.slice(0, 50));
    await workbench.page.keyboard.press('Enter');
    await workbench.inputFault.first().waitFor();
    await workbench.screenshot('add-profile-short-setup-token-light');
    await workbench.secretInput.fill(
      `${SETUP_TOKEN.slice(0, 50)} ${SETUP_TOKEN.slice(50)}`.replace(' ', ''),
    );
    await workbench.page.keyboard.press('Enter');
    await workbench.message(/anthropic:default is stored for main\./);
    await workbench.row(/^Profile default, next, .*2027/).waitFor();
    await workbench.screenshot('add-profile-setup-token-stored-light');
    const first = (await session.store()).profiles['anthropic:default'];
    assert.deepEqual(first, { type: 'token', provider: 'anthropic', token: SETUP_TOKEN });

    const again = `${SETUP_TOKEN.slice(0, -1)}c`;
    secrets.add(again);
    await workbench.rowMenu(workbench.row(/^Profile default/), 'Replace Key or Token…');
    await workbench.secretInput.fill(again);
    await workbench.page.keyboard.press('Enter');
    const inItsPlace = { type: 'token', provider: 'anthropic', token: again };
    await eventually(async () => (await session.store()).profiles, {
      'anthropic:default': inItsPlace,
    });
  });

  it('a key of the environment is offered by its last characters, and a token with its end', async () => {
    session = await Session.start({
      files: { 'coderclaw.json': '{}' },
      env: { MISTRAL_API_KEY: `${KEY}9876` },
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.quickInput.fill('mistral');
    await workbench.quickItem('Mistral').click();
    await workbench.choose('How do you want to add it?', 'API key');
    await workbench.answer(/A name for it/, '');
    const offer = workbench.quickItem('Copy the key of MISTRAL_API_KEY');
    assert.match(await offer.innerText(), /9876/);
    await workbench.screenshot('add-profile-environment-key');
    await offer.click();
    // It begins as another provider's do.
    await workbench.quickItem('Use It All the Same').waitFor();
    await workbench.screenshot('add-profile-other-owner');
    await workbench.quickItem('Use It All the Same').click();
    await workbench.message(/mistral:default is stored for main\./);

    await workbench.runCommand('CoderClaw: Add Profile…');
    await workbench.quickInput.fill('Another');
    await workbench.quickItem('Another Provider…').click();
    await workbench.answer(/The id of the provider/, 'acme');
    await workbench.choose('How do you want to add it?', 'Paste a token');
    await workbench.answer(/A name for it/, '');
    await workbench.answer(/Paste the token/, 'CANARY-token', workbench.secretInput);
    await workbench.answer(/How long does it last/, 'a while');
    await workbench.inputFault.first().waitFor();
    await workbench.screenshot('add-profile-token-expiry');
    await workbench.answer(/This is not a length of time/, '5d');
    await workbench.message(/acme:default is stored for main\./);
    await workbench
      .row(/^Profile default, next, ends in 4 d|^Profile default, next, ends in 5 d/)
      .waitFor();
    await workbench.screenshot('add-profile-token-stored');
    const { profiles } = await session.store();
    assert.deepEqual(Object.keys(profiles), ['mistral:default', 'acme:default']);
    const { expires } = profiles['acme:default'] ?? {};
    assert.ok(Math.abs(Number(expires) - Date.now() - 5 * 24 * 3_600_000) < 120_000);
  });

  it('ChatGPT by a code in place of the browser: shown, entered elsewhere, signed in', async () => {
    const server = await startDeviceServer('chatgpt', { clock: systemClock, interval: 1 });
    try {
      session = await Session.start({
        files: { 'coderclaw.json': '{}' },
        env: server.environment,
      });
      const { workbench } = session;
      await workbench.openProfilesView();
      await workbench.runCommand('CoderClaw: Add Profile…');
      await workbench.quickItem('ChatGPT').click();
      await workbench.choose('How do you want to add it?', 'Sign in with the browser');
      await workbench.answer(/A name for it/, 'phone');
      // The browser is not at hand after all.
      await workbench.quickItem('Use a Code Instead').waitFor();
      await workbench.page.bringToFront();
      await workbench.screenshot('sign-in-dialog-with-code');
      await workbench.quickItem('Use a Code Instead').click();
      await workbench.quickItem('copy it and open the page').waitFor();
      await workbench.screenshot('sign-in-code');
      const code = await workbench.codeOnScreen();
      await workbench.quickItem('Copy the Code').click();
      await workbench.copied(code);
      assert.match(code, /^[A-Z]{4}-[A-Z]{4}$/);
      server.answer('agreed');
      await workbench.message(/Signed in as/);
      await workbench.row(/^Profile phone, next, renews itself/).waitFor();
      const stored = (await session.store()).profiles['openai-codex:phone'];
      assert.deepEqual([stored?.['type'], stored?.['provider']], ['oauth', 'openai-codex']);
      assert.equal(server.early, 0, 'polled no sooner than it was told to');
      for (const secret of server.secrets) secrets.add(secret);
      secrets.delete(code);
    } finally {
      await server.close();
    }
  });
});
