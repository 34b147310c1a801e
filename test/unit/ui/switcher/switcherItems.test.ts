import assert from 'node:assert/strict';
import { type SwitcherItem, switcherItems } from '../../../../src/ui/switcher/switcherItems.ts';
import { agent, HOUR, NOW, profile, provider, stateDir } from '../../../support/snapshots.ts';

const renews = { kind: 'renews', at: NOW + 5 * HOUR } as const;
const renewal = { login: 'l' };
const ann = profile('openai-codex:ann@x.test', renews, {
  next: true,
  position: 0,
  email: 'ann@x.test',
  renewal,
});
const work = profile('openai-codex:work', renews, { position: 1, email: 'w@x.test', renewal });
const dead = profile('openai-codex:old', { kind: 'dead' }, { position: 2 });
const hidden = profile('openai-codex:h', { kind: 'hidden', why: 'notInConfig' });
const key = profile('anthropic:k', { kind: 'broken', why: 'noKey' }, { type: 'api_key' });
const list = { kind: 'whole', path: '/l', shown: [], count: 3, pinned: 0, stale: [] } as const;
const main = agent('main', {
  sessions: list,
  providers: [provider('anthropic', key), provider('openai-codex', ann, work, dead, hidden)],
});
const dir = stateDir('/state', [main]);
const view = { dir, agent: main, pinned: '', undo: undefined, now: NOW, isAdded: () => false };

function read(items: readonly SwitcherItem[]): string[] {
  return items.map((item) =>
    item.kind === 'group'
      ? `-- ${item.label}`
      : [item.label, item.description].filter((part) => part).join(' | '),
  );
}

describe('the entries of the switcher', () => {
  it('are the agent, each provider with its profiles in their order, and a way to more', () => {
    assert.deepEqual(read(switcherItems(view)), [
      'Agent main | default · choose another for this workspace',
      '-- Anthropic',
      'k | unusable: no key',
      '-- OpenAI Codex',
      'ann@x.test | next · renews itself · 5 h',
      'work | 2nd · renews itself · 5 h · w@x.test',
      'old | 3rd · sign in again',
      'h | not used: hidden by config',
      '-- ',
      'Add Profile…',
      'Open Dashboard',
    ]);
  });

  it('say which key costs, and after what', () => {
    const token = profile('anthropic:t', { kind: 'static' }, { next: true, position: 0 });
    const paid = profile('anthropic:k', { kind: 'static' }, { type: 'api_key', position: 1 });
    const billing = { after: 'anthropic:t', key: 'anthropic:k' };
    const one = { ...main, providers: [{ ...provider('anthropic', token, paid), billing }] };
    const items = read(switcherItems({ ...view, agent: one }));
    assert.ok(items.includes('t | next · no expiry'), items.join('\n'));
    assert.ok(items.includes('k | 2nd · paid, after t · no expiry'), items.join('\n'));
  });

  it('say what comes from main', () => {
    const key = profile('groq:k', { kind: 'static' }, { type: 'api_key', origin: 'inherited' });
    const work = agent('work', { providers: [provider('groq', key)] });
    const items = read(switcherItems({ ...view, agent: work }));
    assert.ok(items.includes('k | no expiry · from main'), items.join('\n'));
  });

  it('say what picking them does: first, shown, or made usable again', () => {
    const does = switcherItems(view).flatMap((item) =>
      item.kind === 'profile' ? [[item.label, item.does]] : [],
    );
    assert.deepEqual(does, [
      ['k', 'replace'],
      ['ann@x.test', undefined],
      ['work', 'useFirst'],
      ['old', 'signInAgain'],
      ['h', 'show'],
    ]);
  });

  it('have buttons for what can be done beside', () => {
    const buttons = switcherItems(view).flatMap((item) =>
      item.kind === 'profile' ? [item.buttons.join(' ')] : [],
    );
    assert.deepEqual(buttons, [
      'replace',
      'pinSession signInAgain refresh',
      'pinSession signInAgain refresh',
      'pinSession signInAgain',
      'signInAgain',
    ]);
  });

  it('do nothing that would have to be written where nothing can be', () => {
    const store = { kind: 'whole', path: '/s', problems: [], unwritable: 'twice' } as const;
    const locked = { ...main, store };
    for (const item of switcherItems({ ...view, agent: locked })) {
      if (item.kind !== 'profile') continue;
      assert.equal(item.does, undefined);
      assert.ok(item.buttons.every((button) => button === 'pinSession'));
    }
  });

  it('make an inherited profile usable where it is stored', () => {
    const inherited = { ...dead, origin: 'inherited' } as const;
    const heir = agent('work', { providers: [provider('openai-codex', inherited)] });
    const both = stateDir('/state', [main, heir]);
    const items = switcherItems({ ...view, dir: both, agent: heir });
    const item = items.find(({ kind }) => kind === 'profile');
    assert.ok(item?.kind === 'profile');
    assert.deepEqual([item.does, item.target.agentId], ['signInAgain', 'main']);
  });

  it('tell how the agent came to be in use, and offer to undo', () => {
    const undo = { profileId: 'openai-codex:work' };
    const [first, second] = read(switcherItems({ ...view, pinned: 'Pinned here', undo }));
    assert.match(first ?? '', /^Agent main \| default · Pinned here · /);
    assert.equal(second, 'Undo | put openai-codex:work back to where it was');
  });
});
