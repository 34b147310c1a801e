import { EARLY_MS } from '../../model/refreshDue.ts';
import { type Finding, finding } from '../finding.ts';
import type { Look } from '../look.ts';

/** More than this is no matter of the way to a server and back. */
const MOST_MS = 60_000;

/**
 * A clock of this machine that differs from those of the servers that were heard. Everything here goes by
 * it: a machine that is behind takes ended tokens for good ones, one that is ahead the other way round. From
 * the time on by which logins are renewed before their end, that is what happens to each of them.
 */
export function clock({ clockDifference }: Look): readonly Finding[] {
  if (clockDifference === undefined) return [];
  const offMs = Math.abs(clockDifference.aheadMs);
  if (offMs <= MOST_MS) return [];
  const severity = offMs >= EARLY_MS ? 'error' : 'warning';
  return [finding('clock.off', severity, {}, clockDifference)];
}
