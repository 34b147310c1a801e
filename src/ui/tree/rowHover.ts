import { l10n } from 'vscode';
import { shownKey } from '../../core/documents/shownText.ts';
import type { OrderSource, ProfileSnapshot, SessionSnapshot } from '../../core/model/snapshot.ts';
import { chatsLines } from '../words/chats.ts';
import { exactTime } from '../words/exactTime.ts';
import { failureLines, pauseLines } from '../words/pause.ts';
import { elsewhereWords, typeWords } from '../words/profile.ts';
import { providerName } from '../words/providers.ts';
import { pickSentence, staleSentence } from '../words/sessions.ts';
import { stateSentence } from '../words/stateSentence.ts';
import { storeWords } from '../words/store.ts';
import { configDetail, type HoverSource } from './nodes.ts';

/**
 * The plain lines of a row's hover. Loads when a person hovers: nothing else is to import it.
 *
 * VS Code asks for it once and keeps it until the row is drawn again, which it is when its source
 * changed or a word on the row. So no line may tell how far away a time is.
 *
 * @param now milliseconds since the epoch: the moment of the Snapshot that the row was made from.
 */
export function hoverLines(source: HoverSource, now: number): readonly string[] {
  switch (source.kind) {
    case 'stateDir':
      return [source.path];
    case 'config':
      return [
        source.config.path,
        configDetail(source.config),
        l10n.t('Order and hidden profiles are shown as if there were no config.'),
        l10n.t('Nothing is written for these agents: it may place them in other folders.'),
      ];
    case 'agent':
      return [
        ...(source.store.kind === 'unplaced' ? [] : [source.agentDir]),
        ...(source.store.kind === 'whole' ? source.store.problems : []),
      ];
    case 'store': {
      const words = storeWords(source.store);
      return [
        ...(source.store.kind === 'unplaced' ? [] : [source.store.path]),
        ...(words ? [`${words.label}: ${words.detail}`, words.consequence] : []),
      ];
    }
    case 'provider':
      return [source.id, orderWords(source.orderSource)];
    case 'profile':
      return profileLines(source.profile, source.paidAfter, now);
    case 'session':
      return sessionLines(source.session);
    case 'chats':
      return chatsLines(source.match);
    case 'plain':
      return [source.text];
  }
}

function profileLines(
  profile: ProfileSnapshot,
  paidAfter: string | undefined,
  now: number,
): readonly string[] {
  const isPaused = profile.state.kind === 'cooling' || profile.state.kind === 'disabled';
  return [
    profile.id,
    ...(profile.email && profile.email !== profile.name ? [profile.email] : []),
    typeWords(profile),
    stateSentence(profile.state, now),
    ...(profile.expires !== undefined &&
    !['renews', 'lasts', 'ending', 'expired'].includes(profile.state.kind)
      ? [l10n.t('Its token ends on {0}.', exactTime(profile.expires))]
      : []),
    ...(profile.pause === undefined
      ? []
      : isPaused
        ? failureLines(profile.pause)
        : pauseLines(profile.pause)),
    ...(paidAfter === undefined
      ? []
      : [
          l10n.t(
            'Paid by use: CoderClaw goes on to it when {0} cannot be used. Leave Paid Keys Out keeps it from that.',
            paidAfter,
          ),
        ]),
    ...elsewhereWords(profile),
    ...profile.problems,
  ];
}

function sessionLines({ key, updatedAt, provider, model, pin, pick }: SessionSnapshot): string[] {
  return [
    shownKey(key),
    ...(updatedAt > 0 ? [l10n.t('Last active on {0}.', exactTime(updatedAt))] : []),
    ...(provider === undefined ? [] : [modelWords(provider, model)]),
    ...(pin?.stale === undefined
      ? []
      : [
          staleSentence(pin.stale, pin.profileId),
          l10n.t('CoderClaw takes this pin off when the session goes on.'),
        ]),
    ...(pick === undefined ? [] : [pickSentence(pick.reason, pick.profileId)]),
  ];
}

function modelWords(provider: string, model: string | undefined): string {
  return model === undefined
    ? l10n.t('Its model is of {0}.', providerName(provider))
    : l10n.t('Its model: {0}', `${provider}/${model}`);
}

function orderWords(source: OrderSource): string {
  switch (source) {
    case 'store':
      return l10n.t("The order is the agent's own.");
    case 'config':
      return l10n.t('The order comes from auth.order in the config.');
    case 'configProfiles':
      return l10n.t('Used are the profiles that the config lists under auth.profiles.');
    case 'stored':
      return l10n.t(
        'No order is set: sign-ins first, then tokens, then keys; the longest unused first.',
      );
  }
}
