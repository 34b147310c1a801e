import { RefreshMemory } from '../custody/refresh/refreshMemory.ts';
import type { RefreshOutcome } from '../model/profileState.ts';
import type { Reads, StateDirRead } from '../model/reads.ts';
import { storedRefreshes } from '../model/storedRefreshes.ts';
import { NO_LOCKS, type Telling } from './telling.ts';

export type StoredRefreshes = Pick<Reads, 'refreshOutcomes' | 'receivedAt'>;

/**
 * Reads the refresh logs of state dirs, again and again: only what was appended is read. A log that
 * cannot be read says nothing.
 */
export class RefreshLogReader {
  readonly #telling: Telling;
  readonly #memory = new RefreshMemory({ locks: NO_LOCKS });

  constructor(telling: Telling) {
    this.#telling = telling;
  }

  /** Takes no lock, writes nothing, never throws. */
  async read(stateDirs: readonly StateDirRead[]): Promise<StoredRefreshes> {
    const records = await this.#telling.attempt('the refresh log', () =>
      this.#memory.read(stateDirs.map(({ path }) => path)),
    );
    if (records === undefined) return {};
    const said = storedRefreshes(records, stateDirs);
    if (![...said.refreshOutcomes.values()].some(isOfSpent)) return said;
    // What came of a spent one stands in no store: rare, so only then the other places are looked at.
    const kept = await this.#telling.attempt('a journal', async () =>
      (await import('./keptElsewhere.ts')).keptElsewhere(stateDirs),
    );
    if (kept !== undefined) return storedRefreshes(records, stateDirs, kept);
    const certain = [...said.refreshOutcomes].filter(([, outcome]) => !isOfSpent(outcome));
    return { ...said, refreshOutcomes: new Map(certain) };
  }
}

function isOfSpent(outcome: RefreshOutcome): boolean {
  return outcome.kind === 'dead' && outcome.why === 'spent';
}
