import { l10n } from 'vscode';

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
  return Number.isNaN(date.getTime())
    ? l10n.t('an unknown time')
    : new Intl.DateTimeFormat(undefined, style).format(date);
}
