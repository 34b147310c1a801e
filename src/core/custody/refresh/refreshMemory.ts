import { AppendLog } from '../../disk/appendLog.ts';
import type { FileLocks } from '../../disk/fileLock.ts';
import type { LogMark } from '../../disk/logReader.ts';
import { ownFolderOf } from '../../documents/ownFolder.ts';
import { KnownError } from '../../errors.ts';
import {
  formatRefreshEvent,
  mergeRecords,
  type RefreshEvent,
  readRefreshLog,
  type TokenRecord,
  type TokenRecords,
} from '../../model/refreshLog.ts';

export interface RefreshMemoryOptions {
  readonly locks: Pick<FileLocks, 'withFileLocks' | 'isAbandoned'>;
}

/**
 * Of each of the two files. A line has 185 bytes at most, so at least the last 5,600 events of a
 * state dir are known: years of one login that is renewed three times a day.
 */
const MAX_LOG_BYTES = 1024 * 1024;

/** Sets of state dirs whose merged records are kept. */
const MOST_MERGED = 16;

/**
 * What became of refresh tokens, remembered in each state dir that holds them, so that every program
 * of ours knows a spent one again. Only hashes of tokens, never a token.
 */
export class RefreshMemory {
  readonly #options: RefreshMemoryOptions;
  readonly #dirs = new Map<string, DirMemory>();
  readonly #merged = new Map<string, Merged>();

  constructor(options: RefreshMemoryOptions) {
    this.#options = options;
  }

  /**
   * Writes an event down in each of the state dirs; tries all of them whatever fails.
   * When it resolves, it is on stable storage in all.
   * @throws {KnownError} `disk.*`: the first failure.
   */
  async record(stateDirs: readonly string[], event: RefreshEvent): Promise<void> {
    const line = formatRefreshEvent(event);
    const dirs = [...new Set(stateDirs)].map((dir) => this.#dir(dir));
    const results = await Promise.allSettled(dirs.map((dir) => dir.log.append([line])));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /**
   * What the state dirs know of each token, all taken together. Cheap where nothing was appended: then
   * it is the same object as before.
   * @throws {KnownError} `disk.*`: unreadable is not empty.
   */
  async read(stateDirs: readonly string[]): Promise<TokenRecords> {
    const { records, unreadable } = await this.readEach(stateDirs);
    for (const error of unreadable.values()) throw error;
    return records;
  }

  /**
   * {@link read} of those state dirs that can be read, and why the others cannot: what follows from
   * that is the caller's to decide.
   */
  async readEach(stateDirs: readonly string[]): Promise<MemoryRead> {
    const unreadable = new Map<string, KnownError>();
    const read = async (dir: string): Promise<readonly [string, TokenRecords] | undefined> => {
      try {
        return [dir, await this.#dir(dir).read()];
      } catch (error) {
        if (!(error instanceof KnownError)) throw error;
        unreadable.set(dir, error);
        return undefined;
      }
    };
    const all = await Promise.all([...new Set(stateDirs)].sort().map(read));
    const known = all.filter((one) => one !== undefined);
    const parts = known.map(([, part]) => part);
    const key = known.map(([dir]) => dir).join('\0');
    return { records: this.#together(key, parts), unreadable };
  }

  /**
   * What is known to a request or an entry of the state dir `own`, which must be readable; the others
   * where they are.
   * @throws {KnownError} `disk.*`: why `own` cannot be read.
   */
  async readFor(own: string, stateDirs: readonly string[]): Promise<TokenRecords> {
    const { records, unreadable } = await this.readEach([own, ...stateDirs]);
    const error = unreadable.get(own);
    if (error !== undefined) throw error;
    return records;
  }

  #together(key: string, parts: readonly TokenRecords[]): TokenRecords {
    const known = this.#merged.get(key);
    if (known?.parts.every((part, n) => part === parts[n])) return known.records;
    const records = merge(parts);
    if (this.#merged.size >= MOST_MERGED) this.#merged.clear();
    this.#merged.set(key, { parts, records });
    return records;
  }

  #dir(stateDir: string): DirMemory {
    let dir = this.#dirs.get(stateDir);
    if (dir === undefined) {
      const { refreshLog: path } = ownFolderOf(stateDir);
      const { locks } = this.#options;
      dir = new DirMemory(new AppendLog({ path, locks, maxBytes: MAX_LOG_BYTES }));
      this.#dirs.set(stateDir, dir);
    }
    return dir;
  }
}

export interface MemoryRead {
  readonly records: TokenRecords;
  /** State dirs, and why they cannot be read. */
  readonly unreadable: ReadonlyMap<string, KnownError>;
}

interface Merged {
  readonly parts: readonly TokenRecords[];
  readonly records: TokenRecords;
}

function merge(parts: readonly TokenRecords[]): TokenRecords {
  const [first = new Map(), ...rest] = parts;
  if (rest.length === 0) return first;
  const all = new Map<string, TokenRecord>(first);
  for (const part of rest) {
    for (const [token, record] of part) {
      const other = all.get(token);
      all.set(token, other === undefined ? record : mergeRecords(other, record));
    }
  }
  return all;
}

/** The log of one state dir, as far as it was read. */
class DirMemory {
  readonly log: AppendLog;
  #mark: LogMark | undefined;
  #records: TokenRecords = new Map();
  #reading: Promise<TokenRecords> | undefined;

  constructor(log: AppendLog) {
    this.log = log;
  }

  /** One at a time, and each begins after its call: what was recorded before it is in it. */
  read(): Promise<TokenRecords> {
    const before = this.#reading ?? Promise.resolve(this.#records);
    const reading = before.then(
      () => this.#readOn(),
      () => this.#readOn(),
    );
    this.#reading = reading;
    return reading;
  }

  async #readOn(): Promise<TokenRecords> {
    const { text, isWhole, mark } = await this.log.readOn(this.#mark);
    this.#mark = mark;
    if (text !== '' || isWhole) {
      this.#records = readRefreshLog(text, new Map(isWhole ? [] : this.#records));
    }
    return this.#records;
  }
}
