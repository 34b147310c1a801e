import type { CliRelease } from '../cliRelease.ts';
import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import type { HostEnvironment } from '../documents/hostEnvironment.ts';
import type { Reads, StateDirRead, StoreRead } from '../model/reads.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { ClockDifference } from '../serverClocks.ts';
import type { Finding, FindingPlace } from './finding.ts';

/** One moment, as all checks see it. Holds secrets; nothing of them may get into a finding. */
export interface Look {
  readonly reads: Reads;
  /** Made of `reads`. */
  readonly snapshot: Snapshot;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly host: HostEnvironment;
  /** By the answers of servers since this window was opened; absent where they say nothing of it. */
  readonly clockDifference?: ClockDifference;
  /** The `coderclaw` program that a terminal would start; absent where there is none, or none may be looked for. */
  readonly cli?: CliRelease;
}

/**
 * Looks for one kind of trouble. Takes no lock, writes nothing and asks nobody outside this machine. May
 * throw for what it could not find out; `signal` ends it.
 */
export type Check = (
  look: Look,
  signal: AbortSignal,
) => readonly Finding[] | Promise<readonly Finding[]>;

/** A store of a state folder, and the agent whose it is. */
export interface OwnedStore {
  readonly dir: StateDirRead;
  readonly agentId: string;
  readonly store: StoreRead;
}

/** Every store of a state folder once, the one that all inherit from included. */
export function storesOf(dir: StateDirRead): readonly OwnedStore[] {
  const byPath = new Map<string, OwnedStore>();
  for (const { id, store } of [...dir.agents, { id: MAIN_AGENT_ID, store: dir.mainStore }]) {
    if (!byPath.has(store.path)) byPath.set(store.path, { dir, agentId: id, store });
  }
  return [...byPath.values()];
}

/** {@link storesOf} all state folders. */
export function allStores({ reads }: Look): readonly OwnedStore[] {
  return reads.stateDirs.flatMap(storesOf);
}

export function placeIn(
  dir: Pick<StateDirRead, 'path' | 'label'>,
  more: Omit<FindingPlace, 'stateDir' | 'stateDirLabel'> = {},
): FindingPlace {
  return { stateDir: dir.path, stateDirLabel: dir.label, ...more };
}

/** The store can hold profiles that are not known now. */
export function isUnknown({ kind }: Pick<StoreRead, 'kind'>): boolean {
  return kind !== 'whole' && kind !== 'absent';
}
