import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { Session, type StateFiles, screenshotIfFailed } from '../session.ts';

const LIST = 'agents/main/sessions/sessions.json';

/** As a gateway writes it, with much that is not ours and a number that JSON.parse would spoil. */
const sessions = `{
  "agent:main:main": {
    "sessionId": "s1", "updatedAt": 1794999999000, "providerOverride": "anthropic",
    "skillsSnapshot": {"prompt": "caf\\u00e9", "id": 12345678901234567890}
  },
  "agent:main:telegram:dm:7": {
    "sessionId": "s2", "updatedAt": 1794999998000,
    "authProfileOverride": "anthropic:gone", "authProfileOverrideSource": "user"
  },
  "agent:main:slack:group:1": {
    "sessionId": "s3", "updatedAt": 1794999997000,
    "authProfileOverride": "anthropic:gone", "authProfileOverrideSource": "auto",
    "authProfileOverrideCompactionCount": 2, "compactionCount": 2
  }
}
`;

function files(): StateFiles {
  return {
    'coderclaw.json': {
      agents: { defaults: { model: { primary: 'anthropic/opus-4' } } },
    },
    'agents/main/agent/auth-profiles.json': {
      version: 1,
      profiles: {
        'anthropic:one': { type: 'token', provider: 'anthropic', token: 'CANARY-one' },
        'anthropic:two': { type: 'token', provider: 'anthropic', token: 'CANARY-two' },
        'openai:key': { type: 'api_key', provider: 'openai', key: 'CANARY-key' },
      },
    },
    [LIST]: sessions,
  };
}

describe('sessions and their pins, in a real VS Code', function () {
  this.timeout(180_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  const text = (): Promise<string> => readFile(join(session.stateDir, LIST), 'utf8');

  it('lists them with their pins, pins one, unpins it, and clears what is stale', async () => {
    session = await Session.start({ files: files() });
    const { workbench } = session;
    await workbench.openProfilesView();
    const list = workbench.row('Sessions of main, 2 stale');
    await list.click();
    await workbench.row(/^Session main, uses anthropic:one/).waitFor();
    await workbench.hoverSays(
      workbench.row(/^Session telegram:dm:7, stale pin: anthropic:gone/),
      /CoderClaw takes this pin off/,
    );
    await workbench.screenshot('sessions-dark');

    await workbench.rowMenu(workbench.row(/^Session main/), 'Pin Profile to Session…');
    await workbench.quickItem('anthropic:two').waitFor();
    assert.equal(await workbench.quickItems.count(), 2, 'only those that it could use');
    await workbench.screenshot('session-pin');
    await workbench.quickItem('anthropic:two').click();
    await workbench.row(/^Session main, pinned to anthropic:two/).waitFor();
    const pinned = await text();
    const { 'agent:main:main': main, ...rest } = JSON.parse(pinned);
    assert.equal(main.authProfileOverride, 'anthropic:two');
    assert.equal(main.authProfileOverrideSource, 'user');
    assert.ok(main.updatedAt > 1794999999000 || Date.now() < 1794999999000);
    assert.ok(
      pinned.includes('"skillsSnapshot": {"prompt": "caf\\u00e9", "id": 12345678901234567890}'),
    );
    const { 'agent:main:main': _main, ...restBefore } = JSON.parse(sessions);
    assert.deepEqual(rest, restBefore);

    await workbench.rowMenu(workbench.row(/^Session main/), 'Unpin Session');
    await workbench.row(/^Session main, uses anthropic:one/).waitFor();
    assert.doesNotMatch(await text(), /anthropic:two/);
    await workbench.rowMenu(workbench.row(/^Sessions of main/), 'Clear Stale Pins');
    await workbench.row(/^Session telegram:dm:7, uses anthropic:one/).waitFor();
    assert.doesNotMatch(await text(), /authProfileOverride/);
    assert.match(await text(), /"compactionCount": 2/);
  });

  it('copies the chat command for a profile, with a model of the config or one that is typed', async () => {
    session = await Session.start({ files: files(), colorScheme: 'light' });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.rowMenu(workbench.row(/^Profile two/), 'Copy /model Command…');
    await workbench.quickItem('anthropic/opus-4').waitFor();
    await workbench.screenshot('model-command-light');
    await workbench.quickItem('anthropic/opus-4').click();
    await workbench.copied('/model anthropic/opus-4@anthropic:two');
    await workbench.rowMenu(workbench.row(/^Profile key/), 'Copy /model Command…');
    await workbench.answer(/The model with its provider/, 'openai/gpt 5');
    await workbench.inputFault.waitFor();
    await workbench.answer(/Begin with openai/, 'openai/gpt-5');
    await workbench.copied('/model openai/gpt-5@openai:key');
  });

  it('says that the list cannot be read, and writes nothing to it', async () => {
    session = await Session.start({ files: { ...files(), [LIST]: sessions.slice(0, 300) } });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.row('Sessions of main, cannot be read: it is no JSON').waitFor();
    await workbench.runCommand('CoderClaw: Clear Stale Pins');
    await workbench.message(
      /The sessions of main cannot be read: it is no JSON, so nothing was changed/,
    );
    await eventually(async () => assert.equal(await text(), sessions.slice(0, 300)));
  });
});
