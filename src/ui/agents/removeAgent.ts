import { l10n, ProgressLocation, window } from 'vscode';
import type { AgentFolders } from '../../core/custody/agentFolders.ts';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import { KnownError } from '../../core/errors.ts';
import { type AgentPlace, agentPlaces } from '../commands/locate.ts';
import { assertPlaceIsCertain } from '../commands/profileCommands.ts';
import { removalQuestion, removedWords } from '../words/agents.ts';
import { errorWords } from '../words/errors.ts';
import { plainText } from '../words/plainText.ts';
import { type AgentCommandParts, agentsPlaceOf } from './agentParts.ts';
import { folderToTrash } from './folderToTrash.ts';

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
  const isMeant = answer === 'trash' && folders.own !== undefined;
  const failure = isMeant ? await moveAway(parts, place, folders.own) : undefined;
  await parts.refresh();
  const trashed = isMeant && failure === undefined;
  const stays = trashed ? folders.elsewhere : (folders.own ?? folders.elsewhere);
  const done = removedWords(agentId, removed, { trashed, ...(stays !== undefined && { stays }) });
  if (failure === undefined) parts.notifications.told(done);
  else parts.notifications.warned(`${done} ${errorWords(failure).what}`);
}

async function ask(
  { snapshot }: AgentCommandParts,
  { dir, agent }: AgentPlace,
): Promise<{
  readonly folders: AgentFolders;
  readonly answer: 'remove' | 'trash' | undefined;
}> {
  const [{ removalOutlook }, { removedFolders }] = await Promise.all([
    import('../../core/custody/agentsNow.ts'),
    import('../../core/custody/agentFolders.ts'),
  ]);
  const others = agentPlaces(await snapshot())
    .filter((other) => other.dir.path !== dir.path || other.agent.id !== agent.id)
    .map((other) => other.agent.agentDir);
  const folders = await removedFolders(dir.path, agent, others);
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

/** @returns why it is still where it was; undefined once it is in the trash. */
async function moveAway(
  parts: AgentCommandParts,
  { dir, agent }: AgentPlace,
  folder: string,
): Promise<KnownError | undefined> {
  const [{ moveAgentAway }, trash] = await Promise.all([
    import('../../core/custody/agentTrash.ts'),
    parts.trash(),
  ]);
  const left = { stateDir: dir.path, folder, storePath: agent.store.path };
  const title = l10n.t('Moving the folder of {0} to the trash', agent.id);
  try {
    await window.withProgress({ location: ProgressLocation.Window, title }, () =>
      moveAgentAway(trash, left, (path) => folderToTrash(path, parts.host, parts.clock)),
    );
    return undefined;
  } catch (error) {
    if (error instanceof KnownError) return error;
    throw error;
  }
}
