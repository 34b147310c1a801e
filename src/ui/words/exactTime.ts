import { l10n } from 'vscode';

/** The exact local time of `at` (milliseconds since the epoch), for hovers and documents. */
export function exactTime(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? l10n.t('an unknown time')
    : new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}
