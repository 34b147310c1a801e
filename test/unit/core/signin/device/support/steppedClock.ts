import assert from 'node:assert/strict';
import { TOKEN_REQUEST_LIMIT_MS } from '../../../../../../src/core/signin/limitedRequest.ts';
import { ManualClock } from '../../support/manualClock.ts';

/** A clock that knows for how long it was asked to sleep, so that a test can go on from wait to wait. */
export class SteppedClock extends ManualClock {
  readonly #pauses: number[] = [];
  #seen = 0;

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    // Every request has that limit; what is left are the code's life and the pauses.
    if (ms !== TOKEN_REQUEST_LIMIT_MS) this.#pauses.push(ms);
    return super.sleep(ms, signal);
  }

  /** Resolves with its length when the next wait has begun. */
  async nextWait(): Promise<number> {
    const giveUp = performance.now() + 3_000;
    while (this.#pauses.length <= this.#seen) {
      assert.ok(performance.now() < giveUp, 'no wait has begun');
      await new Promise(setImmediate);
    }
    const pause = this.#pauses[this.#seen] ?? 0;
    this.#seen += 1;
    return pause;
  }

  /** Lets the next wait begin, and pass. Gives its length. */
  async step(): Promise<number> {
    const pause = await this.nextWait();
    this.advance(pause);
    return pause;
  }
}
