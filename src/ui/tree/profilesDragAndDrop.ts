import {
  type CancellationToken,
  type DataTransfer,
  DataTransferItem,
  type TreeDragAndDropController,
} from 'vscode';
import { profilesMime } from '../../contributions.ts';
import type { Target } from '../target.ts';

export interface DropParts {
  /** What a row stands for; undefined for one that has gone. */
  readonly target: (id: string) => Target | undefined;
  /** Does what a drop means; every failure has been told. */
  readonly dropped: (dragged: Target, onto: Target) => Promise<void>;
}

/** Dragging profiles in the view. What a drop means is decided in `drops.ts`. */
export class ProfilesDragAndDrop implements TreeDragAndDropController<string> {
  readonly dragMimeTypes = [profilesMime];
  readonly dropMimeTypes = [profilesMime];
  readonly #parts: DropParts;

  constructor(parts: DropParts) {
    this.#parts = parts;
  }

  handleDrag(ids: readonly string[], data: DataTransfer): void {
    const [id] = ids;
    const target = id === undefined ? undefined : this.#parts.target(id);
    // One at a time: several have no one place to go to.
    if (ids.length !== 1 || target?.profileId === undefined) return;
    data.set(profilesMime, new DataTransferItem(target));
  }

  async handleDrop(
    id: string | undefined,
    data: DataTransfer,
    { isCancellationRequested }: CancellationToken,
  ): Promise<void> {
    const dragged = data.get(profilesMime)?.value as Target | undefined;
    const onto = id === undefined ? undefined : this.#parts.target(id);
    if (dragged === undefined || onto === undefined || isCancellationRequested) return;
    await this.#parts.dropped(dragged, onto);
  }
}
