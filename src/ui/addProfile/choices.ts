import { l10n } from 'vscode';
import type { AgentPlace } from '../commands/locate.ts';
import type { Way, WayHere } from './waysHere.ts';

/** A provider that a profile can be added of. */
export interface OfferedProvider {
  /** Normalized provider id. */
  readonly id: string;
  readonly label: string;
  readonly ways: readonly Way[];
}

/** A row of a list, or the heading of those that follow. */
export type Choice<Value> =
  | { readonly kind: 'heading'; readonly label: string }
  | {
      readonly kind: 'choice';
      readonly value: Value;
      readonly label: string;
      readonly description?: string;
      readonly detail?: string;
      readonly icon: string;
    };

/** What a person picks first: a provider, or that it is none of these, or a plugin of CoderClaw. */
export type ProviderChoice = OfferedProvider | 'another' | 'cliPlugin';

/**
 * Every provider, in groups: those that the person has profiles of already, then subscriptions (one
 * signs in), then the ones with a key.
 * @param own Normalized ids.
 * @param cli The `coderclaw` program, where one may be run here; without a path: the setting names none.
 */
export function providerChoices(
  offered: readonly OfferedProvider[],
  own: ReadonlySet<string>,
  cli?: { readonly path?: string },
): readonly Choice<ProviderChoice>[] {
  const [mine, others] = parted(offered, ({ id }) => own.has(id));
  const [subscriptions, keys] = parted(others, ({ ways }) =>
    ways.some((way) => way === 'browser' || way === 'deviceCode' || way === 'setupToken'),
  );
  return [
    ...group(l10n.t('Yours'), mine),
    ...group(l10n.t('Subscriptions'), subscriptions),
    ...group(l10n.t('API keys'), keys),
    { kind: 'heading', label: l10n.t('Not in the list') },
    {
      kind: 'choice',
      value: 'another',
      icon: 'add',
      label: l10n.t('Another Provider…'),
      description: l10n.t('by its id, with a token or an API key'),
    },
    ...(cli === undefined ? [] : [pluginChoice(cli)]),
  ];
}

function pluginChoice({ path }: { readonly path?: string }): Choice<ProviderChoice> {
  return {
    kind: 'choice',
    value: 'cliPlugin',
    icon: 'extensions',
    label: l10n.t('With a Plugin of CoderClaw…'),
    description: l10n.t('in a terminal'),
    detail:
      path === undefined
        ? l10n.t('The setting "CoderClaw: CLI Path" names no program')
        : l10n.t('Runs {0} models auth login', path),
  };
}

function group(
  label: string,
  providers: readonly OfferedProvider[],
): readonly Choice<ProviderChoice>[] {
  if (providers.length === 0) return [];
  const rows = providers.map((provider): Choice<ProviderChoice> => {
    const { id, ways } = provider;
    const description = provider.label === id ? '' : id;
    return {
      kind: 'choice',
      value: provider,
      icon: ways.every((way) => way === 'token' || way === 'apiKey') ? 'key' : 'account',
      label: provider.label,
      ...(description !== '' && { description }),
      detail: ways.map(wayName).join(' · '),
    };
  });
  return [{ kind: 'heading', label }, ...rows];
}

/**
 * The agents that a way can be for. Plugins of CoderClaw sign in for the default agent alone: for that
 * of the state folder of the agent that was meant, where one was.
 */
export function placesFor(
  places: readonly AgentPlace[],
  way: Way | undefined,
  meant: AgentPlace | undefined,
): readonly AgentPlace[] {
  if (way !== 'cliPlugin') return places;
  return places.filter(
    ({ dir, agent }) => agent.isDefault && (meant === undefined || dir.path === meant.dir.path),
  );
}

/** Agents by their id; the folder is told where there are several. */
export function agentChoices(places: readonly AgentPlace[]): readonly Choice<AgentPlace>[] {
  const hasSeveral = new Set(places.map(({ dir }) => dir.path)).size > 1;
  return places.map((place) => ({
    kind: 'choice',
    value: place,
    icon: 'hubot',
    label: place.agent.id,
    description: [
      ...(place.agent.isDefault ? [l10n.t('default')] : []),
      ...(hasSeveral ? [place.dir.label] : []),
    ].join(' · '),
  }));
}

/** The ways of one provider, and which of them comes to its end by itself in this window. */
export function wayChoices(ways: readonly WayHere[]): readonly Choice<Way>[] {
  return ways.map(({ way, verdict }) => ({
    kind: 'choice',
    value: way,
    icon: wayIcon(way),
    label: wayName(way),
    detail: wayDetail(way, verdict),
  }));
}

export function wayName(way: Way): string {
  switch (way) {
    case 'browser':
      return l10n.t('Sign in with the browser');
    case 'deviceCode':
      return l10n.t('Use a code');
    case 'setupToken':
      return l10n.t('Setup-token');
    case 'token':
      return l10n.t('Paste a token');
    case 'apiKey':
      return l10n.t('API key');
    case 'cliPlugin':
      return l10n.t('Plugin of CoderClaw');
  }
}

function wayIcon(way: Way): string {
  switch (way) {
    case 'browser':
      return 'globe';
    case 'deviceCode':
      return 'device-mobile';
    case 'setupToken':
      return 'terminal';
    case 'token':
      return 'clippy';
    case 'apiKey':
      return 'key';
    case 'cliPlugin':
      return 'extensions';
  }
}

function wayDetail(way: Way, verdict: WayHere['verdict']): string {
  switch (way) {
    case 'browser':
      return browserDetail(verdict);
    case 'deviceCode':
      return l10n.t('You open a page on any device and enter a short code. It works everywhere.');
    case 'setupToken':
      return l10n.t(
        'The claude program makes one for your subscription. It lasts about a year and does not renew itself.',
      );
    case 'token':
      return l10n.t('A token that you have already. It does not renew itself.');
    case 'apiKey':
      return l10n.t('Paid by use, without a subscription.');
    case 'cliPlugin':
      return l10n.t('The coderclaw program signs in, in a terminal, if it has a plugin for it.');
  }
}

function browserDetail(verdict: WayHere['verdict']): string {
  switch (verdict) {
    case 'works':
      return l10n.t('The browser opens, and comes back here by itself.');
    case 'worksByTunnel':
      return l10n.t(
        'The browser opens on your machine, and VS Code forwards its way back to this one.',
      );
    case 'needsPaste':
      return l10n.t(
        'The browser cannot come back to this window by itself: you paste the address of its last page.',
      );
  }
}

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}
