import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Clock, throwIfCancelled } from '../clock.ts';
import { KnownError } from '../errors.ts';
import { callsIn } from './callsIn.ts';
import type { Checkpoint } from './checkpoint.ts';
import { asDiskError } from './diskError.ts';
import type { FileCalls } from './fileCalls.ts';
import { type HeldFile, Hold } from './hold.ts';
import { isSameSighting, LockFile, lookAtLock, removeLock, type SeenLock } from './lockFile.ts';
import {
  describeThisProcess,
  ownerLiveness,
  type PidReach,
  pidReachIn,
  type ThisProcess,
} from './lockOwner.ts';
import { formatLockPayload, holderOf, type LockPayload } from './lockPayload.ts';
import { LockQueue } from './lockQueue.ts';
import { judgeLock, type LockVerdict, type StaleTimes } from './staleLock.ts';

/** All in milliseconds. */
export interface LockTimes extends StaleTimes {
  /** For how long a caller waits for its lock. CoderClaw 2026.3.21 gives up after 43 to 53 s. */
  readonly waitMs: number;
  /** For how long a task may hold it; then it is lost to the task. */
  readonly holdMs: number;
  readonly heartbeatMs: number;
}

export const LOCK_TIMES: LockTimes = {
  waitMs: 35_000,
  holdMs: 20_000,
  heartbeatMs: 5_000,
  staleMs: 30_000,
  confirmMs: 6_000,
};

export interface FileLocksOptions {
  /** Program and version, for people who look into a lock file. */
  readonly app: string;
  readonly clock: Clock;
  readonly times?: Partial<LockTimes>;
  readonly checkpoint?: Checkpoint;
  /** What pids mean in a folder; found out by itself unless given. */
  readonly pidReach?: (folder: string) => Promise<PidReach>;
  /** How to make system calls in a folder; found out by itself unless given. */
  readonly calls?: (folder: string) => Promise<FileCalls>;
}

export interface LockOptions {
  /** Ends the waiting, not the task. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Which pid the lock shows: ours where the others in the folder can find us by it, else none; or ours
   * in any case. For the list of sessions CoderClaw 2026.3.21 takes a lock without a pid for dead, for
   * an auth store it only skips the test.
   */
  readonly pid?: 'ifReachable' | 'always';
}

/** What a task gets while it holds its locks. */
export interface HeldLock {
  /** @throws {KnownError} `lock.lost` if one of the locks is no longer ours. */
  proveOwnership(): Promise<void>;
  /** Aborts when a lock is found lost or has been held for too long: stop, nothing can be written. */
  readonly signal: AbortSignal;
}

/** Of several locks, those already held keep others waiting while one more is waited for: only so long. */
const ALONG_MS = 250;
/** A pause in which we did not look (a suspended machine) counts for no more than this. */
const LONGEST_GLANCE_MS = 1_000;
const FIRST_RETRY_MS = 4;
const LONGEST_RETRY_MS = 50;

/**
 * Locks files against CoderClaw, other windows and other callers in this process, by the file
 * `<target>.lock` as CoderClaw 2026.3.21 does (same name, same meaning of `pid`, `createdAt` and
 * mtime), with what that lacks: it is published whole, kept fresh by a heartbeat, taken over only by
 * a checked rename, and its holder can prove that it still has it.
 */
export class FileLocks {
  readonly #options: FileLocksOptions;
  readonly #times: LockTimes;
  readonly #self: ThisProcess = describeThisProcess();
  readonly #queue = new LockQueue();
  readonly #reach = new Map<string, Promise<PidReach>>();
  readonly #holding = new AsyncLocalStorage<{ readonly paths: readonly string[]; over: boolean }>();

  constructor(options: FileLocksOptions) {
    this.#options = options;
    this.#times = { ...LOCK_TIMES, ...options.times };
  }

  /** {@link withFileLocks} for one file. */
  withFileLock<T>(
    target: string,
    options: LockOptions,
    task: (held: HeldLock) => Promise<T>,
  ): Promise<T> {
    return this.withFileLocks([target], options, task);
  }

  /**
   * Runs `task` while holding the locks of all `targets` (absolute paths in folders that exist, each
   * with its folder resolved by `realpath`, so that all programs sort them alike). `signal` ends the
   * waiting, not the task. Not re-entrant: asking again for a lock inside its own task throws.
   *
   * @throws {KnownError} `lock.busy` if they were not free within the waiting time; `lock.lost` if
   * the task took longer than locks may be held (it may still be running then, but can prove
   * ownership no more); `disk.full`, `disk.readOnly`, `disk.failed`.
   * @throws {Cancelled}
   */
  async withFileLocks<T>(
    targets: readonly string[],
    { signal, pid = 'ifReachable' }: LockOptions,
    task: (held: HeldLock) => Promise<T>,
  ): Promise<T> {
    const paths = [...new Set(targets.map((target) => `${target}.lock`))].sort();
    const outer = this.#holding.getStore();
    const again =
      outer?.over === false ? paths.find((path) => outer.paths.includes(path)) : undefined;
    if (again !== undefined) throw new Error(`already held by the caller: ${again}`);

    const hold = await this.#acquireAll(paths, new Wait(this.#times.waitMs, signal), pid);
    const context = { paths, over: false };
    try {
      await this.#options.checkpoint?.('lock.held');
      return await hold.run(() => this.#holding.run(context, () => task(hold)));
    } finally {
      context.over = true;
      await hold.end();
      await this.#options.checkpoint?.('lock.released');
    }
  }

  /** Whether the maker of a lock's temporary file is dead, or left it long ago. */
  async isAbandoned(temporary: string): Promise<boolean> {
    const seen = await lookAtLock(temporary, await this.#callsAt(temporary));
    if (seen === undefined) return false;
    // Somebody who still needs it publishes another, so here its age alone is enough.
    const verdict = await this.#judge(temporary, seen, this.#times.confirmMs + 1);
    return verdict !== 'held';
  }

  /**
   * The one that kept us waiting is waited for first the next time, with nothing else in our hands. No
   * two callers can wait for each other for longer than {@link ALONG_MS}, in whatever order they come.
   */
  async #acquireAll(paths: readonly string[], wait: Wait, shows: ShownPid): Promise<Hold> {
    const watches = new Map(paths.map((path) => [path, new Watch()]));
    for (let order = paths; ; ) {
      const hold = new Hold(this.#options.clock, this.#times, this.#options.checkpoint);
      let next = order[0] ?? '';
      try {
        for (const path of order) {
          const isFirst = path === next;
          next = path;
          const until = isFirst ? wait.end : performance.now() + jittered(ALONG_MS);
          const watch = watches.get(path) ?? new Watch();
          const end = Math.min(wait.end, until);
          hold.add(await this.#acquire(path, watch, wait, end, shows));
        }
        return hold;
      } catch (error) {
        await hold.end();
        const isOnlyForNow = error instanceof KnownError && error.code === 'lock.busy';
        if (!isOnlyForNow || wait.leftMs() === 0) throw error;
        const busy = next;
        order = [busy, ...paths.filter((path) => path !== busy)];
        await this.#options.clock.sleep(jittered(FIRST_RETRY_MS), wait.signal);
      }
    }
  }

  /** The turn in this process and the lock file, or `lock.busy` at `until`. */
  async #acquire(
    path: string,
    watch: Watch,
    wait: Wait,
    until: number,
    shows: ShownPid,
  ): Promise<HeldFile> {
    const { clock } = this.#options;
    const leftMs = Math.max(0, until - performance.now());
    const pass = await this.#queue.takeTurn(path, leftMs, clock, wait.signal);
    if (pass === undefined) {
      throw busy(path, wait, { pid: this.#self.pid, app: this.#options.app });
    }
    try {
      return { ...(await this.#acquireFile(path, watch, wait, until, shows)), pass };
    } catch (error) {
      pass();
      throw error;
    }
  }

  async #acquireFile(
    path: string,
    watch: Watch,
    wait: Wait,
    until: number,
    shows: ShownPid,
  ): Promise<Omit<HeldFile, 'pass'>> {
    const { clock, checkpoint } = this.#options;
    const calls = await this.#callsAt(path);
    let retryMs = FIRST_RETRY_MS;
    for (;;) {
      throwIfCancelled(wait.signal);
      let seen: SeenLock | undefined;
      try {
        seen = await lookAtLock(path, calls);
        if (seen === undefined) {
          const textAt = await this.#payloadOf(path, shows);
          const file = await LockFile.publish(path, textAt(clock.now()), checkpoint, calls);
          if (file !== undefined) return { file, textAt };
        } else if ((await this.#judge(path, seen, watch.look(seen))) !== 'held') {
          if (await this.#takeOver(path, seen, calls)) continue;
        }
      } catch (error) {
        throw asDiskError(error, path);
      }
      if (performance.now() >= until) throw busy(path, wait, seen && holderOf(seen.payload));
      await clock.sleep(jittered(retryMs), wait.signal);
      retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 1.5);
    }
  }

  /** @returns whether the way is free now. */
  async #takeOver(path: string, judged: SeenLock, calls: FileCalls): Promise<boolean> {
    // Many waiters come to the same judgement at once; a last look spares most of them the detour.
    const now = await lookAtLock(path, calls);
    if (now === undefined) return true;
    if (!isSameSighting(now, judged)) return false;
    return await removeLock(
      path,
      (seen) => isSameSighting(seen, judged),
      () => this.#options.checkpoint?.('lock.aside'),
      calls,
    );
  }

  async #judge(path: string, seen: SeenLock, watchedMs: number): Promise<LockVerdict> {
    const { payload, isForeign } = seen;
    const owner = ownerLiveness(payload, this.#self, await this.#reachOf(path));
    const mtime = Number(seen.mtimeNs / 1_000_000n);
    const evidence = { payload, mtime, isForeign, owner, watchedMs };
    return judgeLock(evidence, this.#options.clock.now(), this.#times);
  }

  async #payloadOf(path: string, shows: ShownPid): Promise<(now: number) => string> {
    const { sameNamespace, sameUser } = await this.#reachOf(path);
    const { pid, namespace } = this.#self;
    const payload: Omit<Required<LockPayload>, 'createdAt'> = {
      // CoderClaw would not find our process under this pid, and would take a living lock for dead.
      pid: shows === 'always' || (sameNamespace && sameUser) ? pid : 0,
      nonce: randomBytes(16).toString('hex'),
      app: this.#options.app,
      owner: { pid, namespace },
    };
    return (now) => formatLockPayload({ ...payload, createdAt: now });
  }

  #callsAt(path: string): Promise<FileCalls> {
    return (this.#options.calls ?? callsIn)(dirname(path));
  }

  #reachOf(path: string): Promise<PidReach> {
    const folder = dirname(path);
    let reach = this.#reach.get(folder);
    if (reach === undefined) {
      reach = (this.#options.pidReach ?? pidReachIn)(folder);
      this.#reach.set(folder, reach);
      reach.catch(() => this.#reach.delete(folder));
    }
    return reach;
  }
}

type ShownPid = Required<LockOptions>['pid'];

/** How much longer a caller is willing to wait, by the steady clock. */
class Wait {
  readonly signal: AbortSignal | undefined;
  readonly #start = performance.now();
  readonly end: number;

  constructor(waitMs: number, signal: AbortSignal | undefined) {
    this.signal = signal;
    this.end = this.#start + waitMs;
  }

  leftMs(): number {
    return Math.max(0, this.end - performance.now());
  }

  soFarMs(): number {
    return Math.round(performance.now() - this.#start);
  }
}

/** For how long a lock has not moved, as far as we were awake to see it. */
class Watch {
  #seen: SeenLock | undefined;
  #at = 0;
  #unchangedMs = 0;

  look(seen: SeenLock): number {
    const now = performance.now();
    const isSame = this.#seen !== undefined && isSameSighting(this.#seen, seen);
    this.#unchangedMs = isSame
      ? this.#unchangedMs + Math.min(LONGEST_GLANCE_MS, now - this.#at)
      : 0;
    this.#seen = seen;
    this.#at = now;
    return this.#unchangedMs;
  }
}

function busy(
  path: string,
  wait: Wait,
  holder: ReturnType<typeof holderOf> | undefined,
): KnownError {
  return new KnownError('lock.busy', {
    path,
    waitedMs: wait.soFarMs(),
    ...(holder !== undefined && { holder }),
  });
}

function jittered(ms: number): number {
  return ms * (0.5 + Math.random());
}
