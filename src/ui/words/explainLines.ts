import { l10n } from 'vscode';
import type { Credential } from '../../core/documents/authStore.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import type {
  EnvironmentStep,
  LastResortStep,
  ListStep,
  ModelStep,
  PinStep,
  StoredStep,
  TriedStep,
} from '../../core/model/explain/explanation.ts';
import type { OrderSource } from '../../core/model/snapshot.ts';
import { exactTime } from './exactTime.ts';
import { joined } from './joined.ts';
import { plainText } from './plainText.ts';
import { providerName } from './providers.ts';
import { staleSentence } from './sessions.ts';
import { stateSentence } from './stateSentence.ts';

/** A sentence, or an entry of a list with what is said of it. */
export type Line = string | { readonly item: string; readonly says?: string };

/** Which provider a session works with, and what says so. */
export function modelSentence({ provider, model, from }: ModelStep): string {
  const name = providerName(provider);
  switch (from) {
    case 'session':
      return model === undefined
        ? l10n.t('The session has a provider of its own: {0}.', name)
        : l10n.t('The session has a model of its own, {0} of {1}.', shownKey(model), name);
    case 'agent':
      return l10n.t(
        'The session has no model of its own, so that of its agent counts, which is of {0}.',
        name,
      );
    case 'pin':
      return l10n.t(
        'Neither the session nor the config names a model with its provider, so that of the pinned profile counts: {0}.',
        name,
      );
  }
}

/** Who chose a profile for the session, and whether that counts. */
export function pinLines({ profileId, by, stale }: PinStep): readonly Line[] {
  if (profileId === undefined) return [l10n.t('It has none: no profile was chosen for it yet.')];
  const profile = shownKey(profileId);
  return [
    by === 'user'
      ? l10n.t('A person chose {0} for it.', profile)
      : l10n.t('CoderClaw chose {0} for it, to stay with it.', profile),
    ...(stale === undefined
      ? []
      : [
          staleSentence(stale, profileId),
          l10n.t('CoderClaw takes this pin off when the session goes on.'),
        ]),
  ];
}

/** The profiles that the agent has, and those that it inherits. */
export function storedLines({ path, own, main }: StoredStep): readonly Line[] {
  const listed = (ids: readonly string[]): Line[] => ids.map((id) => ({ item: shownKey(id) }));
  const inherited = main?.inherited ?? [];
  return [
    own.length === 0
      ? l10n.t('Nothing of its own, in {0}', plainText(path))
      : l10n.t('Of its own, in {0}:', plainText(path)),
    ...listed(own),
    ...(main && inherited.length > 0
      ? [l10n.t('Inherited from main, in {0}:', plainText(main.path)), ...listed(inherited)]
      : []),
    ...(main?.isUnknown
      ? [
          l10n.t(
            'The store of main cannot be read as it stands, so what is inherited is not known: {0}',
            plainText(main.path),
          ),
        ]
      : []),
  ];
}

/** The list in force, what it names, and the lists that do not count. */
export function listLines(step: ListStep): readonly Line[] {
  const { source, orderOf, path = '', ids, missing, overruled, unknownConfig } = step;
  const isWritten = source !== 'stored';
  return [
    listSentence(source, orderOf, plainText(path)),
    ...(isWritten && ids.length === 0 ? [l10n.t('It is empty, so no profile is used.')] : []),
    ...(isWritten
      ? ids.map((id) => ({
          item: missing.includes(id)
            ? l10n.t('{0} (not stored for this provider: passed over)', shownKey(id))
            : shownKey(id),
        }))
      : []),
    ...overruled.map(overruledSentence),
    ...(unknownConfig === undefined
      ? []
      : [
          l10n.t(
            'The config cannot be read, so it counts here as if it said nothing: {0}',
            plainText(unknownConfig),
          ),
        ]),
  ];
}

function listSentence(source: OrderSource, orderOf: 'own' | 'main' | undefined, path: string) {
  switch (source) {
    case 'store':
      return orderOf === 'main'
        ? l10n.t('The order of the agent main, which others inherit, in {0}:', path)
        : l10n.t("The agent's own order, in {0}:", path);
    case 'config':
      return l10n.t('The order for all agents, auth.order in {0}:', path);
    case 'configProfiles':
      return l10n.t(
        'No order is set, and the config lists profiles of this provider, auth.profiles in {0}. Only these are used:',
        path,
      );
    case 'stored':
      return l10n.t(
        'None: no order is set, and the config lists no profile of this provider. So all that are stored are used.',
      );
  }
}

function overruledSentence(source: ListStep['overruled'][number]): string {
  switch (source) {
    case 'store':
      return l10n.t('There is an order in the store too, which does not count.');
    case 'config':
      return l10n.t('There is auth.order in the config too: an order in the store goes before it.');
    case 'configProfiles':
      return l10n.t('auth.profiles in the config lists profiles too: an order goes before that.');
  }
}

/** Those that are tried, in turn, each with its state. */
export function triedLines({ isWritten, profiles }: TriedStep, now: number): readonly Line[] {
  return [
    ...(profiles.length < 2
      ? []
      : [
          isWritten
            ? l10n.t('As the list has them:')
            : l10n.t('Sign-ins, then tokens, then keys; of a kind, the longest unused first:'),
        ]),
    ...profiles.map(({ profileId, type, state, lastUsed }) => ({
      item: `${shownKey(profileId)} · ${typeWords(type)}`,
      says: joined(
        ' ',
        stateSentence(state, now),
        lastUsed === undefined ? '' : l10n.t('Last used on {0}.', exactTime(lastUsed)),
      ),
    })),
  ];
}

function typeWords(type: Credential['type']): string {
  switch (type) {
    case 'oauth':
      return l10n.t('sign-in');
    case 'token':
      return l10n.t('token');
    case 'api_key':
      return l10n.t('API key');
  }
}

/** Which variables are seen, by their names, and what becomes of them. */
export function environmentLines({
  provider,
  variables,
  isPassedOver,
}: EnvironmentStep): readonly Line[] {
  if (variables.length === 0) {
    return [l10n.t('CoderClaw looks for no key of {0} there.', providerName(provider))];
  }
  return [
    ...variables.map(({ name, isSet }) => ({
      item: isSet ? l10n.t('{0} is set', name) : l10n.t('{0} is not set', name),
    })),
    isPassedOver
      ? l10n.t(
          "For an agent's turns CoderClaw looks there only where the order has no profile at all: not now, and not while all of them pause.",
        )
      : l10n.t('No profile can be used, so the first of them that is set is used.'),
    l10n.t('This window sees these; a gateway that was started elsewhere may see others.'),
  ];
}

/** What comes when that fails. */
export function lastResortSentence({ tried, provider }: LastResortStep): string {
  switch (tried) {
    case 'one':
      return l10n.t(
        'The turn fails, unless the config names models to fall back to (agents.defaults.model.fallbacks).',
      );
    case 'more':
      return l10n.t(
        'CoderClaw goes on to the next that does not pause. With none left the turn fails, unless the config names models to fall back to (agents.defaults.model.fallbacks).',
      );
    case 'none':
      return l10n.t(
        'Without a variable, CoderClaw takes the key at models.providers.{0}.apiKey in the config. Without that, the turn fails.',
        shownKey(provider),
      );
  }
}
