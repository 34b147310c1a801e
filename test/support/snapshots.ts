import type { ProfileState } from '../../src/core/model/profileState.ts';
import type {
  AgentSnapshot,
  ProfileSnapshot,
  ProviderSnapshot,
  Snapshot,
  StateDirSnapshot,
} from '../../src/core/model/snapshot.ts';

/** Builders of Snapshots for tests of views: each names only what its test is about. */

export const NOW = 1_795_000_000_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export function profile(
  id: string,
  state: ProfileState,
  more: Partial<ProfileSnapshot> = {},
): ProfileSnapshot {
  const [provider = '', ...name] = id.split(':');
  return {
    id,
    name: name.join(':'),
    provider,
    type: 'oauth',
    state,
    next: false,
    origin: 'own',
    sharedWith: [],
    problems: [],
    ...more,
  };
}

export function provider(id: string, ...profiles: readonly ProfileSnapshot[]): ProviderSnapshot {
  return { id, profiles, orderSource: 'stored' };
}

export function agent(id: string, more: Partial<AgentSnapshot> = {}): AgentSnapshot {
  const agentDir = `/state/agents/${id}/agent`;
  return {
    id,
    isDefault: id === 'main',
    onDiskOnly: false,
    agentDir,
    store: { kind: 'whole', path: `${agentDir}/auth-profiles.json`, problems: [] },
    chats: [],
    models: [],
    providers: [],
    ...more,
  };
}

export function stateDir(
  path: string,
  agents: readonly AgentSnapshot[],
  more: Partial<StateDirSnapshot> = {},
): StateDirSnapshot {
  return {
    path,
    label: path,
    inUse: true,
    config: { kind: 'absent', path: `${path}/coderclaw.json` },
    agents,
    ...more,
  };
}

export function snapshot(...stateDirs: readonly StateDirSnapshot[]): Snapshot {
  return { takenAt: NOW, stateDirs, lookedIn: ['/home/ann/.coderclaw'] };
}
