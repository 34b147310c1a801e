import type { AgentSnapshot, ProfileSnapshot, StateDirSnapshot } from '../core/model/snapshot.ts';
import { writable } from '../core/model/writable.ts';
import { builtInProviders, renewableProviders } from '../core/signin/addedSignIns.ts';

/**
 * What can be done with a profile; the names are flags of its row, by which menus know it.
 * - `canUseFirst`: it is not first yet, and an order is all that it takes;
 * - `canMove`: it stands in an order with others;
 * - `canShow`: it is hidden, and the config or an order can say otherwise;
 * - `canResume`: it pauses, and the pause can be ended.
 */
export type ProfileAbility =
  | 'canUseFirst'
  | 'canMove'
  | 'canShow'
  | 'canResume'
  | 'canPinSession'
  | 'canSignInAgain'
  | 'canReplace'
  | 'canRefresh'
  | 'canSignOut';

/**
 * Pure. Nothing where it could not be written: an order and a pause are the agent's own also for what it
 * inherits, the credential itself is changed only where it is stored.
 * @param count How many profiles of its provider there are.
 * @param isAdded Whether another extension adds a way to sign in to a provider (normalized id).
 */
export function profileAbilities(
  dir: StateDirSnapshot,
  agent: AgentSnapshot,
  profile: ProfileSnapshot,
  count: number,
  isAdded: (provider: string) => boolean,
): readonly ProfileAbility[] {
  const { state, type, provider, position } = profile;
  const mayWrite = writable(dir, agent);
  const isOwn = mayWrite && profile.origin === 'own' && agent.store.kind === 'whole';
  const isPaused = state.kind === 'cooling' || state.kind === 'disabled';
  const canSignIn = builtInProviders.has(provider) || isAdded(provider);
  const abilities: readonly (readonly [ProfileAbility, boolean])[] = [
    ['canUseFirst', mayWrite && canUseFirst(profile)],
    ['canMove', mayWrite && position !== undefined && count > 1],
    ['canShow', mayWrite && state.kind === 'hidden'],
    ['canResume', mayWrite && isPaused],
    ['canPinSession', position !== undefined && hasSessions(agent)],
    ['canSignInAgain', isOwn && type === 'oauth' && canSignIn],
    ['canReplace', isOwn && type !== 'oauth'],
    ['canRefresh', isOwn && canRefresh(profile, isAdded)],
    ['canSignOut', isOwn],
  ];
  return abilities.filter(([, can]) => can).map(([ability]) => ability);
}

/** Not first yet, and an order is all that it takes. */
export function canUseFirst({ position, state }: ProfileSnapshot): boolean {
  return (position ?? 0) > 0 || (state.kind === 'hidden' && state.why === 'notInOrder');
}

function canRefresh(
  { provider, renewal }: ProfileSnapshot,
  isAdded: (provider: string) => boolean,
): boolean {
  return renewal !== undefined && (renewableProviders.has(provider) || isAdded(provider));
}

function hasSessions({ sessions }: AgentSnapshot): boolean {
  return sessions?.kind === 'whole' && sessions.count > 0;
}
