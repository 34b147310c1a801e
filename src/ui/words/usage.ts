import { l10n } from 'vscode';
import {
  isOver,
  type UsageFailure,
  type UsageReport,
  type UsageWindow,
  type WindowLabel,
} from '../../core/usage/usage.ts';
import { span, spokenSpan } from './time.ts';

/** How a profile's usage is told. Everything in it is made of our own words and numbers. */
export interface UsageWords {
  readonly bars: readonly UsageBar[];
  /** How old the numbers are. */
  readonly age?: string;
  /** Why there are none, or no newer ones. */
  readonly failure?: string;
  /** The provider's own word. */
  readonly plan?: string;
}

export interface UsageBar {
  /** Which limit: `5 h`, `7 d (Opus)`. */
  readonly label: string;
  /** Used up: 0 to 100. */
  readonly percent: number;
  /** The same in words. */
  readonly value: string;
  /** When it starts anew. */
  readonly resets?: string;
  /** All of it, for a screen reader. */
  readonly spoken: string;
}

/** @param now milliseconds since the epoch. */
export function usageWords({ usage, failure }: UsageReport, now: number): UsageWords {
  const notes = [failure && failureWords(failure, now), usage && unreadWords(usage.unread)];
  const told = notes.filter((note) => note !== undefined && note !== '').join(' ');
  return {
    bars: usage?.windows.map((window) => barOf(window, now)) ?? [],
    ...(usage && { age: ageWords(now - usage.takenAt) }),
    ...(told !== '' && { failure: told }),
    ...(usage?.plan !== undefined && { plan: usage.plan }),
  };
}

function barOf(window: UsageWindow, now: number): UsageBar {
  const { label, resetsAt } = window;
  if (isOver(window, now)) {
    const value = l10n.t('started anew');
    const words = labelWords(label, span);
    return {
      ...{ label: words, percent: 0, value },
      spoken: l10n.t('{0}: started anew since the numbers came', labelWords(label, spokenSpan)),
    };
  }
  const percent = Math.round(window.usedPercent);
  const value = l10n.t('{0}% used', percent);
  const spoken = `${labelWords(label, spokenSpan)}: ${value}`;
  if (resetsAt === undefined) return { label: labelWords(label, span), percent, value, spoken };
  const left = resetsAt - now;
  return {
    ...{ label: labelWords(label, span), percent, value },
    resets: l10n.t('resets in {0}', span(left)),
    spoken: `${spoken}, ${l10n.t('resets in {0}', spokenSpan(left))}`,
  };
}

function labelWords(label: WindowLabel, length: (ms: number) => string): string {
  switch (label.kind) {
    case 'span': {
      const { ms, model } = label;
      return model === undefined ? length(ms) : `${length(ms)} (${MODELS[model]})`;
    }
    case 'primary':
      return l10n.t('First limit');
    case 'secondary':
      return l10n.t('Second limit');
    case 'premium':
      return l10n.t('Premium requests');
    case 'chat':
      return l10n.t('Chat');
    case 'completions':
      return l10n.t('Completions');
  }
}

/** Proper nouns: not translated. */
const MODELS = { sonnet: 'Sonnet', opus: 'Opus' } as const;

function ageWords(ms: number): string {
  return ms < 60_000 ? l10n.t('just now') : l10n.t('{0} ago', span(ms));
}

function unreadWords(unread: readonly string[]): string {
  if (unread.length === 0) return '';
  return l10n.t('A part of the answer was not understood: {0}.', unread.join(', '));
}

/** What happened, and what that means for the person. None of it says that a login is dead. */
export function failureWords(failure: UsageFailure, now: number): string {
  switch (failure.kind) {
    case 'unsupported':
      return l10n.t('Its provider tells nothing about usage.');
    case 'gone':
      return l10n.t('The profile is not stored any more.');
    case 'store':
      return l10n.t('Nothing was asked: the store cannot be read. Look for Problems says more.');
    case 'noToken':
      return l10n.t('Nothing was asked: no token is stored that could be sent.');
    case 'ended':
      return l10n.t(
        'Nothing was asked: the access token ended {0} ago. It is renewed when CoderClaw uses it, never for a number.',
        span(now - failure.since),
      );
    case 'badEndpoint':
      return l10n.t(
        'Nothing was asked: {0} leads neither to https nor to this machine.',
        failure.what,
      );
    case 'offline':
      return l10n.t(
        '{0} was not reached{1}. It is tried again by itself.',
        failure.host,
        errnoPart(failure.errno),
      );
    case 'timedOut':
      return l10n.t('{0} did not answer in time. It is tried again by itself.', failure.host);
    case 'brokenOff':
      return l10n.t(
        'The connection to {0} broke off{1}. It is tried again by itself.',
        failure.host,
        errnoPart(failure.errno),
      );
    case 'unauthorized':
      return l10n.t(
        '{0} did not take this token. If agents have trouble too, refresh or replace it: click its name.',
        failure.host,
      );
    case 'forbidden':
      return failure.scope
        ? l10n.t('This kind of token may not ask for usage; a sign-in of the provider may.')
        : l10n.t('{0} does not tell this account about usage.', failure.host);
    case 'tooMany':
      return l10n.t('{0} was asked too often. It is tried again by itself.', failure.host);
    case 'serverFault':
      return l10n.t(
        '{0} has a fault (HTTP {1}). It is tried again by itself.',
        failure.host,
        failure.status,
      );
    case 'otherStatus':
      return l10n.t('{0} answered with HTTP {1}.', failure.host, failure.status);
    case 'badAnswer':
      return l10n.t(
        '{0} answered something else than is known of it ({1}).',
        failure.host,
        failure.what,
      );
  }
}

function errnoPart(errno: string | undefined): string {
  return errno === undefined ? '' : ` (${errno})`;
}
