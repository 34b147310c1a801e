import { KnownError } from '../../errors.ts';
import type { RefreshEvent, TokenRecord } from '../../model/refreshLog.ts';
import type { JournalSlot } from '../journal/journal.ts';
import type { RefresherParts } from './refreshTypes.ts';

/** Writes down what became of a refresh for which there is nothing to store. Never throws. */
export class RefreshNotes {
  readonly #parts: Pick<RefresherParts, 'memory' | 'log'>;
  readonly #stateDirs: readonly string[];

  constructor(parts: Pick<RefresherParts, 'memory' | 'log'>, stateDirs: readonly string[]) {
    this.#parts = parts;
    this.#stateDirs = stateDirs;
  }

  /**
   * Writes an event down and drops the journal entry of its request. If it cannot be written, the entry
   * stays and is taken for a lost answer later, unless the event is `transient`: then nothing is lost.
   */
  async settle(slot: JournalSlot | undefined, event: RefreshEvent): Promise<void> {
    let isNoted = event.kind === 'transient';
    try {
      await this.#parts.memory.record(this.#stateDirs, event);
      isNoted = true;
    } catch (error) {
      const code = error instanceof KnownError ? error.code : 'unexpected failure';
      this.#parts.log(`could not write down that a refresh was ${event.kind}: ${code}`);
    }
    try {
      if (isNoted) await slot?.drop();
    } catch {
      // It is settled once more then, which changes nothing.
    }
  }

  /** What is known of a token now; undefined also where that cannot be read. */
  async recordOf(token: string): Promise<TokenRecord | undefined> {
    const records = await this.#parts.memory.read(this.#stateDirs).catch(() => undefined);
    return records?.get(token);
  }
}
