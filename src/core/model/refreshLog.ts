import { isJsonObject } from '../documents/json.ts';
import { FINGERPRINT_DIGITS } from './loginFingerprint.ts';
import type { RefreshOutcome } from './profileState.ts';

/**
 * One line of the refresh log. `token` is the SHA-256 of the refresh token (64 hex digits), so that a
 * spent one is known again and none can be read. Times in milliseconds since the epoch.
 *
 * - `spent`: it brought a new one, or was seen replaced; never sent and never written again.
 * - `refused`: the provider refused the grant; not sent again.
 * - `unsure`: sent, and the answer was lost.
 * - `transient`: not spent; the next try at `retryAt`.
 */
export type RefreshEvent =
  | { readonly kind: 'spent'; readonly token: string; readonly at: number; readonly next?: string }
  | { readonly kind: 'refused'; readonly token: string; readonly at: number }
  | {
      readonly kind: 'unsure' | 'transient';
      readonly token: string;
      readonly at: number;
      readonly retryAt: number;
    };

/** All that the log says about one refresh token. */
export interface TokenRecord {
  /** The last event. `spent` and `refused` are final: nothing that follows takes them back. */
  readonly kind: RefreshEvent['kind'];
  readonly at: number;
  readonly retryAt?: number;
  /** SHA-256 of the token that replaced it, where known. */
  readonly next?: string;
  /** `transient` events in a row. */
  readonly failures: number;
  /** `unsure` events in all: after the second it is not sent again. */
  readonly lostAnswers: number;
}

export type TokenRecords = ReadonlyMap<string, TokenRecord>;

/** As often as a token may be sent without an answer. */
export const MOST_LOST_ANSWERS = 2;

/** Folds the lines of a log, oldest first, into what is known of each token. Skips what is no event. */
export function readRefreshLog(text: string, into = new Map<string, TokenRecord>()): TokenRecords {
  for (const line of text.split('\n')) {
    const event = eventOf(line);
    if (event !== undefined) into.set(event.token, after(into.get(event.token), event));
  }
  return into;
}

/** What the log means for a login, by `loginFingerprint`: the first 12 digits of its hash. */
export function refreshOutcomes(records: TokenRecords): ReadonlyMap<string, RefreshOutcome> {
  const outcomes = new Map<string, RefreshOutcome>();
  for (const [token, record] of records) {
    const outcome = outcomeOf(record);
    if (outcome !== undefined) outcomes.set(token.slice(0, FINGERPRINT_DIGITS), outcome);
  }
  return outcomes;
}

/** Its grant is gone: refused, or its answers were lost once too often. */
export function isDead(record: TokenRecord | undefined): boolean {
  return (
    record?.kind === 'refused' ||
    (record?.kind === 'unsure' && record.lostAnswers >= MOST_LOST_ANSWERS)
  );
}

function outcomeOf(record: TokenRecord): RefreshOutcome | undefined {
  if (isDead(record)) return { kind: 'dead' };
  return record.retryAt === undefined ? undefined : { kind: 'retrying', at: record.retryAt };
}

function after(before: TokenRecord | undefined, event: RefreshEvent): TokenRecord {
  if (before?.kind === 'spent' || before?.kind === 'refused') {
    return event.kind === 'spent' ? { ...before, ...event } : before;
  }
  return {
    kind: event.kind,
    at: event.at,
    ...('retryAt' in event && { retryAt: event.retryAt }),
    ...('next' in event && { next: event.next }),
    failures: event.kind === 'transient' ? (before?.failures ?? 0) + 1 : 0,
    lostAnswers: (before?.lostAnswers ?? 0) + (event.kind === 'unsure' ? 1 : 0),
  };
}

function eventOf(line: string): RefreshEvent | undefined {
  if (line === '') return undefined;
  try {
    const value: unknown = JSON.parse(line);
    if (!isJsonObject(value)) return undefined;
    const { kind, token, at, retryAt, next } = value;
    if (typeof token !== 'string' || !/^[\da-f]{64}$/.test(token) || typeof at !== 'number') {
      return undefined;
    }
    if (kind === 'refused') return { kind, token, at };
    if (kind === 'spent') return { kind, token, at, ...(typeof next === 'string' && { next }) };
    if ((kind === 'unsure' || kind === 'transient') && typeof retryAt === 'number') {
      return { kind, token, at, retryAt };
    }
    return undefined;
  } catch {
    return undefined;
  }
}
