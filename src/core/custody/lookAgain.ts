import type { Clock } from '../clock.ts';
import { entryOf, type StoreIntent } from '../documents/storeIntents.ts';
import { isUndone } from './aftermath.ts';
import type { WrittenEntry } from './storeCommit.ts';
import { type KnownStore, readKnownStore } from './storeRead.ts';

/** Shortly after a commit: CoderClaw's unlocked writers hold a document for less than this. */
const LOOK_AGAIN_MS = 50;

interface Waiting {
  readonly intent: StoreIntent;
  readonly written: WrittenEntry;
  readonly resolve: (undone: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Looks at stores again after commits; one read serves all that wait for the same file. */
export class LookAgain {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #waiting = new Map<string, Waiting[]>();

  /** `signal` ends all looking: what waits is rejected with {@link Cancelled}. */
  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Whether a commit has been undone 50 to 100 ms after it. Rejects if the store cannot be read. */
  wasUndone(intent: StoreIntent, written: WrittenEntry): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const one = { intent, written, resolve, reject };
      const others = this.#waiting.get(written.file);
      if (others !== undefined) others.push(one);
      else void this.#lookUntilNoneWaits(written.file, one);
    });
  }

  async #lookUntilNoneWaits(file: string, first: Waiting): Promise<void> {
    for (let batch = [first]; batch.length > 0; batch = this.#waiting.get(file) ?? []) {
      this.#waiting.set(file, []);
      try {
        await this.#clock.sleep(LOOK_AGAIN_MS, this.#signal);
        const store = await readKnownStore(file, this.#clock);
        for (const { intent, written, resolve } of batch) {
          resolve(isUndoneIn(store, intent, written));
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#waiting.delete(file);
  }
}

/** A store that was deleted as a whole was deleted on purpose: no program undoes an entry so. */
export function isUndoneIn(store: KnownStore, intent: StoreIntent, written: WrittenEntry): boolean {
  if (store.kind === 'absent') return false;
  const value = entryOf(store.document, ...intent.entry);
  return isUndone(written, { value, identity: store.read.identity });
}
