import { join } from 'node:path';
import { Cancelled, type Clock } from '../clock.ts';
import { DirectoryWatcher } from '../disk/directoryWatcher.ts';
import type { HostEnvironment } from '../documents/hostEnvironment.ts';
import { buildSnapshot } from '../model/buildSnapshot.ts';
import type { Reads } from '../model/reads.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { turnOf } from '../model/snapshotMemo.ts';
import { type Directories, type StateRead, StateReader } from './stateReader.ts';

export interface LiveSnapshotOptions {
  readonly host: HostEnvironment;
  /** State dirs that a setting names; asked at every `refresh`. */
  readonly extraStateDirs: () => unknown;
  readonly clock: Clock;
  /** Gets ids, paths and error messages only. */
  readonly log: (line: string) => void;
  /** Gets all that was read, after every read; holds secrets. Must not throw. */
  readonly onReads?: (reads: Reads) => void;
  /** In place of the real disk, for tests. */
  readonly reader?: Pick<StateReader, 'read'>;
}

export type SnapshotListener = (snapshot: Snapshot) => void;

/** How soon a store that was torn is looked at again. */
const SETTLE_STEP_MS = 50;

/** Directories that keep appearing while we look do not keep the Snapshot from being shown. */
const MOST_READS = 3;

/** Timers take no more than 2^31 - 1 ms. */
const LONGEST_SLEEP_MS = 24 * 60 * 60 * 1000;

/**
 * The Snapshot of the moment, kept true: read again when something happens in one of its
 * directories, rebuilt when time alone changes a state. Between those nothing runs. Failures go to
 * the log and leave the last Snapshot standing.
 */
export class LiveSnapshot {
  readonly #options: LiveSnapshotOptions;
  readonly #reader: Pick<StateReader, 'read'>;
  readonly #watcher: DirectoryWatcher;
  readonly #listeners = new Set<SnapshotListener>();
  readonly #disposal = new AbortController();
  readonly #first: Promise<Snapshot>;
  #tellFirst: (snapshot: Snapshot) => void = () => {};
  #snapshot: Snapshot | undefined;
  #reads: Reads | undefined;
  #watched: Directories = new Map();
  /** All that concerns us of a folder in which chats are written down, line by line. */
  #sessionLists: ReadonlySet<string> = new Set();
  #relocate = true;
  #running: Promise<void> | undefined;
  #queued: Promise<void> | undefined;
  #settling = false;
  #turn = new AbortController();

  /** Starts reading at once. */
  constructor(options: LiveSnapshotOptions) {
    this.#options = options;
    this.#reader = options.reader ?? new StateReader(options);
    this.#watcher = new DirectoryWatcher({
      onHint: (directory) => this.#readAgain(this.#watched.get(directory) === 'layout'),
      concerns: (directory, name) =>
        this.#watched.get(directory) !== 'sessions' ||
        this.#sessionLists.has(join(directory, name)),
    });
    this.#first = new Promise((resolve, reject) => {
      this.#tellFirst = resolve;
      this.#disposal.signal.addEventListener('abort', () => reject(new Cancelled()));
    });
    // Whoever waits for `ready` hears of it; if nobody does, nobody needs to.
    this.#first.catch(() => {});
    this.#readAgain(true);
  }

  /** The Snapshot of the moment; `undefined` until the first one has been read. */
  get current(): Snapshot | undefined {
    return this.#snapshot;
  }

  /**
   * The Snapshot of the moment, as soon as there is one. That takes up to a second if a store is
   * torn at the start: it may be one that is just being written.
   * @throws {Cancelled} if disposed before.
   */
  get ready(): Promise<Snapshot> {
    return this.#snapshot === undefined ? this.#first : Promise.resolve(this.#snapshot);
  }

  /**
   * Called with every Snapshot that shows something else than the one before: not where only
   * `takenAt` differs, so relative times are the listener's to renew (`nextWordsChange`).
   */
  onChange(listener: SnapshotListener): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /**
   * Looks for everything again. Resolves when a read that began after this call is shown; never
   * rejects.
   */
  refresh(): Promise<void> {
    this.#relocate = true;
    return this.#read();
  }

  dispose(): void {
    this.#disposal.abort();
    this.#turn.abort();
    this.#watcher.dispose();
    this.#listeners.clear();
  }

  #readAgain(relocate: boolean): void {
    this.#relocate ||= relocate;
    void this.#read();
  }

  /** One read at a time; any number of wishes during one lead to one more. */
  #read(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#readOnce().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#queued ??= this.#running.then(() => {
      this.#queued = undefined;
      return this.#read();
    });
    return this.#queued;
  }

  async #readOnce(): Promise<void> {
    if (this.#disposal.signal.aborted) return;
    const relocate = this.#relocate;
    this.#relocate = false;
    try {
      const { reads, settling } = await this.#readWatched(relocate);
      if (this.#disposal.signal.aborted) return;
      if (settling) this.#lookAgainSoon();
      // A first Snapshot would have to call a store torn that may only be in the making.
      if (settling && this.#snapshot === undefined) return;
      this.#reads = reads;
      this.#options.onReads?.(reads);
      this.#rebuild();
    } catch (error) {
      this.#options.log(`reading the state failed: ${messageOf(error)}`);
      if (this.#snapshot !== undefined) return;
      this.#reads = { stateDirs: [], lookedIn: [] };
      this.#rebuild();
    }
  }

  /** What was read in a directory that was not watched yet may have changed unseen: read again. */
  async #readWatched(relocate: boolean): Promise<StateRead> {
    for (let tries = 1; ; tries++) {
      const read = await this.#reader.read(relocate);
      const unseen = [...read.directories.keys()].some(
        (directory) => !this.#watched.has(directory),
      );
      this.#watched = read.directories;
      this.#sessionLists = read.sessionLists;
      if (this.#disposal.signal.aborted) return read;
      await this.#watcher.watch([...this.#watched.keys()]);
      if (!unseen || tries === MOST_READS) return read;
    }
  }

  /** Bounded: the reader calls no store settling for longer than a second. */
  #lookAgainSoon(): void {
    if (this.#settling) return;
    this.#settling = true;
    this.#after(SETTLE_STEP_MS, this.#disposal.signal, () => {
      this.#settling = false;
      this.#readAgain(false);
    });
  }

  #rebuild(): void {
    const reads = this.#reads;
    if (reads === undefined) return;
    const now = this.#options.clock.now();
    const before = this.#snapshot;
    const after = buildSnapshot(reads, now, before);
    this.#snapshot = after;
    this.#rebuildAt(turnOf(after), now);
    if (before === undefined) this.#tellFirst(after);
    else if (before.stateDirs === after.stateDirs && before.lookedIn === after.lookedIn) return;
    this.#tell(after);
  }

  #rebuildAt(moment: number | undefined, now: number): void {
    this.#turn.abort();
    if (moment === undefined) return;
    this.#turn = new AbortController();
    this.#after(Math.min(moment - now, LONGEST_SLEEP_MS), this.#turn.signal, () => this.#rebuild());
  }

  #tell(snapshot: Snapshot): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(snapshot);
      } catch (error) {
        this.#options.log(`showing the state failed: ${messageOf(error)}`);
      }
    }
  }

  #after(ms: number, signal: AbortSignal, then: () => void): void {
    this.#options.clock
      .sleep(ms, signal)
      .then(then)
      .catch((error: unknown) => {
        if (!(error instanceof Cancelled)) this.#options.log(messageOf(error));
      });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
