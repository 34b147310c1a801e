import { DirectoryWatcher } from '../disk/directoryWatcher.ts';
import { ownFolderOf } from '../documents/ownFolder.ts';
import type { AuditEntry } from '../model/auditEntry.ts';
import { type Histories, historiesOf } from './history.ts';

export interface HistoryFeedOptions {
  /** Reads the audit trail of a state folder, oldest first. */
  readonly read: (stateDir: string) => Promise<readonly AuditEntry[]>;
  /** Something else is known. */
  readonly onChange: () => void;
  /** A trail could not be read: told once for each failure in a row. */
  readonly onFault: (stateDir: string, error: unknown) => void;
}

/**
 * What the audit trails tell of profiles, for as long as it is watched: read at once, and again when a
 * trail changes. With nothing watched, nothing runs.
 */
export class HistoryFeed {
  readonly #options: HistoryFeedOptions;
  readonly #watcher: DirectoryWatcher;
  readonly #byDir = new Map<string, Histories>();
  readonly #faulty = new Set<string>();
  #watched: readonly string[] = [];
  /** How many reads have begun. */
  #begun = 0;
  /** By state folder: the turn of the read that is known of it. */
  readonly #known = new Map<string, number>();

  constructor(options: HistoryFeedOptions) {
    this.#options = options;
    this.#watcher = new DirectoryWatcher({
      onHint: (folder) => {
        for (const dir of this.#watched) if (ownFolderOf(dir).path === folder) void this.#read(dir);
      },
    });
  }

  /** Of every state folder that was read. Empty where nothing is known. */
  get histories(): Histories {
    return new Map([...this.#byDir.values()].flatMap((histories) => [...histories]));
  }

  /** A trail of those that are watched could not be read. */
  get hasFault(): boolean {
    return this.#watched.some((dir) => this.#faulty.has(dir));
  }

  /**
   * Follows the trails of exactly these state folders from now on; absolute paths. What was known of others
   * is kept, for when they are watched again.
   */
  async watch(stateDirs: readonly string[]): Promise<void> {
    const added = stateDirs.filter((dir) => !this.#watched.includes(dir));
    this.#watched = stateDirs;
    // First watched, then read: nothing falls between the two.
    await this.#watcher.watch(stateDirs.map((dir) => ownFolderOf(dir).path));
    await Promise.all(added.map((dir) => this.#read(dir)));
  }

  dispose(): void {
    this.#watched = [];
    this.#watcher.dispose();
  }

  async #read(stateDir: string): Promise<void> {
    this.#begun += 1;
    const turn = this.#begun;
    // A slow read is no news once one that began after it has ended.
    const isOld = (): boolean => {
      if (turn < (this.#known.get(stateDir) ?? 0)) return true;
      this.#known.set(stateDir, turn);
      return false;
    };
    try {
      const histories = historiesOf(await this.#options.read(stateDir));
      if (isOld()) return;
      this.#byDir.set(stateDir, histories);
      this.#faulty.delete(stateDir);
    } catch (error) {
      if (isOld()) return;
      if (!this.#faulty.has(stateDir)) this.#options.onFault(stateDir, error);
      this.#faulty.add(stateDir);
    }
    this.#options.onChange();
  }
}
