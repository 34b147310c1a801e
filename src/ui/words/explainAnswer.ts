import { l10n } from 'vscode';
import { shownKey } from '../../core/documents/shownText.ts';
import type {
  Answer,
  Explanation,
  Outcome,
  Standing,
  Unfitness,
} from '../../core/model/explain/explanation.ts';
import { isUsable } from '../../core/model/profileState.ts';
import type { ExplainSubject } from '../explainSubject.ts';
import { exactTime } from './exactTime.ts';
import { joined } from './joined.ts';
import { providerName } from './providers.ts';
import { pickSentence } from './sessions.ts';
import { stateSentence } from './stateSentence.ts';
import { storeWords } from './store.ts';
import { place } from './time.ts';

/**
 * What it comes to, in one sentence, or in a few where there is a doubt.
 * @param now milliseconds since the epoch.
 */
export function answerSentence(
  { answer, provider = '' }: Explanation,
  { agentId }: ExplainSubject,
  now: number,
): string {
  const about = { agentId, provider: providerName(provider), now };
  switch (answer.kind) {
    case 'uses':
    case 'allPause':
    case 'nothing':
      return outcomeSentence(answer, about);
    case 'profile':
      return profileSentence(answer, about);
    case 'session':
      return joined(
        ' ',
        answer.stale === undefined ? '' : l10n.t('The pin of this session counts for nothing.'),
        pickSentence(answer.reason, answer.profileId),
      );
    case 'noProvider':
      return l10n.t(
        'Neither this session nor the config says which provider its model is of, so which profile it uses is not known here.',
      );
    case 'gone':
      return l10n.t('It is no longer there.');
    case 'unknown': {
      const words = storeWords(answer.store);
      return words === undefined ? '' : `${words.label}: ${words.detail}. ${words.consequence}`;
    }
  }
}

interface About {
  readonly agentId: string;
  /** As people call it. */
  readonly provider: string;
  readonly now: number;
}

function outcomeSentence(outcome: Outcome, { agentId, provider, now }: About): string {
  switch (outcome.kind) {
    case 'uses': {
      const { profileId, state, afterwards } = outcome;
      const first = l10n.t(
        'Agent {0} uses {1} next: {2}.',
        agentId,
        shownKey(profileId),
        reasonWords(outcome, provider),
      );
      if (isUsable(state)) return first;
      const after =
        afterwards === undefined
          ? l10n.t('Nothing is left when it fails.')
          : l10n.t('When it fails, CoderClaw goes on to {0}.', shownKey(afterwards));
      return joined(' ', first, stateSentence(state, now), after);
    }
    case 'allPause':
      return l10n.t(
        'Agent {0} can use no profile of {1} now: all that could be used pause. {2} is back first, on {3}.',
        ...[agentId, provider, shownKey(outcome.soonest), exactTime(outcome.until)],
      );
    case 'nothing':
      return outcome.variable === undefined
        ? l10n.t(
            'Agent {0} has no profile of {1} that CoderClaw would use, and this window sees no key for it in the environment.',
            ...[agentId, provider],
          )
        : l10n.t(
            'Agent {0} has no profile of {1} that CoderClaw would use, so it takes the key in the environment variable {2}.',
            ...[agentId, provider, outcome.variable],
          );
  }
}

function reasonWords(
  { because, passed = [] }: Extract<Outcome, { readonly kind: 'uses' }>,
  provider: string,
): string {
  switch (because) {
    case 'only':
      return l10n.t('it is the only profile of {0} here', provider);
    case 'onlyUsable':
      return l10n.t('no other profile of {0} can be used now', provider);
    case 'headOfList':
      return l10n.t('it is the first in the order that is set');
    case 'nextOfList':
      return l10n.t(
        'the order that is set has {0} before it, which cannot be used now',
        namesOf(passed),
      );
    case 'type':
      return l10n.t('no order is set, and sign-ins go before tokens, and those before keys');
    case 'longestUnused':
      return l10n.t('no order is set, and of its kind it has not been used for the longest time');
    case 'storedFirst':
      return l10n.t('no order is set, and it is listed before the others of its kind');
  }
}

function profileSentence(
  { profileId, standing, outcome }: Extract<Answer, { kind: 'profile' }>,
  about: About,
): string {
  return joined(' ', standingSentence(profileId, standing), outcomeSentence(outcome, about));
}

/** Empty for the one that is next: what comes out says that. */
function standingSentence(profileId: string, standing: Standing): string {
  const profile = shownKey(profileId);
  switch (standing.kind) {
    case 'next':
      return '';
    case 'later':
      return l10n.t(
        '{0} is tried as the {1}, after {2}.',
        ...[profile, place(standing.place), namesOf(standing.before)],
      );
    case 'pausing':
      return l10n.t('{0} pauses until {1}.', profile, exactTime(standing.until));
    case 'unlisted':
      return standing.source === 'configProfiles'
        ? l10n.t('{0} is not used: the config lists other profiles, but not this one.', profile)
        : l10n.t('{0} is not used: an order is set, and it is not in it.', profile);
    case 'unfit':
      return l10n.t('{0} is not used. {1}', profile, unfitSentence(standing.why));
  }
}

function namesOf(profileIds: readonly string[]): string {
  return profileIds.map((id) => shownKey(id)).join(', ');
}

/** Why a profile that is listed is passed over, and what helps. */
export function unfitSentence(why: Unfitness): string {
  switch (why.kind) {
    case 'configDisagrees': {
      const { entry, stored } = why;
      return l10n.t(
        'The config says that it is "{0}" of {1}, and stored is "{2}" of {3}. To have it used, let the config say what is stored: Unhide.',
        ...[entry.mode, entry.provider, stored.type, stored.provider].map((one) => shownKey(one)),
      );
    }
    case 'noSecret':
      return why.type === 'oauth'
        ? l10n.t('There is no token in it: sign in again.')
        : l10n.t('There is no secret in it: use Replace Key or Token.');
    case 'expired':
      return l10n.t(
        'It expired on {0} and cannot renew itself: use Replace Key or Token.',
        exactTime(why.since),
      );
  }
}
