import type { AgentSnapshot, StateDirSnapshot } from './snapshot.ts';

/**
 * Whether anything may be written for an agent: its place is certain and all of its store survives a
 * rewrite. A config that cannot be read may put the agent anywhere, so nothing is written then. An
 * older file that waits for its import is no hindrance: whoever writes imports it first.
 * Pure.
 */
export function writable(
  dir: Pick<StateDirSnapshot, 'config'>,
  agent: Pick<AgentSnapshot, 'store'>,
): boolean {
  const { config } = dir;
  if (config.kind === 'invalid' || config.kind === 'unreadable') return false;
  const { store } = agent;
  return store.kind === 'absent' || (store.kind === 'whole' && store.unwritable === undefined);
}
