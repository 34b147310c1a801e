/** Reads what may fail without harm, and tells each fault once. */
export class Telling {
  readonly #log: (line: string) => void;
  readonly #faults = new Map<string, string>();

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** What `read` brings; undefined where it cannot. Never throws. */
  async attempt<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
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

/** Only those who write need locks. */
export const NO_LOCKS = {
  withFileLocks: (): never => {
    throw new Error('this memory is only read');
  },
  isAbandoned: (): never => {
    throw new Error('this memory is only read');
  },
};
