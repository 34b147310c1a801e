import { Cancelled, throwIfCancelled } from '../clock.ts';

/** Work of which only so much is done at a time; the rest waits in sequence. */
export class Lanes {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(lanes: number) {
    this.#free = lanes;
  }

  /**
   * Does `work` as soon as there is a lane for it.
   * @throws {Cancelled} if `signal` aborts before that, and what `work` throws.
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    throwIfCancelled(signal);
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      const [next] = this.#waiting;
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(turn);
        reject(new Cancelled());
      };
      const turn = (): void => {
        this.#waiting.delete(turn);
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting.add(turn);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}
