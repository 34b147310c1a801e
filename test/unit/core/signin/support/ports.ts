import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';

/** The loopback literals of this machine: some containers have no IPv6. */
export const LOOPBACKS: readonly string[] = ['127.0.0.1', '::1'].filter((literal) =>
  Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === literal)),
);

/** ::1, or 127.0.0.1 where that is all there is. */
export const LAST_LOOPBACK = LOOPBACKS.at(-1) ?? '127.0.0.1';

/** Listens on one address and port; 0 asks the system for a port. Rejects if it cannot be had. */
export function occupy(
  host: string,
  port = 0,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server: Server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: true }, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      resolve({
        port: address.port,
        close: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}

/** A port that was free on every loopback family a moment ago. */
export async function freePort(): Promise<number> {
  const first = await occupy('127.0.0.1');
  await first.close();
  return (await isFree(first.port)) ? first.port : freePort();
}

export async function isFree(port: number): Promise<boolean> {
  try {
    for (const host of LOOPBACKS) await (await occupy(host, port)).close();
    return true;
  } catch {
    return false;
  }
}
