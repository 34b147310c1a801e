import type {
  AgentSnapshot,
  ProfileSnapshot,
  ProviderSnapshot,
  Snapshot,
  StateDirSnapshot,
} from '../../core/model/snapshot.ts';
import type { Target } from '../tree/nodes.ts';

export interface AgentPlace {
  readonly dir: StateDirSnapshot;
  readonly agent: AgentSnapshot;
}

export interface ProfilePlace extends AgentPlace {
  readonly provider: ProviderSnapshot;
  readonly profile: ProfileSnapshot;
}

/** Every agent, those of the state folder in use first. */
export function agentPlaces(snapshot: Snapshot): readonly AgentPlace[] {
  return snapshot.stateDirs.flatMap((dir) => dir.agents.map((agent) => ({ dir, agent })));
}

/** Every profile where it is stored: inherited ones are left to the agent that has them. */
export function ownProfilePlaces(snapshot: Snapshot): readonly ProfilePlace[] {
  return agentPlaces(snapshot).flatMap(({ dir, agent }) =>
    agent.providers.flatMap((provider) =>
      provider.profiles
        .filter((profile) => profile.origin === 'own')
        .map((profile) => ({ dir, agent, provider, profile })),
    ),
  );
}

/** The agent that a row or a command argument means, in the Snapshot of now. */
export function locateAgent(snapshot: Snapshot, target: Target): AgentPlace | undefined {
  return agentPlaces(snapshot).find(
    ({ dir, agent }) => dir.path === target.stateDir && agent.id === target.agentId,
  );
}

export function locateProfile(snapshot: Snapshot, target: Target): ProfilePlace | undefined {
  const place = locateAgent(snapshot, target);
  if (!place) return undefined;
  for (const provider of place.agent.providers) {
    const profile = provider.profiles.find(({ id }) => id === target.profileId);
    if (profile) return { ...place, provider, profile };
  }
  return undefined;
}
