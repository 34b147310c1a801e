import { Cancelled, throwIfCancelled } from '../../clock.ts';
import type { JsonObject } from '../../documents/json.ts';
import { isKnown, KnownError } from '../../errors.ts';
import {
  type LimitedAnswer,
  type LimitedRequest,
  limitedRequest,
  type TokenServices,
} from '../limitedRequest.ts';
import type {
  DeviceAuthorization,
  DeviceSignInDescriptor,
  PollVerdict,
} from './deviceDescriptor.ts';

/** RFC 8628 3.2: where the server does not say. */
export const DEFAULT_INTERVAL_MS = 5_000;
/** RFC 8628 3.5: what `slow_down` adds. */
export const SLOW_DOWN_MS = 5_000;
/** No server is polled faster, whatever it says. */
const SHORTEST_INTERVAL_MS = 1_000;
/** Nor slower, however long it cannot be reached: the person may be done. */
const LONGEST_BACKOFF_MS = 60_000;

export interface Polling {
  readonly descriptor: DeviceSignInDescriptor;
  readonly authorization: DeviceAuthorization;
  readonly poll: LimitedRequest;
  readonly services: TokenServices;
  /** Kept out of the provider's words. */
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface GrantedBody {
  readonly host: string;
  readonly body: JsonObject;
}

/**
 * Polls (RFC 8628 3.4, 3.5) until the person has agreed. Waits one interval before the first poll and
 * between any two; twice as long after each fault in a row. No poll begins once the code has expired,
 * and that is told by a timer, so that a clock which is set meanwhile changes nothing. One that is
 * under way by then may still bring the answer.
 * @throws {KnownError} `signin.codeExpired`, `signin.refused` (the person said no),
 * `signin.tokenRefused`, `signin.badAnswer`.
 * @throws {Cancelled} as soon as `signal` aborts.
 */
export async function pollUntilGranted(polling: Polling): Promise<GrantedBody> {
  const { authorization, services, signal } = polling;
  const life = new Life(authorization.lifetimeMs, services, signal);
  try {
    let intervalMs = Math.max(
      authorization.intervalMs ?? DEFAULT_INTERVAL_MS,
      SHORTEST_INTERVAL_MS,
    );
    let faults = 0;
    for (;;) {
      await life.pause(faults === 0 ? intervalMs : backoff(intervalMs, faults));
      if (life.isOver) throw expired(polling);
      const answer = await ask(polling);
      if (answer === undefined) {
        faults += 1;
        continue;
      }
      faults = 0;
      const verdict = verdictOf(answer, polling);
      switch (verdict.kind) {
        case 'pending':
          break;
        case 'slowDown':
          // Also this and all that follow (RFC 8628 3.5).
          intervalMs = Math.max(intervalMs + SLOW_DOWN_MS, verdict.intervalMs ?? 0);
          break;
        case 'granted':
          return { host: answer.host, body: verdict.body };
        default:
          throw failureOf(verdict, answer, polling);
      }
    }
  } finally {
    life.end();
  }
}

/** The time for which a code is good. */
class Life {
  isOver = false;
  readonly #lifetimeMs: number;
  readonly #services: TokenServices;
  readonly #signal: AbortSignal;
  /** Ends a pause: when the time is over, and when it is called off. */
  readonly #wake = new AbortController();
  readonly #done = new AbortController();
  readonly #onCancel = (): void => this.#wake.abort();

  constructor(lifetimeMs: number, services: TokenServices, signal: AbortSignal) {
    this.#lifetimeMs = lifetimeMs;
    this.#services = services;
    this.#signal = signal;
    signal.addEventListener('abort', this.#onCancel, { once: true });
    services.clock.sleep(lifetimeMs, this.#done.signal).then(
      () => {
        this.isOver = true;
        this.#wake.abort();
      },
      () => {},
    );
  }

  /** Comes back early when the time is over. */
  async pause(ms: number): Promise<void> {
    throwIfCancelled(this.#signal);
    try {
      // Timers of Node that are longer than 24 days go off at once.
      await this.#services.clock.sleep(Math.min(ms, this.#lifetimeMs), this.#wake.signal);
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      throwIfCancelled(this.#signal);
    }
  }

  end(): void {
    this.#signal.removeEventListener('abort', this.#onCancel);
    this.#done.abort();
  }
}

function backoff(intervalMs: number, faults: number): number {
  return Math.max(intervalMs, Math.min(intervalMs * 2 ** faults, LONGEST_BACKOFF_MS));
}

/** Undefined for a fault of the way or the server, after which it is tried again. */
async function ask(polling: Polling): Promise<LimitedAnswer | undefined> {
  const { descriptor, services, signal, log, poll } = polling;
  try {
    const answer = await limitedRequest(
      'deviceTokenEndpoint',
      descriptor.deviceTokenEndpoint,
      poll,
      services,
      signal,
    );
    if (answer.status < 500) return answer;
    log(`status ${answer.status}; trying again`);
  } catch (error) {
    if (!isKnown(error, 'signin.network')) throw error;
    log(`${error.message}; trying again`);
  }
  return undefined;
}

function verdictOf(answer: LimitedAnswer, { descriptor, secrets }: Polling): PollVerdict {
  if (answer.status === 429) return { kind: 'slowDown' };
  if (answer.status === 200 && answer.body === undefined) {
    throw new KnownError('signin.badAnswer', { host: answer.host, what: 'not a JSON object' });
  }
  return descriptor.verdictOf(answer, secrets);
}

function failureOf(
  verdict: Extract<PollVerdict, { kind: 'denied' | 'expired' | 'refused' }>,
  { host, status }: LimitedAnswer,
  polling: Polling,
): KnownError {
  switch (verdict.kind) {
    case 'denied': {
      const { provider } = polling.descriptor;
      const { description } = verdict;
      return new KnownError('signin.refused', {
        provider,
        error: 'access_denied',
        ...(description === undefined ? {} : { description }),
      });
    }
    case 'expired':
      return expired(polling);
    case 'refused':
      return new KnownError('signin.tokenRefused', { host, status, ...verdict.refusal });
  }
}

function expired({ descriptor }: Polling): KnownError {
  return new KnownError('signin.codeExpired', { provider: descriptor.provider });
}
