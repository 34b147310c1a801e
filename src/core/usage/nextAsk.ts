import type { UsageReport } from './usage.ts';
import { OFFLINE_INTERVAL_MS } from './usageCache.ts';

/**
 * How long whoever goes on looking has to wait before asking again brings something new, in milliseconds;
 * undefined where only a change on disk could: what is not asked about (a key, a token that has ended)
 * stays so.
 */
export function nextAsk(reports: Iterable<UsageReport>, now: number): number | undefined {
  const waits = [...reports].map(({ nextAt }) => nextAt - now).filter((wait) => wait > 0);
  if (waits.length === 0) return undefined;
  return Math.max(OFFLINE_INTERVAL_MS, Math.min(...waits));
}
