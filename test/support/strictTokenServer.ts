import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How a request is answered instead of well:
 * - `slow`: as it should, after `delayMs`;
 * - `drop`: the token is spent, and the connection closed without an answer;
 * - `cut`: the same, in the middle of the answer;
 * - `busy`, `fault`, `redirect`: 429, 500, 307 to another path; nothing is spent;
 * - `html`: 200 with a page; nothing is spent;
 * - `keep`: no `refresh_token` in the answer; the old one stays good;
 * - `endless`: no `expires_in`, and no `exp` in the token.
 */
export type TokenServerMode =
  | 'slow'
  | 'drop'
  | 'cut'
  | 'busy'
  | 'fault'
  | 'redirect'
  | 'html'
  | 'keep'
  | 'endless';

/** Whose tokens they are; those of one login are a family. */
export interface Person {
  readonly account: string;
  readonly user: string;
  readonly email?: string;
}

export interface IssuedTokens {
  readonly family: number;
  readonly access: string;
  readonly refresh: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** One token request. Tokens by their SHA-256. */
export interface TokenRequest {
  readonly at: number;
  readonly token: string;
  /** Undefined for a token that was never issued. */
  readonly family: number | undefined;
  readonly mode: TokenServerMode | undefined;
  /**
   * - `rotated`: spent, `next` was issued; `kept`: a new access token alone;
   * - `reuse`: it had been spent, and its family was revoked; `refused`: revoked, or never issued;
   * - `faulty`: nothing happened to it.
   */
  readonly outcome: 'rotated' | 'kept' | 'reuse' | 'refused' | 'faulty';
  readonly next?: string;
  /** Whether the whole answer was handed to the other side's connection. */
  delivered: boolean;
}

export interface TokenServerOptions {
  /** Of access tokens; an hour unless given. */
  readonly lifetimeS?: number;
  /** For `slow`. */
  readonly delayMs?: number | (() => number);
  /** The mode of a request for which none was planned by {@link StrictTokenServer.next}. */
  readonly modeOf?: (token: string) => TokenServerMode | undefined;
}

interface Family {
  readonly id: number;
  person: Person;
  revoked: boolean;
}

/**
 * An authorization server for refreshes, on loopback, as strict as RFC 9700 4.14.2 allows: a refresh
 * token is good once; using one again revokes all of its family. It keeps a ledger of all requests.
 * Takes the form of RFC 6749 6 and the same fields as JSON.
 */
export class StrictTokenServer {
  readonly requests: TokenRequest[] = [];
  /** Every secret that was ever given out, to search logs for. */
  readonly secrets: string[] = [];
  readonly #options: TokenServerOptions;
  readonly #families: Family[] = [];
  /** Every refresh token ever issued. */
  readonly #tokens = new Map<string, { readonly family: Family; spent: boolean }>();
  readonly #planned: TokenServerMode[] = [];
  readonly #server = createServer((request, response) => void this.#handle(request, response));
  readonly #closed = new AbortController();

  constructor(options: TokenServerOptions = {}) {
    this.#options = options;
  }

  /** Begins to listen on a free port of 127.0.0.1. */
  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get tokenEndpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `http://127.0.0.1:${address.port}/oauth/token`;
  }

  /** A finished login: the first tokens of a new family. */
  issue(person: Person = { account: 'account-1', user: 'user-1' }): IssuedTokens {
    const family: Family = { id: this.#families.length, person, revoked: false };
    this.#families.push(family);
    return this.#issueIn(family, true);
  }

  /** The next requests are answered in these ways. */
  next(...modes: readonly TokenServerMode[]): void {
    this.#planned.push(...modes);
  }

  /** The person takes the grant back. */
  revoke(family: number): void {
    const found = this.#families[family];
    if (found) found.revoked = true;
  }

  /** From now on the answers are somebody else's. */
  mixUp(family: number, person: Person): void {
    const found = this.#families[family];
    if (found) found.person = person;
  }

  get revokedFamilies(): readonly number[] {
    return this.#families.filter(({ revoked }) => revoked).map(({ id }) => id);
  }

  /** Whether a refresh token would be taken now. */
  isGood(refresh: string): boolean {
    const token = this.#tokens.get(refresh);
    return token !== undefined && !token.spent && !token.family.revoked;
  }

  count(outcome: TokenRequest['outcome']): number {
    return this.requests.filter((request) => request.outcome === outcome).length;
  }

  close(): Promise<void> {
    this.#closed.abort();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = await fieldsOf(request);
    const refresh = fields['refresh_token'] ?? '';
    if (request.method !== 'POST' || fields['grant_type'] !== 'refresh_token') {
      answer(response, 400, { error: 'invalid_request' });
      return;
    }
    const hash = sha256(refresh);
    const mode = this.#planned.shift() ?? this.#options.modeOf?.(hash);
    const token = this.#tokens.get(refresh);
    const record = {
      at: Date.now(),
      token: hash,
      family: token?.family.id,
      mode,
      delivered: false,
    };
    response.on('finish', () => {
      seen.delivered = seen.outcome !== 'faulty';
    });

    let seen: TokenRequest;
    const keep = (outcome: TokenRequest['outcome'], next?: string): void => {
      seen = { ...record, outcome, ...(next !== undefined && { next: sha256(next) }) };
      this.requests.push(seen);
    };
    if (mode === 'busy' || mode === 'fault' || mode === 'redirect' || mode === 'html') {
      keep('faulty');
      misbehave(response, mode);
      return;
    }
    if (token === undefined || token.family.revoked || token.spent) {
      const isReuse = token?.spent === true && !token.family.revoked;
      if (isReuse) token.family.revoked = true;
      keep(isReuse ? 'reuse' : 'refused');
      if (mode === 'slow') await this.#delay();
      answer(response, 400, { error: 'invalid_grant', error_description: 'not good any more' });
      return;
    }
    // Spent from this moment, whatever becomes of the answer.
    token.spent = mode !== 'keep';
    const issued = this.#issueIn(token.family, mode !== 'keep', mode === 'endless');
    keep(mode === 'keep' ? 'kept' : 'rotated', mode === 'keep' ? undefined : issued.refresh);
    const body = {
      token_type: 'Bearer',
      access_token: issued.access,
      ...(mode !== 'keep' && { refresh_token: issued.refresh }),
      ...(mode !== 'endless' && { expires_in: this.#lifetimeS }),
    };
    if (mode === 'slow') await this.#delay();
    if (mode === 'drop') response.destroy();
    else if (mode === 'cut') cut(response, body);
    else answer(response, 200, body);
  }

  get #lifetimeS(): number {
    return this.#options.lifetimeS ?? 3600;
  }

  #issueIn(family: Family, rotates: boolean, endless = false): IssuedTokens {
    const { account, user, email } = family.person;
    const expires = Date.now() + this.#lifetimeS * 1000;
    const access = jwt({
      ...(!endless && { exp: Math.floor(expires / 1000) }),
      'https://api.openai.com/auth': { chatgpt_account_id: account, chatgpt_user_id: user },
      ...(email !== undefined && { 'https://api.openai.com/profile': { email } }),
    });
    const refresh = rotates ? `rt_${family.id}_${randomBytes(32).toString('base64url')}` : '';
    if (rotates) this.#tokens.set(refresh, { family, spent: false });
    this.secrets.push(access, ...(rotates ? [refresh] : []));
    return { family: family.id, access, refresh, expires };
  }

  async #delay(): Promise<void> {
    const { delayMs = 300 } = this.#options;
    const ms = typeof delayMs === 'number' ? delayMs : delayMs();
    await sleep(ms, undefined, { signal: this.#closed.signal }).catch(() => {});
  }
}

export function sha256(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(32).toString('base64url')}`;
}

async function fieldsOf(request: IncomingMessage): Promise<Record<string, string>> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const isJson = request.headers['content-type']?.startsWith('application/json') === true;
  return isJson ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

function cut(response: ServerResponse, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length });
  response.write(text.slice(0, text.length / 2));
  setImmediate(() => response.destroy());
}

function misbehave(response: ServerResponse, mode: 'busy' | 'fault' | 'redirect' | 'html'): void {
  if (mode === 'busy') answer(response, 429, { error: 'rate_limited' });
  else if (mode === 'fault') answer(response, 500, { error: 'server_error' });
  else if (mode === 'redirect') response.writeHead(307, { Location: '/oauth/elsewhere' }).end();
  else {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end('<!doctype html><title>Log in to this network</title>');
  }
}
