import type { AgentInUse } from '../../core/model/agentInUse.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { treeOf } from './nodes.ts';
import { RowIndex } from './rowIndex.ts';

/** The rows of the Snapshot that was shown last, to be found by their ids. */
export class Rows extends RowIndex {
  readonly #isAdded: (provider: string) => boolean;

  /** @param isAdded Whether another extension adds a way to sign in to a provider (normalized id). */
  constructor(isAdded: (provider: string) => boolean) {
    super();
    this.#isAdded = isAdded;
  }

  /**
   * @param use Which agent this window uses; absent: the default one.
   * @returns the rows that are to be drawn again (`changedIds`).
   */
  showSnapshot(snapshot: Snapshot | undefined, use?: AgentInUse): 'all' | readonly string[] {
    const pinned = use?.kind === 'pinned' ? use.agent.id : undefined;
    return this.show(snapshot === undefined ? [] : treeOf(snapshot, this.#isAdded, pinned));
  }
}
