import type { HostEnvironment } from '../documents/hostEnvironment.ts';
import type { Reads } from '../model/reads.ts';
import type { AgentSnapshot, Snapshot, StateDirSnapshot } from '../model/snapshot.ts';
import { type ModelsStatus, modelsStatus } from './modelsStatus.ts';

/** One agent: what views know of it, and what CoderClaw's own program would say. No secret is in it. */
export interface StatusReport {
  readonly stateDir: StateDirSnapshot;
  readonly agent: AgentSnapshot;
  readonly status: ModelsStatus;
}

/** Which agent a report is about. */
export interface ReportedAgent {
  /** Path of the state folder. */
  readonly stateDir: string;
  readonly agentId: string;
}

/** What reports are made of. Holds secrets. */
export interface StatusScene {
  readonly reads: Reads;
  /** Made from these reads. */
  readonly snapshot: Snapshot;
  readonly host: HostEnvironment;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface StatusReportQuery extends StatusScene {
  /** Absent: all agents of all state folders. */
  readonly only?: ReportedAgent;
}

/** A report of each agent that is asked for and is there, as the Snapshot has them. Pure. */
export function statusReports(query: StatusReportQuery): readonly StatusReport[] {
  const { reads, snapshot, only, host, now } = query;
  return snapshot.stateDirs.flatMap((stateDir) => {
    const dir = reads.stateDirs.find(({ path }) => path === stateDir.path);
    if (dir === undefined || (only && only.stateDir !== dir.path)) return [];
    return stateDir.agents.flatMap((agent) => {
      const read = dir.agents.find(({ id }) => id === agent.id);
      if (read === undefined || (only && only.agentId !== agent.id)) return [];
      return [{ stateDir, agent, status: modelsStatus({ dir, agent: read, host, now }) }];
    });
  });
}
