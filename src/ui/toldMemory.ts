import { isTold, type Told } from '../core/model/told.ts';

/** What of VS Code's `Memento` is needed: it outlives windows and is shared by them. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** What people were told of, and what they answered, over all windows and restarts. */
export class ToldMemory {
  readonly #memory: Memory;
  readonly #key: string;
  readonly #failed: (doing: string, error: unknown) => void;
  /** What it has not been possible to remember so far. */
  #unsaved: readonly Told[] = [];

  constructor(memory: Memory, key: string, failed: (doing: string, error: unknown) => void) {
    this.#memory = memory;
    this.#key = key;
    this.#failed = failed;
  }

  get told(): readonly Told[] {
    const stored = this.#memory.get(this.#key);
    return [...(Array.isArray(stored) ? stored.filter(isTold) : []), ...this.#unsaved];
  }

  /** From now on that is all there is to know. Where it cannot be stored, this window knows it. */
  remember(told: readonly Told[]): void {
    this.#unsaved = told;
    this.#memory.update(this.#key, told).then(
      () => {
        if (this.#unsaved === told) this.#unsaved = [];
      },
      (error: unknown) => this.#failed('remembering what was told', error),
    );
  }
}
