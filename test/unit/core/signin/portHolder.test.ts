import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { listeningInodes, portHolder } from '../../../../src/core/signin/portHolder.ts';
import { freePort, LOOPBACKS, occupy } from './support/ports.ts';

const LISTEN = `const s = require('node:net').createServer();
s.listen({ host: process.argv[1], port: 0 }, () => console.log(s.address().port));`;

async function listenElsewhere(host: string): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, ['-e', LISTEN, host], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, port: Number(line.toString()) };
}

describe('holder of a port', () => {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  for (const host of [...LOOPBACKS, '0.0.0.0']) {
    it(`S6 names another process that listens on ${host}`, async () => {
      const { child, port } = await listenElsewhere(host);
      try {
        const holder = await portHolder(port, AbortSignal.timeout(5000));
        assert.equal(holder?.pid, child.pid);
        assert.match(holder?.name ?? '', /\S/);
        assert.ok((holder?.name.length ?? 99) <= 15);
      } finally {
        child.kill();
      }
    });
  }

  it('S6 tells nothing about a port that nobody holds, or when time is up', async () => {
    assert.equal(await portHolder(await freePort()), undefined);
    const held = await occupy('127.0.0.1');
    try {
      assert.equal((await portHolder(held.port, AbortSignal.timeout(5000)))?.pid, process.pid);
      assert.equal(await portHolder(held.port, AbortSignal.abort()), undefined);
    } finally {
      await held.close();
    }
  });

  it('S6 reads the table of the kernel', () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:05AF 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4321 1 0 100 0 0 10 0
   1: 0100007F:A5AF 0100007F:05AF 01 00000000:00000000 00:00000000 00000000     0        0 777 1 0 20 4 30 10 -1
   2: 0100007F:05AF 0100007F:A5AF 01 00000000:00000000 00:00000000 00000000     0        0 778 1 0 20 4 30 10 -1
`;
    assert.deepEqual(listeningInodes(table, 1455), ['4321']);
    assert.deepEqual(listeningInodes(table, 42415), []);
    assert.deepEqual(listeningInodes('', 1455), []);
  });
});
