import { isJsonObject } from '../documents/json.ts';
import { FINGERPRINT_DIGITS } from './loginFingerprint.ts';
import type { Reads } from './reads.ts';
import { storedFingerprints } from './storedFingerprints.ts';

/** When a token was pasted that carries no end of its own, and when it is expected to end. */
export interface TokenEnd {
  /** Milliseconds since the epoch, both. */
  readonly at: number;
  readonly end: number;
}

/** By the SHA-256 of the token (64 hex digits). */
export type TokenEnds = ReadonlyMap<string, TokenEnd>;

/**
 * Folds the lines of a file of such ends into what is known (changes and returns `into`). A token that
 * was pasted more than once is as old as at the first time. Skips what is no such line.
 */
export function readTokenEnds(text: string, into = new Map<string, TokenEnd>()): TokenEnds {
  for (const line of text.split('\n')) {
    const [token, one] = endOf(line) ?? [];
    if (token === undefined || one === undefined) continue;
    const known = into.get(token);
    if (known === undefined || one.at < known.at) into.set(token, one);
  }
  return into;
}

/**
 * One such line, without a line end.
 * @throws for a token that is not a hash: it could be the token itself, and must not be written.
 */
export function formatTokenEnd(token: string, { at, end }: TokenEnd): string {
  if (!isHash(token)) throw new Error('the end of a token names it by its SHA-256');
  return JSON.stringify({ token, at, end });
}

/** The ends of what is stored, by `loginFingerprint`. Pure. */
export function storedTokenEnds(
  ends: TokenEnds,
  stateDirs: Reads['stateDirs'],
): ReadonlyMap<string, number> {
  const stored = storedFingerprints(stateDirs);
  const found = new Map<string, number>();
  for (const [token, { end }] of ends) {
    const fingerprint = token.slice(0, FINGERPRINT_DIGITS);
    if (stored.has(fingerprint)) found.set(fingerprint, end);
  }
  return found;
}

function endOf(line: string): readonly [token: string, TokenEnd] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { token, at, end } = value;
  if (!isHash(token) || !isTime(at) || !isTime(end)) return undefined;
  return [token, { at, end }];
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[\da-f]{64}$/.test(value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
