import type { Target } from '../target.ts';
import type { TreeNode } from '../tree/nodes.ts';

/** What a command was called on: nothing, something, or a row that has just gone. */
export type CommandTarget =
  | { readonly kind: 'none' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'target'; readonly target: Target };

/**
 * From the tree VS Code hands over a row's id, from elsewhere nothing or a {@link Target}. A row that
 * has gone is never taken for nothing: that would ask about, or act on, something else.
 */
export function commandTarget(
  argument: unknown,
  node: (id: string) => Pick<TreeNode, 'target'> | undefined,
): CommandTarget {
  if (typeof argument === 'string') {
    const found = node(argument);
    return found ? { kind: 'target', target: found.target } : { kind: 'gone' };
  }
  if (typeof argument !== 'object' || argument === null || !('stateDir' in argument)) {
    return { kind: 'none' };
  }
  const { stateDir } = argument;
  if (typeof stateDir !== 'string') return { kind: 'none' };
  const text = (key: string): string | undefined => {
    const value: unknown = Reflect.get(argument, key);
    return typeof value === 'string' ? value : undefined;
  };
  const parts = ['agentId', 'provider', 'profileId', 'sessionKey', 'chats', 'finding'] as const;
  const named = parts.map((key) => [key, text(key)] as const);
  const given = Object.fromEntries(named.filter(([, value]) => value !== undefined));
  return { kind: 'target', target: { stateDir, ...given } };
}
