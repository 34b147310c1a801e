import { RefreshMemory } from '../custody/refresh/refreshMemory.ts';
import type { Reads, StateDirRead } from '../model/reads.ts';
import { storedRefreshes } from '../model/storedRefreshes.ts';

export type StoredRefreshes = Pick<Reads, 'refreshOutcomes' | 'receivedAt'>;

/**
 * Reads the refresh logs of state dirs, again and again: only what was appended is read. A log that
 * cannot be read says nothing, and the log of people is told once of each such fault.
 */
export class RefreshLogReader {
  readonly #log: (line: string) => void;
  readonly #memory = new RefreshMemory({ locks: NO_LOCKS });
  #fault: string | undefined;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Takes no lock, writes nothing, never throws. */
  async read(stateDirs: readonly StateDirRead[]): Promise<StoredRefreshes> {
    try {
      const records = await this.#memory.read(stateDirs.map(({ path }) => path));
      this.#fault = undefined;
      return storedRefreshes(records, stateDirs);
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== this.#fault) this.#log(`the refresh log cannot be read: ${fault}`);
      this.#fault = fault;
      return {};
    }
  }
}

/** Only those who write need locks. */
const NO_LOCKS = {
  withFileLocks: (): never => {
    throw new Error('this memory is only read');
  },
  isAbandoned: (): never => {
    throw new Error('this memory is only read');
  },
};
