import { l10n } from 'vscode';
import type { DashboardSummary } from '../../core/dashboard/dashboard.ts';
import type { RenewalMark } from '../../core/dashboard/history.ts';
import type { CellKind, MatrixCell } from '../../core/dashboard/matrix.ts';
import type { Stretch, TrackEnd } from '../../core/dashboard/track.ts';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import { exactTime } from './exactTime.ts';
import { joined } from './joined.ts';
import { day, span } from './time.ts';

/** The first sentence, where there are profiles: `2 of 7 profiles need you; the next renewal is in 40 min.` */
export function summaryWords(
  { profiles, needPerson, nextRenewal }: DashboardSummary,
  now: number,
): string {
  const needing = needingWords(profiles, needPerson);
  return nextRenewal === undefined
    ? l10n.t('{0}.', needing)
    : l10n.t('{0}; the next renewal is in {1}.', needing, span(nextRenewal - now));
}

function needingWords(profiles: number, needPerson: number): string {
  if (profiles === 1) {
    return needPerson === 0 ? l10n.t('Nothing needs you') : l10n.t('The only profile needs you');
  }
  if (needPerson === 0) return l10n.t('None of {0} profiles needs you', profiles);
  return needPerson === 1
    ? l10n.t('1 of {0} profiles needs you', profiles)
    : l10n.t('{0} of {1} profiles need you', needPerson, profiles);
}

/** Behind the name of an agent: how many profiles it has, and how many need a person. */
export function groupWords(count: number, needPerson: number): string {
  return joined(
    ' · ',
    count === 1 ? l10n.t('1 profile') : l10n.t('{0} profiles', count),
    needPerson === 0
      ? ''
      : needPerson === 1
        ? l10n.t('1 needs you')
        : l10n.t('{0} need you', needPerson),
  );
}

/** What the bar of a profile says. */
export function validWords({ from, to }: Stretch, now: number): string {
  if (to === undefined) return l10n.t('Has no known end.');
  if (to <= now) return l10n.t('Was valid until {0}.', exactTime(to));
  return from === undefined
    ? l10n.t('Valid until {0}.', exactTime(to))
    : l10n.t('Valid since {0}, until {1}.', exactTime(from), exactTime(to));
}

/** When a profile is left alone. */
export function pauseSpanWords(kind: 'cooldown' | 'disabled', until: number): string {
  return kind === 'cooldown'
    ? l10n.t('Cooling down until {0}.', exactTime(until))
    : l10n.t('Disabled until {0}.', exactTime(until));
}

export function renewedWords({ at, count }: RenewalMark): string {
  return count === 1
    ? l10n.t('Renewed on {0}.', exactTime(at))
    : l10n.t('Renewed {0} times within a day, the last time on {1}.', count, exactTime(at));
}

export function signedInWords(at: number): string {
  return l10n.t('Signed in on {0}.', exactTime(at));
}

/** The mark at the end of a credential; undefined where there is nothing to mark. */
export function endWords(end: TrackEnd): string | undefined {
  switch (end.kind) {
    case 'renews':
      return end.at === undefined
        ? l10n.t('Renews itself at its next use.')
        : l10n.t('Renews itself: the access token ends on {0}.', exactTime(end.at));
    case 'retries':
      return l10n.t('The next try to renew it is at {0}.', exactTime(end.at));
    case 'person':
      return end.isExpected
        ? l10n.t('Expected to end on about {0}: needs you by then.', day(end.at))
        : l10n.t('Ends on {0}: needs you by then.', exactTime(end.at));
    case 'now':
      return l10n.t('Needs you now.');
    case 'unused':
    case 'none':
      return undefined;
  }
}

/** Where an agent has a provider from. */
export function cellWords(kind: CellKind): string {
  switch (kind) {
    case 'own':
      return l10n.t('own');
    case 'separate':
      return l10n.t('separate');
    case 'twin':
      return l10n.t('twin');
    case 'inherited':
      return l10n.t('from main');
    case 'missing':
      return '–';
    case 'unknown':
      return l10n.t('not known');
  }
}

/** The same as a sentence, with what follows from it. */
export function cellSentence({ kind, twins }: MatrixCell): string {
  switch (kind) {
    case 'own':
      return l10n.t('Has profiles of its own.');
    case 'separate':
      return l10n.t('Has profiles of its own, apart from those of {0}.', MAIN_AGENT_ID);
    case 'twin':
      return l10n.t(
        'The same login is stored for {0}, too. Each renewal ends the other copies; this extension moves them together.',
        twins.join(', '),
      );
    case 'inherited':
      return l10n.t('Uses what {0} has.', MAIN_AGENT_ID);
    case 'missing':
      return l10n.t('Not signed in.');
    case 'unknown':
      return l10n.t('Its store could not be read.');
  }
}
