import { l10n } from 'vscode';
import type { BrokenReason, HiddenReason, ProfileState } from '../../core/model/profileState.ts';
import { day, span, spokenSpan } from './time.ts';

/**
 * How a state is written, drawn and spoken. Every surface takes its words from here; the whole
 * sentence of a hover stands in `stateSentence.ts`.
 */
export interface StateWords {
  /** Short, for lists: `renews itself · 5 h`. */
  readonly text: string;
  /** Codicon name. */
  readonly icon: string;
  /** Theme colour id; the icon's shape says the same without it. */
  readonly color?: string;
  /** For screen readers: no abbreviations. */
  readonly spoken: string;
}

const passed = { icon: 'pass', color: 'testing.iconPassed' };
const failed = { icon: 'error', color: 'list.errorForeground' };

/** @param now milliseconds since the epoch: the Snapshot's moment. */
export function stateWords(state: ProfileState, now: number): StateWords {
  switch (state.kind) {
    case 'renews':
      return state.at > now
        ? {
            ...passed,
            text: l10n.t('renews itself · {0}', span(state.at - now)),
            spoken: l10n.t('renews itself, in {0}', spokenSpan(state.at - now)),
          }
        : {
            ...passed,
            text: l10n.t('renews itself at next use'),
            spoken: l10n.t('renews itself at next use'),
          };
    case 'lasts':
      return {
        ...passed,
        text: l10n.t('until {0}', day(state.until)),
        spoken: l10n.t('valid until {0}', day(state.until)),
      };
    case 'ending':
      return {
        icon: 'warning',
        color: 'list.warningForeground',
        text: endingWords(state.at - now, span),
        spoken: endingWords(state.at - now, spokenSpan),
      };
    case 'static':
      return { icon: 'key', text: l10n.t('no expiry'), spoken: l10n.t('no expiry') };
    case 'retrying':
      return {
        icon: 'sync',
        text: l10n.t('trying again in {0}', span(state.at - now)),
        spoken: l10n.t('trying again in {0}', spokenSpan(state.at - now)),
      };
    case 'expired':
      return {
        ...failed,
        text: l10n.t('expired {0} ago · replace', span(now - state.since)),
        spoken: l10n.t('expired {0} ago, replace it', spokenSpan(now - state.since)),
      };
    case 'dead':
      return { ...failed, text: l10n.t('sign in again'), spoken: l10n.t('sign in again') };
    case 'cooling':
      return {
        icon: 'watch',
        text: l10n.t('cooling down {0}', span(state.until - now)),
        spoken: l10n.t('cooling down for {0}', spokenSpan(state.until - now)),
      };
    case 'disabled':
      return {
        icon: 'circle-slash',
        text: state.reason
          ? l10n.t('disabled ({0}) {1}', state.reason, span(state.until - now))
          : l10n.t('disabled {0}', span(state.until - now)),
        spoken: l10n.t('disabled for {0}', spokenSpan(state.until - now)),
      };
    case 'hidden':
      return {
        icon: 'eye-closed',
        color: 'disabledForeground',
        text: hiddenWords(state.why),
        spoken: hiddenWords(state.why),
      };
    case 'broken':
      return {
        icon: 'question',
        text: l10n.t('unusable: {0}', brokenWords(state.why)),
        spoken: l10n.t('unusable: {0}', brokenWords(state.why)),
      };
  }
}

/** @param left milliseconds; where none are, the end was only expected, and nobody knows. */
export function endingWords(left: number, inWords: (ms: number) => string): string {
  return left > 0 ? l10n.t('ends in {0}', inWords(left)) : l10n.t('may have ended, replace it');
}

/** What is wrong with it as it is stored, as a part of a sentence. */
export function brokenWords(why: BrokenReason): string {
  switch (why) {
    case 'noToken':
      return l10n.t('no token');
    case 'noKey':
      return l10n.t('no key');
    case 'noExpiry':
      return l10n.t('no expiry');
    case 'badProvider':
      return l10n.t('no provider');
  }
}

function hiddenWords(why: HiddenReason): string {
  switch (why) {
    case 'notInConfig':
      return l10n.t('not used: hidden by config');
    case 'notInOrder':
      return l10n.t('not used: not in the order');
    case 'configDisagrees':
      return l10n.t('not used: the config disagrees');
  }
}
