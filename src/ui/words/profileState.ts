import { l10n } from 'vscode';
import type { BrokenReason, HiddenReason, ProfileState } from '../../core/model/profileState.ts';
import { day, exactTime, span, spokenSpan } from './time.ts';

/** How a state is written, drawn and spoken. Every surface takes its words from here. */
export interface StateWords {
  /** Short, for lists: `renews itself · 5 h`. */
  readonly text: string;
  /** Codicon name. */
  readonly icon: string;
  /** Theme colour id; the icon's shape says the same without it. */
  readonly color?: string;
  /** For screen readers: no abbreviations. */
  readonly spoken: string;
  /** A whole sentence with the exact local time, for hovers. */
  readonly sentence: string;
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
            sentence: l10n.t('Renews itself: the access token ends on {0}.', exactTime(state.at)),
          }
        : {
            ...passed,
            text: l10n.t('renews itself at next use'),
            spoken: l10n.t('renews itself at next use'),
            sentence:
              state.at > 0
                ? l10n.t(
                    'Renews itself at its next use: the access token ended on {0}, and the refresh token brings a new one.',
                    exactTime(state.at),
                  )
                : l10n.t('Renews itself at its next use: no end of its access token is stored.'),
          };
    case 'lasts':
      return {
        ...passed,
        text: l10n.t('until {0}', day(state.until)),
        spoken: l10n.t('valid until {0}', day(state.until)),
        sentence: l10n.t('Valid until {0}.', exactTime(state.until)),
      };
    case 'ending':
      return {
        icon: 'warning',
        color: 'list.warningForeground',
        text: l10n.t('ends in {0}', span(state.at - now)),
        spoken: l10n.t('ends in {0}', spokenSpan(state.at - now)),
        sentence: l10n.t(
          'Ends on {0} and does not renew itself: replace it before then.',
          exactTime(state.at),
        ),
      };
    case 'static':
      return {
        icon: 'key',
        text: l10n.t('no expiry'),
        spoken: l10n.t('no expiry'),
        sentence: l10n.t('Has no known end.'),
      };
    case 'retrying':
      return {
        icon: 'sync',
        text: l10n.t('trying again in {0}', span(state.at - now)),
        spoken: l10n.t('trying again in {0}', spokenSpan(state.at - now)),
        sentence: l10n.t(
          'The last renewal did not get through; the next try is at {0}.',
          exactTime(state.at),
        ),
      };
    case 'expired':
      return {
        ...failed,
        text: l10n.t('expired {0} ago · replace', span(now - state.since)),
        spoken: l10n.t('expired {0} ago, replace it', spokenSpan(now - state.since)),
        sentence: l10n.t(
          'Expired on {0} and cannot renew itself: replace it.',
          exactTime(state.since),
        ),
      };
    case 'dead':
      return {
        ...failed,
        text: l10n.t('sign in again'),
        spoken: l10n.t('sign in again'),
        sentence: l10n.t('The provider no longer accepts this sign-in. Sign in again.'),
      };
    case 'cooling':
      return {
        icon: 'watch',
        text: l10n.t('cooling down {0}', span(state.until - now)),
        spoken: l10n.t('cooling down for {0}', spokenSpan(state.until - now)),
        sentence: l10n.t(
          'Cooling down until {0}; CoderClaw uses another profile until then.',
          exactTime(state.until),
        ),
      };
    case 'disabled':
      return {
        icon: 'circle-slash',
        text: state.reason
          ? l10n.t('disabled ({0}) {1}', state.reason, span(state.until - now))
          : l10n.t('disabled {0}', span(state.until - now)),
        spoken: l10n.t('disabled for {0}', spokenSpan(state.until - now)),
        sentence: state.reason
          ? l10n.t('CoderClaw disabled it ({0}) until {1}.', state.reason, exactTime(state.until))
          : l10n.t('CoderClaw disabled it until {0}.', exactTime(state.until)),
      };
    case 'hidden':
      return {
        icon: 'eye-closed',
        color: 'disabledForeground',
        text: hiddenWords(state.why).short,
        spoken: hiddenWords(state.why).short,
        sentence: hiddenWords(state.why).sentence,
      };
    case 'broken':
      return {
        icon: 'question',
        text: l10n.t('unusable: {0}', brokenWords(state.why)),
        spoken: l10n.t('unusable: {0}', brokenWords(state.why)),
        sentence: l10n.t('CoderClaw cannot use it as it is stored: {0}.', brokenWords(state.why)),
      };
  }
}

function brokenWords(why: BrokenReason): string {
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

function hiddenWords(why: HiddenReason): { readonly short: string; readonly sentence: string } {
  switch (why) {
    case 'notInConfig':
      return {
        short: l10n.t('not used: hidden by config'),
        sentence: l10n.t(
          'Not used: the config lists other profiles of this provider under auth.profiles, but not this one.',
        ),
      };
    case 'notInOrder':
      return {
        short: l10n.t('not used: not in the order'),
        sentence: l10n.t('Not used: an order is set for this provider, and this one is not in it.'),
      };
    case 'configDisagrees':
      return {
        short: l10n.t('not used: the config disagrees'),
        sentence: l10n.t(
          'Not used: under auth.profiles the config names another provider or mode for it than what is stored.',
        ),
      };
  }
}
