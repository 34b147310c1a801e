import assert from 'node:assert/strict';
import { readSessions } from '../../../../src/core/documents/sessions.ts';
import type { SessionContext } from '../../../../src/core/model/reads.ts';
import { SessionList } from '../../../../src/core/model/sessionList.ts';
import type { SessionsSnapshot } from '../../../../src/core/model/snapshot.ts';
import { type ConfigDocument, configOf, storeOf } from './vectorCases.ts';

const NOW = 1_795_000_000_000;
const MINUTE = 60_000;

const profiles = {
  'anthropic:a': { type: 'token', provider: 'anthropic', token: 't' },
  'anthropic:b': { type: 'api_key', provider: 'anthropic', key: 'k' },
  'openai:c': { type: 'api_key', provider: 'openai', key: 'k' },
};

function listOf(
  document: Record<string, object>,
  {
    config = {},
    usageStats = {},
    ...more
  }: { config?: ConfigDocument; usageStats?: object } & Partial<
    Pick<SessionContext, 'provider' | 'now'>
  > = {},
): Extract<SessionsSnapshot, { kind: 'whole' }> {
  const sessions = readSessions(JSON.parse(JSON.stringify(document)));
  const list = new SessionList('/s', sessions).seenIn({
    store: storeOf({ version: 1, profiles, usageStats }),
    config: configOf(config),
    provider: undefined,
    now: NOW,
    ...more,
  });
  assert.ok(list.kind === 'whole');
  return list;
}

const pinned = (profileId: string, more: object = {}): object => ({
  updatedAt: 1,
  authProfileOverride: profileId,
  authProfileOverrideSource: 'user',
  ...more,
});

describe('a list of sessions', () => {
  it('says which profile a session uses, and why', () => {
    const list = listOf({
      own: pinned('anthropic:b'),
      kept: pinned('anthropic:b', { authProfileOverrideSource: 'auto' }),
      plain: { updatedAt: 1, providerOverride: 'Anthropic', modelOverride: 'm' },
      nothing: { updatedAt: 1, providerOverride: 'xai' },
    });
    assert.deepEqual(
      list.shown.map(({ key, provider, pin, pick }) => [key, provider, pin, pick]),
      [
        [
          'own',
          'anthropic',
          { profileId: 'anthropic:b', by: 'user' },
          { profileId: 'anthropic:b', reason: 'pinnedByPerson' },
        ],
        [
          'kept',
          'anthropic',
          { profileId: 'anthropic:b', by: 'auto' },
          { profileId: 'anthropic:b', reason: 'kept' },
        ],
        ['plain', 'anthropic', undefined, { profileId: 'anthropic:a', reason: 'first' }],
        ['nothing', 'xai', undefined, undefined],
      ],
    );
    assert.deepEqual([list.count, list.pinned, list.stale], [4, 1, []]);
  });

  it('goes by the model of the agent where a session names none', () => {
    const [session] = listOf({ s: { updatedAt: 1 } }, { provider: 'openai' }).shown;
    assert.deepEqual(session?.pick, { profileId: 'openai:c', reason: 'first' });
  });

  it('tells what is wrong with a pin', () => {
    const list = listOf(
      {
        ghost: pinned('anthropic:gone'),
        other: pinned('openai:c', { providerOverride: 'anthropic' }),
        leftOut: pinned('anthropic:b', { updatedAt: 9 }),
        fine: pinned('anthropic:a'),
      },
      { config: { auth: { order: { anthropic: ['anthropic:a'] } } } },
    );
    assert.deepEqual(Object.fromEntries(list.shown.map(({ key, pin }) => [key, pin?.stale])), {
      leftOut: 'notInOrder',
      ghost: 'notStored',
      other: 'otherProvider',
      fine: undefined,
    });
    assert.deepEqual(list.stale, [
      { sessionKey: 'leftOut', profileId: 'anthropic:b' },
      { sessionKey: 'ghost', profileId: 'anthropic:gone' },
      { sessionKey: 'other', profileId: 'openai:c' },
    ]);
    assert.equal(list.pinned, 1);
  });

  it('follows a pause', () => {
    const usageStats = { 'anthropic:a': { cooldownUntil: NOW + MINUTE } };
    const session = { updatedAt: 1, providerOverride: 'anthropic' };
    const at = (now: number) => listOf({ session }, { usageStats, now }).shown[0]?.pick?.profileId;
    assert.deepEqual([at(NOW), at(NOW + MINUTE)], ['anthropic:b', 'anthropic:a']);
  });

  it('shows the newest, and of older ones those that a person pinned or that are stale', () => {
    const plain = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`s${n}`, { updatedAt: 1000 - n }]),
    );
    const list = listOf({
      old: pinned('anthropic:a', { updatedAt: 3 }),
      stale: pinned('gone:x', { updatedAt: 2, authProfileOverrideSource: 'auto' }),
      kept: pinned('anthropic:a', { updatedAt: 1, authProfileOverrideSource: 'auto' }),
      ...plain,
    });
    assert.deepEqual([list.count, list.shown.length], [203, 52]);
    assert.deepEqual(
      list.shown.slice(49).map(({ key }) => key),
      ['s49', 'old', 'stale'],
    );
  });
});
