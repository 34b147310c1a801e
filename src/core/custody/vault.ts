import { Cancelled, type Clock } from '../clock.ts';
import { replaceFile } from '../disk/atomicFile.ts';
import type { Checkpoint } from '../disk/checkpoint.ts';
import { FileLocks } from '../disk/fileLock.ts';
import type { StoreIntent } from '../documents/storeIntents.ts';
import { KnownError } from '../errors.ts';
import type { Aftermath } from './aftermath.ts';
import { HeldStores } from './heldStores.ts';
import { isUndoneIn, LookAgain } from './lookAgain.ts';
import { startOver } from './startOver.ts';
import {
  type CommitOptions,
  type CommitParts,
  commitStoreOnce,
  type WrittenEntry,
  withTargets,
} from './storeCommit.ts';
import type { KnownStore } from './storeRead.ts';

export interface VaultOptions {
  readonly clock: Clock;
  /** One for the process, so that its callers queue; a new one unless given. */
  readonly locks?: Pick<FileLocks, 'withFileLocks' | 'isAbandoned'>;
  /** Lines of ids and paths. */
  readonly log: (line: string) => void;
  readonly checkpoint?: Checkpoint;
  /** Told of every commit as soon as it is on stable storage, repairs included. Must not throw. */
  readonly onCommit?: (commit: StoreChange) => void;
  /** Another way to write; the tests hand in worse ones, to see themselves fail. */
  readonly replace?: typeof replaceFile;
}

export interface StoreCommit {
  /** False: the store said so already, and nothing was written. */
  readonly changed: boolean;
  /**
   * Tells, about 50 ms later, whether the commit still stands; until then one repair may be made.
   * Never rejects, and need not be waited for: the commit is on stable storage already.
   */
  readonly aftermath: Promise<Aftermath>;
}

/** One change of ours to a store. Holds secrets. */
export interface StoreChange {
  /** As the caller named it. */
  readonly storePath: string;
  readonly intent: StoreIntent;
  readonly written: WrittenEntry;
}

export interface ConfigCommit {
  readonly changed: boolean;
}

/**
 * The only way in which anything is written to the files that we share with CoderClaw.
 * When a commit resolves, it is on stable storage. When it rejects, the file is as it was, unless the
 * very last call failed (making the rename durable): then it holds the change, whole as ever.
 */
export class Vault {
  readonly #parts: CommitParts;
  readonly #log: (line: string) => void;
  readonly #onCommit: (commit: StoreChange) => void;
  readonly #disposed = new AbortController();
  readonly #lookAgain: LookAgain;

  constructor(options: VaultOptions) {
    const { clock, locks, log, checkpoint, replace = replaceFile } = options;
    this.#parts = {
      locks: locks ?? new FileLocks({ app: 'coderclaw-auth', clock }),
      clock,
      replace,
      ...(checkpoint && { checkpoint }),
    };
    this.#log = log;
    this.#onCommit = options.onCommit ?? (() => {});
    this.#lookAgain = new LookAgain(clock, this.#disposed.signal);
  }

  /**
   * Makes one change to an auth store (absolute path), on what the store holds at that moment. A
   * store that does not exist is created (0600, its folder 0700).
   *
   * @throws {KnownError} `lock.busy`, `lock.lost`, `disk.*`, `store.*`, and what the intent throws.
   * @throws {Cancelled}
   */
  async commitStore(
    storePath: string,
    intent: StoreIntent,
    options: CommitOptions = {},
  ): Promise<StoreCommit> {
    const attempt = () => commitStoreOnce(storePath, intent, this.#parts, options);
    const written = await startOver(attempt, this.#parts.clock, options.signal);
    if (written === undefined) return { changed: false, aftermath: Promise.resolve('kept') };
    return { changed: true, aftermath: this.#committed({ storePath, intent, written }) };
  }

  /**
   * Edits a config file (absolute path) as text, so that comments stay. `edit` gets the text,
   * or undefined if there is no file, and returns the new one, or undefined for no change. It may be
   * called more than once. The bytes from before are kept as `<config>.bak`, older ones as `.bak.1`
   * to `.bak.4`.
   *
   * CoderClaw 2026.3.21 takes no lock for this file; the lock is for our own windows.
   *
   * @throws {KnownError} `lock.*`, `disk.*`, `config.unreadable`; `config.invalid` if the new text is
   * not JSON5; and what `edit` throws.
   * @throws {Cancelled}
   */
  async commitConfig(
    configPath: string,
    edit: (text: string | undefined) => string | undefined,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<ConfigCommit> {
    // Rare, and it brings the JSON5 parser along.
    const { commitConfigOnce } = await import('./configCommit.ts');
    const attempt = () => commitConfigOnce(configPath, edit, this.#parts, signal);
    const changed = await startOver(attempt, this.#parts.clock, signal);
    if (changed) this.#log(`${configPath}: edited`);
    return { changed };
  }

  /**
   * Runs `task` while holding several stores at once (absolute paths in folders that exist), taken in
   * one order by all programs. Commits made through {@link HeldStores} are each durable as they
   * resolve, and are looked after once the locks are released. For at most 20 s, after which nothing
   * can be written any more; `signal` ends the waiting, not the task.
   *
   * @throws {KnownError} `lock.busy`, `lock.lost`, `disk.*`, and what the task throws.
   * @throws {Cancelled}
   */
  async withStores<T>(
    storePaths: readonly string[],
    { signal }: { readonly signal?: AbortSignal },
    task: (stores: HeldStores) => Promise<T>,
  ): Promise<T> {
    const commits: StoreChange[] = [];
    try {
      return await withTargets(storePaths, this.#parts, signal, (files, held) =>
        task(new HeldStores(files, held, this.#parts, (commit) => commits.push(commit))),
      );
    } finally {
      for (const commit of commits) void this.#committed(commit);
    }
  }

  /** Stops looking after commits that were made. */
  dispose(): void {
    this.#disposed.abort();
  }

  #committed(commit: StoreChange): Promise<Aftermath> {
    this.#log(`${commit.storePath}: ${commit.intent.summary}`);
    this.#onCommit(commit);
    return this.#followUp(commit);
  }

  async #followUp({ storePath, intent, written }: StoreChange): Promise<Aftermath> {
    try {
      if (!(await this.#lookAgain.wasUndone(intent, written))) return 'kept';
      this.#log(`${storePath}: undone by a program that takes no lock: ${intent.summary}`);
      const wanted = (store: KnownStore) => isUndoneIn(store, intent, written);
      const options = { signal: this.#disposed.signal };
      const attempt = () => commitStoreOnce(storePath, intent, this.#parts, options, wanted);
      const again = await startOver(attempt, this.#parts.clock, this.#disposed.signal);
      if (again === undefined) return 'kept';
      this.#onCommit({ storePath, intent, written: again });
      if (await this.#lookAgain.wasUndone(intent, again)) return 'undone';
      this.#log(`${storePath}: repaired: ${intent.summary}`);
      return 'repaired';
    } catch (error) {
      if (error instanceof Cancelled) return 'unknown';
      const code = error instanceof KnownError ? error.code : 'unexpected failure';
      this.#log(`${storePath}: could not look after it: ${intent.summary}: ${code}`);
      return 'unknown';
    }
  }
}
