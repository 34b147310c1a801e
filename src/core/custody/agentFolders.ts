import { dirname, join, sep } from 'node:path';
import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import { type DiskProbe, diskProbe } from '../documents/hostEnvironment.ts';
import type { AgentSnapshot, Snapshot } from '../model/snapshot.ts';

/** What of a removed agent is left on the disk. Absolute paths of folders that are there. */
export interface AgentFolders {
  /** The agent's folder in the state dir, with its store and its sessions; nobody else's is in it. */
  readonly own?: string;
  /** Its store is in a folder that a person chose. What else is in it is not known: it stays. */
  readonly elsewhere?: string;
}

/** Whose folders and stores these are, whatever happens to them. */
export type StayingAgent = Pick<AgentSnapshot, 'agentDir' | 'store'>;

/** All that stay when one agent goes: also main, where it is no agent of the config and others inherit from it. Pure. */
export function stayingAgents(
  { stateDirs }: Pick<Snapshot, 'stateDirs'>,
  gone: { readonly stateDir: string; readonly agentId: string },
): readonly StayingAgent[] {
  return stateDirs.flatMap(({ path, agents, mainStore }) => [
    ...agents.filter(({ id }) => path !== gone.stateDir || id !== gone.agentId),
    ...(mainStore ? [{ agentDir: dirname(mainStore.path), store: mainStore }] : []),
  ]);
}

/**
 * The folders of an agent that was removed. Only tells: moving one away is for a person to decide. None
 * of `main`, which cannot be removed.
 * @param others `stayingAgents`. The store of one can be a link into the folder of another.
 */
export async function removedFolders(
  stateDir: string,
  agent: { readonly id: string; readonly agentDir: string },
  others: readonly StayingAgent[],
  probe: Pick<DiskProbe, 'realpath' | 'isFolder'> = diskProbe,
): Promise<AgentFolders> {
  if (agent.id === MAIN_AGENT_ID) return {};
  const own = await realFolder(join(stateDir, 'agents', agent.id), probe);
  const store = await realFolder(agent.agentDir, probe);
  const paths = others.flatMap(({ agentDir, store }) => [agentDir, store.path]);
  const foreign = await Promise.all(paths.map((path) => probe.realpath(path)));
  const isShared = foreign.some((path) => path && own && isIn(path, own));
  return {
    ...(own !== undefined && !isShared && { own }),
    ...(store !== undefined && !(own && isIn(store, own)) && { elsewhere: store }),
  };
}

async function realFolder(
  path: string,
  probe: Pick<DiskProbe, 'realpath' | 'isFolder'>,
): Promise<string | undefined> {
  const real = await probe.realpath(path);
  return real !== undefined && (await probe.isFolder(real)) ? real : undefined;
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}
