import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import {
  type ConfigAgent,
  type ConfigRead,
  defaultAgentId,
  listAgents,
} from '../documents/config.ts';

export interface ListedAgent {
  readonly id: string;
  readonly name?: string;
  readonly isDefault: boolean;
  /** The config is known, and does not name it. */
  readonly onDiskOnly: boolean;
  /** As the config says, if it does. */
  readonly agentDir?: string;
  /** What `agentDir` takes from the environment, and is not set there. */
  readonly unsetVariable?: string;
}

/** The agents that a config names; main where it is not known whom it names. */
export function agentsNamedBy(config: ConfigRead): readonly ConfigAgent[] {
  return isKnown(config) ? listAgents(config.config) : [{ id: MAIN_AGENT_ID, default: true }];
}

function isKnown(config: ConfigRead): config is Extract<ConfigRead, { kind: 'whole' | 'absent' }> {
  return config.kind === 'whole' || config.kind === 'absent';
}

/**
 * The agents of one state dir as they are shown: the default one first, then in the order of the
 * config, then those of which only a folder was found, by name. Pure.
 *
 * @param idsOnDisk agents that have a folder of their own; those that the config names need not be there.
 */
export function agentList(
  config: ConfigRead,
  idsOnDisk: readonly string[],
): readonly ListedAgent[] {
  const configured = agentsNamedBy(config);
  const defaultId = isKnown(config) ? defaultAgentId(config.config) : MAIN_AGENT_ID;
  const named = new Set(configured.map((agent) => agent.id));
  const agents: ListedAgent[] = configured.map(({ id, name, agentDir, unsetVariable }) => ({
    id,
    ...(name !== undefined && { name }),
    isDefault: id === defaultId,
    onDiskOnly: false,
    ...(agentDir !== undefined && { agentDir }),
    ...(unsetVariable !== undefined && { unsetVariable }),
  }));
  const others = idsOnDisk.filter((id) => !named.has(id)).sort();
  for (const id of others) agents.push({ id, isDefault: false, onDiskOnly: isKnown(config) });
  return agents.sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
}
