import type { Clock } from '../clock.ts';
import { KnownError } from '../errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { HeldLock } from './fileLock.ts';
import type { LockFile } from './lockFile.ts';

/** One lock file in the hands of its caller. */
export interface HeldFile {
  readonly file: LockFile;
  /** Gives the text of the lock file at a time, always of the same length. */
  readonly textAt: (now: number) => string;
  /** Lets the next one in this process have its turn. */
  readonly pass: () => void;
}

/** The lock files of one caller from the first to the release: heartbeat, proof, and time limit. */
export class Hold implements HeldLock {
  readonly #locks: HeldFile[] = [];
  readonly #clock: Clock;
  readonly #times: { readonly heartbeatMs: number; readonly holdMs: number };
  readonly #checkpoint: Checkpoint | undefined;
  readonly #lost = new AbortController();
  /** When the first lock was had; the waiting for it is no holding. */
  #began = performance.now();
  #heartbeat: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  #ended: Promise<void> | undefined;

  constructor(
    clock: Clock,
    times: { readonly heartbeatMs: number; readonly holdMs: number },
    checkpoint?: Checkpoint,
  ) {
    this.#clock = clock;
    this.#times = times;
    this.#checkpoint = checkpoint;
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  add(lock: HeldFile): void {
    if (this.#locks.length === 0) this.#began = performance.now();
    this.#locks.push(lock);
    if (this.#heartbeat === undefined) this.#scheduleBeat();
  }

  async proveOwnership(): Promise<void> {
    for (const { file } of this.#locks) {
      if (this.#ended === undefined && !this.signal.aborted && (await file.isOurs())) continue;
      this.#lost.abort();
      throw new KnownError('lock.lost', { path: file.path });
    }
    // The time limit can have struck while we looked.
    if (this.signal.aborted) throw this.#lostError();
  }

  /** Runs the task, but waits for it no longer than a lock may be held. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    let limit: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      const leftMs = this.#times.holdMs - (performance.now() - this.#began);
      limit = setTimeout(() => {
        this.#lost.abort();
        reject(this.#lostError());
      }, leftMs);
      limit.unref();
    });
    try {
      return await Promise.race([task(), tooLong]);
    } finally {
      clearTimeout(limit);
    }
  }

  /** Stops the heartbeat and releases what is still ours. Never throws; the second call waits too. */
  end(): Promise<void> {
    this.#ended ??= this.#release();
    return this.#ended;
  }

  async #release(): Promise<void> {
    clearTimeout(this.#heartbeat);
    await this.#beating;
    for (const { file, pass } of this.#locks.toReversed()) {
      try {
        await file.release(() => this.#checkpoint?.('lock.releasing'));
      } catch {
        // The work under the lock is done and its outcome stands. The file is removed as soon as that
        // can be done; and it gets no heartbeat any more, so it is stale in half a minute anyway.
      }
      pass();
    }
  }

  #scheduleBeat(): void {
    this.#heartbeat = setTimeout(() => {
      this.#beating = this.#beat();
    }, this.#times.heartbeatMs);
    this.#heartbeat.unref();
  }

  async #beat(): Promise<void> {
    try {
      for (const { file, textAt } of this.#locks) {
        const now = this.#clock.now();
        await file.beat(textAt(now), now);
        if (!(await file.isOurs())) this.#lost.abort();
      }
    } catch {
      // A beat that failed is followed by another; six in a row make the lock stale, and the proof
      // before each commit is what counts.
    }
    if (this.#ended === undefined) this.#scheduleBeat();
  }

  #lostError(): KnownError {
    const path = this.#locks[0]?.file.path ?? '';
    return new KnownError('lock.lost', { path });
  }
}
