import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Cancelled } from '../clock.ts';
import type { HeldLock } from '../disk/fileLock.ts';
import { resolveTarget } from '../disk/fileTarget.ts';
import type { JsonObject } from '../documents/json.ts';
import { runtimeCachePath } from '../documents/locations.ts';
import { parseRuntimeCache } from '../documents/runtimeCache.ts';
import type { StoreIntent } from '../documents/storeIntents.ts';
import { KnownError } from '../errors.ts';
import { readRuntimeCache } from './cache/cacheRead.ts';
import { startOver } from './startOver.ts';
import { type CommitParts, type HeldTargets, mendHeldStore, replaceStore } from './storeCommit.ts';
import { type KnownStore, readKnownStore, readWritableStore } from './storeRead.ts';
import type { StoreChange } from './vault.ts';

/**
 * Several stores while their locks are held: what a refresh works on. Paths are those that were
 * asked for. Not to be used after the task of `Vault.withStores` has ended.
 */
export class HeldStores {
  readonly #files: HeldTargets;
  readonly #held: HeldLock;
  readonly #parts: CommitParts;
  readonly #onCommit: (commit: StoreChange) => void;
  /** The write that is under way, which does not reject. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    files: HeldTargets,
    held: HeldLock,
    parts: CommitParts,
    onCommit: (commit: StoreChange) => void,
  ) {
    this.#files = files;
    this.#held = held;
    this.#parts = parts;
    this.#onCommit = onCommit;
  }

  /** Aborts when a lock is found lost or has been held for too long. */
  get signal(): AbortSignal {
    return this.#held.signal;
  }

  /** @throws {KnownError} `lock.lost` */
  proveOwnership(): Promise<void> {
    return this.#held.proveOwnership();
  }

  /** @throws {KnownError} `store.unreadable`, `store.torn`, `store.unknownVersion` */
  read(storePath: string): Promise<KnownStore> {
    const file = this.#file(storePath);
    return readKnownStore(file, this.#parts.clock, this.#parts.guard.known(file));
  }

  /**
   * Makes one change to one of the stores; durable once resolved. A store that is absent stays so
   * unless the intent adds something.
   * @returns whether anything had to be written.
   * @throws {KnownError} `lock.lost`, `disk.*`, `store.*`, and what the intent throws.
   */
  async commit(storePath: string, intent: StoreIntent): Promise<boolean> {
    const file = this.#file(storePath);
    const target = { storePath, file, held: this.#held };
    const written = await this.#untilUncontended(async () => {
      const store = await readWritableStore(file, this.#parts.clock, this.#parts.guard.known(file));
      await this.#parts.checkpoint?.('read');
      return await replaceStore(target, store, intent, this.#parts);
    });
    if (written === undefined) return false;
    this.#onCommit({ storePath, intent, written });
    return true;
  }

  /**
   * Changes the runtime cache (`auth.json`) beside one of the stores, on what it holds at that moment. One that is
   * absent, or cannot be understood, is left as it is.
   * @returns whether anything had to be written.
   * @throws {KnownError} `lock.lost`, `disk.*`
   */
  async commitCache(storePath: string, edit: (cache: JsonObject) => JsonObject): Promise<boolean> {
    this.#file(storePath);
    const { file } = await resolveTarget(runtimeCachePath(dirname(storePath)));
    return await this.#untilUncontended(async () => {
      const cache = await readRuntimeCache(file, this.#parts.clock);
      if (cache.kind !== 'whole') return false;
      const after = edit(cache.document);
      if (isDeepStrictEqual(after, cache.document)) return false;
      await this.#parts.replace(file, Buffer.from(`${JSON.stringify(after, null, 2)}\n`), {
        expected: cache.read,
        reparse: (written) => {
          if (isDeepStrictEqual(parseRuntimeCache(written.toString()), after)) return;
          throw new KnownError('disk.failed', { path: file, syscall: 'write', errno: 'EIO' });
        },
        proveOwnership: () => this.#held.proveOwnership(),
        ...(this.#parts.checkpoint && { checkpoint: this.#parts.checkpoint }),
      });
      return true;
    });
  }

  /**
   * Puts back what careless programs undid in one of the held files (the store at `storePath`), if they
   * did. One that is absent stays so.
   * @throws {KnownError} `lock.lost`, `disk.*`, `store.*`
   */
  async mend(storePath: string, file: string): Promise<void> {
    const target = { storePath, file, held: this.#held };
    await this.#untilUncontended(() => mendHeldStore(target, this.#parts));
  }

  /**
   * One write after the other, each from its read; again where somebody without a lock was faster.
   * @throws {KnownError} `lock.lost`
   */
  async #untilUncontended<T>(attempt: () => Promise<T>): Promise<T> {
    const before = this.#writing;
    const writing = before.then(() => this.#write(attempt));
    this.#writing = writing.then(
      () => {},
      () => {},
    );
    return await writing;
  }

  async #write<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await startOver(attempt, this.#parts.clock, this.signal, ['disk.contended']);
    } catch (error) {
      // Nobody called it off: it was waiting for its next try when the lock was lost.
      if (error instanceof Cancelled) await this.proveOwnership();
      throw error;
    }
  }

  #file(storePath: string): string {
    const file = this.#files.get(storePath);
    if (file === undefined) throw new Error(`not held: ${storePath}`);
    return file;
  }
}
