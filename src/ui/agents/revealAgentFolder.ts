import { FileType, l10n, Uri, workspace } from 'vscode';
import type { AgentPlace } from '../commands/locate.ts';
import type { Notifications } from '../notifications.ts';
import { revealFolder } from '../revealFolder.ts';

/** Shows where an agent keeps its sign-ins. */
export async function revealAgentFolder(
  notifications: Notifications,
  { agent }: AgentPlace,
): Promise<void> {
  if (agent.store.kind === 'unplaced') {
    notifications.warned(
      l10n.t('Where {0} keeps its store is not known in this environment.', agent.id),
    );
    return;
  }
  const uri = Uri.file(agent.agentDir);
  if (!(await isFolder(uri))) {
    notifications.told(l10n.t('{0} has no folder yet. It is made by the first sign-in.', agent.id));
    return;
  }
  await revealFolder(
    notifications,
    uri,
    l10n.t('The folder of {0} is {1}.', agent.id, agent.agentDir),
  );
}

async function isFolder(uri: Uri): Promise<boolean> {
  try {
    return ((await workspace.fs.stat(uri)).type & FileType.Directory) !== 0;
  } catch {
    return false;
  }
}
