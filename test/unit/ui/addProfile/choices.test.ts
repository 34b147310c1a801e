import assert from 'node:assert/strict';
import {
  type Choice,
  type OfferedProvider,
  placesFor,
  providerChoices,
  wayChoices,
} from '../../../../src/ui/addProfile/choices.ts';
import { type Way, waysHere } from '../../../../src/ui/addProfile/waysHere.ts';
import type { AgentPlace } from '../../../../src/ui/commands/locate.ts';
import { agent, stateDir } from '../../../support/snapshots.ts';

const CHATGPT: OfferedProvider = {
  id: 'openai-codex',
  label: 'ChatGPT',
  ways: ['browser', 'deviceCode', 'token'],
};
const ANTHROPIC: OfferedProvider = {
  id: 'anthropic',
  label: 'Anthropic',
  ways: ['setupToken', 'apiKey', 'token'],
};
const GROQ: OfferedProvider = { id: 'groq', label: 'Groq', ways: ['apiKey', 'token'] };
const ALL = [CHATGPT, ANTHROPIC, GROQ];

const said = <T>(choices: readonly Choice<T>[]) =>
  choices.map((one) => (one.kind === 'heading' ? `# ${one.label}` : one.label));

describe('what a profile can be added of', () => {
  it('in groups: subscriptions, then keys, then whatever else', () => {
    assert.deepEqual(said(providerChoices(ALL, new Set())), [
      '# Subscriptions',
      'ChatGPT',
      'Anthropic',
      '# API keys',
      'Groq',
      '# Not in the list',
      'Another Provider…',
    ]);
  });

  it('the person’s own come first, and stand nowhere else', () => {
    assert.deepEqual(said(providerChoices(ALL, new Set(['groq', 'unknown']))), [
      '# Yours',
      'Groq',
      '# Subscriptions',
      'ChatGPT',
      'Anthropic',
      '# Not in the list',
      'Another Provider…',
    ]);
  });

  it('a plugin of CoderClaw, where its program can be run', () => {
    const row = (cli?: { path?: string }) => providerChoices([GROQ], new Set(), cli).at(-1);
    const last = row({ path: '/opt/coderclaw' });
    assert(last?.kind === 'choice');
    assert.equal(last.value, 'cliPlugin');
    assert.match(last.detail ?? '', /Runs \/opt\/coderclaw models auth login/);
    const faulty = row({});
    assert(faulty?.kind === 'choice' && faulty.value === 'cliPlugin');
    assert.doesNotMatch(faulty.detail ?? '', /Runs/);
    const none = row();
    assert(none?.kind === 'choice' && none.value === 'another');
  });

  it('says by which ways, and can be found by its id', () => {
    const [, chatgpt] = providerChoices([CHATGPT], new Set());
    assert(chatgpt?.kind === 'choice');
    assert.equal(chatgpt.description, 'openai-codex');
    assert.equal(chatgpt.detail, 'Sign in with the browser · Use a code · Paste a token');
  });

  it('a way that needs a person at its end says so', () => {
    const ways: readonly Way[] = ['browser', 'deviceCode'];
    const detail = (isWeb: boolean, remoteName?: string) =>
      wayChoices(waysHere(ways, { remoteName, isWeb })).map((one) =>
        one.kind === 'choice' && one.value === 'browser' ? one.detail : '',
      );
    assert.match(detail(false)[0] ?? '', /comes back here by itself/);
    assert.match(detail(false, 'ssh-remote')[0] ?? '', /forwards/);
    assert.match(detail(true)[1] ?? '', /paste/);
  });

  it('every way has a name, an icon and a sentence of its own', () => {
    const every: Record<Way, true> = {
      ...{ browser: true, deviceCode: true, setupToken: true },
      ...{ token: true, apiKey: true, cliPlugin: true },
    };
    const ways = Object.keys(every) as Way[];
    const rows = wayChoices(waysHere(ways, { remoteName: undefined, isWeb: false }));
    for (const key of ['label', 'icon', 'detail'] as const) {
      const values = rows.map((row) => (row.kind === 'choice' ? row[key] : ''));
      assert.equal(new Set(values).size, ways.length, key);
    }
  });

  it('a plugin signs in for the default agent, and in the folder that was meant', () => {
    const dirs = ['/a', '/b'].map((path) => stateDir(path, [agent('main'), agent('work')]));
    const places = dirs.flatMap((dir) => dir.agents.map((one) => ({ dir, agent: one })));
    const named = (way: Way, meant?: AgentPlace) =>
      placesFor(places, way, meant).map((one) => `${one.dir.path} ${one.agent.id}`);
    assert.equal(named('browser', places[3]).length, 4);
    assert.deepEqual(named('cliPlugin'), ['/a main', '/b main']);
    assert.deepEqual(named('cliPlugin', places[3]), ['/b main']);
  });
});
