import assert from 'node:assert/strict';
import { isKnown } from '../../../../../src/core/errors.ts';
import {
  apiKey,
  fieldsOf,
  pastedToken,
  typedProvider,
} from '../../../../../src/core/signin/secrets/secretCredential.ts';

/** The bytes as CoderClaw would store them: the order of keys counts. */
const text = (value: unknown): string => JSON.stringify(value);

describe('a secret as it is stored', () => {
  it('a token, with its end where that is known', () => {
    assert.equal(
      text(pastedToken('Anthropic', 't', 5)),
      '{"credential":{"type":"token","provider":"anthropic","token":"t","expires":5},"identity":{"provider":"anthropic"}}',
    );
    assert.deepEqual(pastedToken('x', 't').credential, {
      type: 'token',
      provider: 'x',
      token: 't',
    });
  });

  it('a key, with what the provider needs beside it and nothing else', () => {
    assert.deepEqual(fieldsOf('cloudflare-ai-gateway'), ['accountId', 'gatewayId']);
    const both = { gatewayId: ' gw ', accountId: 'acc' };
    assert.equal(
      text(apiKey('cloudflare-ai-gateway', 'k', both).credential),
      '{"type":"api_key","provider":"cloudflare-ai-gateway","key":"k","metadata":{"accountId":"acc","gatewayId":"gw"}}',
    );
    assert.equal(
      text(apiKey('z.ai', 'k', both)),
      '{"credential":{"type":"api_key","provider":"zai","key":"k"},"identity":{"provider":"zai"}}',
    );
  });

  for (const gatewayId of [undefined, ' ', 'a b', '../x', 'a'.repeat(129)]) {
    it(`refuses ${gatewayId?.slice(0, 9)} beside a key`, () => {
      const fields = { accountId: 'acc', ...(gatewayId !== undefined && { gatewayId }) };
      assert.throws(
        () => apiKey('cloudflare-ai-gateway', 'k', fields),
        (error) => isKnown(error, 'secret.badField') && error.facts.field === 'gatewayId',
      );
    });
  }

  it('for a provider that is in no list, by its id', () => {
    assert.equal(typedProvider(' My-Proxy.v2 '), 'my-proxy.v2');
    assert.equal(typedProvider('Z.AI'), 'zai');
    for (const [typed, why] of [
      [' ', 'empty'],
      ['a:b', 'notAnId'],
      ['__proto__', 'notAnId'],
      ['sk-ant api', 'notAnId'],
      ['x'.repeat(65), 'notAnId'],
    ] as const) {
      assert.throws(
        () => typedProvider(typed),
        (error) => isKnown(error, 'secret.badProvider') && error.facts.why === why,
      );
    }
  });
});
