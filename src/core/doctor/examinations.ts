import { Cancelled, type Clock, throwIfCancelled } from '../clock.ts';
import type { Diagnosis } from './doctor.ts';

export interface ExaminationsParts {
  /** Runs all checks on what stands there now. */
  readonly examine: (signal: AbortSignal) => Promise<Diagnosis>;
  /** Told of each result, the newest last. */
  readonly told: (diagnosis: Diagnosis) => void;
  /** Told where a look that only {@link Examinations.hint} asked for fails. */
  readonly failed: (error: unknown) => void;
  readonly clock: Clock;
}

/** Changes come in bursts: a look begins this much after the first of them. In milliseconds. */
const SETTLE_MS = 400;

/**
 * One examination at a time: any number of wishes during one lead to one more, so that a result is never
 * followed by an older one.
 */
export class Examinations {
  readonly #parts: ExaminationsParts;
  #stop = new AbortController();
  #running: Promise<Diagnosis> | undefined;
  #queued: Promise<Diagnosis> | undefined;
  /** Of the newest wish for what is queued. */
  #wish = this.#stop.signal;
  #isHinted = false;

  constructor(parts: ExaminationsParts) {
    this.#parts = parts;
  }

  /**
   * Resolves with what a look that begins after this call comes to.
   * @throws {Cancelled} by {@link stop}
   */
  look(): Promise<Diagnosis> {
    this.#wish = this.#stop.signal;
    // One that is queued has not begun, also where the one before it has just ended.
    if (this.#queued !== undefined) return this.#queued;
    if (this.#running === undefined) return this.#start();
    this.#queued = this.#running
      .catch(() => {}) // told to those who wait for it
      .then(() => {
        this.#queued = undefined;
        throwIfCancelled(this.#wish);
        return this.#start();
      });
    return this.#queued;
  }

  /** Something may have changed: looks soon, once for all that is said until then. */
  hint(): void {
    if (this.#isHinted) return;
    this.#isHinted = true;
    const { signal } = this.#stop;
    this.#parts.clock
      .sleep(SETTLE_MS, signal)
      .finally(() => {
        this.#isHinted = false;
      })
      .then(() => this.look())
      .catch((error: unknown) => {
        if (!(error instanceof Cancelled)) this.#parts.failed(error);
      });
  }

  /** Calls off what is under way or to come. A later {@link look} is made as ever. */
  stop(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  #start(): Promise<Diagnosis> {
    const { signal } = this.#stop;
    const running = this.#run(signal).finally(() => {
      this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #run(signal: AbortSignal): Promise<Diagnosis> {
    const diagnosis = await this.#parts.examine(signal);
    if (signal.aborted) throw new Cancelled();
    this.#parts.told(diagnosis);
    return diagnosis;
  }
}
