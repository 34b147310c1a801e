import { l10n } from 'vscode';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import type { AgentSnapshot, ProfileSnapshot } from '../../core/model/snapshot.ts';
import { waysToShare } from '../../core/model/waysToShare.ts';
import type { Choice } from '../addProfile/choices.ts';
import { joined } from '../words/joined.ts';
import { typeWords } from '../words/profile.ts';
import { providerName } from '../words/providers.ts';

/** A profile of another agent, and whether a new agent can get a copy of it. */
export interface Copyable {
  /** Whose it is. */
  readonly agent: AgentSnapshot;
  readonly profile: ProfileSnapshot;
  readonly canCopy: boolean;
}

/** Every profile that stands in a store of its own, by the agents in their sequence. */
export function copyables(agents: readonly AgentSnapshot[]): readonly Copyable[] {
  return agents.flatMap((agent) =>
    agent.store.kind !== 'whole'
      ? []
      : agent.providers
          .flatMap(({ profiles }) => profiles)
          .filter(({ origin }) => origin === 'own')
          .map((profile) => ({
            agent,
            profile,
            canCopy: waysToShare(profile.type, agent.id).includes('copy'),
          })),
  );
}

/** Keys and tokens under the agent that has them; then sign-ins, with what there is in place of a copy. */
export function copyChoices(all: readonly Copyable[]): readonly Choice<Copyable>[] {
  const [static_, logins] = [all.filter(({ canCopy }) => canCopy), all.filter((o) => !o.canCopy)];
  const owners = [...new Set(static_.map(({ agent }) => agent))];
  return [
    ...owners.flatMap((owner): readonly Choice<Copyable>[] => [
      { kind: 'heading', label: l10n.t('Keys and tokens of {0}', owner.id) },
      ...static_.filter(({ agent }) => agent === owner).map(keyChoice),
    ]),
    ...(logins.length === 0
      ? []
      : [
          { kind: 'heading', label: l10n.t('Sign-ins are not copied') } as const,
          ...logins.map(loginChoice),
        ]),
  ];
}

function keyChoice(copyable: Copyable): Choice<Copyable> {
  const { agent, profile } = copyable;
  return {
    kind: 'choice',
    value: copyable,
    label: profile.id,
    icon: 'key',
    description: joined(
      ' · ',
      typeWords(profile),
      agent.id === MAIN_AGENT_ID ? l10n.t('seen without a copy, too') : '',
    ),
    detail: providerName(profile.provider),
  };
}

function loginChoice(copyable: Copyable): Choice<Copyable> {
  const { agent, profile } = copyable;
  return {
    kind: 'choice',
    value: copyable,
    label: profile.id,
    icon: 'account',
    description: agent.id,
    detail:
      agent.id === MAIN_AGENT_ID
        ? l10n.t('The new agent sees it from main; or sign in for it alone afterwards.')
        : l10n.t('Sign in for the new agent afterwards: a refresh token is valid in one place.'),
  };
}
