import { l10n, window } from 'vscode';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import { type AgentPlace, locateAgent } from '../commands/locate.ts';
import { tellGone } from '../commands/pickers.ts';
import { assertPlaceIsCertain } from '../commands/profileCommands.ts';
import { leftFolderQuestion } from '../words/agents.ts';
import { plainText } from '../words/plainText.ts';
import type { AgentCommandParts } from './agentParts.ts';
import { foldersOf, moveAway, ownFolderNow } from './leftFolder.ts';

/**
 * Asks, and moves the folder that an agent left behind to the trash.
 * @throws {KnownError} `config.*`, and as `moveAgentAway`: the folder is where it was.
 */
export async function trashLeftFolder(parts: AgentCommandParts, place: AgentPlace): Promise<void> {
  assertPlaceIsCertain(place);
  const { dir, agent } = place;
  const { notifications } = parts;
  const { own } = await foldersOf(await parts.snapshot(), place);
  if (!isLeft(place) || own === undefined) {
    notifications.told(stays(agent.id));
    return;
  }
  const { message, detail } = leftFolderQuestion(agent, own);
  const picked = await window.showWarningMessage(
    plainText(message),
    { modal: true, detail: detail.map(plainText).join('\n') },
    l10n.t('Move to Trash'),
  );
  if (picked === undefined) return;
  const now = await ownFolderNow(parts, place);
  if (now === undefined) {
    const again = locateAgent(await parts.snapshot(), { stateDir: dir.path, agentId: agent.id });
    if (again.kind === 'gone') tellGone(notifications, again);
    else notifications.told(stays(agent.id));
    return;
  }
  const failure = await moveAway(parts, place, now);
  await parts.refresh();
  if (failure !== undefined) throw failure;
  notifications.told(l10n.t('The folder of {0} is in the trash.', agent.id));
}

/** Only its folder is there; main, which stands for every other, never counts as left behind. */
export function isLeft({ agent }: AgentPlace): boolean {
  return agent.onDiskOnly && agent.id !== MAIN_AGENT_ID;
}

function stays(agentId: string): string {
  return l10n.t('The folder of {0} is in use by an agent of the config, so it stays.', agentId);
}
