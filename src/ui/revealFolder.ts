import { env, l10n, UIKind, type Uri, commands as vscodeCommands } from 'vscode';
import type { Notifications } from './notifications.ts';

/**
 * Shows a folder: in the file manager of this machine; where the files are on another one, or VS Code runs in
 * a browser, by a message with ways on.
 * @param message Names the folder.
 */
export async function revealFolder(
  notifications: Pick<Notifications, 'told'>,
  folder: Uri,
  message: string,
): Promise<void> {
  if (env.remoteName === undefined && env.uiKind === UIKind.Desktop) {
    await vscodeCommands.executeCommand('revealFileInOS', folder);
    return;
  }
  notifications.told(
    message,
    {
      label: l10n.t('Copy Path'),
      run: () => env.clipboard.writeText(folder.fsPath),
    },
    {
      label: l10n.t('Open in New Window'),
      run: () =>
        vscodeCommands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true }),
    },
  );
}
