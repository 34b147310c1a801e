import type { Clock } from '../clock.ts';
import { AppendLog } from '../disk/appendLog.ts';
import type { FileLocks } from '../disk/fileLock.ts';
import type { LogMark } from '../disk/logReader.ts';
import type { JsonObject } from '../documents/json.ts';
import { ownFolderOf } from '../documents/ownFolder.ts';
import { KnownError } from '../errors.ts';
import {
  formatTokenEnd,
  readTokenEnds,
  type TokenEnd,
  type TokenEnds,
} from '../model/tokenEnds.ts';
import { expectedLifetime } from '../signin/secrets/setupToken.ts';
import { loginHash } from './entryHash.ts';

export interface TokenEndFilesOptions {
  readonly locks: Pick<FileLocks, 'withFileLocks' | 'isAbandoned'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Lines of paths and codes. */
  readonly log: (line: string) => void;
}

/** Of each of the two files. A line has 120 bytes: at least the last 500 tokens are known. */
const MAX_BYTES = 64 * 1024;

/**
 * When tokens were pasted that carry no end of their own, remembered in each state dir that holds them
 * so that people can be reminded. Only hashes of tokens, never a token.
 */
export class TokenEndFiles {
  readonly #options: TokenEndFilesOptions;
  readonly #dirs = new Map<string, DirEnds>();

  constructor(options: TokenEndFilesOptions) {
    this.#options = options;
  }

  /**
   * Notes that a credential has just been stored, if it is a token whose end can only be expected. One
   * that is known already is as old as it was. What cannot be written is a line in the log: nobody
   * loses a token by it.
   */
  async stored(stateDir: string, credential: JsonObject): Promise<void> {
    const lifetime = expectedLifetime(credential);
    const token = loginHash(credential);
    if (lifetime === undefined || token === null) return;
    const at = this.#options.clock.now();
    try {
      const dir = this.#dir(stateDir);
      if ((await dir.read()).has(token)) return;
      await dir.log.append([formatTokenEnd(token, { at, end: at + lifetime })]);
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      this.#options.log(`${stateDir}: when a token ends was not noted: ${error.code}`);
    }
  }

  /**
   * What the state dirs know of each token, all taken together.
   * @throws {KnownError} `disk.*`
   */
  async read(stateDirs: readonly string[]): Promise<TokenEnds> {
    const all = new Map<string, TokenEnd>();
    for (const dir of stateDirs) {
      for (const [token, one] of await this.#dir(dir).read()) {
        if (one.at < (all.get(token)?.at ?? Infinity)) all.set(token, one);
      }
    }
    return all;
  }

  #dir(stateDir: string): DirEnds {
    let dir = this.#dirs.get(stateDir);
    if (dir === undefined) {
      const { tokenEnds: path } = ownFolderOf(stateDir);
      dir = new DirEnds(new AppendLog({ path, locks: this.#options.locks, maxBytes: MAX_BYTES }));
      this.#dirs.set(stateDir, dir);
    }
    return dir;
  }
}

/** The file of one state dir, as far as it was read. */
class DirEnds {
  readonly log: AppendLog;
  #mark: LogMark | undefined;
  #ends: TokenEnds = new Map();

  constructor(log: AppendLog) {
    this.log = log;
  }

  async read(): Promise<TokenEnds> {
    const { text, isWhole, mark } = await this.log.readOn(this.#mark);
    this.#mark = mark;
    this.#ends = readTokenEnds(text, new Map(isWhole ? [] : this.#ends));
    return this.#ends;
  }
}
