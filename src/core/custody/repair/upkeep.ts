import { dirname } from 'node:path';
import { Cancelled } from '../../clock.ts';
import { DirectoryWatcher } from '../../disk/directoryWatcher.ts';
import { ownFolderOf } from '../../documents/ownFolder.ts';
import { KnownError } from '../../errors.ts';
import { identityOfStored } from '../../signin/identity.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { type StorePlace, stateDirsOf } from '../storePlaces.ts';
import { hasLeftovers } from './leftovers.ts';
import {
  type Care,
  type KeeperParts,
  keepPromise,
  type Round,
  steadyOf,
} from './promiseKeepers.ts';
import { StoreNames } from './storeNames.ts';
import { StoreRounds } from './storeRounds.ts';

export interface UpkeepOptions extends KeeperParts {
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
  /** It cannot be done now; it is safe in the journal, and is tried again. Told once for each reason. */
  | {
      readonly kind: 'waiting';
      readonly profileId: string;
      readonly storePath: string;
      readonly error: KnownError;
    }
  /** It does not wait any more. Only after `waiting`. */
  | { readonly kind: 'waitingEnded'; readonly profileId: string; readonly storePath: string }
  /**
   * A sign-in whose place is taken, and whose process is gone that could have asked about it: only a
   * person can store it, by signing in again. Told once, and once more when it is given up.
   */
  | {
      readonly kind: 'homeless';
      readonly profileId: string;
      readonly storePath: string;
      /** Whose it is, where that is known. */
      readonly account: string | undefined;
      readonly isGivenUp: boolean;
    };

type News =
  | { readonly kind: 'stored' | 'repaired' }
  | { readonly kind: 'waiting'; readonly error: KnownError }
  | {
      readonly kind: 'homeless';
      readonly account: string | undefined;
      readonly isGivenUp: boolean;
    };

/** Hints within this time become one look. */
const HINT_MS = 200;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** So many stores are worked on at once. */
const SIDE_BY_SIDE = 8;

/** Times by the steady clock: one that is set must neither hurry nor keep anything. */
interface Tended extends Care {
  failures: number;
  /** The code of the last failure. */
  failure?: string;
  /** Told of as `waiting`. */
  waiting?: { readonly profileId: string; readonly storePath: string };
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
  /** State dirs whose journal could not be read the last time. */
  readonly #unreadable = new Set<string>();
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
    const { clock, places } = this.#options;
    const all = await places();
    const stateDirs = stateDirsOf(all);
    const { entries: read, unread } = await this.#entries(stateDirs);
    const names = await StoreNames.of(read.map(({ draft }) => draft.storePath));
    const entries = names.renamed(read);
    const stores = new StoreRounds(all, clock);
    const round = { all: entries, stores, stateDirs, signal: this.#disposed.signal };
    const byStore = new Map<string, JournalEntry[]>();
    for (const entry of entries) {
      const { storePath } = entry.draft;
      byStore.set(storePath, [...(byStore.get(storePath) ?? []), entry]);
    }
    // One may wait for a lock, and nobody else's entries are to wait with it.
    const left = [...byStore.values()];
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        for (const entry of next) await this.#lookAt(entry, round);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
    await this.#rest(all, entries, unread);
    if (unread.length > 0) this.#wakeIn(LONGEST_RETRY_MS);
  }

  /** Of all journals that can be read: one that cannot, keeps no other from its promises. */
  async #entries(stateDirs: readonly string[]) {
    const { journal, log } = this.#options;
    const entries: JournalEntry[] = [];
    const unread: string[] = [];
    for (const stateDir of stateDirs) {
      try {
        entries.push(...(await journal.entries([stateDir])));
        this.#unreadable.delete(stateDir);
      } catch (error) {
        if (error instanceof Cancelled) throw error;
        unread.push(stateDir);
        if (!this.#unreadable.has(stateDir)) log(`${stateDir}: journal: ${codeOf(error)}`);
        this.#unreadable.add(stateDir);
      }
    }
    entries.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    return { entries, unread };
  }

  async #lookAt(entry: JournalEntry, round: Omit<Round, 'entry' | 'care'>): Promise<void> {
    if (round.signal.aborted) return;
    const known = this.#tended.get(entry.path);
    const care = known ?? { failures: 0, triedAt: 0, dueAt: 0, settled: 0 };
    // A failure is not repeated by every event; a hint may bring its turn forward.
    const sinceMs = steadyOf(this.#options) - care.triedAt;
    if (care.failures > 0 && sinceMs < FIRST_RETRY_MS) return;
    this.#tended.set(entry.path, care);
    care.triedAt = steadyOf(this.#options);
    try {
      const kept = await keepPromise({ ...round, entry, care }, this.#options);
      // What it is about is done: nothing waits.
      this.#endWaiting(care);
      if (kept.kind === 'stuck') {
        if (this.#failed(care, kept.error)) this.#log(entry, `not dropped: ${kept.error.code}`);
        return;
      }
      care.failures = 0;
      delete care.failure;
      if (kept.kind === 'dropped') this.#tended.delete(entry.path);
      else care.dueAt = steadyOf(this.#options) + kept.ms;
      if (kept.did === 'homeless') this.#tell(entry, homeless(entry, kept.kind === 'dropped'));
      else if (kept.did !== undefined) this.#tell(entry, { kind: kept.did });
    } catch (error) {
      if (error instanceof Cancelled || !this.#failed(care, error)) return;
      if (error instanceof KnownError) this.#tell(entry, { kind: 'waiting', error });
      else this.#log(entry, codeOf(error));
    }
  }

  /** Puts off the next try. @returns whether it failed for another reason than the last time. */
  #failed(care: Tended, error: unknown): boolean {
    care.failures += 1;
    care.dueAt =
      steadyOf(this.#options) +
      Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (care.failures - 1));
    const isNews = care.failure !== codeOf(error);
    care.failure = codeOf(error);
    return isNews;
  }

  #tell(entry: JournalEntry, news: News): void {
    const { profileId, storePath } = entry.draft;
    const why = news.kind === 'waiting' ? `: ${news.error.code}` : '';
    const end = news.kind === 'homeless' && news.isGivenUp ? ', given up' : '';
    this.#log(entry, `${news.kind}${why}${end}`);
    if (news.kind === 'waiting') {
      if (!isPromised(entry)) return;
      const care = this.#tended.get(entry.path);
      if (care !== undefined) care.waiting = { profileId, storePath };
    }
    this.#options.tell?.({ ...news, profileId, storePath });
  }

  #endWaiting(care: Tended): void {
    if (care.waiting === undefined) return;
    this.#options.tell?.({ kind: 'waitingEnded', ...care.waiting });
    delete care.waiting;
  }

  #log({ draft: { kind, profileId, storePath } }: JournalEntry, what: string): void {
    this.#options.log(`${storePath}: ${kind} of ${profileId}: ${what}`);
  }

  /** Until the next entry is due; and as long as there is one, its stores are watched. */
  async #rest(
    places: readonly StorePlace[],
    entries: readonly JournalEntry[],
    unread: readonly string[],
  ): Promise<void> {
    const open = entries.filter(({ path }) => this.#tended.has(path));
    const paths = new Set(open.map(({ path }) => path));
    const unreadJournals = unread.map((stateDir) => ownFolderOf(stateDir).journal);
    for (const [path, care] of this.#tended) {
      // What is not known may still be there, and was told of.
      if (paths.has(path) || unreadJournals.includes(dirname(path))) continue;
      this.#endWaiting(care);
      this.#tended.delete(path);
    }
    if (this.#disposed.signal.aborted) return;
    // A refreshed login may stand in any store.
    const isAnywhere = open.some(({ draft }) => draft.kind === 'refresh');
    const stores = isAnywhere ? places : open.map(({ draft }) => draft);
    await this.#watcher.watch(stores.map(({ storePath }) => dirname(storePath)));
    if (this.#disposed.signal.aborted) this.#watcher.dispose();
    const dues = open.flatMap(({ path }) => this.#tended.get(path)?.dueAt ?? []);
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

/** Whether something was received, or promised to a person, that could be lost. */
function isPromised({ draft: { kind }, answer }: JournalEntry): boolean {
  return kind === 'removal' || (kind !== 'order' && answer !== undefined);
}

function homeless({ answer }: JournalEntry, isGivenUp: boolean): News {
  const { email, accountId } = identityOfStored(answer ?? {});
  return { kind: 'homeless', account: email ?? accountId, isGivenUp };
}

function codeOf(error: unknown): string {
  return error instanceof KnownError ? error.code : 'unexpected failure';
}
