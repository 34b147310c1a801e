import { dirname } from 'node:path';
import { Cancelled } from '../../clock.ts';
import { DirectoryWatcher } from '../../disk/directoryWatcher.ts';
import { KnownError } from '../../errors.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { type StorePlace, stateDirsOf } from '../storePlaces.ts';
import { hasLeftovers } from './leftovers.ts';
import { type Care, type KeeperParts, keepPromise, steadyOf } from './promiseKeepers.ts';
import { StoreRounds } from './storeRounds.ts';

export interface UpkeepOptions extends KeeperParts {
  /** Every agent of every state dir, whether its store exists or not. */
  readonly places: () => Promise<readonly StorePlace[]>;
  /** The configs that this process may have edited, for what earlier ones left there. Absolute paths. */
  readonly configs?: () => Promise<readonly string[]>;
  /** Told of what a person may want to know. Must not throw. */
  readonly tell?: (notice: UpkeepNotice) => void;
}

/** About one journal entry. Ids and paths only. */
export type UpkeepNotice =
  /** What a process received or was asked for before it died, or could not write, is done now. */
  | { readonly kind: 'stored'; readonly profileId: string; readonly storePath: string }
  /** A careless program had undone it; it was put right. */
  | { readonly kind: 'repaired'; readonly profileId: string; readonly storePath: string }
  /** It cannot be done now; it is safe in the journal, and is tried again. Told once for an entry. */
  | {
      readonly kind: 'waiting';
      readonly profileId: string;
      readonly storePath: string;
      readonly error: KnownError;
    };

/** Hints within this time become one look. */
const HINT_MS = 200;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** Times by the steady clock: one that is set must neither hurry nor keep anything. */
interface Tended extends Care {
  failures: number;
  triedAt: number;
  /** When it is looked at again if nothing happens. */
  dueAt: number;
}

/**
 * Keeps the promises that stand in the journals: brings received tokens into their stores, sees to it
 * that they stay there, and drops the entry once they do. At the start also what processes left that
 * are gone. Several windows may do this side by side. Between the start and the next hint nothing
 * runs, and nothing is watched, unless an entry is open.
 */
export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #tended = new Map<string, Tended>();
  readonly #disposed = new AbortController();
  readonly #watcher: DirectoryWatcher;
  #next: { readonly at: number; readonly timer: AbortController } | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#watcher = new DirectoryWatcher({ onHint: () => this.hint(), debounceMs: HINT_MS });
  }

  /** Takes up what earlier processes left. Resolves after a first look at everything; never rejects. */
  async start(): Promise<void> {
    await Promise.all([this.#run(), this.#sweep()]);
  }

  /** The disk has changed, or an entry has been opened in this process: a look will be taken soon. */
  hint(): void {
    this.#wakeIn(HINT_MS);
  }

  /** Stops. What is open stays in the journals. */
  dispose(): void {
    this.#disposed.abort();
    this.#watcher.dispose();
  }

  #wakeIn(ms: number): void {
    // By the steady clock: one that is set forward must not silence the hints.
    const at = performance.now() + ms;
    if (this.#disposed.signal.aborted || (this.#next !== undefined && this.#next.at <= at)) return;
    this.#next?.timer.abort();
    const timer = new AbortController();
    this.#next = { at, timer };
    const signal = AbortSignal.any([timer.signal, this.#disposed.signal]);
    this.#options.clock.sleep(ms, signal).then(
      () => {
        this.#next = undefined;
        void this.#run();
      },
      () => {
        // A sooner one took its place, or this is over.
      },
    );
  }

  /** Looks at all open entries, once at a time; who comes meanwhile causes one more look. */
  #run(): Promise<void> {
    this.#again = true;
    this.#running ??= (async () => {
      try {
        while (this.#again && !this.#disposed.signal.aborted) {
          this.#again = false;
          await this.#lookAtAll();
        }
      } catch (error) {
        // Where the journals are is not known just now: a later hint will tell.
        this.#options.log(`upkeep: ${codeOf(error)}`);
      } finally {
        this.#running = undefined;
      }
    })();
    return this.#running;
  }

  async #lookAtAll(): Promise<void> {
    const { clock, journal, places } = this.#options;
    const all = await places();
    const stateDirs = stateDirsOf(all);
    const entries = await journal.entries(stateDirs);
    const stores = new StoreRounds(all, clock);
    const { signal } = this.#disposed;
    for (const entry of entries) {
      if (signal.aborted) return;
      const known = this.#tended.get(entry.path);
      const care = known ?? { failures: 0, triedAt: 0, dueAt: 0, settled: 0 };
      // A failure is not repeated by every event; a hint may bring its turn forward.
      const sinceMs = steadyOf(this.#options) - care.triedAt;
      if (care.failures > 0 && sinceMs < FIRST_RETRY_MS) continue;
      this.#tended.set(entry.path, care);
      await this.#lookAt(entry, care, () =>
        keepPromise({ entry, care, all: entries, stores, stateDirs, signal }, this.#options),
      );
    }
    await this.#rest(all, entries);
  }

  async #lookAt(
    entry: JournalEntry,
    care: Tended,
    keep: () => ReturnType<typeof keepPromise>,
  ): Promise<void> {
    const { log } = this.#options;
    care.triedAt = steadyOf(this.#options);
    try {
      const kept = await keep();
      care.failures = 0;
      if (kept.kind === 'dropped') this.#tended.delete(entry.path);
      else {
        care.dueAt = steadyOf(this.#options) + kept.ms;
        if (kept.did !== undefined) this.#tell(entry, { kind: kept.did });
      }
    } catch (error) {
      if (error instanceof Cancelled) return;
      care.failures += 1;
      care.dueAt =
        steadyOf(this.#options) +
        Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (care.failures - 1));
      if (care.failures > 1) return;
      if (error instanceof KnownError) this.#tell(entry, { kind: 'waiting', error });
      else log(`${entry.path}: ${entry.draft.kind}: ${codeOf(error)}`);
    }
  }

  #tell(
    { draft: { kind: what, profileId, storePath } }: JournalEntry,
    notice: { kind: 'stored' | 'repaired' } | { kind: 'waiting'; error: KnownError },
  ): void {
    const why = notice.kind === 'waiting' ? `: ${notice.error.code}` : '';
    this.#options.log(`${storePath}: ${what} of ${profileId}: ${notice.kind}${why}`);
    // Nothing was received that could be lost.
    if (what === 'order' && notice.kind === 'waiting') return;
    this.#options.tell?.({ ...notice, profileId, storePath });
  }

  /** Until the next entry is due; and as long as there is one, its stores are watched. */
  async #rest(places: readonly StorePlace[], entries: readonly JournalEntry[]): Promise<void> {
    const open = entries.filter(({ path }) => this.#tended.has(path));
    const paths = new Set(open.map(({ path }) => path));
    for (const path of this.#tended.keys()) if (!paths.has(path)) this.#tended.delete(path);
    if (this.#disposed.signal.aborted) return;
    // A refreshed login may stand in any store.
    const isAnywhere = open.some(({ draft }) => draft.kind === 'refresh');
    const stores = isAnywhere ? places : open.map(({ draft }) => draft);
    await this.#watcher.watch(stores.map(({ storePath }) => dirname(storePath)));
    if (this.#disposed.signal.aborted) this.#watcher.dispose();
    const dues = [...this.#tended.values()].map(({ dueAt }) => dueAt);
    if (dues.length > 0) this.#wakeIn(Math.max(0, Math.min(...dues) - steadyOf(this.#options)));
  }

  /** Whoever takes the lock of a store or a config sweeps what dead processes left there. */
  async #sweep(): Promise<void> {
    const { places, configs, vault, clock, log } = this.#options;
    const { signal } = this.#disposed;
    try {
      const stores = (await places()).map(({ storePath }) => storePath);
      for (const path of new Set([...stores, ...((await configs?.()) ?? [])])) {
        try {
          if (!(await hasLeftovers(path, clock))) continue;
          await vault.withStores([path], { signal }, async () => {});
          log(`${path}: swept what a process left that is gone`);
        } catch (error) {
          if (error instanceof Cancelled) return;
          log(`${path}: could not be swept: ${codeOf(error)}`);
        }
      }
    } catch (error) {
      log(`upkeep: ${codeOf(error)}`);
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof KnownError ? error.code : 'unexpected failure';
}
