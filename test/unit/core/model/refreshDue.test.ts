import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  EARLY_MS,
  refreshDue,
  renewableLogins,
  SETTLED_MS,
} from '../../../../src/core/model/refreshDue.ts';
import type { Renewal } from '../../../../src/core/model/snapshot.ts';
import {
  agent,
  HOUR,
  MINUTE,
  NOW,
  profile,
  provider,
  snapshot,
  stateDir,
} from '../../../support/snapshots.ts';

describe('when a login is due', () => {
  const expires = NOW + 5 * HOUR;

  it('is 10 minutes before its access token ends, and up to 2 minutes earlier by jitter', () => {
    assert.equal(refreshDue({ expires }, 0, NOW), expires - 10 * MINUTE);
    assert.equal(refreshDue({ expires }, 1, NOW), expires - 12 * MINUTE);
    assert.equal(refreshDue({ expires, receivedAt: NOW }, 1, NOW), expires - 12 * MINUTE);
  });

  it('is a fifth of its lifetime before the end where that is less', () => {
    const short = { expires: NOW + 30 * MINUTE, receivedAt: NOW };
    assert.equal(refreshDue(short, 0, NOW), NOW + 24 * MINUTE);
    assert.equal(refreshDue(short, 1, NOW), NOW + 24 * MINUTE - 1.2 * MINUTE);
  });

  it('is never where no end is known', () => {
    assert.equal(refreshDue({ receivedAt: NOW, retryAt: NOW }, 0, NOW), undefined);
  });

  it('is not before the next try after a failure', () => {
    const retryAt = expires + HOUR;
    assert.equal(refreshDue({ expires, retryAt }, 0.5, NOW), retryAt);
    assert.equal(refreshDue({ expires, retryAt: NOW }, 0, NOW), expires - EARLY_MS);
  });

  it('is never for one that only a person may renew', () => {
    assert.equal(refreshDue({ expires, byHand: true }, 0, NOW), undefined);
  });

  it('takes no receipt for true that is still to come: a clock was ahead', () => {
    const receivedAt = NOW + 365 * 24 * HOUR;
    assert.equal(refreshDue({ expires, receivedAt }, 0, NOW), expires - EARLY_MS);
    // Machines that share a folder differ by a little.
    const soon = { expires: NOW + 5 * MINUTE, receivedAt: NOW + 2000 };
    assert.ok((refreshDue(soon, 0, NOW) ?? 0) >= NOW + 2000 + SETTLED_MS);
  });

  it('is never at once after it was received, however short its lifetime', () => {
    assert.equal(refreshDue({ expires: NOW + MINUTE, receivedAt: NOW }, 1, NOW), NOW + MINUTE);
    assert.equal(refreshDue({ expires: NOW - HOUR, receivedAt: NOW }, 0, NOW), NOW + SETTLED_MS);
    fc.assert(
      fc.property(
        fc.integer({ min: -HOUR, max: 1000 * HOUR }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (lifetime, jitter) => {
          const due =
            refreshDue({ expires: NOW + lifetime, receivedAt: NOW }, jitter, NOW) ?? Infinity;
          assert.ok(due >= NOW + SETTLED_MS);
          // And still before its end, where there is room for that.
          if (lifetime > 2 * SETTLED_MS) assert.ok(due < NOW + lifetime);
        },
      ),
    );
  });
});

describe('the logins that can be renewed', () => {
  const state = { kind: 'renews', at: NOW + HOUR } as const;
  const held = (id: string, login: string, more: object = {}) =>
    profile(id, state, { renewal: { login } satisfies Renewal, ...more });

  it('are each named once, at the first place where they may be written', () => {
    const locked = { kind: 'whole', path: '/a', problems: [], unwritable: 'x twice' } as const;
    const logins = renewableLogins(
      snapshot(
        stateDir('/s', [
          agent('main', { store: locked, providers: [provider('p', held('p:1', 'one'))] }),
          agent('work', {
            providers: [provider('p', held('p:2', 'one'), held('p:3', 'one'), held('p:4', 'two'))],
          }),
          agent('home', { providers: [provider('p', held('p:2', 'one'))] }),
        ]),
      ),
    );
    const storePath = '/state/agents/work/agent/auth-profiles.json';
    const place = { stateDir: '/s', agentId: 'work', storePath };
    assert.deepEqual(
      [...logins.values()],
      [
        { login: 'one', provider: 'p', profileId: 'p:2', place },
        { login: 'two', provider: 'p', profileId: 'p:4', place },
      ],
    );
  });

  it('are none of those that are inherited, cannot be renewed, or have no certain place', () => {
    const inherited = held('p:1', 'one', { origin: 'inherited' });
    const key = profile('p:k', { kind: 'static' });
    const agents = [agent('main', { providers: [provider('p', inherited, key)] })];
    assert.equal(renewableLogins(snapshot(stateDir('/s', agents))).size, 0);
    const config = { kind: 'invalid', path: '/s/coderclaw.json', detail: 'x' } as const;
    const own = [agent('main', { providers: [provider('p', held('p:1', 'one'))] })];
    assert.equal(renewableLogins(snapshot(stateDir('/s', own, { config }))).size, 0);
    assert.equal(renewableLogins(snapshot(stateDir('/s', own))).size, 1);
  });
});
