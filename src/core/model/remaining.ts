/**
 * The remaining time as `coderclaw models status` of CoderClaw 2026.3.21 prints it: rounded to the
 * nearest minute, then hour, then day. For reports that must read like the CLI's; people get
 * `relativeTime`.
 * @param ms milliseconds; `undefined` where nothing is known.
 */
export function remainingShort(ms: number | undefined): string {
  if (ms === undefined || Number.isNaN(ms)) return 'unknown';
  if (ms <= 0) return '0m';
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes}m`;
  // From rounded minutes, not from ms: 59.5 min is 1h, and 47.5 h is 2d.
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.round(hours / 24)}d`;
}
