import type { ProfileTarget } from '../target.ts';

/** The row of one profile, for revealing it. */
export function profileRowId(target: ProfileTarget): string {
  const { stateDir, agentId, provider, profileId } = target;
  return `profile ${stateDir} ${agentId} ${provider} ${profileId}`;
}
