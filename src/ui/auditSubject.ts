import { MAIN_AGENT_ID } from '../core/documents/agentIds.ts';
import type { ProfilePlace } from './commands/locate.ts';

/** The profile that an audit trail is shown for. */
export interface AuditSubject {
  readonly stateDir: string;
  /** Short for people. */
  readonly stateDirLabel: string;
  readonly agentId: string;
  readonly profileId: string;
  /** Normalized provider id. */
  readonly provider: string;
}

/** An inherited profile is changed where it is stored. */
export function auditSubject({ dir, agent, provider, profile }: ProfilePlace): AuditSubject {
  return {
    stateDir: dir.path,
    stateDirLabel: dir.label,
    agentId: profile.origin === 'inherited' ? MAIN_AGENT_ID : agent.id,
    profileId: profile.id,
    provider: provider.id,
  };
}
