import type { KnownError } from '../../errors.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import { refreshDue } from '../../model/refreshDue.ts';
import { isDead, retryAtOf, type TokenRecords } from '../../model/refreshLog.ts';
import { isSpent } from '../../model/tokenFamily.ts';
import type { HeldLogin } from './holders.ts';
import type { Evidence } from './newerTokens.ts';
import { fromAnswer } from './refreshAnswer.ts';
import { retryUnsure } from './refreshFailure.ts';
import type { RefreshNotes } from './refreshNotes.ts';
import type { RefresherParts, RefreshResult } from './refreshTypes.ts';

/** A request without an answer, of a process that lives, may be under way for so long. */
const UNDER_WAY_MS = 5 * 60_000;
const UNDER_WAY_RETRY_MS = 30_000;
/** A damaged store is a person's to mend; it is looked at again so often. */
const DAMAGED_RETRY_MS = 5 * 60_000;

/**
 * The result of a refresh for which nothing has to be sent, or nothing may be: its token is in another
 * request, spent, refused, backing off, or not due yet (what another program has just received is not
 * sent at once). A spent token whose successor may stand where nobody could look is not dead. Requests that nobody waits for any more are written down as lost on the way.
 *
 * @throws {KnownError} `disk.*`
 */
export async function withoutRequest(
  login: HeldLogin,
  { entries, records }: Evidence,
  options: {
    readonly parts: Pick<RefresherParts, 'journal' | 'services'>;
    readonly notes: RefreshNotes;
    readonly force: boolean;
    /** `RefreshGrant.rotates`: a lost request has spent nothing where it is false. */
    readonly rotates: boolean;
    /** Why newer tokens may stand where nobody could look. */
    readonly doubt: KnownError | undefined;
  },
): Promise<RefreshResult | undefined> {
  const { parts, notes, force, rotates, doubt } = options;
  const now = parts.services.clock.now();
  let record = records.get(login.hash);
  for (const entry of entries) {
    const { draft, owner, at, answer } = entry;
    if (draft.kind !== 'refresh' || draft.from !== login.hash) continue;
    if (answer !== undefined) {
      // It brought tokens that are no newer ones of this login: they are somebody else's.
      const renewed = fromAnswer(answer);
      if (renewed !== undefined && tokenHash(renewed.fields.refresh) !== login.hash) {
        return { kind: 'dead', why: 'otherIdentity' };
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
      await notes.record({ kind, token: login.hash, at, retryAt });
    }
    await parts.journal.drop(entry);
    record = await notes.recordOf(login.hash);
  }
  if (isSpent(login.hash, records)) {
    return doubt === undefined
      ? { kind: 'dead', why: 'spent' }
      : { kind: 'transient', retryAt: now + DAMAGED_RETRY_MS, error: doubt };
  }
  if (record?.kind === 'refused') return { kind: 'dead', why: 'refused' };
  // Lost answers may mean that nothing was ever spent: a person may have it tried once more.
  if (isDead(record) && !force) return { kind: 'dead', why: 'unanswered' };
  if (force) return undefined;
  const retryAt = retryAtOf(record, now, login.expires);
  if (retryAt !== undefined && retryAt > now) {
    return { kind: record?.kind === 'unsure' ? 'unsure' : 'transient', retryAt };
  }
  if (login.expires === undefined) return undefined;
  const isDue = dueAt(login.hash, login.expires, records, now) <= now;
  return isDue ? undefined : { kind: 'adopted', expires: login.expires };
}

/** When a login is due at the earliest. */
function dueAt(hash: string, expires: number, records: TokenRecords, now: number): number {
  const record = records.get(hash);
  let receivedAt = record?.kind === 'renewed' ? record.at : undefined;
  for (const { next, at } of records.values()) if (next === hash) receivedAt = at;
  return refreshDue({ expires, ...(receivedAt !== undefined && { receivedAt }) }, 1, now) ?? 0;
}
