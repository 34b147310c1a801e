import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ProfileHistory } from '../../../../src/core/dashboard/history.ts';
import { trackOf } from '../../../../src/core/dashboard/track.ts';
import type { Pause } from '../../../../src/core/model/pause.ts';
import type { ProfileState } from '../../../../src/core/model/profileState.ts';
import type { ProfileSnapshot } from '../../../../src/core/model/snapshot.ts';
import { DAY, HOUR, NOW, profile } from '../../../support/snapshots.ts';

const track = (
  state: ProfileState,
  more: Partial<ProfileSnapshot> = {},
  history?: ProfileHistory,
) => trackOf(profile('p:a', state, more), history, NOW);

describe('the track of a profile', () => {
  it('goes on by itself where it renews itself', () => {
    const { valid, renewsFrom, end } = track({ kind: 'renews', at: NOW + HOUR });
    assert.deepEqual(valid, { to: NOW + HOUR });
    assert.equal(renewsFrom, NOW + HOUR);
    assert.deepEqual(end, { kind: 'renews', at: NOW + HOUR });
  });

  it('goes on from now where its access token has ended', () => {
    for (const at of [0, NOW - HOUR]) {
      const { valid, renewsFrom, end } = track({ kind: 'renews', at });
      assert.equal(valid, undefined);
      assert.equal(renewsFrom, 'now');
      assert.deepEqual(end, { kind: 'renews' });
    }
  });

  it('says when the next try is after one that failed', () => {
    const state = { kind: 'retrying', at: NOW + 60_000 } as const;
    const { valid, renewsFrom, end } = track(state, { expires: NOW + HOUR });
    assert.deepEqual(valid, { to: NOW + HOUR });
    assert.equal(renewsFrom, NOW + 60_000);
    assert.deepEqual(end, { kind: 'retries', at: NOW + 60_000 });
  });

  it('ends where only a person moves it, and says so', () => {
    const until = NOW + 90 * DAY;
    assert.deepEqual(track({ kind: 'lasts', until }).end, { kind: 'person', at: until });
    const soon = { kind: 'ending', at: NOW + DAY, isExpected: true } as const;
    assert.deepEqual(track(soon).end, { kind: 'person', at: NOW + DAY, isExpected: true });
    assert.equal(track({ kind: 'lasts', until }).renewsFrom, undefined);
  });

  it('takes a key or token that changed for another one, which came in then', () => {
    const history = { since: NOW - 9 * DAY, isSignIn: true, renewedAt: [NOW - DAY] } as const;
    for (const type of ['token', 'api_key'] as const) {
      const { valid, renewals, signedInAt } = track({ kind: 'static' }, { type }, history);
      assert.deepEqual([valid, renewals, signedInAt], [{ from: NOW - DAY }, [], undefined]);
    }
    const whole = track({ kind: 'static' }, { type: 'token' }, { ...history, renewedAt: [] });
    assert.equal(whole.signedInAt, NOW - 9 * DAY);
  });

  it('needs a person now where it is lost, and shows how long it was valid if that was seen', () => {
    const since = NOW - 9 * DAY;
    const gone = { kind: 'expired', since: NOW - DAY } as const;
    assert.deepEqual(track(gone).end, { kind: 'now', since: NOW - DAY });
    assert.equal(track(gone).valid, undefined);
    assert.deepEqual(track(gone, {}, { since, renewedAt: [] }).valid, {
      from: since,
      to: NOW - DAY,
    });
    assert.equal(track({ kind: 'broken', why: 'noKey' }).valid, undefined);
    const over = { kind: 'ending', at: NOW - DAY, isExpected: true } as const;
    assert.deepEqual(track(over).end, { kind: 'now', since: NOW - DAY });
  });

  it('is valid while the access token of a dead login lasts', () => {
    const dead = track({ kind: 'dead' }, { expires: NOW + HOUR });
    assert.deepEqual([dead.valid, dead.end], [{ to: NOW + HOUR }, { kind: 'now' }]);
  });

  it('has no end where none is known, and needs nobody where nothing uses it', () => {
    assert.deepEqual(track({ kind: 'static' }).valid, {});
    assert.deepEqual(track({ kind: 'static' }).end, { kind: 'none' });
    const hidden = { kind: 'hidden', why: 'notInOrder' } as const;
    const { end } = track(hidden, { expires: NOW - DAY });
    assert.deepEqual(end, { kind: 'unused', at: NOW - DAY });
  });

  it('lays a pause over what the credential would be without it', () => {
    const pause: Pause = {
      kind: 'cooldown',
      until: NOW + HOUR,
      failures: [],
      lastFailureAt: NOW - 60_000,
    };
    const cooling = track(
      { kind: 'cooling', until: NOW + HOUR },
      { pause, expires: NOW + DAY, renewal: { login: 'x' } },
    );
    assert.deepEqual(cooling.pause, { from: NOW - 60_000, to: NOW + HOUR, kind: 'cooldown' });
    assert.deepEqual(cooling.end, { kind: 'renews', at: NOW + DAY });
    const key = track({ kind: 'cooling', until: NOW + HOUR }, { pause });
    assert.deepEqual([key.valid, key.end], [{}, { kind: 'none' }]);
    // A clock that was ahead: it does not begin after now.
    const odd = track(
      { kind: 'cooling', until: NOW + HOUR },
      { pause: { ...pause, lastFailureAt: NOW + 1 } },
    );
    assert.deepEqual(odd.pause, { to: NOW + HOUR, kind: 'cooldown' });
  });

  it('tells a sign-in from what was merely seen', () => {
    const seen = { since: NOW - DAY, renewedAt: [NOW - HOUR] };
    const state = { kind: 'static' } as const;
    assert.equal(track(state, {}, seen).signedInAt, undefined);
    assert.equal(track(state, {}, { ...seen, isSignIn: true }).signedInAt, NOW - DAY);
    assert.deepEqual(track(state, {}, seen).renewals, [{ at: NOW - HOUR, count: 1 }]);
    assert.deepEqual(track(state, {}, { renewedAt: [NOW - HOUR] }).valid, { from: NOW - HOUR });
  });

  it('stays the same while nothing but time goes by', () => {
    const later = fc.integer({ min: 0, max: HOUR - 1 });
    const history = { since: NOW - DAY, renewedAt: [NOW - HOUR] };
    const states: readonly ProfileState[] = [
      { kind: 'renews', at: NOW + HOUR },
      { kind: 'renews', at: 0 },
      { kind: 'lasts', until: NOW + 90 * DAY },
      { kind: 'static' },
      { kind: 'dead' },
      { kind: 'cooling', until: NOW + HOUR },
    ];
    fc.assert(
      fc.property(later, fc.constantFrom(...states), (time, state) => {
        const one = profile('p:a', state, { expires: NOW + DAY });
        assert.deepEqual(trackOf(one, history, NOW + time), trackOf(one, history, NOW));
        assert.deepEqual(trackOf(one, undefined, NOW + time), trackOf(one, undefined, NOW));
      }),
    );
  });
});
