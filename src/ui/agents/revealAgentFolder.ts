import { env, FileType, l10n, UIKind, Uri, commands as vscodeCommands, workspace } from 'vscode';
import type { AgentPlace } from '../commands/locate.ts';
import type { Notifications } from '../notifications.ts';

/**
 * Shows where an agent keeps its sign-ins: in the file manager of this machine; where the files are on
 * another one, or VS Code runs in a browser, in a window of VS Code, or by its path.
 */
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
  if (env.remoteName === undefined && env.uiKind === UIKind.Desktop) {
    await vscodeCommands.executeCommand('revealFileInOS', uri);
    return;
  }
  notifications.told(
    l10n.t('The folder of {0} is {1}.', agent.id, agent.agentDir),
    {
      label: l10n.t('Copy Path'),
      run: () => env.clipboard.writeText(agent.agentDir),
    },
    {
      label: l10n.t('Open in New Window'),
      run: () => vscodeCommands.executeCommand('vscode.openFolder', uri, { forceNewWindow: true }),
    },
  );
}

async function isFolder(uri: Uri): Promise<boolean> {
  try {
    return ((await workspace.fs.stat(uri)).type & FileType.Directory) !== 0;
  } catch {
    return false;
  }
}
