import { request } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request as a browser (or somebody who pretends to be one) sends it, on a fresh connection. */
export function visit(
  address: string,
  options: {
    readonly method?: string;
    readonly connectTo?: string;
    readonly headers?: Readonly<Record<string, string>> | readonly string[];
    /** Replaces the request target. */
    readonly target?: string;
  } = {},
): Promise<Seen> {
  const url = new URL(address);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: options.connectTo ?? '127.0.0.1',
        port: Number(url.port),
        method: options.method ?? 'GET',
        path: options.target ?? `${url.pathname}${url.search}`,
        agent: false,
        setHost: false,
        headers: (options.headers ?? { Host: url.host }) as Record<string, string>,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

/** Somebody who connects, sends a beginning, and says no more. `closed` resolves when cut off. */
export async function dawdle(
  host: string,
  port: number,
  beginning: string,
): Promise<{ readonly socket: Socket; readonly closed: Promise<void> }> {
  const socket = connect(port, host);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) =>
    socket.once('connect', resolve).once('error', reject),
  );
  socket.on('error', () => {});
  socket.write(beginning);
  socket.resume();
  return { socket, closed };
}
