import type { Clock } from '../clock.ts';
import { replaceFile } from '../disk/atomicFile.ts';
import type { Checkpoint } from '../disk/checkpoint.ts';
import { asDiskError, errnoOf } from '../disk/diskError.ts';
import { FileLocks } from '../disk/fileLock.ts';
import { resolveTarget } from '../disk/fileTarget.ts';
import { type StoreIntent, upsertProfile } from '../documents/storeIntents.ts';
import { isKnown } from '../errors.ts';
import { HeldStores } from './heldStores.ts';
import type { LegacyImport } from './older/legacyImport.ts';
import type { Aftermath } from './repair/aftermath.ts';
import { Guard, type RepairReport } from './repair/guard.ts';
import type { Guarding, GuardTimes } from './repair/guardedEntry.ts';
import type { Knowledge } from './repair/tokenKnowledge.ts';
import type { Promised } from './repair/undone.ts';
import { repeatable } from './repeatable.ts';
import { startOver } from './startOver.ts';
import {
  type CommitOptions,
  type CommitParts,
  commitStoreOnce,
  makeStoreOnce,
  mendStoreOnce,
  type WrittenEntry,
  withTargets,
} from './storeCommit.ts';
import { readKnownStore } from './storeRead.ts';
import type { TextEdit, TextFile } from './textCommit.ts';

export interface VaultOptions extends Knowledge {
  readonly clock: Clock;
  /** One for the process, so that its callers queue; a new one unless given. */
  readonly locks?: Pick<FileLocks, 'withFileLocks' | 'isAbandoned'>;
  /** Lines of ids and paths. */
  readonly log: (line: string) => void;
  readonly checkpoint?: Checkpoint;
  /** Told of every commit as soon as it is on stable storage, repairs included. */
  readonly onCommit?: (commit: StoreChange) => void;
  /** Told of every entry of ours that another program undid. */
  readonly onRepair?: (report: RepairReport) => void;
  /** How commits are looked after; the tests have less patience. */
  readonly guardTimes?: Partial<GuardTimes>;
  /** Another way to write; the tests hand in worse ones, to see themselves fail. */
  readonly replace?: typeof replaceFile;
}

export interface StoreCommit {
  /** False: the store said so already, and nothing was written. */
  readonly changed: boolean;
  /**
   * Tells, about 50 ms later, whether the commit still stands, or once it has been put back. Never
   * rejects, and need not be waited for: the commit is on stable storage already, and is looked after
   * for half a minute in any case.
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

export interface TextCommit {
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
  readonly #guard: Guard;
  /** What a task of {@link withStores} holds at this moment, by its file. */
  readonly #held = new Map<string, HeldStores>();

  constructor(options: VaultOptions) {
    const { clock, locks, checkpoint, guardTimes, replace = replaceFile } = options;
    const log = unfailing(options.log);
    this.#log = log;
    this.#onCommit = unfailing(options.onCommit ?? (() => {}));
    this.#guard = new Guard({
      clock,
      log,
      knowledge: options,
      repair: (storePath) => this.#mend(storePath),
      onPutBack: this.#onCommit,
      onRepair: unfailing(options.onRepair ?? (() => {})),
      ...(guardTimes && { times: guardTimes }),
    });
    this.#parts = {
      locks: locks ?? new FileLocks({ app: 'coderclaw-auth', clock }),
      clock,
      replace,
      guard: this.#guard,
      ...(checkpoint && { checkpoint }),
    };
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
    const { again, lost } = repeatable(intent);
    const attempt = async () => {
      try {
        return await commitStoreOnce(storePath, again, this.#parts, options);
      } catch (error) {
        if (isKnown(error, 'lock.lost')) lost();
        throw error;
      }
    };
    const written = await startOver(attempt, this.#parts.clock, options.signal);
    if (written === undefined) return { changed: false, aftermath: Promise.resolve('kept') };
    return { changed: true, aftermath: this.#committed({ storePath, intent, written }) };
  }

  /**
   * Makes a store (absolute path) with nothing in it, whole as any other, where there is none. CoderClaw
   * clones the main agent's store for an agent without one, refresh tokens and all.
   *
   * @throws {KnownError} as {@link commitStore}: also where an older file would be hidden by it.
   * @throws {Cancelled}
   */
  async makeStore(
    storePath: string,
    options: Pick<CommitOptions, 'signal' | 'legacyPaths'> = {},
  ): Promise<void> {
    const attempt = () => makeStoreOnce(storePath, this.#parts, options);
    await startOver(attempt, this.#parts.clock, options.signal);
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
    edit: TextEdit,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<TextCommit> {
    // Rare, and it brings the JSON5 parser along.
    const { configFile } = await import('./configFile.ts');
    return await this.#commitText(configPath, edit, configFile, signal);
  }

  /**
   * Edits a list of sessions (`sessions.json`, absolute path) as text, on the terms of
   * {@link commitConfig}, under the lock that CoderClaw 2026.3.21 takes for it. No backup is kept, and
   * none is made where there is none: then nothing changes.
   *
   * @throws {KnownError} `lock.*`, `disk.*`, `sessions.unreadable`; `sessions.invalid` if the new text is
   * no JSON; and what `edit` throws.
   * @throws {Cancelled}
   */
  async commitSessions(
    sessionsPath: string,
    edit: TextEdit,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<TextCommit> {
    const { sessionsFile } = await import('./sessionsFile.ts');
    return await this.#commitText(sessionsPath, edit, sessionsFile, signal);
  }

  /**
   * Makes the store (absolute path) of an agent that has none out of its older files, in one step
   * (`legacyImport.ts`).
   *
   * @param legacyPaths Older files besides `auth.json`. Absolute paths.
   * @returns undefined if there is a store, or nothing to import.
   * @throws {KnownError} `legacy.unreadable`, `store.*`, `lock.*`, `disk.*`: nothing changed.
   * @throws {Cancelled}
   */
  async importLegacy(
    storePath: string,
    legacyPaths: readonly string[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<LegacyImport | undefined> {
    const { importLegacyOnce } = await import('./older/legacyImport.ts');
    const attempt = () => importLegacyOnce(storePath, legacyPaths, this.#parts, signal);
    const done = await startOver(attempt, this.#parts.clock, signal);
    if (done === undefined) return undefined;
    for (const { profileId, credential } of done.logins) {
      const intent = upsertProfile(profileId, credential, { action: 'imported' });
      const written = { ...done.written, before: undefined, after: credential };
      void this.#committed({ storePath, intent, written });
    }
    for (const path of done.imported.left) this.#log(`${path}: imported, but could not be renamed`);
    return done.imported;
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
    let isOver = false;
    const onCommit = (commit: StoreChange): void => {
      // The time limit of the locks does not stop a task: what it had renamed by then is still told.
      if (isOver) void this.#committed(commit);
      else commits.push(commit);
    };
    try {
      return await withTargets(storePaths, this.#parts, { signal }, async (files, held) => {
        const stores = new HeldStores(files, held, this.#parts, onCommit);
        for (const file of files.values()) this.#held.set(file, stores);
        try {
          return await task(stores);
        } finally {
          for (const file of files.values()) {
            if (this.#held.get(file) === stores) this.#held.delete(file);
          }
        }
      });
    } finally {
      isOver = true;
      for (const commit of commits) void this.#committed(commit);
    }
  }

  /**
   * Looks after an entry that another process of ours wrote, as after a commit of this one.
   * @param wasMade It is known to have been in the store (absolute path): then it is put back if it was
   * undone.
   * @returns false, and does nothing, if the store does not say so now, nor what `wasMade` allows.
   * @throws {KnownError} `store.*`, `disk.*`
   */
  async lookAfter(
    storePath: string,
    promised: Promised,
    { wasMade = false }: { readonly wasMade?: boolean } = {},
  ): Promise<boolean> {
    const file = await targetOf(storePath);
    if (file === undefined) return false;
    const store = await readKnownStore(file, this.#parts.clock);
    return this.#guard.adopt(storePath, file, store, promised, { wasMade });
  }

  /**
   * What has become of looking after an entry of a store (absolute path).
   * @throws {KnownError} `disk.*`
   */
  async looksAfter(storePath: string, entry: Promised['entry']): Promise<Guarding> {
    const file = await targetOf(storePath);
    return file === undefined ? 'over' : this.#guard.guarding(file, entry);
  }

  /** Stops looking after commits that were made. */
  dispose(): void {
    this.#disposed.abort();
    this.#guard.dispose();
  }

  async #commitText(
    path: string,
    edit: TextEdit,
    kind: TextFile,
    signal: AbortSignal | undefined,
  ): Promise<TextCommit> {
    const { commitTextOnce } = await import('./textCommit.ts');
    const attempt = () => commitTextOnce(path, edit, kind, this.#parts, signal);
    const changed = await startOver(attempt, this.#parts.clock, signal);
    if (changed) this.#log(`${path}: edited`);
    return { changed };
  }

  #committed(commit: StoreChange): Promise<Aftermath> {
    this.#onCommit(commit);
    this.#log(`${commit.storePath}: ${commit.intent.summary}`);
    return commit.written.aftermath;
  }

  /** What is held here, perhaps for as long as a provider takes to answer, is mended meanwhile. */
  #mend(storePath: string): Promise<void> {
    const { signal } = this.#disposed;
    const attempt = async () => {
      const file = await targetOf(storePath);
      const held = file === undefined ? undefined : this.#held.get(file);
      // A task that outlives its lock holds nothing any more.
      const isHeld = held !== undefined && !held.signal.aborted;
      if (file !== undefined && isHeld) await held.mend(storePath, file);
      else await mendStoreOnce(storePath, this.#parts, signal);
    };
    return startOver(attempt, this.#parts.clock, signal);
  }
}

/** Who is told can be gone already: a log of VS Code throws once it is closed. The commit stands. */
function unfailing<T>(tell: (what: T) => void): (what: T) => void {
  return (what) => {
    try {
      tell(what);
    } catch {
      // There is nobody left to tell.
    }
  };
}

/** The file behind a path; undefined if its folder is away. */
async function targetOf(storePath: string): Promise<string | undefined> {
  try {
    return (await resolveTarget(storePath)).file;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw asDiskError(error, storePath);
  }
}
