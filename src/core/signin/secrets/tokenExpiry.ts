import { type BadDuration, KnownError } from '../../errors.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: MINUTE, h: HOUR, d: DAY };

/** What is said to last longer was mistyped. */
const LONGEST_MS = 100 * 365 * DAY;

/**
 * Milliseconds of a duration as CoderClaw 2026.3.21 reads it: a number, fractions allowed, and one of
 * `ms`, `s`, `m`, `h`, `d`; days without a unit (`test/vectors/durations.json`).
 * @throws {KnownError} `secret.badDuration`
 */
export function durationMs(text: string): number {
  const [, number, unit = 'd'] =
    /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim().toLowerCase()) ?? [];
  const length = UNITS[unit];
  if (number === undefined || length === undefined) throw bad('notADuration');
  return Math.round(Number(number) * length);
}

/**
 * When a token that lasts for so long from now on ends, in milliseconds since the epoch; undefined for
 * a blank text, which says that it is not known.
 * @throws {KnownError} `secret.badDuration`, also for no time at all, and for more than 100 years.
 */
export function expiryIn(text: string, now: number): number | undefined {
  if (text.trim() === '') return undefined;
  const ms = durationMs(text);
  if (ms === 0) throw bad('overAtOnce');
  if (ms > LONGEST_MS) throw bad('tooLong');
  return now + ms;
}

function bad(why: BadDuration): KnownError {
  return new KnownError('secret.badDuration', { why });
}
