import { ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import { shown } from '../masking.ts';
import { dimmedUri } from './dimmed.ts';
import type { TreeNode } from './nodes.ts';

/** A row as VS Code draws it. @param node Undefined: VS Code may still ask for one that has just gone. */
export function treeItem(node: TreeNode | undefined): TreeItem {
  if (!node) return new TreeItem('');
  const item = new TreeItem(shown(node.label), collapsible[node.collapsible]);
  item.id = node.id;
  item.description = shown(node.description);
  item.contextValue = node.flags;
  // Its label is drawn like what is ignored: a decoration of its own is the only way to say so.
  if (node.isDimmed) item.resourceUri = dimmedUri;
  item.accessibilityInformation = { label: shown(node.spoken), role: 'treeitem' };
  if (node.icon) {
    item.iconPath =
      node.icon.color === undefined
        ? new ThemeIcon(node.icon.id)
        : new ThemeIcon(node.icon.id, new ThemeColor(node.icon.color));
  }
  return item;
}

const collapsible = {
  none: TreeItemCollapsibleState.None,
  expanded: TreeItemCollapsibleState.Expanded,
  collapsed: TreeItemCollapsibleState.Collapsed,
} as const;
