import type { HoverSource, TreeNode } from './nodes.ts';

/**
 * The ids of the rows that have to be drawn again so that a view of `before` shows `after`: a row
 * whose own look changed, and one whose list of children did. `'all'` when the top level changed.
 */
export function changedIds(
  before: readonly TreeNode[],
  after: readonly TreeNode[],
): 'all' | readonly string[] {
  if (!sameIds(before, after)) return 'all';
  const changed: string[] = [];
  const compare = (was: TreeNode, is: TreeNode): void => {
    if (was === is) return;
    if (!sameLook(was, is) || !sameIds(was.children, is.children)) {
      // VS Code asks again for everything below a row that is drawn again.
      changed.push(is.id);
      return;
    }
    comparePairs(was.children, is.children);
  };
  const comparePairs = (was: readonly TreeNode[], is: readonly TreeNode[]): void => {
    is.forEach((node, index) => {
      const old = was[index];
      if (old) compare(old, node);
    });
  };
  comparePairs(before, after);
  return changed;
}

function sameIds(a: readonly TreeNode[], b: readonly TreeNode[]): boolean {
  return a.length === b.length && a.every((node, index) => node.id === b[index]?.id);
}

/**
 * All that is drawn or matched by menus, and what the hover is made from: VS Code asks for the hover
 * once and keeps it until the row is drawn again. Parts of a Snapshot that did not change are the same
 * objects in the next one, so nothing has to be put into words to find out.
 */
function sameLook(a: TreeNode, b: TreeNode): boolean {
  return (
    a.label === b.label &&
    a.description === b.description &&
    a.spoken === b.spoken &&
    a.flags === b.flags &&
    a.isDimmed === b.isDimmed &&
    a.collapsible === b.collapsible &&
    a.icon?.id === b.icon?.id &&
    a.icon?.color === b.icon?.color &&
    sameParts(a.hover, b.hover)
  );
}

function sameParts(a: HoverSource, b: HoverSource): boolean {
  const parts: readonly unknown[] = Object.values(b);
  return Object.values(a).every((part, index) => part === parts[index]);
}
