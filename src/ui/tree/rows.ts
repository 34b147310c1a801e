import type { AgentInUse } from '../../core/model/agentInUse.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { changedIds } from './changedIds.ts';
import { type TreeNode, treeOf } from './nodes.ts';

/** The rows of the Snapshot that was shown last, to be found by their ids. */
export class Rows {
  readonly #isAdded: (provider: string) => boolean;
  #roots: readonly TreeNode[] = [];
  #byId: ReadonlyMap<string, TreeNode> = new Map();
  #parents: ReadonlyMap<string, string> = new Map();

  /** @param isAdded Whether another extension adds a way to sign in to a provider (normalized id). */
  constructor(isAdded: (provider: string) => boolean) {
    this.#isAdded = isAdded;
  }

  /**
   * @param use Which agent this window uses; absent: the default one.
   * @returns the rows that are to be drawn again (`changedIds`).
   */
  show(snapshot: Snapshot | undefined, use?: AgentInUse): 'all' | readonly string[] {
    const pinned = use?.kind === 'pinned' ? use.agent.id : undefined;
    const roots = snapshot === undefined ? [] : treeOf(snapshot, this.#isAdded, pinned);
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

  /** The rows below one, or the topmost ones. */
  below(id: string | undefined): readonly TreeNode[] {
    return id === undefined ? this.#roots : (this.node(id)?.children ?? []);
  }

  parent(id: string): string | undefined {
    return this.#parents.get(id);
  }
}
