import { l10n } from 'vscode';
import type { DeadReason, RefreshResult } from '../../core/custody/refresh/refreshTypes.ts';
import type { KnownError } from '../../core/errors.ts';
import { isKnown } from '../../core/errors.ts';
import { errorWords } from './errors.ts';
import { deathSentence } from './stateSentence.ts';
import { span } from './time.ts';

/** What is told of one refresh that a person asked for, or that ended a login. */
export interface RefreshWords {
  readonly text: string;
  /** `quiet`: all is well, a line in passing; `told`: nothing was changed; `warned`: it failed. */
  readonly tone: 'quiet' | 'told' | 'warned';
}

/**
 * One sentence what happened, one what comes next. Pure.
 * @param now milliseconds since the epoch.
 * @param triesAgain Refreshes are scheduled, so a failed one comes up again by itself.
 */
export function refreshWords(
  profileId: string,
  result: RefreshResult,
  now: number,
  triesAgain: boolean,
): RefreshWords {
  switch (result.kind) {
    case 'refreshed':
      return result.fault === undefined
        ? { text: renewedWords(profileId, result.expires, now), tone: 'quiet' }
        : { text: notStoredWords(profileId, result.fault, result.kept), tone: 'warned' };
    case 'adopted':
      return {
        text:
          result.expires > now
            ? l10n.t(
                '{0} had been renewed already; its access token ends in {1}.',
                profileId,
                span(result.expires - now),
              )
            : l10n.t('{0} had been renewed already.', profileId),
        tone: 'told',
      };
    case 'transient':
      return {
        text: l10n.t(
          'Refreshing {0} failed: {1} {2}',
          profileId,
          result.error ? causeWords(result.error) : l10n.t('the provider could not be asked.'),
          triesAgain
            ? l10n.t(
                'The stored sign-in is unchanged; trying again in {0}.',
                span(result.retryAt - now),
              )
            : unchangedWords(),
        ),
        tone: 'warned',
      };
    case 'unsure':
      return {
        text: l10n.t(
          'Refreshing {0} failed: the answer of the provider was lost. {1}',
          profileId,
          triesAgain
            ? l10n.t(
                'The stored sign-in is unchanged; trying once more in {0}.',
                span(result.retryAt - now),
              )
            : unchangedWords(),
        ),
        tone: 'warned',
      };
    case 'dead':
      return { text: deadWords(profileId, result), tone: 'warned' };
  }
}

/** One refresh of several: what it came to, or why nothing was sent. */
export type RefreshOutcomeOf = { readonly profileId: string } & (
  | { readonly result: RefreshResult }
  | { readonly fault: KnownError }
);

/** What is told of refreshing all logins of an agent: one message, with the first failure in it. */
export function refreshAllWords(
  agentId: string,
  outcomes: readonly RefreshOutcomeOf[],
  now: number,
  triesAgain: boolean,
): RefreshWords {
  const failures = outcomes.flatMap((outcome) => {
    if ('fault' in outcome) return [faultWords(outcome.profileId, outcome.fault)];
    const words = refreshWords(outcome.profileId, outcome.result, now, triesAgain);
    return words.tone === 'warned' ? [words.text] : [];
  });
  const [first] = failures;
  const well = outcomes.length - failures.length;
  if (first === undefined) {
    return {
      text:
        outcomes.length === 1
          ? l10n.t('Renewed the sign-in of {0}.', agentId)
          : l10n.t('Renewed {0} sign-ins of {1}.', outcomes.length, agentId),
      tone: 'quiet',
    };
  }
  if (outcomes.length === 1) return { text: first, tone: 'warned' };
  return {
    text: l10n.t('Renewed {0} of {1} sign-ins of {2}. {3}', well, outcomes.length, agentId, first),
    tone: 'warned',
  };
}

/** @param count Entries that were put back in one burst. */
export function repairWords(storePath: string, count: number): string {
  return count === 1
    ? l10n.t(
        'Another program wrote an older copy of {0} over a change of yours. The change was put back.',
        storePath,
      )
    : l10n.t(
        'Another program wrote older copies of {0} over {1} changes of yours. They were put back.',
        storePath,
        count,
      );
}

/** Repairs were given up, or could not be made. */
export function undoneWords(storePath: string): string {
  return l10n.t(
    'Another program keeps writing an older copy of {0} over a change of yours. Close it, and make the change again.',
    storePath,
  );
}

/** A sign-in that was finished, but whose place another account has. */
export function homelessWords(
  profileId: string,
  account: string | undefined,
  isGivenUp: boolean,
): string {
  const who = account ?? l10n.t('an unknown account');
  return isGivenUp
    ? l10n.t(
        'The sign-in of {0} for {1} could not be stored in a day and is no longer kept. Sign in again if you need it.',
        who,
        profileId,
      )
    : l10n.t(
        'The sign-in of {0} is not stored: {1} may belong to another account. Sign in again to say where it goes.',
        who,
        profileId,
      );
}

/** It is safe in the journal, and a person can help to get it out of there. */
export function waitingWords(profileId: string, why: KnownError): string {
  return l10n.t(
    'A change of {0} is not stored yet: {1} It is kept safe, and stored as soon as that is possible.',
    profileId,
    errorWords(why).what,
  );
}

function renewedWords(profileId: string, expires: number, now: number): string {
  return l10n.t(
    'Renewed {0}; its access token now ends in {1}.',
    profileId,
    span(Math.max(0, expires - now)),
  );
}

function notStoredWords(
  profileId: string,
  fault: KnownError,
  kept: 'journal' | 'memory' | undefined,
): string {
  const { what } = errorWords(fault);
  return kept === 'memory'
    ? l10n.t(
        'Renewed {0}, but it is not stored yet: {1} It is kept only as long as this window is open, and stored as soon as that is possible.',
        profileId,
        what,
      )
    : l10n.t(
        'Renewed {0}, but it is not stored yet: {1} It is kept safe, and stored as soon as that is possible.',
        profileId,
        what,
      );
}

function deadWords(
  profileId: string,
  { why, error }: Extract<RefreshResult, { readonly kind: 'dead' }>,
): string {
  if (error !== undefined && isKnown(error, 'refresh.otherIdentity')) {
    return faultWords(profileId, error);
  }
  return error === undefined
    ? l10n.t('{0} was not refreshed. {1}', profileId, deathWords(why))
    : l10n.t('Refreshing {0} failed: {1} {2}', profileId, causeWords(error), deathWords(why));
}

function deathWords(why: DeadReason): string {
  switch (why) {
    case 'refused':
      return l10n.t('The provider no longer accepts this sign-in.');
    case 'unanswered':
    case 'spent':
      return deathSentence(why);
    case 'otherIdentity':
      return l10n.t('The provider answered with another account. Sign in again.');
  }
}

function faultWords(profileId: string, fault: KnownError): string {
  const { what, todo } = errorWords(fault);
  return what.includes(profileId)
    ? `${what} ${todo}`
    : l10n.t('Refreshing {0} failed: {1} {2}', profileId, what, todo);
}

/** Why, as a sentence. Those of a sign-in speak of a sign-in, so refusals have words of their own. */
function causeWords(error: KnownError): string {
  if (!isKnown(error, 'signin.tokenRefused')) return errorWords(error).what;
  const { host, status, error: code, description } = error.facts;
  if (status === 429) return l10n.t('{0} asks to wait (status 429).', host);
  if (status >= 500) return l10n.t('{0} has a fault of its own (status {1}).', host, status);
  const said = (description ?? code ?? '').replace(/[.\s]+$/, '');
  return said === ''
    ? l10n.t('{0} refused it (status {1}).', host, status)
    : l10n.t('{0} refused it: {1}.', host, said);
}

function unchangedWords(): string {
  return l10n.t('The stored sign-in is unchanged; CoderClaw renews it when it uses it.');
}
