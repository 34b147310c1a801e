import assert from 'node:assert/strict';
import { jwtClaims } from '../../../../src/core/signin/jwtClaims.ts';
import { jwt } from './support/strictServer.ts';

describe('claims of a JWT', () => {
  it('reads them, also beyond ASCII', () => {
    assert.deepEqual(jwtClaims(jwt({ email: 'åsa@例え.jp', n: 1 })), {
      email: 'åsa@例え.jp',
      n: 1,
    });
  });

  it('gives nothing for anything else', () => {
    const encoded = (text: string): string => Buffer.from(text).toString('base64url');
    const others = ['', 'abc', 'a.b', 'a.b.c.d', 'a..c', `a.${encoded('[1]')}.c`];
    others.push(`a.${encoded('null')}.c`, `a.${encoded('{"x":')}.c`, 'a.{"x":1}.c');
    for (const text of others) assert.equal(jwtClaims(text), undefined, text);
  });

  it('does not look into one that is too long', () => {
    assert.equal(jwtClaims(jwt({ filler: 'x'.repeat(64 * 1024) })), undefined);
  });
});
