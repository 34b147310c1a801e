import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { performance } from 'node:perf_hooks';
import { callbackPage } from '../../../../src/core/signin/callbackPage.ts';
import type { LoopbackRedirect } from '../../../../src/core/signin/descriptor.ts';
import {
  bindFailure,
  type LoopbackOptions,
  type LoopbackReceiver,
  openLoopback,
} from '../../../../src/core/signin/loopback.ts';
import { dawdle, visit } from './support/browser.ts';
import { freePort, isFree, LAST_LOOPBACK, LOOPBACKS, occupy } from './support/ports.ts';

const PAGE = callbackPage('signedIn', { title: 'Done', text: 'Go on' });

describe('loopback listener', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
  });

  const redirectTo = (...ports: number[]): LoopbackRedirect => ({
    kind: 'loopback',
    host: 'localhost',
    ports,
    path: '/auth/callback',
  });

  async function open(
    options: Partial<LoopbackOptions> = {},
    redirect?: LoopbackRedirect,
  ): Promise<{ receiver: LoopbackReceiver; queries: string[]; address: string }> {
    const queries: string[] = [];
    const { receiver } = await openLoopback(redirect ?? redirectTo(await freePort()), {
      onCallback: async (query) => {
        queries.push(query.toString());
        return PAGE;
      },
      ...options,
    });
    assert.ok(receiver);
    closers.push(() => receiver.close());
    return { receiver, queries, address: `http://localhost:${receiver.port}/auth/callback` };
  }

  async function hold(host: string, port?: number): Promise<number> {
    const held = await occupy(host, port);
    closers.push(held.close);
    return held.port;
  }

  it('S4 listens on the loopback literals only, whatever the environment says', async () => {
    const variables = [
      'HOST',
      'HOSTNAME',
      'PI_OAUTH_CALLBACK_HOST',
      'CODERCLAW_OAUTH_CALLBACK_HOST',
    ];
    const before = variables.map((name) => [name, process.env[name]] as const);
    for (const name of variables) process.env[name] = '0.0.0.0';
    try {
      const { receiver } = await open();
      assert.deepEqual(receiver.addresses, LOOPBACKS);
      // Whatever else this machine is called stays free for others: a wildcard would have taken it.
      const outside = Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .filter(({ internal, scopeid }) => !internal && !scopeid)
        .map(({ address }) => address);
      for (const address of ['127.0.0.2', ...outside]) await hold(address, receiver.port);
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });

  it('S5 answers on 127.0.0.1 and on ::1 where the redirect says localhost', async () => {
    const { address, queries } = await open();
    for (const connectTo of LOOPBACKS) {
      const seen = await visit(`${address}?code=${connectTo}`, { connectTo });
      assert.equal(seen.status, 200);
      assert.equal(seen.body, PAGE.html);
    }
    assert.deepEqual(
      queries.map((query) => new URLSearchParams(query).get('code')),
      LOOPBACKS,
    );
  });

  it('S5 does without a family that the machine does not have', async () => {
    // 2001:db8::/32 is for documentation: no machine has it, as one without IPv6 has no ::1.
    const { receiver, address } = await open({ addresses: ['127.0.0.1', '2001:db8::1'] });
    assert.deepEqual(receiver.addresses, ['127.0.0.1']);
    assert.equal((await visit(address)).status, 200);
    const none = await openLoopback(redirectTo(await freePort()), {
      onCallback: async () => PAGE,
      addresses: ['2001:db8::1'],
    });
    assert.deepEqual(none, { busy: [] });
  });

  it('S5 a redirect to 127.0.0.1 leaves ::1 alone', async () => {
    const port = await freePort();
    if (LAST_LOOPBACK === '::1') await hold('::1', port);
    const { receiver } = await open({}, { ...redirectTo(port), host: '127.0.0.1' });
    assert.deepEqual(receiver.addresses, ['127.0.0.1']);
    const seen = await visit(`http://127.0.0.1:${port}/auth/callback`);
    assert.equal(seen.status, 200);
  });

  for (const host of [...LOOPBACKS, '0.0.0.0']) {
    it(`S6 a port held on ${host} is busy: named, given back whole, and the next one is tried`, async () => {
      const [first, second] = [await freePort(), await freePort()];
      await hold(host, first);
      const { receiver, busy } = await openLoopback(redirectTo(first, second), {
        onCallback: async () => PAGE,
      });
      assert.ok(receiver);
      closers.push(() => receiver.close());
      assert.equal(receiver.port, second);
      assert.deepEqual(
        busy.map(({ port }) => port),
        [first],
      );
      if (process.platform === 'linux') assert.equal(busy[0]?.holder?.pid, process.pid);
      // The family that could be had is not kept.
      if (host === '::1') await hold('127.0.0.1', first);
    });
  }

  it('S6 with every port busy there is no listener, and all of them are named', async () => {
    const ports = [await hold('127.0.0.1'), await hold('127.0.0.1')];
    const opening = await openLoopback(redirectTo(...ports), { onCallback: async () => PAGE });
    assert.equal(opening.receiver, undefined);
    assert.deepEqual(
      opening.busy.map(({ port }) => port),
      ports,
    );
  });

  it('S6 no permission (a reserved range) counts as busy', () => {
    assert.equal(bindFailure('EADDRINUSE'), 'busy');
    assert.equal(bindFailure('EACCES'), 'busy');
    assert.equal(bindFailure('EADDRNOTAVAIL'), 'absent');
    assert.equal(bindFailure('EAFNOSUPPORT'), 'absent');
    assert.equal(bindFailure(undefined), 'busy');
  });

  it('S7 any other Host gets 421', async () => {
    const { address, queries, receiver } = await open();
    const hosts = [
      `127.0.0.1:${receiver.port}`,
      'localhost',
      `localhost:${receiver.port + 1}`,
      `evil.example:${receiver.port}`,
      `localhost.evil.example:${receiver.port}`,
      `LOCALHOST:${receiver.port}`,
      '',
    ];
    for (const host of hosts) {
      assert.equal((await visit(address, { headers: { Host: host } })).status, 421, host);
    }
    assert.equal((await visit(address, { headers: {} })).status, 421, 'none');
    const twice = ['Host', `localhost:${receiver.port}`, 'Host', 'evil.example'];
    assert.equal((await visit(address, { headers: twice })).status, 421, 'two');
    assert.deepEqual(queries, []);
  });

  it('S8 nothing but GET', async () => {
    const { address, queries } = await open();
    for (const method of ['POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH']) {
      const seen = await visit(`${address}?code=x`, { method });
      assert.equal(seen.status, 405, method);
      assert.equal(seen.headers['allow'], 'GET');
    }
    assert.deepEqual(queries, []);
  });

  it('S8 nothing but the exact path', async () => {
    const { address, queries, receiver } = await open();
    for (const target of [
      '/',
      '/auth/callback/',
      '/auth//callback',
      '/AUTH/callback',
      '/auth/%63allback',
      '/x/../auth/callback',
      '/auth/callback;x',
      `http://localhost:${receiver.port}/auth/callback`,
      '/favicon.ico',
    ]) {
      assert.equal((await visit(address, { target })).status, 404, target);
    }
    assert.deepEqual(queries, []);
  });

  it('S8 a header that is too large gets 431', async () => {
    const { address, queries } = await open();
    const seen = await visit(`${address}?code=${'x'.repeat(20_000)}`);
    assert.equal(seen.status, 431);
    assert.deepEqual(queries, []);
  });

  it('S8 a request that does not come in whole is cut off', async () => {
    const { receiver } = await open({ receiveMs: 100 });
    const started = performance.now();
    const { closed } = await dawdle(
      '127.0.0.1',
      receiver.port,
      'GET /auth/callback HTTP/1.1\r\nHo',
    );
    await closed;
    assert.ok(performance.now() - started < 3000);
  });

  it('S12 closing waits for the page, cuts off who dawdles, and frees the port within 1 s', async () => {
    let answer: () => void = () => {};
    let arrived: () => void = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { receiver, address } = await open({
      onCallback: () => {
        arrived();
        return new Promise((resolve) => {
          answer = () => resolve(PAGE);
        });
      },
    });
    const dawdler = await dawdle(LAST_LOOPBACK, receiver.port, 'GET /auth/callback HTTP/1.1\r\n');
    const seen = visit(`${address}?code=x`);
    await arrival;
    const started = performance.now();
    const closed = receiver.close();
    answer();
    await closed;
    assert.ok(performance.now() - started < 1000);
    assert.equal(await isFree(receiver.port), true);
    assert.equal((await seen).body, PAGE.html);
    await dawdler.closed;
  });

  it('S12 closing does not wait for an answer that never comes', async () => {
    const { receiver, address } = await open({ onCallback: () => new Promise(() => {}) });
    const seen = visit(address).then(
      () => 'answered',
      () => 'cut off',
    );
    // One that is answered, behind it: by then the first one has arrived.
    await visit(`http://localhost:${receiver.port}/other`);
    const started = performance.now();
    await receiver.close();
    assert.ok(performance.now() - started < 1000);
    assert.equal(await seen, 'cut off');
  });
});
