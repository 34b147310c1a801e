import type { JsonObject } from './json.ts';

/**
 * The fields of `usageStats[id]` that make a pause, as CoderClaw 2026.3.21 clears them together when a
 * profile has worked. When it was used and when it failed last stay as they are.
 */
const PAUSE_FIELDS: ReadonlySet<string> = new Set([
  'cooldownUntil',
  'disabledUntil',
  'disabledReason',
  'failureCounts',
]);

/**
 * Stats of a profile as they are without a pause, with no failure counted: the next failure pauses it
 * as briefly as a first one. Fields that nobody knows stay.
 * @returns the same object where there is nothing to clear.
 */
export function withoutPause(stats: JsonObject): JsonObject {
  const kept = Object.entries(stats).filter(([field]) => !PAUSE_FIELDS.has(field));
  const { errorCount = 0 } = stats;
  if (kept.length === Object.keys(stats).length && errorCount === 0) return stats;
  return { ...Object.fromEntries(kept), errorCount: 0 };
}
