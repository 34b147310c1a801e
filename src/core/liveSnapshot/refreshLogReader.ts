import { RefreshMemory } from '../custody/refresh/refreshMemory.ts';
import type { RefreshOutcome } from '../model/profileState.ts';
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
  readonly #faults = new Map<string, string>();

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Takes no lock, writes nothing, never throws. */
  async read(stateDirs: readonly StateDirRead[]): Promise<StoredRefreshes> {
    const records = await this.#attempt('the refresh log', () =>
      this.#memory.read(stateDirs.map(({ path }) => path)),
    );
    if (records === undefined) return {};
    const said = storedRefreshes(records, stateDirs);
    if (![...said.refreshOutcomes.values()].some(isOfSpent)) return said;
    // What came of a spent one stands in no store: rare, so only then the other places are looked at.
    const kept = await this.#attempt('a journal', async () =>
      (await import('./keptElsewhere.ts')).keptElsewhere(stateDirs),
    );
    if (kept !== undefined) return storedRefreshes(records, stateDirs, kept);
    const certain = [...said.refreshOutcomes].filter(([, outcome]) => !isOfSpent(outcome));
    return { ...said, refreshOutcomes: new Map(certain) };
  }

  async #attempt<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      const value = await read();
      this.#faults.delete(what);
      return value;
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== this.#faults.get(what)) this.#log(`${what} cannot be read: ${fault}`);
      this.#faults.set(what, fault);
      return undefined;
    }
  }
}

function isOfSpent(outcome: RefreshOutcome): boolean {
  return outcome.kind === 'dead' && outcome.why === 'spent';
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
