import { lstat } from 'node:fs/promises';
import { type Clock, throwIfCancelled } from '../clock.ts';
import type { Journal } from '../custody/journal/journal.ts';
import { SessionService } from '../custody/sessionService.ts';
import { placesIn } from '../custody/storePlaces.ts';
import { asDiskError } from '../disk/diskError.ts';
import { lookAtLock, type SeenLock } from '../disk/lockFile.ts';
import { holderOf } from '../disk/lockPayload.ts';
import { narrowMode } from '../disk/narrowMode.ts';
import { KnownError } from '../errors.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { redact } from '../redact.ts';
import { isOwnerDead } from './checks/locks.ts';
import type { Finding, FindingCode } from './finding.ts';
import type { PlannedChange } from './plannedChange.ts';
import { Rehearsal, type RepairVault } from './rehearsal.ts';
import { importOlder } from './repairs/importOlder.ts';
import { inherit } from './repairs/inherit.ts';
import { milliseconds } from './repairs/milliseconds.ts';
import { narrow } from './repairs/narrow.ts';
import { releaseLock } from './repairs/releaseLock.ts';
import { removeGhosts } from './repairs/removeGhosts.ts';
import type { Bench, Repair, RepairDisk } from './repairs/repair.ts';
import { correctConfig, showHidden } from './repairs/show.ts';
import { unpin } from './repairs/unpin.ts';

const REPAIRS: { readonly [C in FindingCode]?: Repair<C> } = {
  'legacy.pending': importOlder,
  'file.loose': narrow,
  'lock.stale': releaseLock,
  'order.ghosts': removeGhosts,
  'sessions.stalePins': unpin,
  'profile.hidden': showHidden,
  'profile.configDisagrees': correctConfig,
  'expiry.inSeconds': milliseconds,
  'login.twins': inherit,
};

export interface RepairsParts {
  readonly vault: RepairVault;
  readonly journal?: Pick<Journal, 'open'>;
  readonly clock: Clock;
  /** The Snapshot of the moment. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Lines of ids, paths and codes. */
  readonly log: (line: string) => void;
}

/** What can be done about findings: told before it is done, and done through the vault. */
export class Repairs {
  readonly #parts: RepairsParts;

  constructor(parts: RepairsParts) {
    this.#parts = parts;
  }

  /**
   * What {@link make} would change at this moment, with secrets masked; nothing where it is mended already.
   * Takes no lock, writes nothing.
   * @throws {KnownError} as {@link make}, as far as that shows without a lock.
   * @throws {Cancelled}
   */
  async preview(finding: Finding, signal?: AbortSignal): Promise<readonly PlannedChange[]> {
    throwIfCancelled(signal);
    const { clock, snapshot } = this.#parts;
    const rehearsal = new Rehearsal(clock);
    const disk = rehearsedDisk(rehearsal, clock);
    await run(finding, this.#bench(rehearsal, disk, await snapshot(), 'rehearsed'), signal);
    return rehearsal.changes;
  }

  /**
   * Mends what was found. What it comes to is decided on what stands there now: what somebody has changed
   * since is respected, and what is not so any more is left as it is.
   * @throws {KnownError} `store.*`, `config.*`, `sessions.*`, `lock.*`, `disk.*`, `agent.gone`,
   * `profile.gone`, `profile.changed`, `legacy.unreadable`
   * @throws {Cancelled} nothing has changed.
   */
  async make(finding: Finding, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const { vault, clock, snapshot, log } = this.#parts;
    const disk = realDisk(vault, clock, signal);
    await run(finding, this.#bench(vault, disk, await snapshot(), 'real'), signal);
    log(`${finding.where.path ?? finding.where.stateDir ?? ''}: mended ${finding.code}`);
  }

  /** Only what is really done is noted in the journal and the log. */
  #bench(
    vault: RepairVault,
    disk: RepairDisk,
    snapshot: Snapshot,
    how: 'real' | 'rehearsed',
  ): Bench {
    const { clock, journal } = this.#parts;
    const log = how === 'real' ? this.#parts.log : () => {};
    const places = async () => placesIn(snapshot);
    const noting = how === 'real' && journal !== undefined ? { journal } : {};
    const orders = { vault, clock, log, places, ...noting };
    const sessions = new SessionService({ vault, clock, log });
    return { vault, orders, sessions, disk, snapshot };
  }
}

/** Whether something can be done about a finding of this kind at all. */
export function hasRepair(code: FindingCode): boolean {
  return REPAIRS[code] !== undefined;
}

async function run(finding: Finding, bench: Bench, signal: AbortSignal | undefined): Promise<void> {
  // The table pairs each code with the repair for its facts.
  const repair = REPAIRS[finding.code] as Repair<FindingCode> | undefined;
  if (repair === undefined) throw new Error(`there is no repair for ${finding.code}`);
  await repair(finding, bench, signal);
}

function realDisk(vault: RepairVault, clock: Clock, signal: AbortSignal | undefined): RepairDisk {
  return {
    narrow: narrowMode,
    async release(path, target) {
      if ((await leftBehind(path, clock)) === undefined) return;
      await vault.withStores([target], signal ? { signal } : {}, async () => {});
    },
  };
}

function rehearsedDisk(rehearsal: Rehearsal, clock: Clock): RepairDisk {
  return {
    async narrow(path, { wanted }) {
      try {
        const before = (await lstat(path)).mode & 0o777;
        if ((before & ~wanted) === 0) return;
        rehearsal.note({ kind: 'mode', path, before, after: before & wanted });
      } catch (error) {
        throw asDiskError(error, path);
      }
    },
    async release(path) {
      const lock = await leftBehind(path, clock);
      if (lock !== undefined) {
        // Anybody can have written it.
        rehearsal.note({ kind: 'removed', path, before: redact(lock.text) });
      }
    },
  };
}

/** A lock that any writer would take over now; undefined where there is none. */
async function leftBehind(path: string, clock: Clock): Promise<SeenLock | undefined> {
  const lock = await lookAtLock(path);
  if (lock === undefined || (await isOwnerDead(path, lock, clock.now()))) return lock;
  throw new KnownError('lock.busy', { path, waitedMs: 0, holder: holderOf(lock.payload) });
}
