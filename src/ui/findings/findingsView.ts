import { type Disposable, EventEmitter, type TreeView, window } from 'vscode';
import { views } from '../../contributions.ts';
import type { TreeNode } from '../tree/nodes.ts';
import type { Findings } from './findings.ts';

/** The Findings view as VS Code knows it from the start: all that it shows loads when somebody looks. */
export class FindingsView implements Disposable {
  readonly tree: TreeView<string>;
  readonly changed = new EventEmitter<string | undefined>();
  #findings: Findings | undefined;

  /** @param load As often as something is asked for. */
  constructor(load: () => Promise<Findings>) {
    const ask = async <T>(answer: (findings: Findings) => T): Promise<T> => {
      this.#findings = await load();
      return answer(this.#findings);
    };
    this.tree = window.createTreeView(views.findings, {
      treeDataProvider: {
        onDidChangeTreeData: this.changed.event,
        getChildren: (id) => ask((findings) => findings.below(id)),
        getTreeItem: (id) => ask((findings) => findings.item(id)),
        // Only rows of the top level are ever revealed.
        getParent: () => undefined,
      },
    });
  }

  node(id: string): TreeNode | undefined {
    return this.#findings?.node(id);
  }

  dispose(): void {
    this.tree.dispose();
    this.changed.dispose();
  }
}
