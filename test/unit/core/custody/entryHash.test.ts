import assert from 'node:assert/strict';
import { entryHash, loginHash } from '../../../../src/core/custody/entryHash.ts';
import type { Credential } from '../../../../src/core/documents/authStore.ts';
import { loginFingerprint, tokenHash } from '../../../../src/core/model/loginFingerprint.ts';
import { storeOf } from '../model/vectorCases.ts';

describe('hashes of stored entries', () => {
  it('are the same for what is equal as JSON, and only then', () => {
    const entry = { a: 1, b: { c: [1, { d: 2, e: null }], f: 'x' } };
    const shuffled = { b: { f: 'x', c: [1, { e: null, d: 2 }] }, a: 1 };
    assert.match(entryHash(entry), /^[\da-f]{64}$/);
    assert.equal(entryHash(shuffled), entryHash(entry));
    const others = [
      { ...entry, a: '1' },
      { ...entry, b: { c: [{ d: 2, e: null }, 1], f: 'x' } },
      { a: 1 },
      [entry],
      null,
    ];
    for (const other of others) assert.notEqual(entryHash(other), entryHash(entry));
  });

  it('name a login as its fingerprint does', () => {
    const profiles = {
      'p:a': { type: 'oauth', provider: 'p', access: 'a', refresh: 'r' },
      'p:b': { type: 'oauth', provider: 'p', access: 'a', refresh: ' ' },
      'p:c': { type: 'token', provider: 'p', token: 't' },
    };
    for (const credential of storeOf({ version: 1, profiles }).profiles.values()) {
      const fingerprint = loginFingerprint(credential as Credential);
      assert.ok(fingerprint && loginHash(credential.raw)?.startsWith(fingerprint));
    }
    assert.equal(loginHash({ type: 'api_key', key: 'k' }), tokenHash('k'));
    for (const nothing of [undefined, null, 'r', {}, { refresh: ' ' }]) {
      assert.equal(loginHash(nothing), null);
    }
  });
});
