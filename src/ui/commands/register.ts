import { type Disposable, l10n, commands as vscodeCommands } from 'vscode';
import type { CommandId } from '../../commandIds.ts';
import type { Notifications } from '../notifications.ts';
import type { Target } from '../target.ts';
import type { TreeNode } from '../tree/nodes.ts';
import { commandTarget } from './commandTarget.ts';

/** A command's work: given what it was called on, if anything. */
export type CommandHandler = (target: Target | undefined) => unknown;
export type CommandHandlers = { readonly [Id in CommandId]: CommandHandler };

/** What of our manifest is needed here. */
interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: CommandId }[] };
}

/**
 * Registers every command of the manifest; what they do is loaded when the first one is run. Every
 * failure ends in one message.
 */
export function registerCommands(
  { contributes }: Manifest,
  handlers: () => Promise<CommandHandlers>,
  node: (id: string) => TreeNode | undefined,
  notifications: Notifications,
): Disposable[] {
  return contributes.commands.map(({ command: id }) =>
    vscodeCommands.registerCommand(id, async (argument: unknown) => {
      try {
        // Now, and not after the loading below: the row could go meanwhile.
        const called = commandTarget(argument, node);
        if (called.kind === 'gone') {
          notifications.told(l10n.t('What this was meant for is no longer there.'));
          return;
        }
        const { [id]: handler } = await handlers();
        await handler(called.kind === 'target' ? called.target : undefined);
      } catch (error) {
        notifications.failed(l10n.t('The command'), error);
      }
    }),
  );
}
