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

function said(events: readonly RefreshEvent[], stored: readonly string[], about: string) {
  const records = readRefreshLog(events.map(formatRefreshEvent).join('\n'));
  const { refreshOutcomes, receivedAt } = storedRefreshes(records, holding(...stored));
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
    for (const event of [transient, unsure]) {
      assert.deepEqual(said([event], ['a'], 'a').outcome, { kind: 'retrying', at: retryAt });
    }
    const twice = [unsure, { ...unsure, at: at + 1 }];
    assert.deepEqual(said(twice, ['a'], 'a').outcome, { kind: 'dead' });
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
    const dead = { kind: 'dead', from: at + 5 + MINUTE };
    assert.deepEqual(said(log, ['a', 'x'], 'a').outcome, dead);
    assert.deepEqual(said([spent('a')], ['a'], 'a').outcome, { kind: 'dead', from: at + MINUTE });
  });

  it('a chain that bites its own tail ends', () => {
    const log = [spent('a', 'b'), spent('b', 'a')];
    assert.equal(said(log, ['a'], 'a').outcome, undefined);
    assert.equal(said(log, ['x'], 'a').outcome, undefined);
  });

  it('nothing is said of what is not stored', () => {
    const refused = { kind: 'refused', token: tokenHash('a'), at } as const;
    assert.deepEqual(said([refused, spent('c', 'd')], ['b'], 'a').outcome, undefined);
    assert.equal(said([spent('c', 'd')], ['b'], 'd').received, undefined);
  });
});
