import assert from 'node:assert/strict';
import type { JsonValue } from '../../../../src/core/documents/json.ts';
import { readSessions, type SessionPin } from '../../../../src/core/documents/sessions.ts';
import { pickForSession } from '../../../../src/core/model/sessionPick.ts';
import { type ConfigDocument, configOf, storeOf, vectorCases } from './vectorCases.ts';

interface Entry {
  readonly sessionId: string;
  readonly updatedAt: number;
  readonly authProfileOverride?: string;
  readonly authProfileOverrideSource?: 'user' | 'auto';
  readonly authProfileOverrideCompactionCount?: number;
  readonly compactionCount?: number;
}

interface PickCase {
  readonly now: number;
  readonly config: ConfigDocument;
  readonly store: unknown;
  readonly provider: string;
  readonly isNewSession: boolean;
  readonly entryBefore: Entry;
  readonly picked: string | null;
  readonly entryAfter: Entry;
}

const pinOf = (entry: Entry): SessionPin => {
  const [session] = readSessions({ key: entry as unknown as JsonValue });
  return session?.pin ?? {};
};

const HOUR = 3_600_000;
const NOW = 1_795_000_000_000;

describe('pickForSession', () => {
  vectorCases<PickCase>('session-pick').forEach((vector, index) => {
    it(`answers as CoderClaw: session-pick ${index} (${vector.provider})`, () => {
      const { entryBefore, entryAfter, now, provider, isNewSession } = vector;
      const before = pinOf(entryBefore);
      const pick = pickForSession({
        ...{ now, provider, isNewSession },
        store: storeOf(vector.store),
        config: configOf(vector.config),
        pin: before,
        compactions: entryBefore.compactionCount ?? 0,
      });
      assert.equal(pick.profileId ?? null, vector.picked);
      assert.deepEqual(pick.pin, pinOf(entryAfter));
      assert.equal(pick.pin !== before, entryAfter.updatedAt !== entryBefore.updatedAt);
    });
  });

  const key = { type: 'api_key', provider: 'p', key: 'k' };
  const pick = (pin: SessionPin, more: object = {}, usageStats: object = {}) =>
    pickForSession({
      provider: 'p',
      store: storeOf({
        version: 1,
        profiles: { 'p:a': key, 'p:b': key, 'p:c': key, 'q:x': { ...key, provider: 'q' } },
        order: { p: ['p:a', 'p:b', 'p:c'] },
        usageStats,
      }),
      config: configOf({}),
      now: NOW,
      pin,
      compactions: 0,
      isNewSession: false,
      ...more,
    });
  const pause = { cooldownUntil: NOW + HOUR };
  const said = ({ profileId, reason, stale }: ReturnType<typeof pick>) => [
    profileId,
    reason,
    stale,
  ];

  it('says why', () => {
    const auto = { profileId: 'p:b', source: 'auto', compactions: 0 } as const;
    const person = { profileId: 'p:b', source: 'user' } as const;
    const cases: readonly (readonly [ReturnType<typeof pick>, readonly unknown[]])[] = [
      [pick({}), ['p:a', 'first', undefined]],
      [pick({}, {}, { 'p:a': pause }), ['p:b', 'first', undefined]],
      [pick(person, {}, { 'p:b': pause }), ['p:b', 'pinnedByPerson', undefined]],
      [pick({ profileId: 'p:b' }), ['p:b', 'pinnedByPerson', undefined]],
      [pick(auto), ['p:b', 'kept', undefined]],
      [pick(auto, {}, { 'p:b': pause }), ['p:a', 'first', undefined]],
      [pick(auto, { compactions: 1 }), ['p:c', 'nextInTurn', undefined]],
      [pick(person, { isNewSession: true }), ['p:c', 'nextInTurn', undefined]],
      [
        pick({ ...auto, profileId: 'p:c' }, { isNewSession: true }),
        ['p:a', 'nextInTurn', undefined],
      ],
      [
        pick(auto, { isNewSession: true }, { 'p:a': pause, 'p:c': pause }),
        ['p:b', 'nextInTurn', undefined],
      ],
      [pick({}, {}, { 'p:a': pause, 'p:b': pause, 'p:c': pause }), ['p:a', 'allPause', undefined]],
      [pick({ profileId: 'ghost:x' }), ['p:a', 'first', 'notStored']],
      [pick({ profileId: 'q:x' }), ['p:a', 'first', 'otherProvider']],
    ];
    for (const [answer, expected] of cases) assert.deepEqual(said(answer), expected);
  });

  it('a pin of a person stays as it was written', () => {
    const pin = { profileId: 'p:c', source: 'user' } as const;
    assert.equal(pick(pin).pin, pin);
  });
});
