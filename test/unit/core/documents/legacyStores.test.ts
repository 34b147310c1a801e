import assert from 'node:assert/strict';
import { type LegacyKind, parseLegacy } from '../../../../src/core/documents/legacyStores.ts';

/** What would be stored, by id; or why it is not known. */
function logins(kind: LegacyKind, text: string): unknown {
  const parsed = parseLegacy(kind, text);
  if (parsed.kind === 'unknown') return parsed.detail;
  return Object.fromEntries(parsed.logins.map((one) => [one.profileId, one.credential]));
}

describe('older files', () => {
  it('auth.json: entries of a known type, each under its provider, with all of their fields', () => {
    const text = JSON.stringify({
      a: { type: 'oauth', refresh: 'r', extra: [1] },
      b: { type: 'token', provider: ' C ', token: 't' },
      c: { type: 'api_key', provider: '', key: 'k' },
      d: { type: 'api_key', provider: 7, key: 'k' },
      e: { type: 'weird', key: 'k' },
      f: { refresh: 'r' },
      g: null,
      h: ['x'],
      ' ': { type: 'api_key', key: 'k' },
    });
    assert.deepEqual(logins('auth', text), {
      'a:default': { type: 'oauth', provider: 'a', refresh: 'r', extra: [1] },
      'b:default': { type: 'token', provider: ' C ', token: 't' },
      'c:default': { type: 'api_key', provider: 'c', key: 'k' },
      'd:default': { type: 'api_key', provider: 'd', key: 'k' },
    });
  });

  it('oauth.json: every object is a sign-in unless it says otherwise', () => {
    const text = JSON.stringify({
      a: { access: 'x', refresh: 'r', expires: 1 },
      b: { type: 'weird', refresh: 'r' },
      c: { type: 'api_key', key: 'k' },
      d: 'r',
    });
    assert.deepEqual(logins('oauth', text), {
      'a:default': { type: 'oauth', provider: 'a', access: 'x', refresh: 'r', expires: 1 },
      'b:default': { type: 'oauth', provider: 'b', refresh: 'r' },
      'c:default': { type: 'api_key', provider: 'c', key: 'k' },
    });
  });

  it('a store of today under the old name is no older file', () => {
    const text = '{"version":1,"profiles":{},"a":{"type":"api_key","key":"k"}}';
    assert.deepEqual(logins('auth', text), {});
  });

  it('what cannot be understood is not known, and no word of it is told', () => {
    const deep = `{"a":${'{"b":'.repeat(200)}1${'}'.repeat(201)}`;
    for (const text of ['', ' \n', '{"a":{"key":"SECRET"', '["SECRET"]', '"SECRET"', deep]) {
      const detail = logins('auth', text);
      assert.equal(typeof detail, 'string', text.slice(0, 10));
      assert.doesNotMatch(String(detail), /SECRET/);
    }
  });
});
