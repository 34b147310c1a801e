import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import { leadingProfile } from '../model/agentStatus.ts';
import { needsPerson, type ProfileState } from '../model/profileState.ts';
import type { AgentSnapshot, ProviderSnapshot, StateDirSnapshot } from '../model/snapshot.ts';

/** Which agent has which provider, and from where: the agents of one state folder. */
export interface Matrix {
  /** Normalized ids, in alphabetical order: all that some agent has. */
  readonly providers: readonly string[];
  /** A row an agent, in the sequence of the Snapshot; its cells in that of `providers`. */
  readonly rows: readonly MatrixRow[];
}

export interface MatrixRow {
  readonly agentId: string;
  readonly cells: readonly MatrixCell[];
}

/**
 * - `own`: it has profiles of its own, and main has none that are known of, or it is main;
 * - `separate`: it has a login or key of its own where main has another;
 * - `twin`: a login of its own stands in other stores too, so a renewal there ends it here;
 * - `inherited`: it uses what main has;
 * - `missing`: it has none, while another agent does;
 * - `unknown`: its store could not be read.
 */
export type CellKind = 'own' | 'separate' | 'twin' | 'inherited' | 'missing' | 'unknown';

export interface MatrixCell {
  readonly provider: string;
  readonly kind: CellKind;
  /** How many profiles the agent has of it. */
  readonly count: number;
  /** How many of them need a person. */
  readonly needPerson: number;
  /** Of the profile that stands for them: the one used next, else the first that would be. */
  readonly lead?: { readonly profileId: string; readonly state: ProfileState };
  /** Of a twin: who else holds it, as `sharedWith` names them. */
  readonly twins: readonly string[];
}

/** Pure. */
export function matrixOf({ agents, mainStore }: StateDirSnapshot): Matrix {
  const ids = agents.flatMap(({ providers }) => providers.map(({ id }) => id));
  const providers = [...new Set(ids)].sort();
  const main = agents.find(({ id, store }) =>
    mainStore === undefined ? id === MAIN_AGENT_ID : store.path === mainStore.path,
  );
  // Where main is no agent of the config, what it has is seen by those that inherit it.
  const ofMain = new Set(
    agents.flatMap((agent) =>
      agent.providers
        .filter(({ profiles }) =>
          profiles.some(({ origin }) =>
            mainStore === undefined ? agent === main && origin === 'own' : origin === 'inherited',
          ),
        )
        .map(({ id }) => id),
    ),
  );
  return {
    providers,
    rows: agents.map((agent) => {
      const had = new Map(agent.providers.map((provider) => [provider.id, provider]));
      return {
        agentId: agent.id,
        cells: providers.map((id) =>
          cellOf(agent, id, had.get(id), agent !== main && ofMain.has(id)),
        ),
      };
    }),
  };
}

function cellOf(
  agent: AgentSnapshot,
  id: string,
  provider: ProviderSnapshot | undefined,
  mainHasToo: boolean,
): MatrixCell {
  if (provider === undefined) {
    const isRead = agent.store.kind === 'whole' || agent.store.kind === 'absent';
    const kind = isRead ? 'missing' : 'unknown';
    return { provider: id, kind, count: 0, needPerson: 0, twins: [] };
  }
  const { profiles } = provider;
  const own = ownProfiles(provider);
  // A token that is not renewed may stand anywhere.
  const renewed = own.filter(({ type }) => type === 'oauth');
  const twins = [...new Set(renewed.flatMap(({ sharedWith }) => sharedWith))];
  const lead = leadingProfile(provider) ?? profiles[0];
  return {
    provider: id,
    kind: kindOf(own.length, twins.length, mainHasToo),
    count: profiles.length,
    needPerson: profiles.filter(({ state }) => needsPerson(state)).length,
    ...(lead && { lead: { profileId: lead.id, state: lead.state } }),
    twins,
  };
}

/** What can go wrong is said before what is merely so. */
function kindOf(own: number, twins: number, mainHasToo: boolean): CellKind {
  if (own === 0) return 'inherited';
  if (twins > 0) return 'twin';
  return mainHasToo ? 'separate' : 'own';
}

function ownProfiles({ profiles }: ProviderSnapshot): ProviderSnapshot['profiles'] {
  return profiles.filter(({ origin }) => origin === 'own');
}
