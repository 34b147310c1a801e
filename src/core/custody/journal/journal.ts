import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { Checkpoint } from '../../disk/checkpoint.ts';
import { asDiskError, errnoOf } from '../../disk/diskError.ts';
import { describeThisProcess, type Liveness, ownerLiveness } from '../../disk/lockOwner.ts';
import { MAX_FILE_BYTES } from '../../disk/strictRead.ts';
import { unlinkIfThere } from '../../disk/temporaryFiles.ts';
import type { JsonObject } from '../../documents/json.ts';
import { ownFolderOf } from '../../documents/ownFolder.ts';
import { type JournalDraft, type JournalHeader, parseAnswer, parseHeader } from './journalFile.ts';
import { entryIdOf, entryName, isEntryName, JournalTemporaries } from './journalNames.ts';
import { type JournalSlot, openSlot } from './journalSlot.ts';

export type { JournalDraft } from './journalFile.ts';
export type { JournalSlot } from './journalSlot.ts';

export interface JournalOptions {
  readonly clock: Clock;
  readonly checkpoint?: Checkpoint;
  /** Told once of each entry that is left alone: a path and why. */
  readonly log?: (line: string) => void;
}

/** One entry as it was read. `answer` holds secrets. */
export interface JournalEntry {
  readonly id: string;
  readonly path: string;
  readonly stateDir: string;
  readonly draft: JournalDraft;
  /** When it was opened, in milliseconds since the epoch. */
  readonly at: number;
  /** Whether the process that opened it still runs; `dead` only where that is certain. */
  readonly owner: Liveness;
  /** Opened by this Journal. */
  readonly mine: boolean;
  /** Undefined until it came, or if it did not come whole. */
  readonly answer: JsonObject | undefined;
}

/**
 * What was received or promised and is not yet seen stable in the stores: a file an entry, in a folder
 * of ours in each state dir, so that a crash at any point loses no token. Takes no locks: an entry is
 * written by its owner alone, once, and read and dropped by anybody.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #self = describeThisProcess();
  readonly #temporaries = new JournalTemporaries(this.#self);
  readonly #mine = new Set<string>();
  readonly #told = new Set<string>();

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /**
   * Makes an entry. When it resolves, the entry is on stable storage, with room for an answer of 32 KiB
   * that no full disk takes away. When it rejects, there is none.
   *
   * @throws {KnownError} `disk.full`, `disk.readOnly`, `disk.failed`.
   */
  async open(stateDir: string, draft: JournalDraft): Promise<JournalSlot> {
    const { clock, checkpoint } = this.#options;
    const { pid, namespace } = this.#self;
    const header: JournalHeader = { draft, at: clock.now(), owner: { pid, namespace } };
    const folder = ownFolderOf(stateDir).journal;
    const id = randomBytes(8).toString('hex');
    const temporary = join(folder, this.#temporaries.nameOf(id));
    const path = join(folder, entryName(id));
    const onDropped = () => this.#mine.delete(path);
    this.#mine.add(path);
    try {
      return await openSlot({ id, path, temporary, header, checkpoint, onDropped });
    } catch (error) {
      onDropped();
      throw error;
    }
  }

  /**
   * All entries of these state dirs, oldest first. What is no entry of this format, may be written by
   * others, or is not even a file is left alone and told of. Deletes what dead processes left half
   * made.
   */
  async entries(stateDirs: readonly string[]): Promise<readonly JournalEntry[]> {
    const all: JournalEntry[] = [];
    for (const stateDir of new Set(stateDirs)) {
      const folder = ownFolderOf(stateDir).journal;
      const names = await this.#namesIn(folder);
      await this.#temporaries.sweep(folder, names, this.#options.clock.now());
      for (const name of names.filter(isEntryName)) {
        const entry = await this.#readEntry(stateDir, join(folder, name));
        if (entry !== undefined) all.push(entry);
      }
    }
    return all.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  /**
   * Deletes an entry; one that is not there is fine. Not durable by itself: after a power cut it may be
   * back, to be settled once more.
   * @throws {KnownError} `disk.readOnly`, `disk.failed`.
   */
  async drop({ path }: { readonly path: string }): Promise<void> {
    try {
      await unlinkIfThere(path);
      this.#mine.delete(path);
    } catch (error) {
      throw asDiskError(error, path);
    }
  }

  async #namesIn(folder: string): Promise<string[]> {
    try {
      return await readdir(folder);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno !== 'ENOENT') this.#tell(folder, `unreadable (${errno ?? 'unexpected failure'})`);
      return [];
    }
  }

  async #readEntry(stateDir: string, path: string): Promise<JournalEntry | undefined> {
    try {
      const bytes = await readPrivate(path);
      const header = parseHeader(bytes);
      if (header === undefined) return this.#tell(path, 'not a whole entry of this version');
      const mine = this.#mine.has(path);
      return {
        id: entryIdOf(path),
        path,
        stateDir,
        draft: header.draft,
        at: header.at,
        owner: mine ? 'alive' : this.#livenessOf(header),
        mine,
        answer: parseAnswer(bytes),
      };
    } catch (error) {
      const errno = errnoOf(error);
      // Dropped while we looked.
      if (errno === 'ENOENT') return undefined;
      if (errno === undefined) throw error;
      return this.#tell(path, `unreadable (${errno})`);
    }
  }

  #livenessOf({ at, owner }: JournalHeader): Liveness {
    return ownerLiveness({ createdAt: at, owner }, this.#self, NO_REACH);
  }

  #tell(path: string, why: string): undefined {
    if (this.#told.has(path)) return;
    this.#told.add(path);
    this.#options.log?.(`${path}: left alone: ${why}`);
  }
}

/** Owners of entries name their PID namespace, so where the folder lies does not matter. */
const NO_REACH = { sameNamespace: false, sameUser: false };

/**
 * A regular file that nobody else may read or write.
 * @throws errors of system calls; those of a link, a folder, a file of looser mode or of absurd size too.
 */
async function readPrivate(path: string): Promise<Buffer> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw unusable('EFTYPE');
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) throw unusable('EPERM');
    if (stats.size > MAX_FILE_BYTES) throw unusable('EFBIG');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function unusable(code: string): Error {
  return Object.assign(new Error('not an entry'), { code, syscall: 'open' });
}
