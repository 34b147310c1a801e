import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DeviceDialect, type DeviceSession, dialects } from './deviceDialects.ts';

export interface DeviceServerOptions {
  /** Whose time it is: polls that come before the interval is over by it are refused. */
  readonly clock: { now(): number };
  /** Seconds; 7 unless given. `none` leaves it out of the answer. */
  readonly interval?: number | string | 'none';
  /** Seconds for which a code is good; 600 unless given. */
  readonly lifetime?: number;
  /** How far the server's clock is ahead of the other one. */
  readonly skewMs?: number;
}

/** One request as it came. */
export interface DeviceServerRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly fields: Readonly<Record<string, string>>;
}

type Fault = (response: ServerResponse, session: DeviceSession | undefined) => void;

/**
 * A small authorization server for device codes in one dialect, on loopback. Strict: it takes exactly
 * the fields that the dialect has, checks proof keys, gives each code and grant once, and refuses
 * polls that come too early (RFC 8628 3.5), which it counts.
 */
export interface DeviceServer {
  readonly origin: string;
  /** Moves the provider's endpoints here, for the environment of the host. */
  readonly environment: Readonly<Record<string, string>>;
  readonly requests: readonly DeviceServerRequest[];
  /** Polls before their time. */
  readonly early: number;
  /** Every secret that was given out or taken. */
  readonly secrets: ReadonlySet<string>;
  /** The person enters the code and agrees, or says no; of the newest code. */
  answer(as: 'agreed' | 'denied'): void;
  /** The next requests are answered in these ways instead; undefined is well. */
  next(...faults: readonly (Fault | undefined)[]): void;
  close(): Promise<void>;
}

export async function startDeviceServer(
  name: keyof typeof dialects,
  options: DeviceServerOptions,
): Promise<DeviceServer> {
  const dialect: DeviceDialect = dialects[name];
  const { clock, interval = 7, lifetime = 600, skewMs = 0 } = options;
  const now = (): number => clock.now() + skewMs;
  const requests: DeviceServerRequest[] = [];
  const secrets = new Set<string>();
  const faults: (Fault | undefined)[] = [];
  const sessions: DeviceSession[] = [];
  let early = 0;

  const send = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, {
      'Content-Type': 'application/json',
      Date: new Date(now()).toUTCString(),
    });
    response.end(JSON.stringify(body));
  };

  const begin = (response: ServerResponse, fields: Readonly<Record<string, string>>): void => {
    const session: DeviceSession = {
      deviceCode: `dc_${randomBytes(32).toString('base64url')}`,
      userCode: 'WDJB-MJHT',
      fields,
      intervalMs: interval === 'none' ? 5_000 : Number(interval) * 1000,
      expiresAt: now() + lifetime * 1000,
      lastPoll: now(),
      state: 'waiting',
    };
    sessions.push(session);
    secrets.add(session.deviceCode);
    const told = interval === 'none' ? {} : { interval: dialect.interval(interval) };
    send(response, 200, { ...dialect.begun(session, origin, lifetime), ...told });
  };

  const poll = (response: ServerResponse, fields: Readonly<Record<string, string>>): void => {
    const session = sessions.find((one) => dialect.isOf(one, fields));
    const verifier = fields['code_verifier'];
    if (verifier !== undefined) secrets.add(verifier);
    const { code_challenge: challenge } = session?.fields ?? {};
    if (session === undefined || challenge !== (verifier && s256(verifier))) {
      send(response, 400, { error: 'invalid_grant', error_description: 'no such code' });
      return;
    }
    const isEarly = now() - session.lastPoll < session.intervalMs;
    session.lastPoll = now();
    if (isEarly) {
      early += 1;
      session.intervalMs += 5_000;
      send(response, ...dialect.error('slow_down'));
    } else if (session.state === 'spent') {
      send(response, 400, { error: 'invalid_grant' });
    } else if (now() >= session.expiresAt) {
      send(response, ...dialect.error('expired_token'));
    } else if (session.state === 'waiting') {
      send(response, ...dialect.pending);
    } else if (session.state === 'denied') {
      send(response, ...dialect.error('access_denied'));
    } else {
      session.state = 'spent';
      send(response, 200, dialect.granted(session, now(), secrets));
    }
  };

  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const type = request.headers['content-type']?.split(';')[0];
    const isJson = type === 'application/json';
    const fields: Record<string, string> = isJson
      ? JSON.parse(text)
      : Object.fromEntries(new URLSearchParams(text));
    const path = request.url ?? '';
    requests.push({ method: request.method ?? '', path, headers: request.headers, fields });
    const fault = faults.shift();
    if (fault) {
      fault(response, sessions.at(-1));
      return;
    }
    const names = Object.keys(fields).sort().join(' ');
    if (path === '/begin' && isJson === dialect.isJson && names === dialect.beginFields) {
      begin(response, fields);
    } else if (path === '/poll' && isJson === dialect.isJson && names === dialect.pollFields) {
      poll(response, fields);
    } else {
      const more = dialect.more?.(path, fields, request.headers, sessions, now(), secrets);
      send(response, ...(more ?? ([400, { error: 'invalid_request' }] as const)));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    environment: Object.fromEntries(
      Object.entries(dialect.variables).map(([variable, path]) => [
        `CODERCLAW_AUTH_${variable}_URL`,
        `${origin}${path}`,
      ]),
    ),
    requests,
    get early() {
      return early;
    },
    secrets,
    answer: (as) => {
      const session = sessions.at(-1);
      if (session === undefined) throw new Error('nobody has asked for a code');
      session.state = as;
    },
    next: (...more) => void faults.push(...more),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
