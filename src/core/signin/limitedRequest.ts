import { Cancelled, type Clock, throwIfCancelled } from '../clock.ts';
import { isJsonObject, type JsonObject } from '../documents/json.ts';
import { KnownError } from '../errors.ts';
import { checkedEndpoint } from './endpoints.ts';
import { isUnsent } from './unsent.ts';

/** One request for tokens has so many milliseconds, its answer included. */
export const TOKEN_REQUEST_LIMIT_MS = 15_000;
/** An answer is at most so many bytes. */
const LARGEST_ANSWER = 1024 * 1024;

/** What requests are made with. */
export interface TokenServices {
  /** The host's: it honours the proxy and certificate settings. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** What is sent; a GET with nothing in it unless this says otherwise. */
export interface LimitedRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
}

/** An answer that came whole, whatever its status. */
export interface LimitedAnswer {
  readonly host: string;
  readonly status: number;
  /** The JSON object that its body is; undefined if it is none. */
  readonly body?: JsonObject;
  /** The server's own time (RFC 9110 6.6.1) in milliseconds since the epoch, where it tells. */
  readonly serverTime?: number;
  /** For how many milliseconds from now it asks to be left alone (RFC 9110 10.2.3), where it does. */
  readonly retryAfterMs?: number;
}

/**
 * Sends one request: to https or to loopback, for at most {@link TOKEN_REQUEST_LIMIT_MS}, following no
 * redirect (one that leads elsewhere would take secrets with it), reading at most 1 MiB.
 * @param what Names the address in `signin.badEndpoint`.
 * @throws {KnownError} `signin.badEndpoint` before anything is sent; `signin.network` if there was no
 * whole answer; `signin.badAnswer` if it is too large. Nothing of request or answer is in them.
 * @throws {Cancelled} if `signal` aborts.
 */
export async function limitedRequest(
  what: string,
  address: string,
  { method = 'GET', headers = {}, body }: LimitedRequest,
  { fetch, clock }: TokenServices,
  signal?: AbortSignal,
): Promise<LimitedAnswer> {
  throwIfCancelled(signal);
  const { href, host } = checkedEndpoint(what, address);
  return withinLimit(host, clock, signal, async (ending) => {
    const response = await fetch(href, {
      ...(method === 'GET' ? {} : { method }),
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: ending,
    });
    const parsed = parsedObject(await limitedText(response, host));
    const serverTime = Date.parse(response.headers.get('date') ?? '');
    const retryAfterMs = retryAfter(response.headers.get('retry-after') ?? '', () =>
      Number.isFinite(serverTime) ? serverTime : clock.now(),
    );
    return {
      host,
      status: response.status,
      ...(parsed === undefined ? {} : { body: parsed }),
      ...(Number.isFinite(serverTime) ? { serverTime } : {}),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  });
}

/** Seconds, or a date by the server's clock; undefined for anything else. */
function retryAfter(value: string, now: () => number): number | undefined {
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  // Nothing but a date: `Date.parse` takes "1.5" for one in 2001.
  const date = /^[A-Z][a-z]+,? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isFinite(date) ? Math.max(0, date - now()) : undefined;
}

/**
 * Does one request with its answer, in at most {@link TOKEN_REQUEST_LIMIT_MS}. `work` gets the signal
 * that ends it.
 * @throws {KnownError} `signin.network` if it failed or took too long (without the reason itself, which
 * may hold the request); those of `work`.
 * @throws {Cancelled} if `signal` aborts.
 */
export async function withinLimit<T>(
  host: string,
  clock: Clock,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const request = new AbortController();
  const done = new AbortController();
  let ended: 'cancelled' | 'timedOut' | undefined;
  const abandon = (why: 'cancelled' | 'timedOut'): void => {
    ended ??= why;
    request.abort();
  };
  const onCancel = (): void => abandon('cancelled');
  signal?.addEventListener('abort', onCancel, { once: true });
  const limit = clock.sleep(TOKEN_REQUEST_LIMIT_MS, done.signal).then(
    () => abandon('timedOut'),
    () => {},
  );
  try {
    // A fetch that does not heed its signal must not hold us up either.
    return await Promise.race([work(request.signal), aborted(request.signal)]);
  } catch (error) {
    if (error instanceof KnownError) throw error;
    if (ended === 'cancelled') throw new Cancelled();
    // The cause stays behind: a wrapped fetch may put the request, and so the code, into it.
    const errno = errnoOf(error);
    throw new KnownError('signin.network', {
      host,
      timedOut: ended === 'timedOut',
      ...(errno === undefined ? {} : { errno }),
      ...(isUnsent(error) && { unsent: true }),
    });
  } finally {
    signal?.removeEventListener('abort', onCancel);
    done.abort();
    await limit;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Cancelled()), { once: true });
  });
}

/** `ECONNREFUSED` and its kin, from the error or (as undici wraps them) its cause. */
function errnoOf(error: unknown): string | undefined {
  for (const candidate of [error, error instanceof Error ? error.cause : undefined]) {
    if (candidate instanceof Error && 'code' in candidate) {
      const { code } = candidate;
      if (typeof code === 'string' && /^[A-Z][A-Z\d_]{2,40}$/.test(code)) return code;
    }
  }
  return undefined;
}

/**
 * The body of an answer, read as it streams in, and no further than 1 MiB.
 * @throws {KnownError} `signin.badAnswer` if it is larger.
 */
export async function limitedText(response: Response, host: string): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop, by the throw too, cancels the stream and with it the connection.
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > LARGEST_ANSWER) throw new KnownError('signin.badAnswer', { host, what: 'size' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The JSON object that `text` is, if it is one. Never throws: a parser's message quotes the text. */
export function parsedObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
