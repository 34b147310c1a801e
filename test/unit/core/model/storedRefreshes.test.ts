import assert from 'node:assert/strict';
import { loginFingerprint, tokenHash } from '../../../../src/core/model/loginFingerprint.ts';
import type { StateDirRead } from '../../../../src/core/model/reads.ts';
import {
  formatRefreshEvent,
  type RefreshEvent,
  readRefreshLog,
} from '../../../../src/core/model/refreshLog.ts';
import { storedRefreshes } from '../../../../src/core/model/storedRefreshes.ts';
import { storeOf } from './vectorCases.ts';

const NOW = 1_795_000_000_000;
const MINUTE = 60_000;

/** A state dir whose main store holds these refresh tokens. */
function holding(...refresh: readonly string[]): readonly StateDirRead[] {
  const profiles = Object.fromEntries(
    refresh.map((token) => [`p:${token}`, { type: 'oauth', provider: 'p', refresh: token }]),
  );
  const store = storeOf({ version: 1, profiles });
  const mainStore = { kind: 'whole', path: '/s/main', store, problems: [] } as const;
  const config = { kind: 'absent', path: '/s/c' } as unknown as StateDirRead['config'];
  return [{ path: '/s', label: '/s', inUse: true, config, agents: [], mainStore }];
}

function fingerprintOf(refresh: string): string {
  const raw = {};
  return loginFingerprint({ type: 'oauth', provider: 'p', refresh, raw }) ?? assert.fail();
}

function said(
  events: readonly RefreshEvent[],
  stored: readonly string[],
  about: string,
  kept: readonly string[] = [],
) {
  const records = readRefreshLog(events.map(formatRefreshEvent).join('\n'));
  const { refreshOutcomes, receivedAt } = storedRefreshes(
    records,
    holding(...stored),
    new Set(kept.map(tokenHash)),
  );
  const fingerprint = fingerprintOf(about);
  return { outcome: refreshOutcomes.get(fingerprint), received: receivedAt.get(fingerprint) };
}

const at = NOW;
const spent = (token: string, next?: string, when = at): RefreshEvent => ({
  kind: 'spent',
  token: tokenHash(token),
  at: when,
  ...(next !== undefined && { next: tokenHash(next) }),
});

describe('what the refresh log says about stored logins', () => {
  it('a refused one is dead, one that failed is tried again', () => {
    const token = tokenHash('a');
    assert.deepEqual(said([{ kind: 'refused', token, at }], ['a'], 'a').outcome, { kind: 'dead' });
    const retryAt = at + MINUTE;
    const transient = { kind: 'transient', token, at, retryAt } as const;
    const unsure = { kind: 'unsure', token, at, retryAt } as const;
    const retrying = { kind: 'retrying', at: retryAt };
    assert.deepEqual(said([transient], ['a'], 'a').outcome, retrying);
    assert.deepEqual(said([unsure], ['a'], 'a').outcome, { ...retrying, isLost: true });
    const unanswered = { kind: 'dead', why: 'unanswered' };
    const twice = [unsure, { ...unsure, at: at + 1 }];
    assert.deepEqual(said(twice, ['a'], 'a').outcome, unanswered);
    const thrice = [...twice, { ...transient, at: at + 2 }];
    assert.deepEqual(said(thrice, ['a'], 'a').outcome, unanswered);
  });

  it('one that a refresh brought has a time of its receipt, one that stays valid too', () => {
    assert.deepEqual(said([spent('a', 'b')], ['b'], 'b'), { outcome: undefined, received: at });
    const renewed = { kind: 'renewed', token: tokenHash('a'), at } as const;
    assert.deepEqual(said([renewed], ['a'], 'a'), { outcome: undefined, received: at });
  });

  it('a spent one lives on where its successor is stored, near or far', () => {
    assert.equal(said([spent('a', 'b')], ['a', 'b'], 'a').outcome, undefined);
    assert.equal(said([spent('a', 'b'), spent('b', 'c')], ['a', 'c'], 'a').outcome, undefined);
  });

  it('a spent one with no successor anywhere is dead, a minute after the last was received', () => {
    const log = [spent('a', 'b'), spent('b', 'c', at + 5)];
    const dead = { kind: 'dead', why: 'spent', from: at + 5 + MINUTE };
    assert.deepEqual(said(log, ['a', 'x'], 'a').outcome, dead);
    const atOnce = { ...dead, from: at + MINUTE };
    assert.deepEqual(said([spent('a')], ['a'], 'a').outcome, atOnce);
    assert.deepEqual(said(log, ['a'], 'a', ['y']).outcome, dead);
  });

  it('a spent one whose successor is safe elsewhere lives on too', () => {
    const log = [spent('a', 'b'), spent('b', 'c', at + 5)];
    for (const kept of ['b', 'c']) assert.equal(said(log, ['a'], 'a', [kept]).outcome, undefined);
  });

  it('a chain that bites its own tail ends, and leads nowhere', () => {
    const log = [spent('a', 'b'), spent('b', 'a')];
    const dead = { kind: 'dead', why: 'spent', from: at + MINUTE };
    assert.deepEqual(said(log, ['a'], 'a').outcome, dead);
    assert.equal(said(log, ['x'], 'a').outcome, undefined);
  });

  it('nothing is said of what is not stored', () => {
    const refused = { kind: 'refused', token: tokenHash('a'), at } as const;
    assert.deepEqual(said([refused, spent('c', 'd')], ['b'], 'a').outcome, undefined);
    assert.equal(said([spent('c', 'd')], ['b'], 'd').received, undefined);
  });
});
