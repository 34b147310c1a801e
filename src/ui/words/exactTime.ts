import { l10n } from 'vscode';

/** Made at the first use and kept: a report tells thousands of times, and making one takes longest. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The exact local time of `at` (milliseconds since the epoch), for hovers and documents. */
export function exactTime(at: number): string {
  return localTime(at, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The local time of day, for what is at most some hours away. */
export function timeOfDay(at: number): string {
  return localTime(at, { timeStyle: 'short' });
}

function localTime(at: number, style: Intl.DateTimeFormatOptions): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? l10n.t('an unknown time') : formatOf(style).format(date);
}

function formatOf(style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = JSON.stringify(style);
  const format = formats.get(name) ?? new Intl.DateTimeFormat(undefined, style);
  formats.set(name, format);
  return format;
}
