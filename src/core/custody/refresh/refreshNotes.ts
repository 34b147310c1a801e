import { KnownError } from '../../errors.ts';
import type { RefreshEvent, TokenRecord } from '../../model/refreshLog.ts';
import type { JournalSlot } from '../journal/journal.ts';
import type { RefreshMemory } from './refreshMemory.ts';

/** Writes down what became of refresh tokens: what the state dir of the request has to know. */
export class RefreshNotes {
  readonly #memory: Pick<RefreshMemory, 'record' | 'readEach'>;
  readonly #log: (line: string) => void;
  readonly #own: string;
  readonly #stateDirs: readonly string[];

  /** @param own The state dir of the request; it need not be among `stateDirs`. */
  constructor(
    {
      memory,
      log,
    }: {
      readonly memory: Pick<RefreshMemory, 'record' | 'readEach'>;
      readonly log: (line: string) => void;
    },
    own: string,
    stateDirs: readonly string[],
  ) {
    this.#memory = memory;
    this.#log = log;
    this.#own = own;
    this.#stateDirs = [own, ...stateDirs.filter((dir) => dir !== own)];
  }

  /**
   * Writes an event down in all state dirs. When it resolves, it is on stable storage in that of the
   * request; a failure elsewhere is a line in the log.
   * @throws {KnownError} `disk.*`
   */
  async record(event: RefreshEvent): Promise<void> {
    const failures: unknown[] = [];
    await Promise.all(
      this.#stateDirs.map(async (dir) => {
        try {
          await this.#memory.record([dir], event);
        } catch (error) {
          if (dir === this.#own) failures.push(error);
          else this.#log(`${dir}: could not write down: ${event.kind}: ${codeOf(error)}`);
        }
      }),
    );
    for (const failure of failures) throw failure;
  }

  /**
   * Writes an event down and drops the journal entry of its request. If it cannot be written, the entry
   * stays and is taken for a lost answer later, unless the event is `transient`: then nothing is lost.
   * Never throws.
   */
  async settle(slot: JournalSlot | undefined, event: RefreshEvent): Promise<void> {
    let isNoted = event.kind === 'transient';
    try {
      await this.record(event);
      isNoted = true;
    } catch (error) {
      this.#log(`could not write down that a refresh was ${event.kind}: ${codeOf(error)}`);
    }
    try {
      if (isNoted) await slot?.drop();
    } catch {
      // It is settled once more then, which changes nothing.
    }
  }

  /** What is known of a token now; undefined also where that cannot be read. */
  async recordOf(token: string): Promise<TokenRecord | undefined> {
    const { records } = await this.#memory.readEach(this.#stateDirs);
    return records.get(token);
  }
}

function codeOf(error: unknown): string {
  return error instanceof KnownError ? error.code : 'unexpected failure';
}
