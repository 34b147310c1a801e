import assert from 'node:assert/strict';
import type { ProfileState } from '../../../../src/core/model/profileState.ts';
import { statusBarWords } from '../../../../src/ui/words/agentStatus.ts';
import { agent, DAY, HOUR, MINUTE, NOW, profile, provider } from '../../../support/snapshots.ts';

function words(...states: readonly (readonly [provider: string, ProfileState])[]) {
  const providers = states.map(([id, state]) =>
    provider(id, profile(`${id}:a`, state, { position: 0, next: true })),
  );
  const { text, alarm } = statusBarWords(agent('main', { providers }), NOW);
  return { text, alarm };
}

describe('the status bar says the truest word', () => {
  it('the soonest renewal when all is well', () => {
    assert.deepEqual(
      words(
        ['openai-codex', { kind: 'renews', at: NOW + 5 * HOUR }],
        ['anthropic', { kind: 'lasts', until: NOW + 90 * DAY }],
      ),
      { text: '$(key) main · 5 h', alarm: 'none' },
    );
  });

  it('only the agent when nothing ends', () => {
    assert.deepEqual(words(['openai', { kind: 'static' }]), { text: '$(key) main', alarm: 'none' });
  });

  it('an end that needs a person, before any renewal; coloured within a day', () => {
    const calm = ['openai-codex', { kind: 'renews', at: NOW + MINUTE }] as const;
    assert.deepEqual(words(calm, ['anthropic', { kind: 'ending', at: NOW + 6 * DAY }]), {
      text: '$(warning) main · ends in 6 d',
      alarm: 'none',
    });
    assert.deepEqual(words(calm, ['anthropic', { kind: 'ending', at: NOW + 20 * HOUR }]), {
      text: '$(warning) main · ends in 20 h',
      alarm: 'warning',
    });
  });

  it('an end that was only expected may have come', () => {
    const state = { kind: 'ending', at: NOW - DAY, isExpected: true } as const;
    assert.deepEqual(words(['anthropic', state]), {
      text: '$(warning) main · may have ended, replace it',
      alarm: 'warning',
    });
  });

  it('a refused grant before everything else', () => {
    assert.deepEqual(
      words(['anthropic', { kind: 'ending', at: NOW + HOUR }], ['openai-codex', { kind: 'dead' }]),
      { text: '$(error) main · sign in again', alarm: 'error' },
    );
  });

  it('an expired profile does not alarm while another of its provider is next', () => {
    const providers = [
      provider(
        'anthropic',
        profile('anthropic:old', { kind: 'expired', since: NOW - DAY }),
        profile('anthropic:new', { kind: 'static' }, { position: 0, next: true }),
      ),
    ];
    assert.equal(statusBarWords(agent('main', { providers }), NOW).alarm, 'none');
  });

  it('a cooldown says when it is back, without alarm', () => {
    const cooling = profile(
      'openai:a',
      { kind: 'cooling', until: NOW + 12 * MINUTE },
      { position: 0 },
    );
    const { text, alarm } = statusBarWords(
      agent('main', { providers: [provider('openai', cooling)] }),
      NOW,
    );
    assert.deepEqual({ text, alarm }, { text: '$(watch) main · back in 12 min', alarm: 'none' });
  });

  it('what the config hides is not in use', () => {
    const hidden = profile('openai:a', { kind: 'hidden', why: 'notInConfig' });
    const { text } = statusBarWords(
      agent('main', { providers: [provider('openai', hidden)] }),
      NOW,
    );
    assert.equal(text, '$(key) main · not signed in');
  });

  it('a store that cannot be read is not an empty one', () => {
    const { text, alarm } = statusBarWords(
      agent('main', { store: { kind: 'unreadable', path: '/s', errno: 'EACCES' } }),
      NOW,
    );
    assert.deepEqual({ text, alarm }, { text: '$(error) main · store unreadable', alarm: 'error' });
  });
});
