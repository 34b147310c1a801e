import { heldProfiles } from './heldProfiles.ts';
import { needsPerson, type ProfileState } from './profileState.ts';
import type { AgentSnapshot, ProfileSnapshot, ProviderSnapshot, Snapshot } from './snapshot.ts';

/** One agent in one word, for the status bar: the truest thing that a person should know now. */
export type AgentStatus =
  /** The agent's own store cannot be read as it stands. */
  | { readonly kind: 'unreadable' }
  /** Not signed in anywhere. */
  | { readonly kind: 'empty' }
  /** A provider in use has no usable profile, and only a person can change that. */
  | { readonly kind: 'blocked'; readonly provider: string; readonly profile: ProfileSnapshot }
  /** The profile used next ends soon, and only a person can change that. */
  | { readonly kind: 'ending'; readonly at: number; readonly profile: ProfileSnapshot }
  /** A provider in use has no usable profile now, but gets one back by itself. */
  | { readonly kind: 'waiting'; readonly until: number; readonly profile: ProfileSnapshot }
  /** All is well; `next` is the soonest renewal or end among the profiles used next, if any has one. */
  | { readonly kind: 'well'; readonly next?: number };

/** The profile that stands for a provider: the one used next, else the first that would be. */
export function leadingProfile(provider: ProviderSnapshot): ProfileSnapshot | undefined {
  return (
    provider.profiles.find((profile) => profile.next) ??
    provider.profiles.find((profile) => profile.position === 0) ??
    provider.profiles.find((profile) => profile.state.kind !== 'hidden')
  );
}

/** How many profiles need a person, over all agents; each counts once, where it is stored. */
export function needingPerson(snapshot: Snapshot): number {
  return snapshot.stateDirs
    .flatMap(heldProfiles)
    .filter(({ profile }) => needsPerson(profile.state)).length;
}

/** Pure; `agent` as the Snapshot shows it. */
export function agentStatus(agent: AgentSnapshot): AgentStatus {
  if (agent.store.kind !== 'whole' && agent.store.kind !== 'absent') return { kind: 'unreadable' };
  let ending: (AgentStatus & { kind: 'ending' }) | undefined;
  let waiting: (AgentStatus & { kind: 'waiting' }) | undefined;
  let next: number | undefined;
  let inUse = 0;
  for (const provider of agent.providers) {
    const profile = leadingProfile(provider);
    if (!profile) continue; // everything here is hidden by the config: not in use
    inUse += 1;
    const { state } = profile;
    switch (state.kind) {
      case 'dead':
      case 'expired':
      case 'broken':
        return { kind: 'blocked', provider: provider.id, profile };
      case 'ending':
        if (!ending || state.at < ending.at) ending = { kind: 'ending', at: state.at, profile };
        break;
      case 'cooling':
      case 'disabled':
        if (!waiting || state.until > waiting.until) {
          waiting = { kind: 'waiting', until: state.until, profile };
        }
        break;
      default: {
        const at = endOf(state);
        if (at !== undefined && (next === undefined || at < next)) next = at;
      }
    }
  }
  if (inUse === 0) return { kind: 'empty' };
  return ending ?? waiting ?? (next === undefined ? { kind: 'well' } : { kind: 'well', next });
}

function endOf(state: ProfileState): number | undefined {
  if (state.kind === 'retrying') return state.at;
  // 0: no end is stored.
  if (state.kind === 'renews') return state.at > 0 ? state.at : undefined;
  return state.kind === 'lasts' ? state.until : undefined;
}
