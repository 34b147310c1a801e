import type { AuthStore } from '../documents/authStore.ts';
import { unusableUntil } from '../model/order.ts';

/** A row of `auth.unusableProfiles`. Key names are the CLI's; times in milliseconds. */
export interface UnusableProfile {
  readonly profileId: string;
  /** As stored; absent where only usage of the profile is left. */
  readonly provider?: string;
  readonly kind: 'cooldown' | 'disabled';
  readonly reason?: string;
  /** Since the epoch. */
  readonly until: number;
  readonly remainingMs: number;
}

/**
 * The profiles that CoderClaw 2026.3.21 leaves alone at `now` (milliseconds since the epoch), the soonest
 * back first, also those that are not stored any more. Pure.
 */
export function unusableProfiles(
  { usageStats, profiles }: AuthStore,
  now: number,
): readonly UnusableProfile[] {
  const rows: UnusableProfile[] = [];
  for (const [profileId, stats] of usageStats) {
    const until = unusableUntil(stats, now);
    if (until === undefined) continue;
    const provider = profiles.get(profileId)?.provider;
    rows.push({
      profileId,
      ...(provider !== undefined && { provider }),
      kind: (stats.disabledUntil ?? 0) > now ? 'disabled' : 'cooldown',
      ...(stats.disabledReason !== undefined && { reason: stats.disabledReason }),
      until,
      remainingMs: until - now,
    });
  }
  return rows.sort((a, b) => a.remainingMs - b.remainingMs);
}
