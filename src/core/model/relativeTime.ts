/**
 * A distance in time as people say it: `12 min`, `47 h`, `6 d`. Only the numbers are made here;
 * words and direction ("in", "ago") belong to the views.
 */
export interface RelativeTime {
  /** A whole number, never 0. */
  readonly amount: number;
  readonly unit: TimeUnit;
  /** Closer than one minute (`amount` is 1 then): a view may say "now". */
  readonly now: boolean;
}

export type TimeUnit = 'min' | 'h' | 'd';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Hours go up to 47, so that the last two days of a credential are not blurred to "1 d"; the same
 * distance never reads in two units.
 */
const DAYS_FROM = 2 * DAY;

/**
 * Rounds towards zero: what is left is never shown as more than it is.
 * @param distance milliseconds from now, negative in the past.
 */
export function relativeTime(distance: number): RelativeTime {
  const away = Math.abs(distance);
  const unit = unitOf(away);
  return {
    amount: Math.max(1, Math.floor(away / LENGTH[unit])),
    unit,
    now: away < MINUTE,
  };
}

/**
 * Milliseconds until `relativeTime` of the same moment reads differently, or the moment passes;
 * at least 1. One timer of this length is all that a view needs.
 * @param distance milliseconds from now, negative in the past.
 */
export function relativeTimeChangesIn(distance: number): number {
  const away = Math.abs(distance);
  const length = LENGTH[unitOf(away)];
  const whole = Math.floor(away / length);
  if (distance <= 0) return (whole + 1) * length - away;
  // Counting down, the last moment of "5 h" is exactly 5 h; the last minute ends with the moment.
  return whole === 0 ? away : away - whole * length + 1;
}

const LENGTH: Readonly<Record<TimeUnit, number>> = { min: MINUTE, h: HOUR, d: DAY };

function unitOf(away: number): TimeUnit {
  if (away < HOUR) return 'min';
  return away < DAYS_FROM ? 'h' : 'd';
}
