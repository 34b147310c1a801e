import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenHash } from '../../src/core/model/loginFingerprint.ts';
import { Ledger, type ServerFault, type TokenRequest } from './ledger.ts';
import type { Random } from './random.ts';
import { SENDER_HEADER } from './senderHeader.ts';
import { machineTime } from './time.ts';
import { type TokenPair, tokensOf } from './tokens.ts';

export interface TortureServer {
  readonly origin: string;
  readonly ledger: Ledger;
  /** A finished sign-in, without the way there. */
  signIn(person: string): IssuedTokens;
  /** From now on every answer is a plain one. */
  behave(): void;
  close(): Promise<void>;
}

export interface IssuedTokens extends TokenPair {
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

export interface TortureServerOptions {
  readonly random: Random;
  /** Of time limits: see `time.ts`. */
  readonly factor: number;
  /** How often a request meets with a fault, 0 to 1. */
  readonly faultRate: number;
  /** How long access tokens live, in milliseconds: short, so that they end again and again. */
  readonly lifetimeMs: readonly [number, number];
}

/** How often each is chosen, of all faults. */
const FAULTS: readonly (readonly [fault: ServerFault, weight: number])[] = [
  ['slow', 5],
  ['dropped', 2],
  ['tooMany', 3],
  ['serverError', 4],
  ['html', 2],
  ['htmlAfterCommit', 1],
  ['redirect', 2],
  ['noRefreshToken', 4],
  ['noExpiresIn', 4],
];
/** Milliseconds, divided by the factor. A request is given up after 15 s. */
const SLOW: readonly [number, number] = [200, 31_000];

/**
 * A strict authorization server on loopback: every refresh rotates the token, and the use of a spent
 * one revokes the family. `POST /token` refreshes; `POST /grant` with `person` is a finished sign-in.
 * It counts a token as spent at once, before it is slow or drops the answer: the worst case.
 */
export async function startTortureServer(options: TortureServerOptions): Promise<TortureServer> {
  const { random, factor } = options;
  const ledger = new Ledger();
  let faultRate = options.faultRate;

  const newTokens = (person: string) => {
    const lifetime = random.between(...options.lifetimeMs);
    const expires = Math.round(Date.now() + lifetime);
    return { ...tokensOf(person, expires), expires, seconds: lifetime / 1000 };
  };
  const signIn = (person: string) => {
    const tokens = newTokens(person);
    ledger.begin(person, tokens.refresh);
    return tokens;
  };

  async function refresh(form: URLSearchParams, sender: string, response: ServerResponse) {
    const token = tokenHash(form.get('refresh_token') ?? '');
    const judged = ledger.judge(token);
    if (judged !== 'good') {
      const request = ledger.note({ token, sender, verdict: judged, fault: undefined });
      const error = judged === 'reused' ? 'refresh_token_reused' : 'invalid_grant';
      json(response, 400, { error }, request);
      return;
    }
    const fault = random.chance(faultRate) ? weighted(random) : undefined;
    const isSpent = fault === undefined || SPENDING.has(fault);
    const fresh = newTokens(ledger.personOf(token) ?? '');
    const request = ledger.note({
      ...{ token, sender, fault },
      verdict: isSpent ? 'rotated' : 'kept',
      ...(isSpent && { next: ledger.rotate(token, fresh.refresh) }),
    });
    const body = {
      token_type: 'Bearer',
      access_token: fresh.access,
      ...(fault !== 'noRefreshToken' && { refresh_token: fresh.refresh }),
      ...(fault !== 'noExpiresIn' && { expires_in: fresh.seconds }),
    };
    switch (fault) {
      case 'slow':
        await sleep(random.between(...SLOW) / factor);
        return json(response, 200, body, request);
      case 'dropped':
        response.destroy();
        return;
      case 'tooMany':
        return json(response, 429, { error: 'slow_down' }, request);
      case 'serverError':
        return json(response, random.chance(0.5) ? 500 : 503, {}, request);
      case 'html':
      case 'htmlAfterCommit':
        response.writeHead(200, { 'Content-Type': 'text/html' });
        finish(response, '<!doctype html><title>Welcome to the hotel network</title>', request);
        return;
      case 'redirect':
        response.writeHead(302, { Location: '/elsewhere' });
        finish(response, '', request);
        return;
      default:
        return json(response, 200, body, request);
    }
  }

  const server = createServer(async (incoming, response) => {
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    const form = new URLSearchParams(body);
    if (incoming.url === '/grant') {
      json(response, 200, signIn(form.get('person') ?? ''));
    } else if (incoming.url === '/token') {
      await refresh(form, String(incoming.headers[SENDER_HEADER]), response);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    ledger,
    signIn,
    behave: () => {
      faultRate = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** With these the token is spent all the same. */
const SPENDING: ReadonlySet<ServerFault> = new Set([
  'slow',
  'dropped',
  'htmlAfterCommit',
  'noExpiresIn',
]);

function weighted(random: Random): ServerFault {
  const total = FAULTS.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.between(0, total);
  for (const [fault, weight] of FAULTS) {
    left -= weight;
    if (left < 0) return fault;
  }
  return 'serverError';
}

function json(response: ServerResponse, status: number, body: object, request?: TokenRequest) {
  if (response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'application/json' });
  finish(response, JSON.stringify(body), request);
}

function finish(response: ServerResponse, text: string, request: TokenRequest | undefined): void {
  response.end(text, () => {
    if (request !== undefined && !response.destroyed) request.answeredAt = machineTime();
  });
}
