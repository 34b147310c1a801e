import { TokenEndFiles } from '../custody/tokenEnds.ts';
import type { Reads, StateDirRead } from '../model/reads.ts';
import { storedTokenEnds } from '../model/tokenEnds.ts';
import { RefreshLogReader } from './refreshLogReader.ts';
import { NO_LOCKS, Telling } from './telling.ts';

export type OwnData = Pick<Reads, 'refreshOutcomes' | 'receivedAt' | 'expectedEnds'>;

/** Reads what this extension itself remembers of the stored logins: `documents/ownFolder.ts`. */
export class OwnDataReader {
  readonly #telling: Telling;
  readonly #refreshLogs: RefreshLogReader;
  readonly #tokenEnds: TokenEndFiles;

  /** @param log Told once of each file that cannot be read; it says nothing then. */
  constructor(log: (line: string) => void) {
    this.#telling = new Telling(log);
    this.#refreshLogs = new RefreshLogReader(this.#telling);
    this.#tokenEnds = new TokenEndFiles({ locks: NO_LOCKS, clock: NO_CLOCK, log });
  }

  /** Takes no lock, writes nothing, never throws. */
  async read(stateDirs: readonly StateDirRead[]): Promise<OwnData> {
    const ends = await this.#telling.attempt('what is known of the ends of tokens', () =>
      this.#tokenEnds.read(stateDirs.map(({ path }) => path)),
    );
    return {
      ...(await this.#refreshLogs.read(stateDirs)),
      ...(ends !== undefined && { expectedEnds: storedTokenEnds(ends, stateDirs) }),
    };
  }
}

/** Only those who write need one. */
const NO_CLOCK = {
  now: (): never => {
    throw new Error('these files are only read');
  },
};
