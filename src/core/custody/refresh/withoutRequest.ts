import { tokenHash } from '../../model/loginFingerprint.ts';
import { refreshDue } from '../../model/refreshDue.ts';
import { isDead, type TokenRecords } from '../../model/refreshLog.ts';
import { isSpent } from '../../model/tokenFamily.ts';
import type { HeldLogin } from './holders.ts';
import type { Evidence } from './newerTokens.ts';
import { fromAnswer } from './refreshAnswer.ts';
import { retryUnsure } from './refreshFailure.ts';
import type { RefresherParts, RefreshResult } from './refreshTypes.ts';

/** A request without an answer, of a process that lives, may be under way for so long. */
const UNDER_WAY_MS = 5 * 60_000;
const UNDER_WAY_RETRY_MS = 30_000;

/**
 * The result of a refresh for which nothing has to be sent, or nothing may be: its token is in another
 * request, spent, refused, backing off, or not due yet (what another program has just received is not
 * sent at once). Requests that nobody waits for any more are written down as lost on the way.
 *
 * @throws {KnownError} `disk.*`
 */
export async function withoutRequest(
  login: HeldLogin,
  { entries, records }: Evidence,
  options: {
    readonly parts: Pick<RefresherParts, 'memory' | 'journal' | 'services'>;
    readonly stateDirs: readonly string[];
    readonly force: boolean;
    /** `RefreshGrant.rotates`: a lost request has spent nothing where it is false. */
    readonly rotates: boolean;
  },
): Promise<RefreshResult | undefined> {
  const { parts, stateDirs, force, rotates } = options;
  const now = parts.services.clock.now();
  let record = records.get(login.hash);
  for (const entry of entries) {
    const { draft, owner, at, answer } = entry;
    if (draft.kind !== 'refresh' || draft.from !== login.hash) continue;
    if (answer !== undefined) {
      // It brought tokens that are no newer ones of this login: they are somebody else's.
      const renewed = fromAnswer(answer);
      if (renewed !== undefined && tokenHash(renewed.fields.refresh) !== login.hash) {
        return { kind: 'dead' };
      }
      continue;
    }
    if (owner !== 'dead' && Math.abs(now - at) < UNDER_WAY_MS) {
      return { kind: 'transient', retryAt: now + UNDER_WAY_RETRY_MS };
    }
    if (record === undefined || record.at < at) {
      const kind = rotates ? 'unsure' : 'transient';
      const retryAt = retryUnsure(rotates ? login.expires : undefined, now);
      // The time is that of the request: whoever else writes it down means the same one.
      await parts.memory.record(stateDirs, { kind, token: login.hash, at, retryAt });
    }
    await parts.journal.drop(entry);
    record = (await parts.memory.read(stateDirs)).get(login.hash);
  }
  if (isSpent(login.hash, records) || isDead(record)) return { kind: 'dead' };
  if (force) return undefined;
  if (record?.retryAt !== undefined && record.retryAt > now) {
    return { kind: record.kind === 'unsure' ? 'unsure' : 'transient', retryAt: record.retryAt };
  }
  if (login.expires === undefined) return undefined;
  const isDue = dueAt(login.hash, login.expires, records) <= now;
  return isDue ? undefined : { kind: 'adopted', expires: login.expires };
}

/** When a login is due at the earliest. */
function dueAt(hash: string, expires: number, records: TokenRecords): number {
  const record = records.get(hash);
  let receivedAt = record?.kind === 'renewed' ? record.at : undefined;
  for (const { next, at } of records.values()) if (next === hash) receivedAt = at;
  return refreshDue({ expires, ...(receivedAt !== undefined && { receivedAt }) }, 1) ?? 0;
}
