import {
  type Event,
  EventEmitter,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
} from 'vscode';
import { changedIds } from './changedIds.ts';
import type { TreeNode } from './nodes.ts';

/** Identifies a row towards VS Code: the ids of `nodes.ts`, so that handles survive a new Snapshot. */
type NodeId = string;

/**
 * Draws the nodes that it was given last. Knows no rules: `treeOf` decides, this maps to VS Code's
 * items and tells VS Code which rows changed, and no others.
 */
export class ProfilesView implements TreeDataProvider<NodeId> {
  readonly #changed = new EventEmitter<NodeId | undefined>();
  readonly onDidChangeTreeData: Event<NodeId | undefined> = this.#changed.event;
  #roots: readonly TreeNode[] = [];
  #takenAt = 0;
  #byId: ReadonlyMap<NodeId, TreeNode> = new Map();
  #parents: ReadonlyMap<NodeId, NodeId> = new Map();

  /**
   * Shows `roots` and redraws what differs from before.
   * @param takenAt milliseconds since the epoch: the moment of the Snapshot that they were made from.
   */
  show(roots: readonly TreeNode[], takenAt: number): void {
    const changed = changedIds(this.#roots, roots);
    this.#roots = roots;
    this.#takenAt = takenAt;
    const byId = new Map<NodeId, TreeNode>();
    const parents = new Map<NodeId, NodeId>();
    const index = (nodes: readonly TreeNode[], parent?: NodeId): void => {
      for (const node of nodes) {
        byId.set(node.id, node);
        if (parent !== undefined) parents.set(node.id, parent);
        index(node.children, node.id);
      }
    };
    index(roots);
    this.#byId = byId;
    this.#parents = parents;
    if (changed === 'all') this.#changed.fire(undefined);
    else for (const id of changed) this.#changed.fire(id);
  }

  node(id: NodeId): TreeNode | undefined {
    return this.#byId.get(id);
  }

  getChildren(id?: NodeId): NodeId[] {
    const nodes = id === undefined ? this.#roots : (this.#byId.get(id)?.children ?? []);
    return nodes.map((node) => node.id);
  }

  getParent(id: NodeId): NodeId | undefined {
    return this.#parents.get(id);
  }

  getTreeItem(id: NodeId): TreeItem {
    const node = this.#byId.get(id);
    // VS Code may still ask for a row that has just gone.
    if (!node) return new TreeItem('');
    const item = new TreeItem(node.label, collapsible[node.collapsible]);
    item.id = node.id;
    item.description = node.description;
    item.contextValue = node.flags;
    item.accessibilityInformation = { label: node.spoken, role: 'treeitem' };
    if (node.icon) {
      item.iconPath =
        node.icon.color === undefined
          ? new ThemeIcon(node.icon.id)
          : new ThemeIcon(node.icon.id, new ThemeColor(node.icon.color));
    }
    return item;
  }

  async resolveTreeItem(item: TreeItem, id: NodeId): Promise<TreeItem> {
    const { hoverLines } = await import('./rowHover.ts');
    const node = this.#byId.get(id);
    // Plain text: names come from files and must not become links or markup.
    item.tooltip = node ? hoverLines(node.hover, this.#takenAt).join('\n') : '';
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

const collapsible = {
  none: TreeItemCollapsibleState.None,
  expanded: TreeItemCollapsibleState.Expanded,
  collapsed: TreeItemCollapsibleState.Collapsed,
} as const;
