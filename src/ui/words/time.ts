import { l10n } from 'vscode';
import { relativeTime } from '../../core/model/relativeTime.ts';

/** `5 h`, `12 min`, `6 d`: how long `ms` milliseconds are, in one unit. */
export function span(ms: number): string {
  const { amount, unit } = relativeTime(ms);
  switch (unit) {
    case 'min':
      return l10n.t('{0} min', amount);
    case 'h':
      return l10n.t('{0} h', amount);
    case 'd':
      return l10n.t('{0} d', amount);
  }
}

/** The same for a screen reader, which does not know our short units. */
export function spokenSpan(ms: number): string {
  const { amount, unit } = relativeTime(ms);
  switch (unit) {
    case 'min':
      return amount === 1 ? l10n.t('1 minute') : l10n.t('{0} minutes', amount);
    case 'h':
      return amount === 1 ? l10n.t('1 hour') : l10n.t('{0} hours', amount);
    case 'd':
      return amount === 1 ? l10n.t('1 day') : l10n.t('{0} days', amount);
  }
}

/** The local day of `at`: `14 Mar 2027` in the way of the person's locale. */
export function day(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? l10n.t('an unknown day')
    : new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(date);
}

/** `next`, `2nd`, `3rd`: the place in an order, counted from 0. */
export function place(position: number): string {
  const number = position + 1;
  switch (new Intl.PluralRules('en', { type: 'ordinal' }).select(number)) {
    case 'one':
      return l10n.t('{0}st', number);
    case 'two':
      return l10n.t('{0}nd', number);
    case 'few':
      return l10n.t('{0}rd', number);
    default:
      return l10n.t('{0}th', number);
  }
}
