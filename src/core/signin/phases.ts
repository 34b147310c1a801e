export type SignInPhase =
  /** For the person, in the browser. */
  | 'waiting'
  /** The person has agreed, and tokens are being fetched. */
  | 'exchanging';

/** Who is told of the phases of one sign-in. A view that slips must not cost the person the sign-in. */
export class PhaseListeners {
  readonly #listeners: ((phase: SignInPhase) => void)[] = [];
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** @param present Told at once, if there is one. */
  add(listener: (phase: SignInPhase) => void, present: SignInPhase | undefined): void {
    this.#listeners.push(listener);
    if (present !== undefined) this.#tellOne(listener, present);
  }

  tell(phase: SignInPhase): void {
    for (const listener of this.#listeners) this.#tellOne(listener, phase);
  }

  clear(): void {
    this.#listeners.length = 0;
  }

  #tellOne(listener: (phase: SignInPhase) => void, phase: SignInPhase): void {
    try {
      listener(phase);
    } catch {
      this.#log(`a listener failed at '${phase}'`);
    }
  }
}
