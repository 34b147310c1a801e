import type { Clock } from '../clock.ts';
import { FileLocks } from '../disk/fileLock.ts';
import { KnownError } from '../errors.ts';
import type { Reads } from '../model/reads.ts';
import type { RenewableLogin } from '../model/refreshDue.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { AddedSignIn } from '../signin/addedSignIns.ts';
import type { Environment } from '../signin/endpoints.ts';
import { refreshGrants } from '../signin/refreshGrants.ts';
import { AuditObserver } from './audit/auditObserver.ts';
import { AuditTrail } from './audit/auditTrail.ts';
import { LockHolders } from './audit/lockHolders.ts';
import { Journal } from './journal/journal.ts';
import { Refresher, type RefreshRequest, type RefreshResult } from './refresh/refresher.ts';
import { RefreshMemory } from './refresh/refreshMemory.ts';
import { type KeepFresh, Schedule } from './refresh/schedule.ts';
import type { RepairReport } from './repair/guard.ts';
import { knowledgeOf } from './repair/tokenKnowledge.ts';
import { Upkeep, type UpkeepNotice } from './repair/upkeep.ts';
import { placesIn, type StorePlace } from './storePlaces.ts';
import { TokenEndFiles } from './tokenEnds.ts';
import { type StoreChange, Vault } from './vault.ts';

export interface CustodyOptions {
  /** Name and version of the program, for its locks and the audit trail. */
  readonly app: string;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** Of the host's process: it alone may move endpoints. */
  readonly environment: Environment;
  /** Lines of ids, paths and codes. */
  readonly log: (line: string) => void;
  /** The Snapshot of the moment. */
  readonly snapshot: () => Promise<Snapshot>;
  /** A way to sign in that another extension added. */
  readonly addedSignIn: (provider: string) => AddedSignIn | undefined;
  readonly keepFresh: () => KeepFresh;
  /** Told what a refresh came to that nobody asked for. */
  readonly onRefreshed: (login: RenewableLogin, result: RefreshResult) => void;
  /** Told of what another program undid. */
  readonly onRepair: (report: Pick<RepairReport, 'storePath' | 'outcome'>) => void;
  /** Told of what is safe in the journal, and cannot be stored now; once for each. */
  readonly onWaiting: (notice: Extract<UpkeepNotice, { kind: 'waiting' }>) => void;
  /** Told of a sign-in that only a person can store. */
  readonly onHomeless?: (notice: Extract<UpkeepNotice, { kind: 'homeless' }>) => void;
  /** Told of what has been said to wait, or could have been, and does not any more. */
  readonly onSettled?: (notice: Pick<UpkeepNotice, 'profileId' | 'storePath'>) => void;
}

/**
 * All that takes care of credentials, built once for a process and given the same locks, journal and
 * memory: the vault and those who write through it.
 */
export class Custody {
  readonly vault: Vault;
  readonly trail: AuditTrail;
  /** For those who receive something or remove something: the upkeep hears of each entry. */
  readonly journal: Pick<Journal, 'open' | 'entries' | 'drop'>;
  /** For those who store pasted tokens. */
  readonly tokenEnds: TokenEndFiles;
  /** Every place where a login may stand at this moment. */
  readonly places: () => Promise<readonly StorePlace[]>;
  /** Whether it is known how a provider (normalized id) renews its logins. */
  readonly renews: (provider: string) => Promise<boolean>;
  readonly #options: CustodyOptions;
  readonly #refresher: Refresher;
  readonly #upkeep: Upkeep;
  readonly #schedule: Schedule;
  readonly #observer: AuditObserver;
  readonly #watching = new Set<(change: StoreChange) => void>();

  constructor(options: CustodyOptions) {
    const { app, clock, log, environment, addedSignIn, onRepair } = options;
    this.#options = options;
    const places = async () => placesIn(await options.snapshot());
    const locks = new FileLocks({ app, clock });
    const journal = new Journal({ clock, log });
    const memory = new RefreshMemory({ locks });
    const tokenEnds = new TokenEndFiles({ locks, clock, log });
    const trail = new AuditTrail({ locks, clock, app, places, log });
    const vault = new Vault({
      locks,
      clock,
      log,
      onCommit: (change) => {
        trail.committed(change);
        for (const told of this.#watching) told(change);
      },
      onRepair,
      ...knowledgeOf(journal, memory, places),
    });
    const grant = refreshGrants(environment, addedSignIn);
    const heardOf = {
      open: async (...entry: Parameters<Journal['open']>) => {
        const slot = await journal.open(...entry);
        this.#upkeep.hint();
        return slot;
      },
      entries: journal.entries.bind(journal),
      drop: journal.drop.bind(journal),
    };
    const refresher = new Refresher({
      vault,
      journal: heardOf,
      memory,
      places,
      grant,
      services: { fetch: options.fetch, clock },
      log,
    });
    this.#upkeep = new Upkeep({
      vault,
      journal,
      memory,
      tokenEnds,
      refresher,
      places,
      configs: async () => (await options.snapshot()).stateDirs.map(({ config }) => config.path),
      clock,
      log,
      rotates: async (provider) => (await grant(provider))?.rotates ?? true,
      look: options.snapshot,
      tell: (notice) => tell(notice, options),
    });
    this.renews = async (provider) => (await grant(provider)) !== undefined;
    this.#schedule = new Schedule({
      refresh: (request) => refresher.refresh(request),
      renews: this.renews,
      clock,
      log,
      mode: options.keepFresh,
      onResult: options.onRefreshed,
    });
    this.#observer = new AuditObserver({
      trail,
      holders: new LockHolders({ app, now: () => clock.now() }),
      clock,
      refreshes: (stateDir) => memory.read([stateDir]),
      log,
    });
    this.#refresher = refresher;
    this.vault = vault;
    this.trail = trail;
    this.tokenEnds = tokenEnds;
    this.journal = heardOf;
    this.places = places;
  }

  /** Takes up what earlier processes left; resolves after a first look at everything. Never rejects. */
  start(): Promise<void> {
    return this.#upkeep.start();
  }

  /** To be called with every Snapshot. */
  update(snapshot: Snapshot): void {
    this.#schedule.update(snapshot);
  }

  /** For `LiveSnapshotOptions.onReads`: an old copy can come back without a Snapshot that differs. */
  saw(reads: Reads): void {
    this.#observer.saw(reads);
    this.#upkeep.hint();
  }

  /** The machine may have slept, or a setting may have changed. */
  wake(): void {
    this.#schedule.wake();
    this.#upkeep.hint();
  }

  /** @throws as `Refresher.refresh`. */
  refresh(request: RefreshRequest, signal?: AbortSignal): Promise<RefreshResult> {
    return this.#refresher.refresh(request, signal);
  }

  /**
   * Tells of every commit of this process to a store, as soon as it is durable. It holds secrets.
   * @returns ends it.
   */
  watchCommits(told: (change: StoreChange) => void): () => void {
    this.#watching.add(told);
    return () => this.#watching.delete(told);
  }

  /**
   * After a sign-in: where the same profile stands in other stores and its login was refused, it takes
   * the new one over. Never another person's, and nothing is sent. Never rejects.
   */
  async adoptElsewhere(profileId: string): Promise<void> {
    const { stateDirs } = await this.#options.snapshot();
    for (const { path: stateDir, agents } of stateDirs) {
      for (const { id: agentId, store, providers } of agents) {
        const isDead = providers
          .flatMap(({ profiles }) => profiles)
          .some(({ id, origin, state }) => {
            return id === profileId && origin === 'own' && state.kind === 'dead';
          });
        if (!isDead) continue;
        const place = { stateDir, agentId, storePath: store.path };
        await this.#refresher.refresh({ place, profileId }).catch((error: unknown) => {
          const why = error instanceof KnownError ? error.code : 'unexpected failure';
          this.#options.log(`${store.path}: ${profileId} was not taken over: ${why}`);
        });
      }
    }
  }

  /** Begins nothing more; resolves when what was sent has been answered and written down. */
  async finish(): Promise<void> {
    this.#schedule.dispose();
    await this.#refresher.dispose();
    await this.trail.settled();
  }

  dispose(): void {
    this.#schedule.dispose();
    this.#upkeep.dispose();
    this.#observer.dispose();
    this.vault.dispose();
  }
}

/** What was left to do and is done now, as it was meant, is no news. */
function tell(notice: UpkeepNotice, options: CustodyOptions): void {
  const { onRepair, onWaiting, onSettled, onHomeless } = options;
  if (notice.kind === 'waiting') onWaiting(notice);
  else onSettled?.(notice);
  if (notice.kind === 'homeless') onHomeless?.(notice);
  if (notice.kind === 'repaired') onRepair({ storePath: notice.storePath, outcome: 'repaired' });
}
