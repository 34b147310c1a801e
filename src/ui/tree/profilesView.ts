import {
  type Disposable,
  type Event,
  EventEmitter,
  type TreeDataProvider,
  type TreeItem,
} from 'vscode';
import type { AgentInUse } from '../../core/model/agentInUse.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { shown } from '../masking.ts';
import { once } from '../once.ts';
import { decorateDimmed } from './dimmed.ts';
import type { TreeNode } from './nodes.ts';
import type { Rows } from './rows.ts';

/** Identifies a row towards VS Code: the ids of `nodes.ts`, so that handles survive a new Snapshot. */
type NodeId = string;

/**
 * Draws the rows of the Snapshot that it was given last. Knows no rules: `rows.ts` makes them, this
 * maps them to VS Code's items and tells VS Code which ones changed, and no others. What makes rows
 * is loaded when VS Code first asks for some: while nobody looks, nothing is drawn.
 */
export class ProfilesView implements TreeDataProvider<NodeId> {
  readonly #changed = new EventEmitter<NodeId | undefined>();
  readonly onDidChangeTreeData: Event<NodeId | undefined> = this.#changed.event;
  readonly #isAdded: (provider: string) => boolean;
  readonly #rows = once(async (): Promise<Rows> => {
    const { Rows } = await import('./rows.ts');
    const rows = new Rows(this.#isAdded);
    rows.showSnapshot(this.#snapshot, this.#use);
    this.#drawn = rows;
    this.#dimming = decorateDimmed();
    return rows;
  });
  /** Once they were asked for. */
  #drawn: Rows | undefined;
  #snapshot: Snapshot | undefined;
  #use: AgentInUse | undefined;
  #dimming: Disposable | undefined;

  /** @param isAdded Whether another extension adds a way to sign in to a provider (normalized id). */
  constructor(isAdded: (provider: string) => boolean) {
    this.#isAdded = isAdded;
  }

  /**
   * Shows a Snapshot, or no row at all, and redraws what differs from before.
   * @param use Which agent this window uses; absent: the default one.
   */
  show(snapshot: Snapshot | undefined, use?: AgentInUse): void {
    this.#snapshot = snapshot;
    this.#use = use;
    if (this.#drawn === undefined) {
      // VS Code may not have asked yet, or just while the rows were loading: then they are these.
      this.#changed.fire(undefined);
      return;
    }
    const changed = this.#drawn.showSnapshot(snapshot, use);
    if (changed === 'all') this.#changed.fire(undefined);
    else for (const id of changed) this.#changed.fire(id);
  }

  /** Every row is drawn again: the same words are shown in another way. */
  redrawAll(): void {
    this.#changed.fire(undefined);
  }

  /** The rows are there to be found by {@link node}. */
  async drawn(): Promise<void> {
    await this.#rows();
  }

  node(id: NodeId): TreeNode | undefined {
    return this.#drawn?.node(id);
  }

  async getChildren(id?: NodeId): Promise<NodeId[]> {
    return (await this.#rows()).below(id).map((node) => node.id);
  }

  getParent(id: NodeId): NodeId | undefined {
    return this.#drawn?.parent(id);
  }

  async getTreeItem(id: NodeId): Promise<TreeItem> {
    return (await this.#rows()).item(id);
  }

  async resolveTreeItem(item: TreeItem, id: NodeId): Promise<TreeItem> {
    const { hoverLines } = await import('./rowHover.ts');
    const node = this.node(id);
    const now = this.#snapshot?.takenAt;
    // Plain text: names come from files and must not become links or markup.
    const lines = node && now !== undefined ? hoverLines(node.hover, now) : [];
    item.tooltip = shown(lines.join('\n'));
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
    this.#dimming?.dispose();
  }
}
