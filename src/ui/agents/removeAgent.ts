import { l10n, window } from 'vscode';
import type { AgentFolders } from '../../core/custody/agentFolders.ts';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import { KnownError } from '../../core/errors.ts';
import type { AgentPlace } from '../commands/locate.ts';
import { assertPlaceIsCertain } from '../commands/profileCommands.ts';
import { removalQuestion, removedWords } from '../words/agents.ts';
import { errorWords } from '../words/errors.ts';
import { plainText } from '../words/plainText.ts';
import { type AgentCommandParts, agentsPlaceOf } from './agentParts.ts';
import { foldersOf, moveAway, ownFolderNow } from './leftFolder.ts';

/**
 * Asks, takes an agent out of the config, and moves its folder to the trash if that was asked for.
 * @throws {KnownError} as `AgentService.remove`: nothing changed.
 */
export async function removeAgent(parts: AgentCommandParts, place: AgentPlace): Promise<void> {
  assertPlaceIsCertain(place);
  const { dir, agent } = place;
  const { id: agentId } = agent;
  if (agentId === MAIN_AGENT_ID) throw new KnownError('agent.notRemovable', { agentId });
  if (agent.onDiskOnly) {
    throw new KnownError('agent.gone', { agentId, path: dir.config.path });
  }
  const { folders, answer } = await ask(parts, place);
  if (answer === undefined) return;
  const service = await parts.service();
  const removed = await service.remove(agentsPlaceOf(dir), agentId);
  const own = answer === 'trash' ? await ownFolderNow(parts, place) : undefined;
  const failure = own === undefined ? undefined : await moveAway(parts, place, own);
  await parts.refresh();
  const trashed = own !== undefined && failure === undefined;
  const stays = trashed ? folders.elsewhere : (folders.own ?? folders.elsewhere);
  const done = removedWords(agentId, removed, { trashed, ...(stays !== undefined && { stays }) });
  if (failure === undefined) parts.notifications.told(done);
  else parts.notifications.warned(`${done} ${errorWords(failure).what}`);
}

async function ask(
  { snapshot }: AgentCommandParts,
  place: AgentPlace,
): Promise<{
  readonly folders: AgentFolders;
  readonly answer: 'remove' | 'trash' | undefined;
}> {
  const { dir, agent } = place;
  const { removalOutlook } = await import('../../core/custody/agentsNow.ts');
  const folders = await foldersOf(await snapshot(), place);
  const outlook = await removalOutlook(dir.config.path, agent.id);
  const { message, detail } = removalQuestion(agent, outlook, folders);
  const remove = l10n.t('Remove');
  const trash = l10n.t('Remove and Move Folder to Trash');
  const picked = await window.showWarningMessage(
    plainText(message),
    { modal: true, detail: detail.map(plainText).join('\n') },
    remove,
    ...(folders.own === undefined ? [] : [trash]),
  );
  const answer = picked === remove ? 'remove' : picked === trash ? 'trash' : undefined;
  return { folders, answer };
}
