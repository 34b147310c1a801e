import { type Clock, throwIfCancelled } from '../clock.ts';

/** Turns within this process, one line per key, first come first served. */
export class LockQueue {
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Waits for the turn of `key`.
   *
   * @returns the function that passes the turn on (it must be called), or undefined if it did not
   * come within `waitMs`.
   * @throws {Cancelled} if `signal` aborts first.
   */
  async takeTurn(
    key: string,
    waitMs: number,
    clock: Clock,
    signal?: AbortSignal,
  ): Promise<(() => void) | undefined> {
    throwIfCancelled(signal);
    const before = this.#last.get(key);
    const { promise: mine, resolve } = withResolvers();
    this.#last.set(key, mine);
    const pass = (): void => {
      if (this.#last.get(key) === mine) this.#last.delete(key);
      resolve();
    };
    if (before === undefined) return pass;
    const timer = new AbortController();
    const either = signal === undefined ? timer.signal : AbortSignal.any([signal, timer.signal]);
    try {
      const came = await Promise.race([
        before.then(() => true),
        clock.sleep(waitMs, either).then(() => false),
      ]);
      if (came) return pass;
    } catch (error) {
      // Whoever stands behind us now waits for the one before us.
      before.then(pass, pass);
      throw error;
    } finally {
      timer.abort();
    }
    before.then(pass, pass);
    return undefined;
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
