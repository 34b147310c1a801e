import { l10n, ProgressLocation, window } from 'vscode';
import type { AgentFolders } from '../../core/custody/agentFolders.ts';
import { KnownError } from '../../core/errors.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { type AgentPlace, locateAgent } from '../commands/locate.ts';
import type { AgentCommandParts } from './agentParts.ts';
import { folderToTrash } from './folderToTrash.ts';

/** What the agent leaves behind, of which no other agent has anything. */
export async function foldersOf(
  snapshot: Snapshot,
  { dir, agent }: AgentPlace,
): Promise<AgentFolders> {
  const { removedFolders, stayingAgents } = await import('../../core/custody/agentFolders.ts');
  const others = stayingAgents(snapshot, { stateDir: dir.path, agentId: agent.id });
  return removedFolders(dir.path, agent, others);
}

/** As it is now: answering took its time. Undefined also where it has become an agent again. */
export async function ownFolderNow(
  { refresh }: AgentCommandParts,
  place: AgentPlace,
): Promise<string | undefined> {
  const now = await refresh();
  const again = locateAgent(now, { stateDir: place.dir.path, agentId: place.agent.id });
  if (again.kind === 'found' && !again.place.agent.onDiskOnly) return undefined;
  return (await foldersOf(now, place)).own;
}

/** @returns why it is still where it was; undefined once it is in the trash. */
export async function moveAway(
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
