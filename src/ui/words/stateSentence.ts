import { l10n } from 'vscode';
import type { DeathReason, HiddenReason, ProfileState } from '../../core/model/profileState.ts';
import { exactTime } from './exactTime.ts';
import { brokenWords } from './profileState.ts';

/**
 * A state as a whole sentence with the exact local time, for hovers, which stay as they are while
 * time goes by: none tells how far away a time is. Its short words stand in `profileState.ts`.
 *
 * @param now milliseconds since the epoch: the Snapshot's moment.
 */
export function stateSentence(state: ProfileState, now: number): string {
  switch (state.kind) {
    case 'renews':
      if (state.at > now) {
        return l10n.t('Renews itself: the access token ends on {0}.', exactTime(state.at));
      }
      return state.at > 0
        ? l10n.t(
            'Renews itself at its next use: the access token ended on {0}, and the refresh token brings a new one.',
            exactTime(state.at),
          )
        : l10n.t('Renews itself at its next use: no end of its access token is stored.');
    case 'lasts':
      return state.isExpected
        ? l10n.t('Expected to be valid until about {0}. {1}', exactTime(state.until), expectedWhy())
        : l10n.t('Valid until {0}.', exactTime(state.until));
    case 'ending':
      if (state.isExpected) {
        return state.at > now
          ? l10n.t(
              'Expected to end on about {0}: replace it before then. {1}',
              exactTime(state.at),
              expectedWhy(),
            )
          : l10n.t(
              'Expected to have ended on about {0}, though it may still work: replace it. {1}',
              exactTime(state.at),
              expectedWhy(),
            );
      }
      return l10n.t(
        'Ends on {0} and does not renew itself: replace it before then.',
        exactTime(state.at),
      );
    case 'static':
      return l10n.t('Has no known end.');
    case 'retrying':
      return l10n.t(
        'The last renewal did not get through; the next try is at {0}.',
        exactTime(state.at),
      );
    case 'expired':
      return l10n.t('Expired on {0} and cannot renew itself: replace it.', exactTime(state.since));
    case 'dead':
      return deathSentence(state.why);
    case 'cooling':
      return l10n.t(
        'Cooling down until {0}; CoderClaw uses another profile until then.',
        exactTime(state.until),
      );
    case 'disabled':
      return state.reason
        ? l10n.t('CoderClaw disabled it ({0}) until {1}.', state.reason, exactTime(state.until))
        : l10n.t('CoderClaw disabled it until {0}.', exactTime(state.until));
    case 'hidden':
      return hiddenSentence(state.why);
    case 'broken':
      return l10n.t('CoderClaw cannot use it as it is stored: {0}.', brokenWords(state.why));
  }
}

function expectedWhy(): string {
  return l10n.t(
    'The token itself does not say when it ends; setup-tokens last about a year from when they are made.',
  );
}

/** Why a sign-in is dead and what to do; `undefined`: the provider refused it. */
export function deathSentence(why: DeathReason | undefined): string {
  switch (why) {
    case undefined:
      return l10n.t('The provider no longer accepts this sign-in. Sign in again.');
    case 'unanswered':
      return l10n.t(
        'Its last renewals got no answer, so it may no longer work: try Refresh Now once more, or sign in again.',
      );
    case 'spent':
      return l10n.t(
        'An older copy of this sign-in is stored, and the newer one is nowhere to be found. Sign in again.',
      );
  }
}

function hiddenSentence(why: HiddenReason): string {
  switch (why) {
    case 'notInConfig':
      return l10n.t(
        'Not used: the config lists other profiles of this provider under auth.profiles, but not this one.',
      );
    case 'notInOrder':
      return l10n.t('Not used: an order is set for this provider, and this one is not in it.');
    case 'configDisagrees':
      return l10n.t(
        'Not used: under auth.profiles the config names another provider or mode for it than what is stored.',
      );
  }
}
