import type { TreeItem } from 'vscode';
import { changedIds } from './changedIds.ts';
import type { TreeNode } from './nodes.ts';
import { treeItem } from './treeItem.ts';

/** The rows that a view was given last, to be found by their ids. */
export class RowIndex {
  #roots: readonly TreeNode[] = [];
  #byId: ReadonlyMap<string, TreeNode> = new Map();
  #parents: ReadonlyMap<string, string> = new Map();

  /** @returns the rows that are to be drawn again (`changedIds`). */
  show(roots: readonly TreeNode[]): 'all' | readonly string[] {
    const changed = changedIds(this.#roots, roots);
    this.#roots = roots;
    const byId = new Map<string, TreeNode>();
    const parents = new Map<string, string>();
    const index = (nodes: readonly TreeNode[], parent?: string): void => {
      for (const node of nodes) {
        byId.set(node.id, node);
        if (parent !== undefined) parents.set(node.id, parent);
        index(node.children, node.id);
      }
    };
    index(roots);
    this.#byId = byId;
    this.#parents = parents;
    return changed;
  }

  node(id: string): TreeNode | undefined {
    return this.#byId.get(id);
  }

  /** As VS Code draws it; an empty one for a row that has just gone. */
  item(id: string): TreeItem {
    return treeItem(this.node(id));
  }

  /** The rows below one, or the topmost ones. */
  below(id: string | undefined): readonly TreeNode[] {
    return id === undefined ? this.#roots : (this.node(id)?.children ?? []);
  }

  parent(id: string): string | undefined {
    return this.#parents.get(id);
  }
}
