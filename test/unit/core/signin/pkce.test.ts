import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { newProofKey } from '../../../../src/core/signin/pkce.ts';

describe('proof key', () => {
  it('S1 state has 128 bits or more, is fresh each time, and is not the verifier', async () => {
    const keys = await Promise.all(Array.from({ length: 200 }, newProofKey));
    assert.equal(new Set(keys.map(({ state }) => state)).size, keys.length);
    for (const { state, verifier } of keys) {
      assert.ok(Buffer.from(state, 'base64url').length * 8 >= 128);
      assert.notEqual(state, verifier);
    }
  });

  it('S2 verifier has 256 bits and the challenge is its S256', async () => {
    const keys = await Promise.all(Array.from({ length: 200 }, newProofKey));
    assert.equal(new Set(keys.map(({ verifier }) => verifier)).size, keys.length);
    for (const { verifier, challenge } of keys) {
      assert.match(verifier, /^[\w-]{43,128}$/);
      assert.ok(Buffer.from(verifier, 'base64url').length * 8 >= 256);
      assert.equal(challenge, createHash('sha256').update(verifier).digest('base64url'));
    }
  });
});
