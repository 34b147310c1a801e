import { l10n } from 'vscode';
import { normalizeProviderId } from '../../core/documents/providerIds.ts';
import { shownKey } from '../../core/documents/shownText.ts';
import { isUsable, needsPerson } from '../../core/model/profileState.ts';
import type {
  AgentSnapshot,
  ProfileSnapshot,
  ProviderSnapshot,
} from '../../core/model/snapshot.ts';
import type { ModelsStatus } from '../../core/reports/modelsStatus.ts';
import type { StatusReport } from '../../core/reports/statusReport.ts';
import { exactTime } from './exactTime.ts';
import { joined } from './joined.ts';
import { pauseLines } from './pause.ts';
import { plainText } from './plainText.ts';
import { elsewhereWords, typeWords } from './profile.ts';
import { providerName } from './providers.ts';
import { stateSentence } from './stateSentence.ts';
import { storeWords } from './store.ts';
import { place } from './time.ts';

/** An entry of a list, with sentences about it. */
export interface Entry {
  readonly item: string;
  readonly says: readonly string[];
}

/** No more names in one sentence. */
const MOST_NAMES = 10;

/** How many profiles of an agent need a person, in one short sentence. */
export function needSentence(agent: AgentSnapshot): string {
  if (agent.store.kind !== 'whole' && agent.store.kind !== 'absent') {
    return l10n.t('Its store cannot be read as it stands.');
  }
  if (agent.providers.length === 0) return l10n.t('It is not signed in anywhere.');
  const needing = needingOf(agent);
  switch (needing.length) {
    case 0:
      return l10n.t('Nothing needs you.');
    case 1:
      return l10n.t('1 profile needs you: {0}.', namesOf(needing));
    default:
      return l10n.t('{0} profiles need you: {1}.', needing.length, namesOf(needing));
  }
}

/** What a person should know first, a sentence each. */
export function summaryLines({ agent, stateDir }: StatusReport): readonly string[] {
  const { config } = stateDir;
  const store = storeWords(agent.store);
  const detail = configDetail(config);
  return [
    needSentence(agent),
    ...(store === undefined
      ? []
      : [`${store.label}: ${plainText(store.detail)}.`, store.consequence]),
    ...agent.providers.map(providerSentence).filter((line) => line !== ''),
    ...staleLines(agent),
    ...(detail === undefined
      ? []
      : [
          l10n.t(
            'The config cannot be read ({0}): orders and hidden profiles are shown as if there were no config.',
            detail,
          ),
        ]),
  ];
}

/** The profiles of a provider, in the order in which they are tried, then those that are not used. */
export function profileEntries({ profiles }: ProviderSnapshot, now: number): readonly Entry[] {
  return profiles.map((profile) => ({
    item: joined(
      ' · ',
      ...[shownKey(profile.id), typeWords(profile), placeWords(profile)],
      ...[emailOf(profile), ...elsewhereWords(profile)].map(plainText),
    ),
    says: [
      joined(' ', ...stateLines(profile, now), ...endLines(profile)),
      ...profile.problems.map((problem) => l10n.t('Odd: {0}.', plainText(problem))),
    ],
  }));
}

/** Keys that stand in no store: where they do, and of which provider. Empty where there is none. */
export function otherKeyLines({ auth }: ModelsStatus): readonly string[] {
  const keys = (auth?.providers ?? []).flatMap(({ provider, env, modelsJson }) =>
    [env, modelsJson].flatMap((key) =>
      key === undefined
        ? []
        : [`${providerName(normalizeProviderId(provider))} · ${plainText(key.source)}`],
    ),
  );
  return [...new Set(keys)];
}

/** What CoderClaw's own check would say, and because of what. */
export function checkLines({ check, storeProblem }: ModelsStatus): readonly string[] {
  if (storeProblem !== undefined) {
    return [
      l10n.t('1: the store cannot be read as it stands, and CoderClaw would take it for empty.'),
    ];
  }
  const { expired, expiring, missingProviders } = check;
  return [
    exitSentence(check.exitCode),
    ...(expired.length === 0 ? [] : [l10n.t('Expired, or without an end: {0}.', namesOf(expired))]),
    ...(expiring.length === 0 ? [] : [l10n.t('Ends within 24 hours: {0}.', namesOf(expiring))]),
    ...(missingProviders.length === 0
      ? []
      : [
          l10n.t(
            'Nothing is stored for the provider of a model in use: {0}.',
            missingProviders.map(providerName).join(', '),
          ),
        ]),
  ];
}

/** Where all that stands. */
export function fileLines({ agent, stateDir }: StatusReport): readonly string[] {
  const { config } = stateDir;
  const { store } = agent;
  return [
    ...(store.kind === 'unplaced'
      ? []
      : [
          store.kind === 'absent'
            ? l10n.t('Store, not there yet: {0}', plainText(store.path))
            : l10n.t('Store: {0}', plainText(store.path)),
        ]),
    config.kind === 'absent'
      ? l10n.t('Config, not there: {0}', plainText(config.path))
      : l10n.t('Config: {0}', plainText(config.path)),
  ];
}

/** Those who need a person, without such as nothing uses. */
function needingOf({ providers }: AgentSnapshot): readonly string[] {
  return providers
    .flatMap(({ profiles }) => profiles)
    .filter(({ state }) => needsPerson(state))
    .map(({ id }) => id);
}

/** Empty where the provider has a profile that can be used now. */
function providerSentence({ id, profiles }: ProviderSnapshot): string {
  const name = providerName(id);
  const inUse = profiles.filter(({ state }) => state.kind !== 'hidden');
  if (inUse.length === 0) return l10n.t('No profile of {0} is used.', name);
  if (inUse.some(({ state }) => isUsable(state))) return '';
  const [soonest] = inUse
    .flatMap(({ id: profileId, state }) =>
      state.kind === 'cooling' || state.kind === 'disabled'
        ? [{ profileId, until: state.until }]
        : [],
    )
    .sort((a, b) => a.until - b.until);
  return soonest === undefined
    ? l10n.t('No profile of {0} can be used until you mend one.', name)
    : l10n.t(
        'No profile of {0} can be used now: {1} is back first, on {2}.',
        ...[name, shownKey(soonest.profileId), exactTime(soonest.until)],
      );
}

function staleLines({ sessions }: AgentSnapshot): readonly string[] {
  const count = sessions?.kind === 'whole' ? sessions.stale.length : 0;
  if (count === 0) return [];
  return [
    count === 1
      ? l10n.t('The pin of 1 session counts for nothing.')
      : l10n.t('The pins of {0} sessions count for nothing.', count),
  ];
}

function stateLines({ state, pause }: ProfileSnapshot, now: number): readonly string[] {
  if (pause === undefined) return [stateSentence(state, now)];
  const tellsPause = state.kind === 'cooling' || state.kind === 'disabled';
  return [...(tellsPause ? [] : [stateSentence(state, now)]), ...pauseLines(pause)];
}

/** The end of a token, where its state does not tell it. */
function endLines({ expires, state }: ProfileSnapshot): readonly string[] {
  const isTold = ['renews', 'lasts', 'ending', 'expired'].includes(state.kind);
  return expires === undefined || expires <= 0 || isTold
    ? []
    : [l10n.t('Its token ends on {0}.', exactTime(expires))];
}

function placeWords({ next, position }: ProfileSnapshot): string {
  if (next) return l10n.t('next');
  return position === undefined ? '' : place(position);
}

function emailOf({ email, name }: ProfileSnapshot): string {
  return email === undefined || email === name ? '' : email;
}

function exitSentence(exitCode: ModelsStatus['check']['exitCode']): string {
  switch (exitCode) {
    case 0:
      return l10n.t('0: nothing has expired, ends within 24 hours or is missing.');
    case 1:
      return l10n.t('1: something has expired or is missing.');
    case 2:
      return l10n.t('2: something ends within 24 hours.');
  }
}

function configDetail(config: StatusReport['stateDir']['config']): string | undefined {
  switch (config.kind) {
    case 'invalid':
      return plainText(config.detail);
    case 'unreadable':
      return config.errno;
    default:
      return undefined;
  }
}

function namesOf(ids: readonly string[]): string {
  const names = ids.slice(0, MOST_NAMES).map((id) => shownKey(id));
  return joined(', ', ...names, ids.length > MOST_NAMES ? '…' : '');
}
