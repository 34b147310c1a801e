import assert from 'node:assert/strict';
import { commands } from '../../../src/commandIds.ts';
import { viewCommands } from '../../../src/contributions.ts';
import type { AgentInUse } from '../../../src/core/model/agentInUse.ts';
import { statusBarHover } from '../../../src/ui/statusBarHover.ts';
import { agent, HOUR, NOW, profile, provider } from '../../support/snapshots.ts';

const calm = { kind: 'renews', at: NOW + 5 * HOUR } as const;

describe('the hover of the status bar item', () => {
  it('is a table of providers, with the profile that is used next and its state', () => {
    const codex = provider(
      'openai-codex',
      profile('openai-codex:ann', calm, { next: true, position: 0 }),
    );
    const { value } = statusBarHover('/state', agent('main', { providers: [codex] }), NOW);
    assert.deepEqual(value.split('\n'), [
      '**CoderClaw agent main**',
      '',
      '| Provider | Next | State |',
      '|:--|:--|:--|',
      '| OpenAI Codex&nbsp;&nbsp; | ann&nbsp;&nbsp; | $(pass) renews itself · 5 h |',
      '',
      `[Switch Profile…](command:${commands.switcherShow}) · [Show Profiles](command:${viewCommands.profilesFocus}) · [Open Dashboard](command:${commands.dashboardOpen})`,
    ]);
  });

  it('has no table where there is no profile', () => {
    const { value } = statusBarHover('/state', agent('main'), NOW);
    assert.doesNotMatch(value, /\|/);
    assert.match(value, /Sign In to ChatGPT/);
  });

  it('offers to sign in again what is dead, where it is stored, and no link ends early', () => {
    const dead = profile('openai-codex:a(b)', { kind: 'dead' }, { origin: 'inherited' });
    const work = agent('work', { providers: [provider('openai-codex', dead)] });
    const { value } = statusBarHover('/state', work, NOW);
    assert.doesNotMatch(value, /Sign In to ChatGPT/);
    const [, argument = ''] =
      /\[Sign In Again\]\(command:[\w.]+\?([^)]*)\) · \[Show Profiles\]/.exec(value) ?? [];
    assert.doesNotMatch(argument, /[()]/);
    assert.deepEqual(JSON.parse(decodeURIComponent(argument)), [
      {
        stateDir: '/state',
        agentId: 'main',
        provider: 'openai-codex',
        profileId: 'openai-codex:a(b)',
      },
    ]);
  });

  it('offers that too for a login of a provider that another extension adds', () => {
    const dead = profile('acme:work', { kind: 'dead' }, { next: true, position: 0 });
    const main = agent('main', { providers: [provider('acme', dead)] });
    const hover = (isAdded?: (id: string) => boolean): string =>
      statusBarHover('/state', main, NOW, isAdded).value;
    assert.doesNotMatch(hover(), /Sign In Again/);
    assert.match(
      hover((id) => id === 'acme'),
      /Sign In Again/,
    );
  });

  it('says how the agent came to be in use, with a way to another', () => {
    const work = agent('work');
    const hover = (use?: AgentInUse): string =>
      statusBarHover('/state', work, NOW, undefined, use).value;
    const lines = hover({ kind: 'pinned', agent: work, askedBy: 'workspace', faulty: [] }).split(
      '\n',
    );
    assert.deepEqual(lines.slice(0, 3), [
      '**CoderClaw agent work**',
      '',
      'Pinned for this workspace&#46;',
    ]);
    assert.match(
      lines.at(-1) ?? '',
      /\[Use Another Agent Here…\]\(command:coderclawAuth\.workspace\.chooseAgent\)/,
    );
    assert.doesNotMatch(hover({ kind: 'default', agent: work, faulty: [] }), /Another Agent/);
    assert.doesNotMatch(hover(), /Another Agent/);
  });

  it('makes no markup of names, and trusts its own commands alone', () => {
    const odd = { ...profile('openai-codex:x', calm), name: '[x](command:evil) | $(bug)' };
    const main = agent('main', { providers: [provider('openai-codex', odd)] });
    const { value, enabledCommands } = statusBarHover('/state', main, NOW);
    assert.doesNotMatch(value, /command:evil|\$\(bug\)/);
    const linked = [...value.matchAll(/\(command:([\w.]+)/g)].map(([, command]) => command);
    assert.ok(linked.length > 0);
    assert.ok(linked.every((command) => enabledCommands.includes(command ?? '')));
    assert.equal(enabledCommands.length, 6);
  });
});
