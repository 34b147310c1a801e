import { l10n } from 'vscode';
import type { PageRange, RangeId } from './pageModel.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

/** What was, to know what comes. A week ahead is whole: for so long a person is warned before an end. */
const SPANS: Readonly<Record<RangeId, { readonly back: number; readonly ahead: number }>> = {
  day: { back: 6 * HOUR, ahead: 18 * HOUR },
  week: { back: DAY, ahead: 7 * DAY },
  year: { back: 91 * DAY, ahead: 274 * DAY },
};

/** A tick that is nearer to an end of its range, as a part of it, is left out. */
const EDGE = 0.03;

type Step = (date: Date) => void;

/** What the timeline can show around `now` (milliseconds since the epoch), with ticks in local time. */
export function rangesAt(now: number): readonly PageRange[] {
  return [
    range('day', l10n.t('Day'), now, midnight, hours(3), hourText),
    range('week', l10n.t('Week'), now, midnight, days(1), dayText),
    range('year', l10n.t('Year'), now, firstOfMonth, months(1), monthText),
  ];
}

function range(
  id: RangeId,
  label: string,
  now: number,
  start: Step,
  step: Step,
  text: (date: Date) => string,
): PageRange {
  const [from, to] = [now - SPANS[id].back, now + SPANS[id].ahead];
  const ticks: { at: number; text: string }[] = [];
  const date = new Date(from);
  // By the calendar, as a day with a change of the clock has 23 or 25 hours.
  for (start(date); date.getTime() < to; step(date)) {
    if (isInside(date.getTime(), from, to)) ticks.push({ at: date.getTime(), text: text(date) });
  }
  return { id, label, from, to, ticks };
}

/** Its text has room there. */
function isInside(at: number, from: number, to: number): boolean {
  const edge = (to - from) * EDGE;
  return at > from + edge && at < to - edge;
}

function midnight(date: Date): void {
  date.setHours(0, 0, 0, 0);
}

function firstOfMonth(date: Date): void {
  date.setDate(1);
  midnight(date);
}

function hours(count: number): Step {
  return (date) => void date.setHours(date.getHours() + count);
}

function days(count: number): Step {
  return (date) => void date.setDate(date.getDate() + count);
}

function months(count: number): Step {
  return (date) => void date.setMonth(date.getMonth() + count);
}

const formats = {
  hour: new Intl.DateTimeFormat(undefined, { hour: 'numeric' }),
  weekday: new Intl.DateTimeFormat(undefined, { weekday: 'short' }),
  month: new Intl.DateTimeFormat(undefined, { month: 'short' }),
};

function hourText(date: Date): string {
  return date.getHours() === 0 ? dayText(date) : formats.hour.format(date);
}

function dayText(date: Date): string {
  return `${formats.weekday.format(date)} ${date.getDate()}`;
}

function monthText(date: Date): string {
  return date.getMonth() === 0 ? String(date.getFullYear()) : formats.month.format(date);
}
