import { type Disposable, l10n, commands as vscodeCommands } from 'vscode';
import { type CommandId, commands } from '../../contributions.ts';
import type { Notifications } from '../notifications.ts';
import type { Target, TreeNode } from '../tree/nodes.ts';

/** A command's work: given what it was called on, if anything. */
export type CommandHandler = (target: Target | undefined) => unknown;
export type CommandHandlers = { readonly [Id in CommandId]: CommandHandler };

/**
 * Registers every command of ours; what they do is loaded when the first one is run. From the tree
 * VS Code hands over a row's id, from elsewhere nothing or a {@link Target}. Every failure ends in
 * one message.
 */
export function registerCommands(
  handlers: () => Promise<CommandHandlers>,
  node: (id: string) => TreeNode | undefined,
  notifications: Notifications,
): Disposable[] {
  return Object.values(commands).map((id) =>
    vscodeCommands.registerCommand(id, async (argument: unknown) => {
      try {
        const { [id]: handler } = await handlers();
        await handler(targetOf(argument, node));
      } catch (error) {
        notifications.failed(l10n.t('The command'), error);
      }
    }),
  );
}

function targetOf(
  argument: unknown,
  node: (id: string) => TreeNode | undefined,
): Target | undefined {
  if (typeof argument === 'string') return node(argument)?.target;
  if (typeof argument !== 'object' || argument === null || !('stateDir' in argument)) {
    return undefined;
  }
  const { stateDir } = argument;
  if (typeof stateDir !== 'string') return undefined;
  const text = (key: string): string | undefined => {
    const value: unknown = Reflect.get(argument, key);
    return typeof value === 'string' ? value : undefined;
  };
  const agentId = text('agentId');
  const provider = text('provider');
  const profileId = text('profileId');
  return {
    stateDir,
    ...(agentId === undefined ? {} : { agentId }),
    ...(provider === undefined ? {} : { provider }),
    ...(profileId === undefined ? {} : { profileId }),
  };
}
