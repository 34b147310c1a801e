import { Cancelled } from '../../clock.ts';

/** Work that callers share while it is under way: one flight per key. */
export class Flights<T> {
  readonly #flights = new Map<string, Promise<T>>();

  /**
   * Joins the flight of `key`, or starts it. `signal` ends only this caller's waiting: the flight goes
   * on, also when nobody waits for it any more.
   * @throws {Cancelled}, and what the flight throws.
   */
  async join(key: string, start: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) throw new Cancelled();
    const flight = this.#flights.get(key) ?? this.#begin(key, start);
    if (signal === undefined) return await flight;
    let leave = (): void => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(new Cancelled());
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([flight, left]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Resolves when all that are under way now have ended, one way or the other. */
  async landed(): Promise<void> {
    await Promise.allSettled(this.#flights.values());
  }

  #begin(key: string, start: () => Promise<T>): Promise<T> {
    const flight = start().finally(() => this.#flights.delete(key));
    // Its callers may all have gone.
    flight.catch(() => {});
    this.#flights.set(key, flight);
    return flight;
  }
}
