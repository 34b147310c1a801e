import type { ProfileTarget, Target } from '../target.ts';

/** The row of one profile, for revealing it. */
export function profileRowId(target: ProfileTarget): string {
  const { stateDir, agentId, provider, profileId } = target;
  return `profile ${stateDir} ${agentId} ${provider} ${profileId}`;
}

/** The row of one agent. */
export function agentRowId({ stateDir, agentId }: AgentTarget): string {
  return `agent ${stateDir} ${agentId}`;
}

/** The row of the chats that come to one agent. */
export function chatsRowId({ stateDir, agentId }: AgentTarget): string {
  return `chats ${stateDir} ${agentId}`;
}

type AgentTarget = Required<Pick<Target, 'stateDir' | 'agentId'>>;
