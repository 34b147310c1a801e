import type {
  AgentSnapshot,
  ProfileSnapshot,
  StateDirSnapshot,
  StoreSnapshot,
} from './snapshot.ts';

/** A stored profile, and the agent that it is seen from. */
export interface HeldProfile {
  readonly agent: AgentSnapshot;
  readonly profile: ProfileSnapshot;
  /** Where it is stored. */
  readonly store: StoreSnapshot;
}

/**
 * Every stored profile of a state folder once, with the agent whose own it is; with the first that inherits
 * it, where main is not listed. Pure.
 */
export function heldProfiles({ agents, mainStore }: StateDirSnapshot): readonly HeldProfile[] {
  // Two agents can be configured to one folder, and one to that of main.
  const seen = new Set<string>();
  return agents.flatMap((agent) =>
    agent.providers.flatMap(({ profiles }) =>
      profiles.flatMap((profile) => {
        const store = profile.origin === 'own' ? agent.store : mainStore;
        const key = `${store?.path}\n${profile.id}`;
        if (store === undefined || seen.has(key)) return [];
        seen.add(key);
        return [{ agent, profile, store }];
      }),
    ),
  );
}
