import type { HiddenReason } from '../model/profileState.ts';
import type { OrderSource, StateDirSnapshot } from '../model/snapshot.ts';

/** A profile as agents of a state folder see it, told once for all of them. */
export interface HiddenProfile {
  readonly profileId: string;
  readonly provider: string;
  /** The first of `agents`. */
  readonly agentId: string;
  readonly agents: readonly string[];
  /** Which list it is that leaves it out. */
  readonly source: OrderSource;
}

/** The profiles that are hidden from agents for this reason. */
export function hiddenBy(dir: StateDirSnapshot, why: HiddenReason): readonly HiddenProfile[] {
  const found = new Map<string, HiddenProfile>();
  for (const { id: agentId, providers } of dir.agents) {
    for (const { id: provider, profiles, orderSource: source } of providers) {
      for (const { id: profileId, state } of profiles) {
        if (state.kind !== 'hidden' || state.why !== why) continue;
        const key = JSON.stringify([profileId, provider, source]);
        const first = found.get(key) ?? { profileId, provider, agentId, agents: [], source };
        found.set(key, { ...first, agents: [...first.agents, agentId] });
      }
    }
  }
  return [...found.values()];
}
