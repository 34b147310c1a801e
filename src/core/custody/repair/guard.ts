import { AsyncResource } from 'node:async_hooks';
import { dirname } from 'node:path';
import type { Clock } from '../../clock.ts';
import { DirectoryWatcher } from '../../disk/directoryWatcher.ts';
import type { FileIdentity } from '../../disk/fileIdentity.ts';
import type { JsonObject } from '../../documents/json.ts';
import { entryOf, type StoreIntent, type StorePart } from '../../documents/storeIntents.ts';
import { KnownError } from '../../errors.ts';
import { type KnownBytes, type KnownStore, readKnownStore } from '../storeRead.ts';
import type { StoreChange } from '../vault.ts';
import type { Aftermath } from './aftermath.ts';
import type { ChangedEntry } from './changedEntries.ts';
import {
  type GuardedEntry,
  type Guarding,
  type GuardTimes,
  idOf,
  putBack,
  type TakenBack,
} from './guardedEntry.ts';
import { GuardedFile, type Mended } from './guardedFile.ts';
import type { StorePromise } from './lineage.ts';
import type { Knowledge } from './tokenKnowledge.ts';
import type { Promised } from './undone.ts';

/** CoderClaw's unlocked writers hold a document for a few seconds at most, people's tools longer. */
export const GUARD_TIMES: GuardTimes = {
  windowMs: 30_000,
  firstLookMs: 50,
  hintMs: 200,
  paceMs: 5_000,
  mostRepairs: 5,
  othersTurnMs: 150,
};

/** An entry of ours that was undone. Ids and paths only. */
export interface RepairReport {
  /** As the caller of the commit named it. */
  readonly storePath: string;
  readonly part: StorePart;
  readonly key: string;
  /** `undone`: it was put back as often as makes sense, and has been given up. */
  readonly outcome: 'repaired' | 'undone';
}

export interface GuardOptions {
  readonly clock: Clock;
  readonly times?: Partial<GuardTimes>;
  readonly knowledge: Knowledge;
  readonly log: (line: string) => void;
  /** Takes the lock of a store and writes what {@link Guard.mend} makes of it. */
  readonly repair: (storePath: string) => Promise<void>;
  /** Told of each entry that was put back, as of a commit. */
  readonly onPutBack: (change: StoreChange) => void;
  readonly onRepair: (report: RepairReport) => void;
}

/**
 * Looks after what we wrote for half a minute: shortly after the commit, on each event of the folder,
 * and under the lock of each later commit of ours. What a careless program undid is put back. Nothing
 * runs, and nothing is watched, when there is nothing to look after.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #times: GuardTimes;
  readonly #files = new Map<string, GuardedFile>();
  /** Entries that were given up and not written since, by {@link idOf}. */
  readonly #givenUp = new Set<string>();
  readonly #over: TakenBack = new Map();
  readonly #disposed = new AbortController();
  /** Looks begin while a caller holds its locks, and must not count as part of its task. */
  readonly #outside = new AsyncResource('Guard');
  #watcher: DirectoryWatcher | undefined;
  #pace: NodeJS.Timeout | undefined;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#times = { ...GUARD_TIMES, ...options.times };
  }

  /** Stops looking after anything. Who waits for an aftermath gets `unknown`. */
  dispose(): void {
    this.#disposed.abort();
    this.#watcher?.dispose();
    clearTimeout(this.#pace);
    for (const guarded of this.#files.values()) guarded.giveUp('unknown');
    this.#files.clear();
  }

  /**
   * The document of a store with everything in its place that we wrote and a careless program undid.
   * Only under the lock of `file`; what comes of it is told by {@link wrote}.
   */
  async mend(
    storePath: string,
    file: string,
    store: KnownStore & { kind: 'whole' },
  ): Promise<Mended> {
    this.#learn(storePath, file, store, await this.#promised(storePath));
    const guarded = this.#files.get(file);
    if (guarded === undefined) return { document: store.document, putBack: [] };
    await guarded.judge(store, this.#options.clock.now());
    return guarded.mend(store.document);
  }

  async #promised(storePath: string): Promise<readonly StorePromise[]> {
    return (await this.#options.knowledge.promised?.(storePath)) ?? [];
  }

  /** What others of ours promise of a store: so that none of it waits for them, or is put back by mistake. */
  #learn(
    storePath: string,
    file: string,
    store: KnownStore & { kind: 'whole' },
    promises: readonly StorePromise[],
  ): void {
    const now = this.#options.clock.now();
    for (const promised of promises) {
      // For longer than this nobody's change is looked after, and what is done then may be meant.
      const isPast = now - promised.at > this.#times.windowMs;
      const isOver = this.#givenUp.has(idOf(promised.entry, file));
      if (!isPast && !isOver) this.adopt(storePath, file, store, promised, { wasMade: true });
    }
  }

  /**
   * Called before a write is begun, under the lock. Between the rename and {@link wrote} a look would
   * take our own change for somebody else's. @returns what to call when it has succeeded or failed.
   */
  writing(file: string): () => void {
    const guarded = this.#files.get(file);
    if (guarded === undefined) return () => {};
    guarded.isBeingWritten = true;
    return () => {
      guarded.isBeingWritten = false;
      if (guarded.lookAgain) this.#outside.runInAsyncScope(() => void this.#look(guarded));
    };
  }

  /**
   * Takes note of a write, still under the lock: what was put back, and what else was changed, which
   * is looked after from now on.
   */
  wrote(
    storePath: string,
    write: {
      readonly file: string;
      readonly identity: FileIdentity;
      /** As it was read, and as it was written. */
      readonly before: JsonObject;
      readonly document: JsonObject;
      /** Its bytes; undefined where they were not parsed again. */
      readonly written: KnownBytes | undefined;
      readonly putBack: readonly GuardedEntry[];
      readonly changes: readonly ChangedEntry[];
    },
  ): Promise<Aftermath> {
    if (this.#disposed.signal.aborted) return Promise.resolve('unknown');
    const guarded = this.#guarded(storePath, write.file);
    for (const { entry } of write.changes) this.#givenUp.delete(idOf(entry, write.file));
    const aftermath = guarded.wrote(write, this.#options.clock.now());
    for (const one of write.putBack) {
      const { entry } = one;
      const { file, identity } = write;
      const before = entryOf(write.before, ...entry);
      const after = entryOf(write.document, ...entry);
      const intent: StoreIntent = {
        summary: `put back ${entry.join(' ')}`,
        action: 'repaired',
        entry,
        apply: (document) => putBack(document, one),
      };
      const written = { file, identity, before, after, aftermath };
      this.#options.onPutBack({ storePath, intent, written });
      this.#report(guarded, entry, 'repaired');
    }
    this.#tend(guarded);
    return aftermath;
  }

  /**
   * Looks after an entry that another process of ours wrote, as if we had. It must stand in `store`; or,
   * where it is known to have stood (`wasMade`), have been undone there.
   * @returns false, and does nothing, if it is not so.
   */
  adopt(
    storePath: string,
    file: string,
    store: KnownStore,
    promised: Promised & { readonly at?: number },
    { wasMade }: { readonly wasMade: boolean },
  ): boolean {
    if (this.#disposed.signal.aborted || store.kind === 'absent') return false;
    const guarded = this.#guarded(storePath, file);
    const adopted = guarded.adopt(store, promised, this.#options.clock.now(), wasMade);
    if (adopted === 'stands') {
      this.#givenUp.delete(idOf(promised.entry, file));
      this.#over.delete(idOf(promised.entry, file));
    }
    if (adopted === 'stands' || adopted === 'undone') this.#tend(guarded);
    else if (guarded.isOver) this.#files.delete(file);
    return adopted !== 'no';
  }

  /** What we wrote last to a file that is looked after. */
  known(file: string): KnownBytes | undefined {
    return this.#files.get(file)?.written;
  }

  guarding(file: string, entry: Promised['entry']): Guarding {
    // Nobody looks any more, so nobody knows what is meant.
    if (this.#disposed.signal.aborted) return 'guarded';
    if (this.#files.get(file)?.has(entry)) return 'guarded';
    return this.#givenUp.has(idOf(entry, file)) ? 'givenUp' : 'over';
  }

  #guarded(storePath: string, file: string): GuardedFile {
    let guarded = this.#files.get(file);
    const { knowledge } = this.#options;
    if (guarded === undefined) {
      guarded = new GuardedFile(storePath, file, this.#times, knowledge, this.#over);
      this.#files.set(file, guarded);
    }
    return guarded;
  }

  /** Makes sure that a file is looked at soon, at each event, and now and then. */
  #tend(guarded: GuardedFile): void {
    this.#outside.runInAsyncScope(() => {
      this.#keepPace();
      void this.#lookSoon(guarded);
    });
  }

  #watchFolders(): Promise<void> {
    this.#watcher ??= new DirectoryWatcher({
      debounceMs: this.#times.hintMs,
      onHint: (folder) => {
        for (const guarded of this.#files.values()) {
          if (dirname(guarded.file) === folder) void this.#look(guarded);
        }
      },
    });
    return this.#watcher.watch([...this.#files.keys()].map((file) => dirname(file)));
  }

  /** Events can be missed (network file systems have none), and guarding must come to its end. */
  #keepPace(): void {
    if (this.#pace !== undefined || this.#files.size === 0) return;
    this.#pace = setTimeout(() => {
      this.#pace = undefined;
      for (const guarded of this.#files.values()) void this.#look(guarded);
      this.#keepPace();
    }, this.#times.paceMs);
    // A process that has nothing else to do need not wait for it.
    this.#pace.unref();
  }

  async #lookSoon(guarded: GuardedFile): Promise<void> {
    if (guarded.isLookDue) return;
    guarded.isLookDue = true;
    try {
      await Promise.all([
        this.#options.clock.sleep(this.#times.firstLookMs, this.#disposed.signal),
        this.#watchFolders(),
      ]);
      guarded.isLookDue = false;
      await this.#look(guarded);
      if (guarded.isAwaited) void this.#lookSoon(guarded);
    } catch {
      // Disposed: who waited has been told.
    }
  }

  /** Looks at a file, once at a time; who comes meanwhile causes one more look. */
  async #look(guarded: GuardedFile): Promise<void> {
    guarded.lookAgain = true;
    if (guarded.isLookedAt) return;
    guarded.isLookedAt = true;
    try {
      while (guarded.lookAgain && !guarded.isBeingWritten && !this.#disposed.signal.aborted) {
        guarded.lookAgain = false;
        await this.#lookOnce(guarded);
      }
    } finally {
      guarded.isLookedAt = false;
    }
    if (!guarded.isOver || this.#files.get(guarded.file) !== guarded) return;
    this.#files.delete(guarded.file);
    if (!this.#disposed.signal.aborted) await this.#watchFolders();
  }

  async #lookOnce(guarded: GuardedFile): Promise<void> {
    const began = performance.now();
    const { writes } = guarded;
    try {
      const store = await readKnownStore(guarded.file, this.#options.clock, guarded.written);
      const isAmiss = store.kind === 'whole' && !guarded.isAllIn(store.document);
      const promises = isAmiss ? await this.#promised(guarded.storePath) : [];
      // A commit of ours came in between: it is not known what was read.
      if (guarded.isBeingWritten || writes !== guarded.writes) {
        guarded.lookAgain = true;
        return;
      }
      if (isAmiss) this.#learn(guarded.storePath, guarded.file, store, promises);
      await guarded.judge(store, this.#options.clock.now());
      for (const entry of guarded.takeHopeless()) {
        this.#givenUp.add(idOf(entry, guarded.file));
        this.#report(guarded, entry, 'undone');
      }
      if (guarded.hasToBeMended) await this.#options.repair(guarded.storePath);
      else if (guarded.hasUndone) void this.#lookSoon(guarded);
      guarded.failure = undefined;
      guarded.settle(began);
    } catch (error) {
      if (this.#disposed.signal.aborted) return;
      const code = error instanceof KnownError ? error.code : 'unexpected failure';
      if (guarded.failure !== code) {
        this.#options.log(`${guarded.storePath}: cannot be looked after: ${code}`);
      }
      guarded.failure = code;
      guarded.giveUp('unknown');
    }
    guarded.prune(began);
  }

  #report(guarded: GuardedFile, entry: GuardedEntry['entry'], outcome: RepairReport['outcome']) {
    const [part, key] = entry;
    const { storePath } = guarded;
    this.#options.log(`${storePath}: ${part} ${key} was undone by another program: ${outcome}`);
    this.#options.onRepair({ storePath, part, key, outcome });
  }
}
