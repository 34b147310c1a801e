import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { AppendLog } from '../../disk/appendLog.ts';
import type { FileLocks } from '../../disk/fileLock.ts';
import { makePrivateFolder } from '../../disk/folder.ts';
import { sweepTemporaryFiles } from '../../disk/temporaryFiles.ts';
import { ownFolderOf } from '../../documents/ownFolder.ts';
import { KnownError } from '../../errors.ts';
import {
  type AuditEntry,
  formatAuditEntry,
  type OwnChange,
  ownChange,
  readAuditTrail,
} from '../../model/auditEntry.ts';
import type { StorePlace } from '../storePlaces.ts';

export interface AuditTrailOptions {
  /** The ones of the process. */
  readonly locks: Pick<FileLocks, 'withFileLocks' | 'isAbandoned'>;
  readonly clock: Clock;
  /** Name and version of the program, as in its locks. */
  readonly app: string;
  readonly places: () => Promise<readonly StorePlace[]>;
  /** Lines of ids and paths. */
  readonly log: (line: string) => void;
}

/** Of each of the two files. A line has some 300 bytes: thousands of changes. */
const MAX_TRAIL_BYTES = 1024 * 1024;

/** Seeing to the trail of others is never worth a long wait. */
const OBSERVER_WAIT_MS = 5_000;

/**
 * Who changed which credential, and when: a bounded file in each state dir, of fingerprints and never
 * a token. A trail that cannot be written stops nothing: that goes to the log.
 */
export class AuditTrail {
  readonly #options: AuditTrailOptions;
  readonly #logs = new Map<string, AppendLog>();
  #writing: Promise<void> = Promise.resolve();

  constructor(options: AuditTrailOptions) {
    this.#options = options;
  }

  /** For `VaultOptions.onCommit`: writes a change of ours down, after those before it. Never throws. */
  committed(change: OwnChange & { readonly storePath: string }): void {
    const { clock, app, log } = this.#options;
    const { storePath } = change;
    const at = clock.now();
    const actor = { kind: 'us', pid: process.pid, app } as const;
    this.#writing = this.#writing.then(async () => {
      try {
        const places = (await this.#options.places()).filter((one) => one.storePath === storePath);
        if (places.length === 0) log(`${storePath}: of no agent: not in the audit trail`);
        for (const { stateDir, agentId } of places) {
          await this.record(stateDir, ownChange(change, { at, actor, agentId, storePath }));
        }
      } catch (error) {
        this.#tell(storePath, error);
      }
    });
  }

  /** Resolves when every change of ours so far is written down, or given up. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /**
   * Durable once resolved.
   * @throws {KnownError} `disk.*`
   */
  async record(stateDir: string, entry: AuditEntry): Promise<void> {
    await this.#log(stateDir).append([formatAuditEntry(entry)]);
  }

  /**
   * Writes down what was seen of others, once, although several windows see the same: `judge` gets
   * what the trail says and returns what is missing, while all other observers wait.
   * @throws {KnownError} `disk.*`, `lock.*`
   * @throws {Cancelled} by `signal`, or if other observers took too long.
   */
  async observe(
    stateDir: string,
    judge: (known: readonly AuditEntry[]) => Promise<readonly AuditEntry[]>,
    signal?: AbortSignal,
  ): Promise<void> {
    const { locks } = this.#options;
    const { path: folder } = ownFolderOf(stateDir);
    // Most of what is seen is ours: then there is nothing to lock, and no folder to make.
    if ((await judge(await this.read(stateDir))).length === 0) return;
    await makePrivateFolder(folder);
    const target = join(await realpath(folder), OBSERVER);
    const timeout = AbortSignal.timeout(OBSERVER_WAIT_MS);
    const wait = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    await locks.withFileLocks([target], { signal: wait }, async () => {
      await sweepTemporaryFiles(target, (temporary) => locks.isAbandoned(temporary));
      const missing = await judge(await this.read(stateDir));
      await this.#log(stateDir).append(missing.map(formatAuditEntry));
    });
  }

  /**
   * All that is kept, oldest first.
   * @throws {KnownError} `disk.*`: unreadable is not empty.
   */
  async read(stateDir: string): Promise<readonly AuditEntry[]> {
    return readAuditTrail(await this.#log(stateDir).read());
  }

  #log(stateDir: string): AppendLog {
    let log = this.#logs.get(stateDir);
    if (log === undefined) {
      const { auditTrail: path } = ownFolderOf(stateDir);
      log = new AppendLog({ path, locks: this.#options.locks, maxBytes: MAX_TRAIL_BYTES });
      this.#logs.set(stateDir, log);
    }
    return log;
  }

  #tell(storePath: string, error: unknown): void {
    const code = error instanceof KnownError ? error.code : 'unexpected failure';
    this.#options.log(`${storePath}: could not be written to the audit trail: ${code}`);
  }
}

/** Only its lock is ever there: `<name>.lock`. The trail's own is for moving a full file aside. */
const OBSERVER = 'audit-observer';
