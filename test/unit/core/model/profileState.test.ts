import assert from 'node:assert/strict';
import type { UsageStats } from '../../../../src/core/documents/authStore.ts';
import {
  type ProfileState,
  profileState,
  type RefreshOutcome,
  turningPoints,
} from '../../../../src/core/model/profileState.ts';
import { retryCountsFrom } from '../../../../src/core/model/retryTime.ts';
import type { LeftOutReason } from '../../../../src/core/model/snapshot.ts';
import { storeOf } from './vectorCases.ts';

const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function credentialOf(document: object) {
  const stored = { provider: 'anthropic', ...document };
  const credential = storeOf({ version: 1, profiles: { p: stored } }).profiles.get('p');
  assert.ok(credential);
  return credential;
}

interface Row {
  readonly title: string;
  readonly credential: object;
  readonly stats?: UsageStats;
  readonly leftOut?: LeftOutReason;
  readonly refreshOutcome?: RefreshOutcome;
  readonly expectedEnd?: number;
  readonly state: ProfileState;
}

const oauth = { type: 'oauth', access: 'a', refresh: 'r' };
const spent = { type: 'token', token: 't', expires: NOW - DAY };

const TABLE: readonly Row[] = [
  {
    title: 'a token that carries no end lasts until the one that is expected',
    credential: { type: 'token', token: 't' },
    expectedEnd: NOW + 7 * DAY + 1,
    state: { kind: 'lasts', until: NOW + 7 * DAY + 1, isExpected: true },
  },
  {
    title: 'a token whose expected end is near needs a person',
    credential: { type: 'token', token: 't', expires: 0 },
    expectedEnd: NOW + 7 * DAY,
    state: { kind: 'ending', at: NOW + 7 * DAY, isExpected: true },
  },
  {
    title: 'a token past its expected end may still work: it is not expired',
    credential: { type: 'token', token: 't' },
    expectedEnd: NOW - DAY,
    state: { kind: 'ending', at: NOW - DAY, isExpected: true },
  },
  {
    title: 'a token that carries an end is not asked what was expected',
    credential: { ...spent, expires: NOW + HOUR },
    expectedEnd: NOW + 90 * DAY,
    state: { kind: 'ending', at: NOW + HOUR },
  },
  {
    title: 'a blank token is broken whatever was expected',
    credential: { type: 'token', token: ' ' },
    expectedEnd: NOW + DAY,
    state: { kind: 'broken', why: 'noToken' },
  },
  {
    title: 'a pause explains more than an end that is only expected',
    credential: { type: 'token', token: 't' },
    stats: { cooldownUntil: NOW + HOUR },
    expectedEnd: NOW - DAY,
    state: { kind: 'cooling', until: NOW + HOUR },
  },
  {
    title: 'an OAuth pair renews itself, however soon it ends',
    credential: { ...oauth, expires: NOW + 5 },
    state: { kind: 'renews', at: NOW + 5 },
  },
  {
    title: 'an OAuth pair past its end renews at its next use',
    credential: { ...oauth, expires: NOW - DAY },
    state: { kind: 'renews', at: NOW - DAY },
  },
  {
    title: 'an OAuth pair without a usable end is refreshed at its next use, as CoderClaw does',
    credential: { ...oauth, expires: -5 },
    state: { kind: 'renews', at: 0 },
  },
  {
    title: 'a blank access token that CoderClaw would still hand out is none',
    credential: { ...oauth, access: ' ', expires: NOW + HOUR },
    state: { kind: 'broken', why: 'noToken' },
  },
  {
    title: 'a blank access token past its end is replaced by a refresh',
    credential: { ...oauth, access: '', expires: NOW },
    state: { kind: 'renews', at: NOW },
  },
  {
    title: 'an access token alone lasts',
    credential: { ...oauth, refresh: ' ', expires: NOW + 7 * DAY + 1 },
    state: { kind: 'lasts', until: NOW + 7 * DAY + 1 },
  },
  {
    title: 'an access token alone, past its end, is expired',
    credential: { ...oauth, refresh: '', expires: NOW },
    state: { kind: 'expired', since: NOW },
  },
  {
    title: 'an access token alone without an end would be refreshed, with nothing',
    credential: { ...oauth, refresh: '', expires: 0 },
    state: { kind: 'broken', why: 'noExpiry' },
  },
  {
    title: 'an OAuth profile without either token',
    credential: { type: 'oauth', access: '', refresh: ' ', expires: NOW + DAY },
    state: { kind: 'broken', why: 'noToken' },
  },
  {
    title: 'a token within the warning time is ending',
    credential: { type: 'token', token: 't', expires: NOW + 7 * DAY },
    state: { kind: 'ending', at: NOW + 7 * DAY },
  },
  {
    title: 'a token at its very end is expired',
    credential: { type: 'token', token: 't', expires: NOW },
    state: { kind: 'expired', since: NOW },
  },
  {
    title: 'a token with a senseless end has none',
    credential: { type: 'token', token: 't', expires: -5 },
    state: { kind: 'static' },
  },
  {
    title: 'a token of spaces',
    credential: { type: 'token', token: '  ' },
    state: { kind: 'broken', why: 'noToken' },
  },
  { title: 'a key', credential: { type: 'api_key', key: 'k' }, state: { kind: 'static' } },
  {
    title: 'a key of spaces',
    credential: { type: 'api_key', key: ' ' },
    state: { kind: 'broken', why: 'noKey' },
  },
  {
    title: 'a provider of spaces',
    credential: { type: 'api_key', provider: '  ', key: 'k' },
    state: { kind: 'broken', why: 'badProvider' },
  },
  {
    title: 'a cooldown',
    credential: oauth,
    stats: { cooldownUntil: NOW + 1, disabledUntil: NOW },
    state: { kind: 'cooling', until: NOW + 1 },
  },
  {
    title: 'a disablement with a cooldown beyond it: its reason, and the later end',
    credential: oauth,
    stats: { cooldownUntil: NOW + DAY, disabledUntil: NOW + HOUR, disabledReason: 'billing' },
    state: { kind: 'disabled', until: NOW + DAY, reason: 'billing' },
  },
  {
    title: 'a pause that has run out counts as cleared',
    credential: { type: 'api_key', key: 'k' },
    stats: { cooldownUntil: NOW, disabledUntil: NOW },
    state: { kind: 'static' },
  },
  {
    title: 'a reason cannot steer what shows it',
    credential: oauth,
    stats: { disabledUntil: NOW + 1, disabledReason: 'bill\u202eing\u0007' },
    state: { kind: 'disabled', until: NOW + 1, reason: 'billing' },
  },
  {
    title: 'a pause is shown over an end that comes after it',
    credential: { type: 'token', token: 't', expires: NOW + DAY },
    stats: { cooldownUntil: NOW + HOUR },
    state: { kind: 'cooling', until: NOW + HOUR },
  },
  {
    title: 'an end within the pause is shown over it',
    credential: { type: 'token', token: 't', expires: NOW + HOUR },
    stats: { disabledUntil: NOW + DAY },
    state: { kind: 'ending', at: NOW + HOUR },
  },
  {
    title: 'expired is shown over a pause, which would promise a return',
    credential: spent,
    stats: { cooldownUntil: NOW + HOUR },
    leftOut: 'expired',
    state: { kind: 'expired', since: NOW - DAY },
  },
  {
    title: 'broken is shown over a pause',
    credential: { type: 'api_key', key: '' },
    stats: { disabledUntil: NOW + HOUR },
    leftOut: 'noSecret',
    state: { kind: 'broken', why: 'noKey' },
  },
  ...(['unanswered', 'spent'] as const).map((why) => ({
    title: `dead says why: ${why}`,
    credential: { ...oauth, expires: NOW + HOUR },
    refreshOutcome: { kind: 'dead', why, from: NOW } as const,
    state: { kind: 'dead', why } as const,
  })),
  {
    title: 'a next try that a clock which was ahead has written down is none',
    credential: { ...oauth, expires: NOW + HOUR },
    refreshOutcome: { kind: 'retrying', at: NOW + 365 * DAY },
    state: { kind: 'renews', at: NOW + HOUR },
  },
  {
    title: 'after a lost answer it is the end of the access token then',
    credential: { ...oauth, expires: NOW + HOUR },
    refreshOutcome: { kind: 'retrying', at: NOW + 365 * DAY, isLost: true },
    state: { kind: 'retrying', at: NOW + HOUR },
  },
  {
    title: 'dead is shown over a pause',
    credential: oauth,
    stats: { cooldownUntil: NOW + HOUR },
    refreshOutcome: { kind: 'dead' },
    state: { kind: 'dead' },
  },
  {
    title: 'a pause is shown over a refresh that is tried again',
    credential: oauth,
    stats: { cooldownUntil: NOW + HOUR },
    refreshOutcome: { kind: 'retrying', at: NOW + 1 },
    state: { kind: 'cooling', until: NOW + HOUR },
  },
  {
    title: 'a refresh that is tried again',
    credential: { ...oauth, expires: NOW - 1 },
    refreshOutcome: { kind: 'retrying', at: NOW + 1 },
    state: { kind: 'retrying', at: NOW + 1 },
  },
  ...(['notInConfig', 'notInOrder', 'configDisagrees'] as const).map(
    (leftOut): Row => ({
      title: `what nothing uses is not urgent (${leftOut})`,
      credential: spent,
      refreshOutcome: { kind: 'dead' },
      leftOut,
      state: { kind: 'hidden', why: leftOut },
    }),
  ),
];

describe('profileState', () => {
  for (const { title, credential, state, ...rest } of TABLE) {
    it(`${state.kind}: ${title}`, () => {
      const facts = { credential: credentialOf(credential), now: NOW, ...rest };
      assert.deepEqual(profileState(facts), state);
    });
  }

  it('changes by time alone at its turning points only', () => {
    const stats = { cooldownUntil: NOW + HOUR, disabledUntil: NOW + 2 * HOUR };
    for (const { title, credential: document, expectedEnd } of TABLE) {
      const credential = credentialOf(document);
      const points = turningPoints(credential, stats, undefined, expectedEnd);
      const kindAt = (now: number) => profileState({ credential, stats, expectedEnd, now }).kind;
      for (let now = NOW - DAY; now < NOW + 9 * DAY; now += HOUR / 2) {
        const turns = points.some((point) => point > now && point <= now + HOUR / 2);
        if (!turns) assert.equal(kindAt(now), kindAt(now + HOUR / 2), title);
      }
    }
  });

  it('counts a try that lay too far off from the moment when it can be believed', () => {
    const credential = credentialOf({ ...oauth, expires: NOW + HOUR });
    for (const isLost of [false, true]) {
      const refreshOutcome = { kind: 'retrying', at: NOW + 5 * HOUR, isLost } as const;
      const kindAt = (now: number) => profileState({ credential, refreshOutcome, now }).kind;
      const counts = retryCountsFrom(refreshOutcome);
      assert.deepEqual([kindAt(counts - 1), kindAt(counts)], ['renews', 'retrying']);
      assert.ok(turningPoints(credential, undefined, refreshOutcome).includes(counts));
    }
  });
});
