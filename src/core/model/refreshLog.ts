import { isJsonObject } from '../documents/json.ts';
import { retryTime } from './retryTime.ts';

/**
 * One line of the refresh log. `token` is the SHA-256 of the refresh token (64 hex digits), so that a
 * spent one is known again and none can be read. Times in milliseconds since the epoch.
 *
 * - `spent`: it brought a new one, or was seen replaced; never sent and never written again. One whose
 *   `next` is itself was not spent: it counts as `renewed`.
 * - `renewed`: it brought a new access token and stays valid. What went wrong before is over.
 * - `refused`: the provider refused the grant; not sent again.
 * - `unsure`: sent, and the answer was lost.
 * - `transient`: not spent; the next try at `retryAt`.
 */
export type RefreshEvent =
  | { readonly kind: 'spent'; readonly token: string; readonly at: number; readonly next?: string }
  | { readonly kind: 'renewed' | 'refused'; readonly token: string; readonly at: number }
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
  /** `unsure` events since it last worked: after the second it is not sent again. */
  readonly lostAnswers: number;
}

export type TokenRecords = ReadonlyMap<string, TokenRecord>;

/** As often as a token may be sent without an answer. */
export const MOST_LOST_ANSWERS = 2;

/**
 * Folds the lines of a log, oldest first, into what is known of each token (changes and returns
 * `into`). Skips what is no event.
 */
export function readRefreshLog(text: string, into = new Map<string, TokenRecord>()): TokenRecords {
  for (const line of text.split('\n')) {
    const event = eventOf(line);
    if (event !== undefined) into.set(event.token, after(into.get(event.token), event));
  }
  return into;
}

/**
 * The line of an event, without a line end.
 * @throws for a token that is not a hash: it could be the token itself, and must not be written.
 */
export function formatRefreshEvent(event: RefreshEvent): string {
  const { kind, token, at } = event;
  const next = 'next' in event ? event.next : undefined;
  if (!isHash(token) || (next !== undefined && !isHash(next))) {
    throw new Error('a refresh event names tokens by their SHA-256');
  }
  const retryAt = 'retryAt' in event ? event.retryAt : undefined;
  return JSON.stringify({ kind, token, at, next, retryAt });
}

/** What two logs together know of one token. The same event may stand in both. */
export function mergeRecords(a: TokenRecord, b: TokenRecord): TokenRecord {
  const [weaker, stronger] = isStronger(a, b) ? [b, a] : [a, b];
  if (stronger.kind === 'renewed') return stronger;
  const next = stronger.next ?? weaker.next;
  return {
    ...stronger,
    ...(stronger.kind === 'spent' && next !== undefined && { next }),
    failures: stronger.kind === weaker.kind ? Math.max(a.failures, b.failures) : stronger.failures,
    lostAnswers: Math.max(a.lostAnswers, b.lostAnswers),
  };
}

/** Its grant is gone: refused, or its answers were lost once too often. */
export function isDead(record: TokenRecord | undefined): boolean {
  if (record === undefined || record.kind === 'spent') return false;
  return record.kind === 'refused' || record.lostAnswers >= MOST_LOST_ANSWERS;
}

/**
 * When the token of a record may be sent again, in milliseconds since the epoch; undefined where
 * nothing keeps it back. A time that no clock that is right can have set does not ({@link retryTime}).
 * @param expires The end of the access token that is stored with it.
 */
export function retryAtOf(
  record: TokenRecord | undefined,
  now: number,
  expires: number | undefined,
): number | undefined {
  if (record?.retryAt === undefined) return undefined;
  return retryTime({ retryAt: record.retryAt, isLost: record.kind === 'unsure' }, now, expires);
}

function isStronger(a: TokenRecord, b: TokenRecord): boolean {
  const [weightA, weightB] = [weightOf(a), weightOf(b)];
  return weightA === weightB ? a.at > b.at : weightA > weightB;
}

/** Final ones first; `spent` says more than `refused`: where to go on. */
function weightOf({ kind }: TokenRecord): number {
  if (kind === 'spent') return 2;
  return kind === 'refused' ? 1 : 0;
}

function after(before: TokenRecord | undefined, event: RefreshEvent): TokenRecord {
  if (before?.kind === 'spent' || before?.kind === 'refused') {
    return event.kind === 'spent' ? { ...before, ...event } : before;
  }
  // A state dir that is reached by two names gets each event twice.
  if (before?.kind === event.kind && before.at === event.at) return before;
  const lostBefore = event.kind === 'renewed' ? 0 : (before?.lostAnswers ?? 0);
  return {
    kind: event.kind,
    at: event.at,
    ...('retryAt' in event && { retryAt: event.retryAt }),
    ...('next' in event && { next: event.next }),
    failures: event.kind === 'transient' ? (before?.failures ?? 0) + 1 : 0,
    lostAnswers: lostBefore + (event.kind === 'unsure' ? 1 : 0),
  };
}

function eventOf(line: string): RefreshEvent | undefined {
  if (line === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { kind, token, at, retryAt, next } = value;
  if (!isHash(token) || typeof at !== 'number') return undefined;
  switch (kind) {
    case 'spent':
      if (next === token) return { kind: 'renewed', token, at };
      return { kind, token, at, ...(isHash(next) && { next }) };
    case 'renewed':
    case 'refused':
      return { kind, token, at };
    case 'unsure':
    case 'transient':
      return typeof retryAt === 'number' ? { kind, token, at, retryAt } : undefined;
    default:
      return undefined;
  }
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[\da-f]{64}$/.test(value);
}
