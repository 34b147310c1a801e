import type { Identity } from './descriptor.ts';
import { sameIdentity } from './identity.ts';
import { freeId, wishedId } from './profileNaming.ts';

/** A profile that is stored, and whose it is. */
export interface StoredLogin {
  readonly id: string;
  readonly identity: Identity;
}

/** One of another agent. */
export interface LoginElsewhere extends StoredLogin {
  readonly agentId: string;
}

/**
 * Where a finished sign-in goes, and what a person has to be shown or asked before it is stored there.
 * - `new`: nothing is stored under this id, and the account is nowhere else.
 * - `renews`: the same account is: to be shown, since what is there is replaced.
 * - `held`: the same account is stored under another name, or for another agent (`agentId`): use that
 *   one, or keep this one separate.
 * - `taken`: another account is stored under this id, or one that cannot be told. `separate` is where
 *   the new one would go instead; `isHeld`: where the same account is stored already.
 */
export type LoginPlan =
  | { readonly situation: 'new' | 'renews'; readonly profileId: string }
  | {
      readonly situation: 'held';
      readonly agentId?: string;
      readonly profileId: string;
      readonly separate: string;
    }
  | {
      readonly situation: 'taken';
      readonly profileId: string;
      readonly holder: Identity;
      readonly separate: string;
      readonly isHeld: boolean;
    };

export interface LoginPlanRequest {
  readonly provider: string;
  readonly identity: Identity;
  readonly typedName?: string;
  /** Sign in again: the profile that is meant. */
  readonly renewing?: string;
  /** What the agent has of the provider itself. */
  readonly existing: readonly StoredLogin[];
  /** The same account among other agents of the state folder, the best to use first. */
  readonly elsewhere: readonly LoginElsewhere[];
}

/**
 * Plans where a finished sign-in goes. Nobody loses a profile by signing in: another account's place is
 * never taken unasked, and nobody gets the same account twice without having been told. (The CLI names
 * every login `<provider>:default`, so there a second account overwrites the first.) Pure.
 */
export function planLogin(request: LoginPlanRequest): LoginPlan {
  const { provider, identity, typedName, renewing, existing, elsewhere } = request;
  const isSame = (stored: StoredLogin): boolean =>
    sameIdentity(identity, stored.identity) === 'same';
  const wished = wishedId(provider, typedName, identity);
  const isTaken = existing.some(({ id }) => id === wished);
  const separate = isTaken ? freeId(wished, existing) : wished;
  const meant = existing.find(({ id }) => id === (renewing ?? wished));
  const atWished = existing.find(({ id }) => id === wished);
  // A profile that is to be renewed may be gone by now: then it is one like any other.
  const there = meant ?? atWished;
  if (there !== undefined && isSame(there)) return { situation: 'renews', profileId: there.id };
  const held = existing.find(isSame);
  if (there !== undefined && there.id === renewing) {
    const { id: profileId, identity: holder } = there;
    const instead = held?.id ?? separate;
    return { situation: 'taken', profileId, holder, separate: instead, isHeld: held !== undefined };
  }
  if (held !== undefined) return { situation: 'held', profileId: held.id, separate };
  const [other] = elsewhere;
  if (other !== undefined) {
    return { situation: 'held', agentId: other.agentId, profileId: other.id, separate };
  }
  if (there === undefined) return { situation: 'new', profileId: wished };
  const { id: profileId, identity: holder } = there;
  return { situation: 'taken', profileId, holder, separate, isHeld: false };
}
