import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { isUnsent } from '../../../../src/core/signin/unsent.ts';
import { freePort } from './support/ports.ts';

const coded = (code: string, more: object = {}): Error =>
  Object.assign(new Error('x'), { code, ...more });

interface Undici {
  readonly ProxyAgent: new (address: string) => { destroy(): Promise<void> };
  readonly fetch: (address: string, options: object) => Promise<unknown>;
}

/** No dependency of ours: others bring it along. Node's own has no proxy that could be set up. */
function undiciAtHand(): Undici | undefined {
  try {
    return createRequire(import.meta.url)('undici') as Undici;
  } catch {
    return undefined;
  }
}

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

  it('an address that fetch does not even try', async () => {
    for (const address of ['http://127.0.0.1:25/', 'gopher://127.0.0.1/', 'http://']) {
      assert.equal(isUnsent(await fetch(address).catch((error: unknown) => error)), true, address);
    }
  });

  it('what answers to TLS in plain HTTP has understood nothing', async () => {
    const server = createServer();
    server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const error = await fetch(`https://127.0.0.1:${port}/`).catch((reason: unknown) => reason);
      assert.equal(isUnsent(error), true);
    } finally {
      server.close();
    }
  });

  describe('a proxy that does not let us through', () => {
    it('real undici and proxy, where that undici is at hand', async function () {
      const undici = undiciAtHand();
      if (undici === undefined) return this.skip();
      const proxy = createServer();
      proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const { port } = proxy.address() as AddressInfo;
      const dispatcher = new undici.ProxyAgent(`http://127.0.0.1:${port}`);
      try {
        const body = 'refresh_token=x';
        const options = { method: 'POST', body, dispatcher };
        const error = await undici.fetch('https://localhost/', options).catch((e: unknown) => e);
        assert.equal(isUnsent(error), true);
      } finally {
        await dispatcher.destroy();
        proxy.close();
      }
    });

    it('the chain of errors that undici 6 and 7 make of it', () => {
      const refusal = Object.assign(new Error('Proxy response (407) !== 200 when HTTP Tunneling'), {
        name: 'AbortError',
        code: 'UND_ERR_ABORTED',
      });
      const cancelled = new DOMException('Request was cancelled.', 'Error');
      Object.defineProperty(cancelled, 'cause', { value: refusal });
      assert.equal(cancelled.code, 0);
      assert.equal(isUnsent(new TypeError('fetch failed', { cause: cancelled })), true);
      refusal.message = 'This operation was aborted';
      assert.equal(isUnsent(new TypeError('fetch failed', { cause: cancelled })), false);
    });
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
    ['a certificate that was revoked', coded('CERT_REVOKED'), true],
    ['a certificate that nobody signed', coded('CERT_SIGNATURE_FAILURE'), true],
    ['no TLS at all', coded('EPROTO', { syscall: 'write' }), true],
    ['a TLS record that is none', coded('ERR_SSL_PACKET_LENGTH_TOO_LONG'), true],
    ['a TLS session that breaks', coded('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'), false],
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
