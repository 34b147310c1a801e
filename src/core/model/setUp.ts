import { needingPerson } from './agentStatus.ts';
import { isUsable } from './profileState.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * How far a person has come, as the disk says:
 *
 * - `signedIn`: an agent can use a profile as it stands.
 * - `arranged`: there is more than one agent, or somebody wrote down an order.
 * - `fresh`: signed in, and no profile needs a person.
 */
export type SetUp = 'signedIn' | 'arranged' | 'fresh';

/** Pure. */
export function setUpOf(snapshot: Snapshot): readonly SetUp[] {
  const { stateDirs } = snapshot;
  const providers = stateDirs.flatMap((dir) => dir.agents).flatMap((agent) => agent.providers);
  const isSignedIn = providers.some(({ profiles }) =>
    profiles.some(({ state }) => isUsable(state)),
  );
  const isArranged =
    stateDirs.some(({ agents }) => agents.length > 1) ||
    providers.some(({ orderSource }) => orderSource === 'store' || orderSource === 'config');
  return [
    ...(isSignedIn ? (['signedIn'] as const) : []),
    ...(isArranged ? (['arranged'] as const) : []),
    ...(isSignedIn && needingPerson(snapshot) === 0 ? (['fresh'] as const) : []),
  ];
}
