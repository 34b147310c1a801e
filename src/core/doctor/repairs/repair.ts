import type { ProfileOrderParts } from '../../custody/profileOrder.ts';
import type { AgentFiles } from '../../custody/profileService.ts';
import type { SessionService } from '../../custody/sessionService.ts';
import { MAIN_AGENT_ID } from '../../documents/agentIds.ts';
import { KnownError } from '../../errors.ts';
import type { Snapshot, StateDirSnapshot, StoreSnapshot } from '../../model/snapshot.ts';
import type { FindingCode, FindingOf, FindingPlace } from '../finding.ts';
import type { RepairVault } from '../rehearsal.ts';

/**
 * With what repairs work: the services that everything else here uses too, so that nothing but these writes.
 * For a preview they stand on a vault that writes nothing.
 */
export interface Bench {
  readonly vault: RepairVault;
  readonly sessions: Pick<SessionService, 'unpin'>;
  /** For those of `custody/` that change orders and what the config lists. */
  readonly orders: ProfileOrderParts;
  readonly disk: RepairDisk;
  /** The Snapshot of the moment. */
  readonly snapshot: Snapshot;
}

/** What repairs do to files otherwise than by what is in them. */
export interface RepairDisk {
  /** As `narrowMode`. */
  narrow(
    path: string,
    options: { readonly isFolder: boolean; readonly wanted: number },
  ): Promise<void>;
  /**
   * Removes a lock (`path`) of `target` that was left behind by a process that is gone: takes it over, as any
   * writer does, and lets go of it. Nothing to do where none is there (any more).
   * @throws {KnownError} `lock.busy` where its owner is not certainly dead now.
   */
  release(path: string, target: string): Promise<void>;
}

/**
 * Mends what was found, as it stands at this moment: what is not so any more is left as it is.
 * @throws {KnownError}
 */
export type Repair<C extends FindingCode> = (
  finding: FindingOf<C>,
  bench: Bench,
  signal: AbortSignal | undefined,
) => Promise<void>;

/**
 * The files of the agent that a finding is about, as a Snapshot has them now.
 * @throws {KnownError} `agent.gone`; `config.*` where the config may put them anywhere.
 */
export function filesOf(snapshot: Snapshot, where: FindingPlace): AgentFiles {
  const { dir, store } = storeOf(snapshot, where);
  const { config } = dir;
  if (config.kind === 'invalid') {
    throw new KnownError('config.invalid', { path: config.path, detail: config.detail });
  }
  if (config.kind === 'unreadable') {
    throw new KnownError('config.unreadable', { path: config.path, errno: config.errno });
  }
  return {
    stateDir: dir.path,
    storePath: store.path,
    configPath: config.path,
    legacyPaths: (store.kind === 'absent' && store.legacyPaths) || [],
  };
}

function storeOf(
  { stateDirs }: Snapshot,
  { stateDir = '', agentId = '' }: FindingPlace,
): { readonly dir: StateDirSnapshot; readonly store: StoreSnapshot } {
  const dir = stateDirs.find(({ path }) => path === stateDir);
  const store =
    dir?.agents.find(({ id }) => id === agentId)?.store ??
    (agentId === MAIN_AGENT_ID ? dir?.mainStore : undefined);
  if (dir === undefined || store === undefined || store.kind === 'unplaced') {
    throw new KnownError('agent.gone', { agentId, path: dir?.config.path ?? stateDir });
  }
  return { dir, store };
}

/**
 * The stores of a state folder. Absolute paths.
 * @throws {KnownError} `store.unreadable` where one lies nobody knows where: it may hold anything.
 */
export function storePathsOf({ agents, mainStore }: StateDirSnapshot): readonly string[] {
  const stores = [...agents.map(({ store }) => store), ...(mainStore ? [mainStore] : [])];
  for (const { kind, path } of stores) {
    if (kind === 'unplaced') throw new KnownError('store.unreadable', { path, errno: 'ENOENT' });
  }
  return [...new Set(stores.map(({ path }) => path))];
}

/** The store that the other agents of a state folder inherit from. Absolute path. */
export function mainPathOf({ agents, mainStore }: StateDirSnapshot): string | undefined {
  return (mainStore ?? agents.find(({ id }) => id === MAIN_AGENT_ID)?.store)?.path;
}
