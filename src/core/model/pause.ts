import type { UsageStats } from '../documents/authStore.ts';
import { shownKey } from '../documents/shownText.ts';
import { unusableUntil } from './order.ts';

/** Why CoderClaw leaves a profile alone for a while, and until when. Plain data, without a secret. */
export interface Pause {
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** `cooldown`: after failures, for minutes. `disabled`: for hours, as when an account has no credit. */
  readonly kind: 'cooldown' | 'disabled';
  /** CoderClaw's word for why it is `disabled` (`billing`); absent where it says none. Fit to be shown. */
  readonly reason?: string;
  /** What failed how often of late, most often first. Fit to be shown. */
  readonly failures: readonly PauseFailure[];
  /** When it failed last: milliseconds since the epoch. */
  readonly lastFailureAt?: number;
}

export interface PauseFailure {
  /** CoderClaw's word: `auth`, `format`, `rate_limit`, `billing`, `timeout`, `unknown`, or another. */
  readonly reason: string;
  readonly count: number;
}

/** No more kinds of failures are told. */
const MOST_FAILURES = 8;

/**
 * The pause of a profile with these stats at `now` (milliseconds since the epoch); undefined where
 * CoderClaw may use it. CoderClaw waits for the later of a cooldown and a disabling; the one with a reason
 * tells more. Pure.
 */
export function pauseOf(stats: UsageStats | undefined, now: number): Pause | undefined {
  const until = unusableUntil(stats, now);
  if (stats === undefined || until === undefined) return undefined;
  const { lastFailureAt } = stats;
  const isDisabled = (stats.disabledUntil ?? 0) > now;
  const reason = isDisabled ? shownKey(stats.disabledReason?.trim() ?? '', 40) : '';
  return {
    until,
    kind: isDisabled ? 'disabled' : 'cooldown',
    ...(reason !== '' && { reason }),
    failures: failuresIn(stats),
    ...(lastFailureAt !== undefined && lastFailureAt > 0 && { lastFailureAt }),
  };
}

function failuresIn({ failureCounts = new Map() }: UsageStats): readonly PauseFailure[] {
  return [...failureCounts]
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => ({ reason: shownKey(reason.trim(), 40), count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_FAILURES);
}
