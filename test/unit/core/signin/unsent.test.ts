import assert from 'node:assert/strict';
import { createServer as createTcpServer } from 'node:net';
import { isUnsent } from '../../../../src/core/signin/unsent.ts';
import { freePort } from './support/ports.ts';

const coded = (code: string, more: object = {}): Error =>
  Object.assign(new Error('x'), { code, ...more });

describe('isUnsent', () => {
  it('knows what fetch itself throws where nobody listens', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}/`;
    assert.equal(isUnsent(await fetch(nobody).catch((error: unknown) => error)), true);
  });

  it('a connection that breaks off may have carried it, but not within its TLS handshake', async () => {
    const server = createTcpServer((socket) => {
      socket.once('data', () => socket.destroy());
      socket.on('error', () => {});
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    try {
      const clear = await fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error);
      assert.equal(isUnsent(clear), false);
      const tls = await fetch(`https://127.0.0.1:${port}/`).catch((error: unknown) => error);
      assert.equal(isUnsent(tls), true);
    } finally {
      server.close();
    }
  });

  for (const [title, error, expected] of [
    ['a certificate', coded('CERT_HAS_EXPIRED'), true],
    [
      'several addresses, none of which answered',
      new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT', { syscall: 'connect' })]),
      true,
    ],
    [
      'one of them may have',
      new AggregateError([coded('ECONNREFUSED'), coded('ECONNRESET')]),
      false,
    ],
    ['a time-out on a connection', coded('ETIMEDOUT', { syscall: 'read' }), false],
    ['no address', coded('EAI_AGAIN', { syscall: 'getaddrinfo' }), true],
    ['a text', 'ECONNREFUSED', false],
    ['nothing that is known', new TypeError('fetch failed'), false],
  ] as const) {
    it(`${title}: ${expected}`, () => {
      assert.equal(isUnsent(error), expected);
      assert.equal(isUnsent(new TypeError('fetch failed', { cause: error })), expected);
    });
  }
});
