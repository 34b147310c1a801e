import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import type { OrderPlace } from '../../core/documents/orderMove.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { type WayToShare, waysToShare } from '../../core/model/waysToShare.ts';
import { writable } from '../../core/model/writable.ts';
import type { Target } from '../target.ts';
import { type AgentPlace, locateAgent, locateProfile, type ProfilePlace } from './locate.ts';

/** What it means to drop a profile on a row. */
export type Drop =
  /** On another place in the order of its provider. */
  | { readonly kind: 'move'; readonly place: ProfilePlace; readonly to: OrderPlace }
  /** On another agent, which is to use it too: how that can be. */
  | {
      readonly kind: 'share';
      readonly place: ProfilePlace;
      readonly agent: AgentPlace;
      readonly ways: readonly WayToShare[];
    }
  /** On what it has nothing to do with: on itself, on another provider. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'otherStateFolder' }
  /** One of the two went meanwhile, or nothing can be written there. */
  | { readonly kind: 'gone' };

/** Pure. A profile that is dropped on another one takes its place; on its provider, the first. */
export function whatDropMeans(snapshot: Snapshot, dragged: Target, onto: Target): Drop {
  const from = locateProfile(snapshot, dragged);
  const agent = locateAgent(snapshot, onto);
  if (from.kind !== 'found') return { kind: 'gone' };
  if (agent.kind === 'unnamed') return { kind: 'nothing' };
  if (agent.kind === 'gone' || !writable(agent.place.dir, agent.place.agent)) {
    return { kind: 'gone' };
  }
  const { place } = from;
  if (agent.place.dir.path !== place.dir.path) return { kind: 'otherStateFolder' };
  if (agent.place.agent.id !== place.agent.id) {
    const owner = place.profile.origin === 'inherited' ? MAIN_AGENT_ID : place.agent.id;
    // Back where it comes from, it is there already.
    if (owner === agent.place.agent.id) return { kind: 'nothing' };
    const ways = waysToShare(place.profile.type, owner);
    return { kind: 'share', place, agent: agent.place, ways };
  }
  if (onto.provider !== place.provider.id) return { kind: 'nothing' };
  const to = placeAt(place, onto.profileId);
  return to === undefined ? { kind: 'nothing' } : { kind: 'move', place, to };
}

/** What was above comes to stand right behind, and the other way round: at the place of the other. */
function placeAt(
  { provider, profile }: ProfilePlace,
  onto: string | undefined,
): OrderPlace | undefined {
  if (onto === undefined) return { after: undefined };
  if (onto === profile.id) return undefined;
  const positionOf = (id: string): number =>
    provider.profiles.find((one) => one.id === id)?.position ?? Number.POSITIVE_INFINITY;
  // On one that is not in the order: behind all that are.
  if (positionOf(onto) === Number.POSITIVE_INFINITY) return { before: undefined };
  return positionOf(profile.id) < positionOf(onto) ? { after: onto } : { before: onto };
}
