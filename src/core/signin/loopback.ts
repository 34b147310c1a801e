import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { CallbackPage } from './callbackPage.ts';
import type { LoopbackRedirect } from './descriptor.ts';
import { type PortHolder, portHolder } from './portHolder.ts';

/** A registered port that was tried and could not be had. */
export interface BusyPort {
  readonly port: number;
  readonly holder?: PortHolder;
}

/** What came of trying the registered ports in order. */
export interface LoopbackOpening {
  /** Absent if none of the ports could be had. */
  readonly receiver?: LoopbackReceiver;
  readonly busy: readonly BusyPort[];
}

/** An HTTP listener on the loopback literals, for one callback (RFC 8252 7.3 and 8.3). */
export interface LoopbackReceiver {
  readonly port: number;
  /** Literals listened on, e.g. `127.0.0.1` and `::1`. */
  readonly addresses: readonly string[];
  /**
   * Stops listening at once; resolves when every connection is closed. A page that is being sent
   * has {@link FLUSH_MS} to get out.
   */
  close(): Promise<void>;
}

export interface LoopbackOptions {
  /** Given the query of a GET for the registered path; the response is held until it resolves. */
  onCallback(query: URLSearchParams): Promise<CallbackPage>;
  /** A request must have come in whole after so many milliseconds. */
  readonly receiveMs?: number;
  /** Other literals than those that the redirect's host stands for; for tests. */
  readonly addresses?: readonly string[];
}

const RECEIVE_MS = 5000;
const FLUSH_MS = 250;
/**
 * As Node's default, and not less: a browser sends the cookies of *all* programs that people run on
 * `localhost` along, whatever their port.
 */
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 32;

/**
 * Opens the first of the registered ports that can be had on every loopback family of this machine.
 *
 * Where the redirect says `localhost`, a browser may try ::1 or 127.0.0.1 first, so both are bound
 * on the same port; if a family is held by another program the port counts as busy, since the code
 * might go there. A machine without one of the families does with the other.
 * Listens on literals only: no name is resolved and no environment variable is read.
 */
export async function openLoopback(
  redirect: LoopbackRedirect,
  options: LoopbackOptions,
): Promise<LoopbackOpening> {
  const addresses =
    options.addresses ?? (redirect.host === 'localhost' ? ['127.0.0.1', '::1'] : ['127.0.0.1']);
  const busy: number[] = [];
  let receiver: LoopbackReceiver | undefined;
  for (const port of redirect.ports) {
    const bound = await bindAll(addresses, port, requestHandler(redirect, port, options), options);
    if (bound === 'busy') {
      busy.push(port);
    } else if (bound !== 'absent') {
      receiver = bound;
      break;
    }
  }
  return { ...(receiver ? { receiver } : {}), busy: await Promise.all(busy.map(withHolder)) };
}

async function withHolder(port: number): Promise<BusyPort> {
  const holder = await portHolder(port);
  return { port, ...(holder ? { holder } : {}) };
}

/** What a failed `listen` says about the port. */
export function bindFailure(errno: string | undefined): 'busy' | 'absent' {
  // The address family is not there: no IPv6 in the kernel, or the interface has no such address.
  if (errno === 'EADDRNOTAVAIL' || errno === 'EAFNOSUPPORT' || errno === 'EINVAL') return 'absent';
  // EADDRINUSE, EACCES (a range that Windows has reserved, say), and whatever else keeps us out.
  return 'busy';
}

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** `absent`: none of the addresses exists on this machine. */
async function bindAll(
  addresses: readonly string[],
  port: number,
  handler: Handler,
  options: LoopbackOptions,
): Promise<LoopbackReceiver | 'busy' | 'absent'> {
  const servers = new Map<string, Server>();
  for (const address of addresses) {
    const server = newServer(handler.handle, options.receiveMs ?? RECEIVE_MS);
    const failure = await listen(server, address, port);
    if (failure === undefined) {
      servers.set(address, server);
    } else if (failure === 'busy') {
      await closeAll([...servers.values()], new Set());
      return 'busy';
    }
  }
  if (servers.size === 0) return 'absent';
  return {
    port,
    addresses: [...servers.keys()],
    close: () => closeAll([...servers.values()], handler.answering),
  };
}

function newServer(handler: RequestHandler, receiveMs: number): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: receiveMs,
      requestTimeout: receiveMs,
      connectionsCheckingInterval: Math.min(1000, receiveMs),
      // A missing Host gets our 421 as any other wrong one, not Node's 400.
      requireHostHeader: false,
    },
    handler,
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.maxRequestsPerSocket = 1;
  return server;
}

function listen(
  server: Server,
  host: string,
  port: number,
): Promise<'busy' | 'absent' | undefined> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(bindFailure(error.code)));
    server.once('listening', () => {
      // Nothing that happens to the listener later may take the extension host down.
      server.on('error', () => {});
      resolve(undefined);
    });
    server.listen({ host, port, ipv6Only: true, exclusive: true });
  });
}

async function closeAll(
  servers: readonly Server[],
  answering: ReadonlySet<Promise<void>>,
): Promise<void> {
  const closed = servers.map(
    (server) => new Promise<void>((resolve) => server.close(() => resolve())),
  );
  const cutAll = (): void => {
    for (const server of servers) server.closeAllConnections();
  };
  // A real timer: it guards against a peer that does not read, whatever the clock of the sign-in.
  const limit = setTimeout(cutAll, FLUSH_MS);
  await Promise.all(answering);
  clearTimeout(limit);
  cutAll();
  await Promise.all(closed);
}

interface Handler {
  readonly handle: RequestHandler;
  /** Responses under way; each ends with its connection. */
  readonly answering: Set<Promise<void>>;
}

function requestHandler(
  redirect: LoopbackRedirect,
  port: number,
  options: LoopbackOptions,
): Handler {
  const answering = new Set<Promise<void>>();
  const handle: RequestHandler = (request, response) => {
    const gone = new Promise<void>((resolve) => response.once('close', resolve));
    answering.add(gone);
    void gone.then(() => answering.delete(gone));

    // DNS rebinding: a page under another name that resolves to 127.0.0.1 is not for us.
    if (hostHeaders(request).join() !== `${redirect.host}:${port}`) {
      refuse(response, 421);
      return;
    }
    // As it was sent, not decoded and not normalized: the provider redirects to exactly this.
    const [path, query] = splitOnce(request.url ?? '', '?');
    if (path !== redirect.path) {
      refuse(response, 404);
      return;
    }
    if (request.method !== 'GET') {
      refuse(response, 405, { Allow: 'GET' });
      return;
    }
    options.onCallback(new URLSearchParams(query)).then(
      (page) => {
        response.writeHead(page.status, page.headers);
        response.end(page.html);
      },
      () => refuse(response, 500),
    );
  };
  return { handle, answering };
}

/** Every Host header of the request: Node's `headers.host` would hide a second one. */
function hostHeaders(request: IncomingMessage): string[] {
  const { rawHeaders } = request;
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host');
}

function refuse(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'Content-Length': 0,
    'Cache-Control': 'no-store',
    Connection: 'close',
    ...headers,
  });
  response.end();
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
