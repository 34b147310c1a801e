import { FINGERPRINT_DIGITS, loginFingerprint } from './loginFingerprint.ts';
import type { RefreshOutcome } from './profileState.ts';
import type { Reads } from './reads.ts';
import { isDead, type TokenRecord, type TokenRecords } from './refreshLog.ts';

/** What a refresh brought stands in the log before it stands in the stores: for less than this. */
const STORING_MS = 60_000;

/** Chains of replaced tokens are followed so far. */
const LONGEST_CHAIN = 1000;

/**
 * What the refresh log says about the logins that are stored, by `loginFingerprint`. Pure.
 *
 * A token that is spent is no login any more. Where what replaced it stands in no store either, nothing
 * can be adopted, and it is dead: once there was time to store it.
 */
export function storedRefreshes(
  records: TokenRecords,
  stateDirs: Reads['stateDirs'],
): Required<Pick<Reads, 'refreshOutcomes' | 'receivedAt'>> {
  const stored = fingerprintsIn(stateDirs);
  const refreshOutcomes = new Map<string, RefreshOutcome>();
  const receivedAt = new Map<string, number>();
  for (const [token, record] of records) {
    const fingerprint = fingerprintOf(token);
    const outcome = stored.has(fingerprint) ? outcomeOf(record, records, stored) : undefined;
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
  record: TokenRecord,
  records: TokenRecords,
  stored: ReadonlySet<string>,
): RefreshOutcome | undefined {
  if (record.kind === 'spent') return outcomeOfSpent(record, records, stored);
  if (isDead(record)) return { kind: 'dead' };
  return record.retryAt === undefined ? undefined : { kind: 'retrying', at: record.retryAt };
}

function outcomeOfSpent(
  record: TokenRecord,
  records: TokenRecords,
  stored: ReadonlySet<string>,
): RefreshOutcome | undefined {
  let last = record;
  for (let length = 0; last.next !== undefined && length < LONGEST_CHAIN; length++) {
    if (stored.has(fingerprintOf(last.next))) return undefined;
    const next = records.get(last.next);
    if (next === undefined) break;
    last = next;
  }
  return { kind: 'dead', from: last.at + STORING_MS };
}

function fingerprintsIn(stateDirs: Reads['stateDirs']): ReadonlySet<string> {
  const fingerprints = new Set<string>();
  for (const { agents, mainStore } of stateDirs) {
    for (const { store } of [...agents, { store: mainStore }]) {
      if (store.kind !== 'whole') continue;
      for (const credential of store.store.profiles.values()) {
        const fingerprint = loginFingerprint(credential);
        if (fingerprint !== undefined) fingerprints.add(fingerprint);
      }
    }
  }
  return fingerprints;
}

function fingerprintOf(token: string): string {
  return token.slice(0, FINGERPRINT_DIGITS);
}
