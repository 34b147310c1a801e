import { l10n } from 'vscode';
import type { Death } from '../../core/model/deaths.ts';
import type { Reminder } from '../../core/model/reminders.ts';
import { span } from './time.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * What a person is told of credentials that end soon, in one message. Pure.
 * @param due At least one, the soonest end first.
 * @param now milliseconds since the epoch.
 */
export function reminderWords(due: readonly Reminder[], now: number): string {
  const [first] = due;
  if (first === undefined) throw new Error('nothing to remind of');
  const left = span(first.end - now);
  if (due.length === 1) return oneWords(first, left);
  if (due.every(({ type }) => type === 'token')) {
    return l10n.t('{0} tokens end soon, the first of them in {1}.', due.length, left);
  }
  return due.every(({ type }) => type === 'oauth')
    ? l10n.t('{0} sign-ins end soon, the first of them in {1}.', due.length, left)
    : l10n.t('{0} sign-ins and tokens end soon, the first of them in {1}.', due.length, left);
}

/**
 * What a person is told of several logins that have died, in one message. Pure.
 * @param due At least two.
 */
export function deathsWords(due: readonly Death[]): string {
  const [first] = due;
  if (first === undefined) throw new Error('nothing has died');
  return l10n.t(
    '{0} sign-ins can no longer renew themselves, among them {1} of agent {2}. Sign in again to use them.',
    due.length,
    first.profileId,
    first.agent,
  );
}

/**
 * The button that puts a message off, and says until when.
 * @param wait in milliseconds.
 */
export function againWords(wait: number): string {
  return wait >= DAY_MS ? l10n.t('Remind Me Tomorrow') : l10n.t('Remind Me in {0}', span(wait));
}

function oneWords(reminder: Reminder, left: string): string {
  const { type, provider, profileId, agent, isExpected } = reminder;
  const args = [profileId, agent, left];
  if (type === 'oauth') {
    return l10n.t('The sign-in {0} of agent {1} ends in {2}. Sign in again before then.', ...args);
  }
  if (provider === 'anthropic') {
    return isExpected
      ? l10n.t(
          'The setup-token {0} of agent {1} is expected to end in {2}. Replace it before then.',
          ...args,
        )
      : l10n.t('The setup-token {0} of agent {1} ends in {2}. Replace it before then.', ...args);
  }
  return isExpected
    ? l10n.t(
        'The token {0} of agent {1} is expected to end in {2}. Replace it before then.',
        ...args,
      )
    : l10n.t('The token {0} of agent {1} ends in {2}. Replace it before then.', ...args);
}
