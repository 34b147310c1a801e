import { usableEnd } from '../model/order.ts';
import type { ProfileSnapshot } from '../model/snapshot.ts';
import { type ProfileHistory, type RenewalMark, renewalMarks } from './history.ts';

/** What a row of the timeline draws, as far as it is known. All times in milliseconds since the epoch. */
export interface Track {
  /** In this time the credential works by itself; absent where it does not. Without `to`: no end is known. */
  readonly valid?: Stretch;
  /** From this moment on it goes on by itself: the login brings a new access token. */
  readonly renewsFrom?: number | 'now';
  /** CoderClaw leaves it alone in this time. */
  readonly pause?: Stretch & { readonly to: number; readonly kind: 'cooldown' | 'disabled' };
  /** When it came in, where that was seen. */
  readonly signedInAt?: number;
  readonly renewals: readonly RenewalMark[];
  readonly end: TrackEnd;
}

export interface Stretch {
  /** Absent: not known; it is drawn from now on. */
  readonly from?: number;
  readonly to?: number;
}

/** What the end of a credential means. */
export type TrackEnd =
  /** It renews itself; `at`: when the access token ends, where that is still to come. */
  | { readonly kind: 'renews'; readonly at?: number }
  /** As that, and the next try is at `at`, as the last one did not get through. */
  | { readonly kind: 'retries'; readonly at: number }
  /** Only a person can move it. `isExpected`: the token does not say when it ends. */
  | { readonly kind: 'person'; readonly at: number; readonly isExpected?: true }
  /** A person is needed now. `since`: it ended then, where that is known. */
  | { readonly kind: 'now'; readonly since?: number }
  /** It ends then, and nobody needs to care: nothing uses it. */
  | { readonly kind: 'unused'; readonly at?: number }
  | { readonly kind: 'none' };

/** How far back a timeline looks at most. */
export const LONGEST_PAST_MS = 100 * 24 * 60 * 60_000;

/**
 * The track of a profile. Pure. Nothing in it moves on with `now` alone, so that a row which did not change
 * is not drawn again.
 * @param now milliseconds since the epoch: the Snapshot's moment.
 */
export function trackOf(
  profile: ProfileSnapshot,
  history: ProfileHistory | undefined,
  now: number,
): Track {
  const { pause } = profile;
  const end = endOf(profile, now);
  const since = sinceOf(profile, history);
  const valid = stretchUntil(validUntil(profile, end), since, now);
  const renewsFrom = renewsFromOf(end);
  const renewedAt = isRenewed(profile) ? (history?.renewedAt ?? []) : [];
  const renewals = renewalMarks(renewedAt, now - LONGEST_PAST_MS, now);
  return {
    ...(valid && { valid }),
    ...(renewsFrom !== undefined && { renewsFrom }),
    ...(pause && {
      pause: {
        ...(pause.lastFailureAt !== undefined &&
          pause.lastFailureAt <= now && { from: pause.lastFailureAt }),
        to: pause.until,
        kind: pause.kind,
      },
    }),
    ...(history?.isSignIn &&
      since !== undefined &&
      since === history.since && { signedInAt: since }),
    renewals,
    end,
  };
}

function endOf(profile: ProfileSnapshot, now: number): TrackEnd {
  const { state } = profile;
  switch (state.kind) {
    case 'renews':
      return renewsAt(state.at, now);
    case 'retrying':
      return { kind: 'retries', at: state.at };
    case 'lasts':
      return { kind: 'person', at: state.until, ...expected(state) };
    case 'ending':
      return state.at > now
        ? { kind: 'person', at: state.at, ...expected(state) }
        : { kind: 'now', since: state.at };
    case 'static':
      return { kind: 'none' };
    case 'expired':
      return { kind: 'now', since: state.since };
    case 'dead':
    case 'broken':
      return { kind: 'now' };
    case 'hidden': {
      const at = usableEnd(profile.expires);
      return { kind: 'unused', ...(at !== undefined && { at }) };
    }
    case 'cooling':
    case 'disabled': {
      // The pause stands over what the credential would be without it.
      const at = usableEnd(profile.expires);
      if (profile.renewal !== undefined) return renewsAt(at ?? 0, now);
      return at === undefined ? { kind: 'none' } : { kind: 'person', at };
    }
  }
}

function renewsAt(at: number, now: number): TrackEnd {
  return at > now ? { kind: 'renews', at } : { kind: 'renews' };
}

function expected({ isExpected }: { readonly isExpected?: true }): { readonly isExpected?: true } {
  return isExpected ? { isExpected } : {};
}

/** When it stops working by itself: undefined where it does not work, `none` where no end is known. */
function validUntil(profile: ProfileSnapshot, end: TrackEnd): number | 'none' | undefined {
  const stored = usableEnd(profile.expires);
  switch (end.kind) {
    case 'renews':
    case 'unused':
      return end.at;
    case 'retries':
      return stored;
    case 'person':
      return end.at;
    case 'now':
      // An access token outlives the login that was refused.
      return end.since ?? (profile.state.kind === 'dead' ? stored : undefined);
    case 'none':
      return 'none';
  }
}

function stretchUntil(
  until: number | 'none' | undefined,
  since: number | undefined,
  now: number,
): Stretch | undefined {
  if (until === undefined || (until !== 'none' && until <= (since ?? now))) return undefined;
  return {
    ...(since !== undefined && { from: since }),
    ...(until !== 'none' && { to: until }),
  };
}

/** The first that is known of the credential that stands there. */
function sinceOf(
  profile: ProfileSnapshot,
  history: ProfileHistory | undefined,
): number | undefined {
  const { since, renewedAt = [] } = history ?? {};
  return isRenewed(profile) ? (since ?? renewedAt[0]) : (renewedAt.at(-1) ?? since);
}

/** A key or a token that changes is another one. */
function isRenewed({ type }: ProfileSnapshot): boolean {
  return type === 'oauth';
}

function renewsFromOf(end: TrackEnd): number | 'now' | undefined {
  if (end.kind === 'renews') return end.at ?? 'now';
  return end.kind === 'retries' ? end.at : undefined;
}
