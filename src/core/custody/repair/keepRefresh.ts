import type { JsonObject } from '../../documents/json.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import type { TokenRecords } from '../../model/refreshLog.ts';
import { familyOf } from '../../model/tokenFamily.ts';
import { identityOfStored, sameIdentity } from '../../signin/identity.ts';
import type { RenewedTokens } from '../../signin/refreshGrant.ts';
import { fromAnswer } from '../refresh/refreshAnswer.ts';
import { RefreshNotes } from '../refresh/refreshNotes.ts';
import { mayMove } from '../refresh/tokenIntents.ts';
import {
  ageOf,
  type Draft,
  GLANCE_MS,
  type KeeperParts,
  type Kept,
  open,
  type Round,
  SLOW_GLANCE_MS,
  SOON_MS,
  timesOf,
  UNANSWERED_MS,
  whenStable,
} from './promises.ts';

/** A token whose answer was lost is not sent again before that, in milliseconds. */
const RETRY_MS = 60_000;

/**
 * A refresh token was sent. Its answer goes to all who hold that token; without an answer the token
 * counts as lost on the way.
 */
export async function keepRefresh(
  round: Round,
  draft: Draft<'refresh'>,
  parts: KeeperParts,
): Promise<Kept> {
  const { entry, care, stateDirs, stores } = round;
  const now = parts.clock.now();
  const age = ageOf(round, now);
  if (entry.answer === undefined) {
    if (entry.owner !== 'dead' && age < UNANSWERED_MS) return open(SLOW_GLANCE_MS);
    const isForgotten = await forgetUnanswered(round, draft, parts);
    return isForgotten ? { kind: 'dropped' } : open(SOON_MS);
  }
  const records = await parts.memory.readFor(entry.stateDir, stateDirs);
  const family = familyOf(draft.from, records);
  const holders = await stores.holdersOf((hash) => family.has(hash));
  const renewed = fromAnswer(entry.answer);
  const theirs = holders.filter((login) => !isForeign(login, renewed, draft));
  if (theirs.length < holders.length) await recordForeign(round, draft, renewed, parts);
  if (!theirs.some((login) => isWaiting(login, renewed, { draft, family, records }))) {
    care.settled = 0;
    return await whenStable(round, parts);
  }
  const { refreshTurnMs } = timesOf(parts);
  if (entry.owner === 'alive' && age < refreshTurnMs) return open(refreshTurnMs - age);
  if ((await parts.refresher.settle(entry)) === 'waiting') return open(GLANCE_MS);
  const kept = open(Math.min(SLOW_GLANCE_MS, GLANCE_MS * 2 ** care.settled));
  care.settled += 1;
  if (care.settled > 1) return kept;
  const wasStable = care.stableSince !== undefined;
  delete care.stableSince;
  return { ...kept, did: wasStable ? 'repaired' : 'stored' };
}

/**
 * The token was sent, or was about to be, and nobody knows what came of it. Written down once, however
 * many processes find the entry: under the lock of its store, and by the time of the entry.
 * @returns false if the answer has come after all.
 */
async function forgetUnanswered(
  { entry, stateDirs, signal, stores }: Round,
  draft: Draft<'refresh'>,
  { vault, journal, memory, clock, log, rotates }: KeeperParts,
): Promise<boolean> {
  const forget = async (): Promise<boolean> => {
    const entries = await journal.entries([entry.stateDir]);
    const now = entries.find(({ path }) => path === entry.path);
    if (now === undefined) return true;
    if (now.answer !== undefined) return false;
    const known = (await memory.readFor(entry.stateDir, stateDirs)).get(draft.from);
    if (known === undefined || known.at < entry.at) {
      const kind = (await rotates?.(draft.provider)) === false ? 'transient' : 'unsure';
      const retryAt = clock.now() + RETRY_MS;
      const notes = new RefreshNotes({ memory, log }, entry.stateDir, stateDirs);
      await notes.record({ kind, token: draft.from, at: entry.at, retryAt });
    }
    await journal.drop(entry);
    return true;
  };
  // Without a folder there is no lock, and no store that anything could be refreshed for.
  if (!(await stores.hasFolder(draft.storePath))) return await forget();
  return await vault.withStores([draft.storePath], { signal }, forget);
}

/**
 * Whether a holder of the token that was sent, or of an older one, still wants the answer. Where the
 * refresh token stayed, everybody goes on holding it.
 */
function isWaiting(
  login: JsonObject,
  renewed: RenewedTokens | undefined,
  known: {
    readonly draft: Draft<'refresh'>;
    readonly family: ReadonlySet<string>;
    readonly records: TokenRecords;
  },
): boolean {
  const { draft, family: from, records } = known;
  if (renewed === undefined || tokenHash(renewed.fields.refresh) !== draft.from) return true;
  const { provider } = draft;
  return mayMove({ ...login, provider }, { provider, from, fields: renewed.fields, records });
}

/** Whether an answer is known to be of another person than a login that waits for it. */
function isForeign(
  login: JsonObject,
  renewed: RenewedTokens | undefined,
  { provider }: Draft<'refresh'>,
): boolean {
  if (renewed === undefined) return false;
  const [mine, given] = [identityOfStored(login), renewed.identity];
  return sameIdentity({ ...mine, provider }, { ...given, provider }) === 'other';
}

/**
 * The provider answered with somebody else's tokens, and the process died before it saw that. They are
 * not for whoever holds the token that was sent; that one is used up.
 */
async function recordForeign(
  { entry, care, stateDirs }: Round,
  { from: token, profileId, storePath }: Draft<'refresh'>,
  renewed: RenewedTokens | undefined,
  { memory, log }: KeeperParts,
): Promise<void> {
  if (care.isForeign || renewed === undefined) return;
  const known = (await memory.readFor(entry.stateDir, stateDirs)).get(token);
  if (known?.kind !== 'spent' && known?.kind !== 'refused') {
    const kind = tokenHash(renewed.fields.refresh) === token ? 'refused' : 'spent';
    const notes = new RefreshNotes({ memory, log }, entry.stateDir, stateDirs);
    await notes.record({ kind, token, at: entry.at });
  }
  care.isForeign = true;
  log(`${storePath}: ${profileId}: the answer to its refresh is somebody else's`);
}
