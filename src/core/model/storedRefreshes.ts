import { FINGERPRINT_DIGITS } from './loginFingerprint.ts';
import type { RefreshOutcome } from './profileState.ts';
import type { Reads } from './reads.ts';
import { isDead, type TokenRecord, type TokenRecords } from './refreshLog.ts';
import { storedFingerprints } from './storedFingerprints.ts';
import { successorsOf } from './tokenFamily.ts';

/** What a refresh brought stands in the log before it stands in the stores: for less than this. */
const STORING_MS = 60_000;

/**
 * What the refresh log says about the logins that are stored, by `loginFingerprint`. Pure.
 *
 * A token that is spent is no login any more. Where what replaced it stands in no store either, nothing
 * can be adopted, and it is dead: once there was time to store it.
 *
 * @param kept Hashes of refresh tokens that are safe elsewhere, and come into the stores from there.
 */
export function storedRefreshes(
  records: TokenRecords,
  stateDirs: Reads['stateDirs'],
  kept: ReadonlySet<string> = new Set(),
): Required<Pick<Reads, 'refreshOutcomes' | 'receivedAt'>> {
  const stored = storedFingerprints(stateDirs);
  const refreshOutcomes = new Map<string, RefreshOutcome>();
  const receivedAt = new Map<string, number>();
  for (const [token, record] of records) {
    const fingerprint = fingerprintOf(token);
    const there = (one: string) => kept.has(one) || stored.has(fingerprintOf(one));
    const outcome = stored.has(fingerprint) ? outcomeOf(token, records, there) : undefined;
    if (outcome !== undefined) refreshOutcomes.set(fingerprint, outcome);
    if (record.next !== undefined) receivedAt.set(fingerprintOf(record.next), record.at);
    if (record.kind === 'renewed') receivedAt.set(fingerprint, record.at);
  }
  for (const fingerprint of receivedAt.keys()) {
    if (!stored.has(fingerprint)) receivedAt.delete(fingerprint);
  }
  return { refreshOutcomes, receivedAt };
}

function outcomeOf(
  token: string,
  records: TokenRecords,
  isThere: (token: string) => boolean,
): RefreshOutcome | undefined {
  const record = records.get(token);
  if (record === undefined) return undefined;
  if (record.kind === 'spent') {
    const successors = successorsOf(token, records);
    if (successors.some(isThere)) return undefined;
    const lastEvents = [token, ...successors].flatMap((one) => records.get(one) ?? []);
    const { at } = lastEvents.at(-1) ?? record;
    return { kind: 'dead', why: 'spent', from: at + STORING_MS };
  }
  if (isDead(record)) return deadBy(record);
  const { retryAt: at } = record;
  if (at === undefined) return undefined;
  return { kind: 'retrying', at, ...(record.kind === 'unsure' && { isLost: true }) };
}

function deadBy({ kind }: TokenRecord): RefreshOutcome {
  return kind === 'refused' ? { kind: 'dead' } : { kind: 'dead', why: 'unanswered' };
}

function fingerprintOf(token: string): string {
  return token.slice(0, FINGERPRINT_DIGITS);
}
