import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { Session, type StateFiles, screenshotIfFailed } from '../session.ts';

const hour = 3_600_000;

/** Main with two subscriptions and a paid key of Anthropic, and one that the config hides; work inherits. */
function files(more: Record<string, unknown> = {}): StateFiles {
  const token = (name: string) => ({
    type: 'token',
    provider: 'anthropic',
    token: `CANARY-${name}`,
  });
  return {
    'coderclaw.json': `{
  // kept apart
  agents: { list: [{ id: 'main', default: true }, { id: 'work' }] },
  auth: { order: { anthropic: ['anthropic:one', 'anthropic:two', 'anthropic:paid'] } }, // for all
}
`,
    'agents/main/agent/auth-profiles.json': {
      version: 1,
      profiles: {
        'anthropic:one': token('one'),
        'anthropic:two': token('two'),
        'anthropic:paid': { type: 'api_key', provider: 'anthropic', key: 'CANARY-paid' },
        'anthropic:left': token('left'),
      },
      ...more,
    },
    'agents/work/agent/auth-profiles.json': {
      version: 1,
      profiles: { 'openai:default': { type: 'api_key', provider: 'openai', key: 'CANARY-key' } },
    },
  };
}

describe('the order of profiles, in a real VS Code', function () {
  this.timeout(180_000);
  let session: Session;

  afterEach(async function () {
    await screenshotIfFailed(this, session);
    await session?.close();
  });

  const order = async (agentId = 'main'): Promise<unknown> =>
    JSON.parse(await readFile(session.storePath(agentId), 'utf8')).order?.anthropic;
  const config = (): Promise<string> => readFile(join(session.stateDir, 'coderclaw.json'), 'utf8');

  it('says which order is in force, what is hidden, and where a paid key comes next', async () => {
    session = await Session.start({ files: files() });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.row(/^Profile paid/).waitFor();
    assert.deepEqual((await workbench.rows()).slice(0, 6), [
      'main | default',
      'Anthropic | setup-token · order for all',
      'one | next · no expiry',
      'two | 2nd · no expiry',
      'paid | 3rd · paid, after two · no expiry',
      'left | not used: not in the order',
    ]);
    await workbench.screenshot('order-dark');
    await workbench.rowMenu(workbench.row(/^Profile left/), 'Unhide');
    await workbench.row(/^Profile left, 4th/).waitFor();
    assert.match(await config(), /'anthropic:paid', ["']anthropic:left["']\] \}/);
    await workbench.rowMenu(workbench.row(/^Provider Anthropic/), 'Leave Paid Keys Out');
    await workbench.row(/^Profile paid, not used/).waitFor();
    assert.deepEqual(await order(), ['anthropic:one', 'anthropic:two', 'anthropic:left']);
    await workbench.row(/^Provider Anthropic, setup-token · own order/).waitFor();
    await workbench.rowMenu(workbench.row(/^Provider Anthropic/), 'Reset Order');
    await workbench.row(/^Profile paid, 3rd/).waitFor();
    await workbench.rowMenu(workbench.row(/^Profile two, 2nd/), 'Use First for All Agents');
    await workbench.row(/^Profile two, next/).waitFor();
    assert.match(await config(), /\[\s*'anthropic:two',\s*'anthropic:one',/);
    assert.equal(await order(), undefined);
    assert.match(await config(), /\/\/ kept apart[\s\S]*\/\/ for all/);
  });

  it('moves by drag and drop, by menu, and by another window at the same time', async () => {
    session = await Session.start({ files: files(), colorScheme: 'light' });
    const { workbench } = session;
    await workbench.openProfilesView();
    await workbench.row(/^Profile two, 2nd/).waitFor();
    await workbench.row(/^Profile two, 2nd/).dragTo(workbench.row(/^Profile one, next/));
    await workbench.row(/^Profile two, next/).waitFor();
    assert.deepEqual(await order(), ['anthropic:two', 'anthropic:one', 'anthropic:paid']);
    await workbench.rowMenu(workbench.row(/^Profile two, next/), 'Move Down');
    await workbench.row(/^Profile two, 2nd/).waitFor();
    await workbench.rowMenu(workbench.row(/^Profile paid, 3rd/), 'Move Up');
    await workbench.row(/^Profile paid, 2nd/).waitFor();
    assert.deepEqual(await order(), ['anthropic:one', 'anthropic:paid', 'anthropic:two']);
    await workbench.screenshot('order-light');

    const other = await session.anotherWindow();
    await other.openProfilesView();
    await other.row(/^Profile two, 3rd/).waitFor();
    await Promise.all([
      other.rowMenu(other.row(/^Profile two,/), 'Use First'),
      workbench.rowMenu(workbench.row(/^Profile paid,/), 'Move Down'),
    ]);
    await eventually(async () => {
      const now = (await order()) as string[];
      assert.equal(now[0], 'anthropic:two');
      assert.deepEqual([...now].sort(), ['anthropic:one', 'anthropic:paid', 'anthropic:two']);
    });
  });

  it('writes an order for all agents, and resets it, after a question', async () => {
    session = await Session.start({
      files: files({ order: { anthropic: ['anthropic:paid', 'anthropic:one'] } }),
    });
    const { workbench } = session;
    await workbench.openProfilesView();
    const provider = workbench.row(/^Provider Anthropic/);
    await workbench.rowMenu(provider, 'Use This Order for All Agents…');
    await workbench.dialog.getByText('Use this order of Anthropic for all agents?').waitFor();
    await workbench.dialog
      .getByText(/keep an order of their own: main\. These go by the order of main: work\./)
      .waitFor();
    await workbench.screenshot('order-for-all');
    await workbench.dialog.getByRole('button', { name: 'Use for All Agents' }).click();
    await eventually(async () =>
      assert.match(await config(), /order: \{ anthropic: \['anthropic:paid', 'anthropic:one', /),
    );
    await workbench.rowMenu(provider, 'Reset Order');
    await workbench.row(/^Provider Anthropic.* order for all/).waitFor();
    await workbench.rowMenu(provider, 'Reset Order');
    await workbench.dialog.getByText('Reset the order of Anthropic for all agents?').waitFor();
    await workbench.screenshot('order-reset-for-all');
    await workbench.dialog.getByRole('button', { name: 'Reset for All Agents' }).click();
    await eventually(async () => assert.doesNotMatch(await config(), /anthropic/));
    assert.match(await config(), /\/\/ kept apart/);
  });

  it('ends a pause, with all that belongs to it', async () => {
    const now = Date.now();
    const stats = {
      cooldownUntil: now + hour,
      errorCount: 3,
      failureCounts: { rate_limit: 3 },
      lastFailureAt: now - 1000,
      lastUsed: now - 2000,
    };
    session = await Session.start({ files: files({ usageStats: { 'anthropic:one': stats } }) });
    const { workbench } = session;
    await workbench.openProfilesView();
    const paused = workbench.row(/^Profile one, 3rd, cooling down/);
    await workbench.hoverSays(paused, /rate limit/);
    await workbench.screenshot('pause-hover');
    await workbench.rowMenu(paused, 'End Pause');
    await workbench.row(/^Profile one, next/).waitFor();
    const { usageStats } = JSON.parse(await readFile(session.storePath(), 'utf8'));
    assert.deepEqual(usageStats['anthropic:one'], {
      errorCount: 0,
      lastFailureAt: stats.lastFailureAt,
      lastUsed: stats.lastUsed,
    });
  });

  it('shares with another agent what is dropped on it: inherited or copied, never a login twice', async () => {
    session = await Session.start({ files: files() });
    const { workbench } = session;
    await workbench.openProfilesView();
    const work = workbench.row(/^Agent work/);
    await workbench.row(/^Profile one, next/).dragTo(work);
    await workbench.dialog.getByText('Let agent work use anthropic:one too?').waitFor();
    await workbench.screenshot('drop-on-agent');
    await workbench.dialog.getByRole('button', { name: 'Share by Inheritance' }).click();
    await workbench.message(/work sees anthropic:one from main already/);
    assert.deepEqual(await session.profileIds('work'), ['openai:default']);
    await workbench.row(/^Profile one, next/).dragTo(work);
    await workbench.dialog.getByRole('button', { name: 'Copy' }).click();
    await eventually(async () =>
      assert.deepEqual(await session.profileIds('work'), ['openai:default', 'anthropic:one']),
    );
  });
});
