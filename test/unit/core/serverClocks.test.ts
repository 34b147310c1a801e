import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServerClocks } from '../../../src/core/serverClocks.ts';
import { ManualClock } from './liveSnapshot/manualClock.ts';

const NOW = Date.UTC(2026, 10, 22, 8);
const MIN = 60_000;

describe('the clocks of servers', () => {
  let clock: ManualClock;
  let steady: number;
  let clocks: ServerClocks;
  let servers: Server[];
  beforeEach(() => {
    clock = new ManualClock(NOW);
    steady = 0;
    servers = [];
    clocks = new ServerClocks(clock, () => steady);
  });
  afterEach(() => {
    for (const server of servers) server.close();
  });

  /** Time goes by, on both clocks. */
  const pass = (ms: number): void => {
    clock.advance(ms);
    steady += ms;
  };

  /** A real answer of a server whose clock says that. */
  async function answer(
    at: number | string,
    { headers = {}, takesMs = 0 }: { headers?: Record<string, string>; takesMs?: number } = {},
  ): Promise<string> {
    const date = typeof at === 'string' ? at : new Date(at).toUTCString();
    const server = createServer((_, response) => {
      pass(takesMs);
      response.writeHead(200, { date, ...headers }).end('{}');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const response = await clocks.listening(fetch)(new URL(`http://${host}/token`));
    assert.equal(await response.text(), '{}');
    return host;
  }

  it('nobody heard: nothing known', () => {
    assert.equal(clocks.difference(), undefined);
  });

  it('tells by how much this machine is ahead or behind, at the least', async () => {
    const host = await answer(NOW - 5 * MIN);
    assert.deepEqual(clocks.difference(), { host, aheadMs: 5 * MIN - 1000 });
    clocks = new ServerClocks(clock, () => steady);
    const other = await answer(NOW + 5 * MIN);
    assert.deepEqual(clocks.difference(), { host: other, aheadMs: -5 * MIN });
  });

  it('a long way to the server and back makes no difference of a clock', async () => {
    await answer(NOW + 10 * MIN, { takesMs: 10 * MIN });
    assert.equal(clocks.difference(), undefined);
  });

  it('servers that do not agree prove nothing', async () => {
    await answer(NOW - 5 * MIN);
    await answer(NOW);
    assert.equal(clocks.difference(), undefined);
    await answer(NOW + 5 * MIN);
    assert.equal(clocks.difference(), undefined);
  });

  it('of servers that agree, the least difference', async () => {
    await answer(NOW - 9 * MIN);
    const host = await answer(NOW - 5 * MIN);
    assert.deepEqual(clocks.difference(), { host, aheadMs: 5 * MIN - 1000 });
  });

  it('a cache, an odd date and a refusal of fetch tell nothing', async () => {
    await answer(NOW - 5 * MIN, { headers: { age: '300' } });
    await answer('half past eight');
    await assert.rejects(clocks.listening(fetch)('http://127.0.0.1:1/'));
    assert.equal(clocks.difference(), undefined);
  });

  it('the newest answer of a host counts, and none of before the clock was set', async () => {
    await answer(NOW - 5 * MIN);
    pass(30 * MIN);
    assert.notEqual(clocks.difference(), undefined, 'it is still off');
    clock.advance(-5 * MIN);
    assert.equal(clocks.difference(), undefined, 'the clock has been set');
  });
});
