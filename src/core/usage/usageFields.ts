import { isJsonObject, type JsonObject, type JsonValue } from '../documents/json.ts';
import type { UsageWindow } from './usage.ts';

/** Strict readers for the fields of these answers. What is not as documented is not guessed at. */

/** No window resets later than this: a time beyond it was meant in another unit. */
const FARTHEST_RESET_MS = 400 * 24 * 60 * 60_000;

/** A field that may tell of a window. */
export interface WindowField {
  /** Its place in the answer, for `unread`. */
  readonly name: string;
  readonly value: JsonValue | undefined;
  /** Undefined: not understood. `none`: no limit, as it says. */
  readonly read: (value: JsonObject) => UsageWindow | 'none' | undefined;
}

/** The windows of these fields; absent and null ones tell of none, and the others are named. */
export function windowsIn(fields: readonly WindowField[]): {
  readonly windows: readonly UsageWindow[];
  readonly unread: readonly string[];
} {
  const windows: UsageWindow[] = [];
  const unread: string[] = [];
  for (const { name, value, read } of fields) {
    if (value === undefined || value === null) continue;
    const found = isJsonObject(value) ? read(value) : undefined;
    if (found === undefined) unread.push(name);
    else if (found !== 'none') windows.push(found);
  }
  return { windows, unread };
}

/** A percentage, kept within 0 and 100; undefined for what is no number, one in a text included. */
export function percentOf(value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Math.min(100, Math.max(0, value));
}

/**
 * `resetsAt` of a window. Left out where it is not told (null, for a window that has not begun), is not a
 * time, has passed, or lies too far off to be one.
 * @param ms Milliseconds since the epoch.
 */
export function resetIn(ms: number, now: number): Pick<UsageWindow, 'resetsAt'> {
  return ms > now && ms <= now + FARTHEST_RESET_MS ? { resetsAt: ms } : {};
}

/** A time in the form of RFC 3339, or its date alone, in milliseconds since the epoch; NaN for no such. */
export function timeOf(value: JsonValue | undefined): number {
  const isTime =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(value);
  return isTime ? Date.parse(value) : Number.NaN;
}

/** The name of a plan, if it is one: it is the provider's text, and is shown. */
export function planIn(value: JsonValue | undefined): { readonly plan?: string } {
  return typeof value === 'string' && /^[a-z\d][\w .+-]{0,39}$/i.test(value) ? { plan: value } : {};
}
