import { randomBytes } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { callsIn } from '../../disk/callsIn.ts';
import type { Checkpoint } from '../../disk/checkpoint.ts';
import { asDiskError, errnoOf } from '../../disk/diskError.ts';
import { describeThisProcess, type Liveness, ownerLiveness } from '../../disk/lockOwner.ts';
import { unlinkIfThere } from '../../disk/temporaryFiles.ts';
import type { JsonObject } from '../../documents/json.ts';
import { ownFolderOf } from '../../documents/ownFolder.ts';
import { isFaultOfMachine, readEntryFile } from './entryRead.ts';
import {
  type JournalDraft,
  type JournalHeader,
  parseAnswer,
  parseHeader,
  parseMade,
  takesAnswer,
} from './journalFile.ts';
import { entryIdOf, entryName, isEntryName, JournalTemporaries } from './journalNames.ts';
import { type JournalSlot, markMade, openSlot } from './journalSlot.ts';

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
  /** What it promises has been in its store. Of a refresh this is not noted. */
  readonly isMade: boolean;
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
  /** Entries as they were read, by path: every hint and every commit would read them all again. */
  readonly #known = new Map<string, KnownEntry>();

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
   * others, or is not even a file is left alone and told of. One of ours that others may read is made
   * private. Deletes what dead processes left half made.
   * @throws {KnownError} `disk.*` where a journal cannot be read, or an entry just now: unreadable is
   * not empty.
   */
  async entries(stateDirs: readonly string[]): Promise<readonly JournalEntry[]> {
    const all: JournalEntry[] = [];
    for (const stateDir of new Set(stateDirs)) {
      const folder = ownFolderOf(stateDir).journal;
      const names = await this.#namesIn(folder);
      await this.#temporaries.sweep(folder, names, this.#options.clock.now());
      const paths = names.filter(isEntryName).map((name) => join(folder, name));
      for (const path of paths) {
        const entry = await this.#readEntry(stateDir, path);
        if (entry !== undefined) all.push(entry);
      }
      for (const path of this.#known.keys()) {
        if (dirname(path) === folder && !paths.includes(path)) this.#known.delete(path);
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

  /** Notes of an entry that was read what {@link JournalSlot.made} notes of one's own. Never rejects. */
  made({ path }: { readonly path: string }): Promise<void> {
    return markMade(path);
  }

  async #namesIn(folder: string): Promise<string[]> {
    try {
      return await (await callsIn(folder)).readdir(folder);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw asDiskError(error, folder);
    }
  }

  async #readEntry(stateDir: string, path: string): Promise<JournalEntry | undefined> {
    try {
      const read = await this.#readAgain(path);
      if (read === undefined) return this.#tell(path, 'not a whole entry of this version');
      const { header, answer, isMade } = read;
      const mine = this.#mine.has(path);
      // Found out for those who ask: it takes a system call, and most entries are made and done with.
      let known: Liveness | undefined;
      const owner = (): Liveness => {
        known ??= mine ? 'alive' : this.#livenessOf(header);
        return known;
      };
      return {
        id: entryIdOf(path),
        path,
        stateDir,
        draft: header.draft,
        at: header.at,
        get owner() {
          return owner();
        },
        mine,
        isMade,
        answer,
      };
    } catch (error) {
      const errno = errnoOf(error);
      // Dropped while we looked.
      if (errno === 'ENOENT') return undefined;
      if (errno === undefined) throw error;
      if (isFaultOfMachine(errno)) throw asDiskError(error, path);
      return this.#tell(path, `unreadable (${errno})`);
    }
  }

  /** As it was read before, where it has not changed since. */
  async #readAgain(path: string): Promise<ReadEntry | undefined> {
    const known = this.#known.get(path);
    if (known !== undefined && isFinal(known.read)) return known.read;
    const stamp = stampOf(await (await callsIn(dirname(path))).lstat(path));
    if (stamp !== undefined && known?.stamp === stamp) return known.read;
    const read = readEntry(await readEntryFile(path, { mends: true }));
    if (read !== undefined && !isUnanswered(read)) this.#known.set(path, { read, stamp });
    return read;
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

interface KnownEntry {
  readonly read: ReadEntry;
  /** Of the file before it was read; undefined where it may change without another stamp. */
  readonly stamp: string | undefined;
}

/** The times of a file move on in ticks: of some milliseconds, or (FAT, old ext file systems) of seconds. */
const TICK_MS = 50;
const COARSE_TICK_MS = 2_500;
const SECOND_NS = 1_000_000_000n;

function stampOf({ ino, mtimeNs, mtimeMs, ctimeNs, size }: BigIntStats): string | undefined {
  const tickMs = mtimeNs % SECOND_NS === 0n ? COARSE_TICK_MS : TICK_MS;
  if (Date.now() - Number(mtimeMs) < tickMs) return undefined;
  return [ino, mtimeNs, ctimeNs, size].join(' ');
}

interface ReadEntry {
  readonly header: JournalHeader;
  readonly answer: JsonObject | undefined;
  readonly isMade: boolean;
}

function readEntry(bytes: Buffer): ReadEntry | undefined {
  const header = parseHeader(bytes);
  return header && { header, answer: parseAnswer(bytes), isMade: parseMade(bytes) };
}

/** No token may be overlooked: what waits for one is read each time. */
function isUnanswered({ header: { draft }, answer }: ReadEntry): boolean {
  return takesAnswer(draft) && answer === undefined;
}

function isFinal(read: ReadEntry): boolean {
  return !isUnanswered(read) && (read.isMade || read.header.draft.kind === 'refresh');
}

/** Owners of entries name their PID namespace, so where the folder lies does not matter. */
const NO_REACH = { sameNamespace: false, sameUser: false };
