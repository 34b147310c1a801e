import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import type { AgentSnapshot, StateDirSnapshot } from '../../core/model/snapshot.ts';

/** What can be done to an agent by an edit of the config, or with its folder; for menus. */
export function agentFlags(
  { config }: Pick<StateDirSnapshot, 'config'>,
  agent: AgentSnapshot,
): readonly string[] {
  const isCertain = config.kind === 'whole' || config.kind === 'absent';
  const isListed = isCertain && !agent.onDiskOnly;
  return [
    isCertain ? 'canRename' : '',
    isCertain && !agent.isDefault ? 'canMakeDefault' : '',
    isListed ? 'canHaveChats' : '',
    isListed && agent.id !== MAIN_AGENT_ID ? 'canRemove' : '',
    isCertain && agent.onDiskOnly && agent.id !== MAIN_AGENT_ID ? 'isLeft' : '',
    agent.store.kind === 'unplaced' ? '' : 'hasFolder',
  ];
}
