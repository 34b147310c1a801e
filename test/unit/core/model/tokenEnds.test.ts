import assert from 'node:assert/strict';
import { loginFingerprint, tokenHash } from '../../../../src/core/model/loginFingerprint.ts';
import type { StateDirRead, StoreRead } from '../../../../src/core/model/reads.ts';
import {
  formatTokenEnd,
  readTokenEnds,
  storedTokenEnds,
} from '../../../../src/core/model/tokenEnds.ts';
import { storeOf } from './vectorCases.ts';

const [A, B] = ['token-a', 'token-b'].map(tokenHash) as [string, string];

describe('when pasted tokens are expected to end', () => {
  it('a token that was pasted twice is as old as at the first time, in whatever sequence', () => {
    const lines = [
      formatTokenEnd(A, { at: 20, end: 120 }),
      formatTokenEnd(B, { at: 30, end: 130 }),
      formatTokenEnd(A, { at: 10, end: 110 }),
      formatTokenEnd(A, { at: 40, end: 140 }),
    ];
    const known = new Map([
      [A, { at: 10, end: 110 }],
      [B, { at: 30, end: 130 }],
    ]);
    assert.deepEqual(readTokenEnds(lines.join('\n')), known);
    assert.deepEqual(readTokenEnds(lines.reverse().join('\n')), known);
    const first = readTokenEnds(lines.slice(0, 2).join('\n'));
    assert.deepEqual(readTokenEnds(lines.slice(2).join('\n'), new Map(first)), known);
  });

  it('skips what is damaged, and reads on', () => {
    const good = formatTokenEnd(B, { at: 30, end: 130 });
    const damaged = [
      good.slice(0, 50),
      '\0\0\0',
      '[]',
      'null',
      JSON.stringify({ token: 'token-a', at: 1, end: 2 }),
      JSON.stringify({ token: A, at: '1', end: 2 }),
      JSON.stringify({ token: A, at: 1 }),
      `{"token":"${A}","at":1,"end":1e999}`,
      JSON.stringify({ token: A, at: 1, end: -2 }),
      '',
    ];
    assert.deepEqual([...readTokenEnds([...damaged, good].join('\n')).keys()], [B]);
  });

  it('a token itself is never written', () => {
    assert.throws(
      () => formatTokenEnd('sk-ant-oat01-secret', { at: 1, end: 2 }),
      (error) => {
        return error instanceof Error && !error.message.includes('secret');
      },
    );
  });

  it('tells of those that are stored, by fingerprint', () => {
    const profiles = { 'p:a': { type: 'token', provider: 'p', token: 'token-a' } };
    const store = storeOf({ version: 1, profiles });
    const whole: StoreRead = { kind: 'whole', path: '/s', store, problems: [] };
    const absent: StoreRead = { kind: 'absent', path: '/t' };
    const dir = (mainStore: StoreRead, agentStore: StoreRead): StateDirRead =>
      ({ mainStore, agents: [{ store: agentStore }] }) as unknown as StateDirRead;
    const ends = new Map([
      [A, { at: 1, end: 2 }],
      [B, { at: 1, end: 3 }],
    ]);
    const credential = store.profiles.get('p:a') ?? assert.fail();
    const found = new Map([[loginFingerprint(credential), 2]]);
    assert.deepEqual(storedTokenEnds(ends, [dir(absent, absent), dir(whole, absent)]), found);
    assert.deepEqual(storedTokenEnds(ends, [dir(absent, whole)]), found);
    assert.deepEqual(storedTokenEnds(ends, [dir(absent, absent)]), new Map());
  });
});
