import type { Credential, UsageStats } from '../documents/authStore.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { isBlank, usableEnd } from './order.ts';
import { pauseOf } from './pause.ts';
import { retryCountsFrom, retryTime } from './retryTime.ts';
import type { LeftOutReason } from './snapshot.ts';

/**
 * How a profile stands, in the words of people rather than of the file. A closed union: every
 * surface shows exactly these. Times are milliseconds since the epoch.
 */
export type ProfileState =
  /**
   * OAuth with a refresh token: it renews itself; `at` is when the access token ends. In the past
   * (0 where no end is stored): at its next use.
   */
  | { readonly kind: 'renews'; readonly at: number }
  /** A token with an end that is far off. */
  | { readonly kind: 'lasts'; readonly until: number; readonly isExpected?: true }
  /**
   * Needs a person within the warning time. `isExpected`: the token does not say when it ends, and may
   * still be good when `at` has passed.
   */
  | { readonly kind: 'ending'; readonly at: number; readonly isExpected?: true }
  /** A key, or a token with no known end. */
  | { readonly kind: 'static' }
  /** A transient fault; another try at `at`. */
  | { readonly kind: 'retrying'; readonly at: number }
  /** Past its end, and cannot renew. */
  | { readonly kind: 'expired'; readonly since: number }
  /** Only a new sign-in helps for certain. Without `why`: the provider refused the grant. */
  | { readonly kind: 'dead'; readonly why?: DeathReason }
  | { readonly kind: 'cooling'; readonly until: number }
  | { readonly kind: 'disabled'; readonly until: number; readonly reason?: string }
  /** Stored, but the config or a written order leaves it out, so it is not used. */
  | { readonly kind: 'hidden'; readonly why: HiddenReason }
  /** No secret, or a wrong shape. */
  | { readonly kind: 'broken'; readonly why: BrokenReason };

/**
 * `unanswered`: sent more than once, and no answer came; it may still work. `spent`: it was replaced by
 * another, which is not to be found.
 */
export type DeathReason = 'unanswered' | 'spent';
export type HiddenReason = 'notInOrder' | 'notInConfig' | 'configDisagrees';
export type BrokenReason = 'noToken' | 'noKey' | 'noExpiry' | 'badProvider';

/** The states in which a person has to act, most urgent first. */
export function needsPerson(state: ProfileState): boolean {
  return (
    state.kind === 'dead' ||
    state.kind === 'expired' ||
    state.kind === 'ending' ||
    state.kind === 'broken'
  );
}

/** The state of a profile that an agent can use as it stands. */
export function isUsable(state: ProfileState): boolean {
  switch (state.kind) {
    case 'renews':
    case 'lasts':
    case 'ending':
    case 'static':
    case 'retrying':
      return true;
    case 'expired':
    case 'dead':
    case 'cooling':
    case 'disabled':
    case 'hidden':
    case 'broken':
      return false;
  }
}

/** How long before an end that only a person can move, a profile is `ending`. */
export const WARNING_MS = 7 * 24 * 60 * 60 * 1000;

/** What our own refreshes of this login came to; the store does not say. */
export type RefreshOutcome =
  /** `from`: only from then on, in milliseconds since the epoch; what is missing may still come. */
  | { readonly kind: 'dead'; readonly why?: DeathReason; readonly from?: number }
  /** Milliseconds since the epoch of the next try, as written down; `isLost`: after a lost answer. */
  | { readonly kind: 'retrying'; readonly at: number; readonly isLost?: boolean };

export interface ProfileFacts {
  readonly credential: Credential;
  readonly stats?: UsageStats | undefined;
  /** Why the effective order leaves it out, if it does. */
  readonly leftOut?: LeftOutReason | undefined;
  readonly refreshOutcome?: RefreshOutcome | undefined;
  /** When a token that carries no end is expected to end; milliseconds since the epoch. */
  readonly expectedEnd?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The one state to show of a profile. Pure. Where several are true, what a person should know
 * first wins:
 *
 * 1. `hidden`: nothing uses it, so nothing about it is urgent.
 * 2. `broken`, `dead`, `expired`: only a person helps, and waiting does not. A pause over one of
 *    these would promise a return that does not come.
 * 3. `disabled`, `cooling`: passes by itself, but explains why the profile is not used now. Unless
 *    the credential ends for certain before the pause does: then it is `ending`.
 * 4. `retrying`, then the plain states by the credential's end.
 */
export function profileState(facts: ProfileFacts): ProfileState {
  const { credential, stats, leftOut, refreshOutcome, expectedEnd, now } = facts;
  if (leftOut === 'notInOrder' || leftOut === 'notInConfig' || leftOut === 'configDisagrees') {
    return { kind: 'hidden', why: leftOut };
  }
  const plain = stateOfCredential(credential, now, expectedEnd);
  if (plain.kind === 'broken') return plain;
  if (refreshOutcome?.kind === 'dead' && isDeadBy(refreshOutcome, now)) {
    const { why } = refreshOutcome;
    return why === undefined ? { kind: 'dead' } : { kind: 'dead', why };
  }
  if (plain.kind === 'expired') return plain;
  const pause = pauseState(stats, now);
  const endsFirst = plain.kind === 'ending' && !plain.isExpected;
  if (pause !== undefined && !(endsFirst && plain.at <= pause.until)) return pause;
  // Once its time has come, the next try is under way or left to others.
  const retryAt = plain.kind === 'renews' ? retryOf(refreshOutcome, credential, now) : undefined;
  return retryAt === undefined ? plain : { kind: 'retrying', at: retryAt };
}

/** The grant of a login with this outcome is gone at `now`. */
export function isDeadBy(outcome: RefreshOutcome | undefined, now: number): boolean {
  return outcome?.kind === 'dead' && (outcome.from ?? now) <= now;
}

/**
 * When the next try is, if it is after `now`; undefined where nothing keeps it back. A time that a clock
 * which was ahead has written down does not (`retryTime`).
 */
export function retryOf(
  outcome: RefreshOutcome | undefined,
  credential: Credential,
  now: number,
): number | undefined {
  if (outcome?.kind !== 'retrying') return undefined;
  const end = credential.type === 'oauth' ? usableEnd(credential.expires) : undefined;
  const at = retryTime({ retryAt: outcome.at, isLost: outcome.isLost === true }, now, end);
  return at !== undefined && at > now ? at : undefined;
}

/** The moments at which `profileState` or the order may change by time alone, in no order. */
export function turningPoints(
  credential: Credential,
  stats: UsageStats | undefined,
  outcome?: RefreshOutcome,
  expectedEnd?: number,
): number[] {
  const points = [stats?.cooldownUntil, stats?.disabledUntil];
  if (outcome?.kind === 'dead') points.push(outcome.from);
  // One that lies too far off counts from the moment when it does not any more.
  if (outcome?.kind === 'retrying') points.push(outcome.at, retryCountsFrom(outcome));
  const end =
    credential.type === 'api_key' ? undefined : (usableEnd(credential.expires) ?? expectedEnd);
  if (end !== undefined) points.push(end - WARNING_MS, end);
  return points.filter((point) => point !== undefined);
}

function stateOfCredential(
  credential: Credential,
  now: number,
  expectedEnd: number | undefined,
): ProfileState {
  if (normalizeProviderId(credential.provider) === '')
    return { kind: 'broken', why: 'badProvider' };
  switch (credential.type) {
    case 'api_key':
      return isBlank(credential.key) ? { kind: 'broken', why: 'noKey' } : { kind: 'static' };
    case 'token': {
      if (isBlank(credential.token)) return { kind: 'broken', why: 'noToken' };
      const end = usableEnd(credential.expires);
      if (end !== undefined) return untilPersonActs(end, now);
      return expectedEnd === undefined
        ? { kind: 'static' }
        : untilPersonActs(expectedEnd, now, { isExpected: true });
    }
    case 'oauth': {
      const end = usableEnd(credential.expires);
      // CoderClaw hands the access token out, blank or not, until its end; only then it refreshes.
      const refreshedAtNextUse = end === undefined || end <= now;
      if (!isBlank(credential.refresh)) {
        if (isBlank(credential.access) && !refreshedAtNextUse) {
          return { kind: 'broken', why: 'noToken' };
        }
        return { kind: 'renews', at: end ?? 0 };
      }
      if (isBlank(credential.access)) return { kind: 'broken', why: 'noToken' };
      // To be refreshed at each use, with nothing to do it with.
      return end === undefined ? { kind: 'broken', why: 'noExpiry' } : untilPersonActs(end, now);
    }
  }
}

function untilPersonActs(
  end: number,
  now: number,
  expected?: { readonly isExpected: true },
): ProfileState {
  if (end <= now && !expected) return { kind: 'expired', since: end };
  return end - now <= WARNING_MS
    ? { kind: 'ending', at: end, ...expected }
    : { kind: 'lasts', until: end, ...expected };
}

function pauseState(
  stats: UsageStats | undefined,
  now: number,
): Extract<ProfileState, { kind: 'cooling' | 'disabled' }> | undefined {
  const pause = pauseOf(stats, now);
  if (pause === undefined) return undefined;
  const { kind, until, reason } = pause;
  if (kind === 'cooldown') return { kind: 'cooling', until };
  return reason === undefined ? { kind, until } : { kind, until, reason };
}
