import type { JsonValue } from '../../documents/json.ts';
import { entryOf, putEntry, type StoreIntent } from '../../documents/storeIntents.ts';
import { loginHash } from '../entryHash.ts';
import { finish } from './finishing.ts';
import { isSure, lineageOf } from './lineage.ts';
import {
  ageOf,
  type Draft,
  dropped,
  GLANCE_MS,
  givenUp,
  guarded,
  type KeeperParts,
  type Kept,
  open,
  type Round,
  SLOW_GLANCE_MS,
  sameRoundNow,
  steadyOf,
  takenBack,
  timesOf,
  truceOf,
  UNDECIDED_MS,
  untilStable,
} from './promises.ts';

/**
 * A removal was confirmed by a person. If its process died, and the same login stands there, either it
 * did not come to it or a careless program brought it back.
 *
 * The entry is also how others know, who still look after that login, that it was removed on purpose.
 * So it stays for longer than anybody does who saw the login before it was gone, counted from when it
 * is seen gone: it was opened before the wait for the lock.
 */
export async function keepRemoval(
  round: Round,
  draft: Draft<'removal'>,
  parts: KeeperParts,
): Promise<Kept> {
  const { entry, care, stores, all, signal } = round;
  const { storePath, profileId } = draft;
  const { vault } = parts;
  const place = ['profiles', profileId] as const;
  const { stableMs, lockWaitMs } = timesOf(parts);
  const keepMs = stableMs + lockWaitMs;
  const { isOld, isOvertaken } = lineageOf(entry, all);
  // What it had replaced is in old copies too.
  const isSame = (there: JsonValue | undefined): boolean => there !== undefined && isOld(there);
  const value = await stores.profile(storePath, profileId);
  const promised = { entry: place, value: undefined, isOld: isSame };
  if (isSame(value) && care.isGuarded) {
    const guarding = await vault.looksAfter(storePath, place);
    if (guarding === 'givenUp') return givenUp(round, parts);
    // Whoever looks after it later must not take it away again.
    if (guarding === 'over') return await takenBack(round, parts);
  }
  if (!isSame(value)) care.wasGone = true;
  const isReplaced = isOvertaken || isSignedInSince(round, draft);
  if (!isSame(value) || isReplaced) {
    if (value === undefined && !care.isGuarded && (entry.isMade || entry.owner !== 'alive')) {
      await guarded(round, promised, true, parts);
    }
    const again = await finishRemoval(round, draft, parts, keepMs);
    if (again === undefined) return await untilStable(round, parts, keepMs);
    care.stableSince ??= steadyOf(parts);
    return open(again);
  }
  delete care.stableSince;
  if (!care.isGuarded && (await guarded(round, promised, false, parts))) return open(GLANCE_MS);
  const truce = truceOf(round, parts);
  if (truce !== undefined) return open(truce);
  const now = steadyOf(parts);
  care.seenAt ??= now;
  if (entry.owner === 'alive') {
    // It still waits for its turn, or it has failed and told so.
    return now - care.seenAt < keepMs ? open(GLANCE_MS) : await dropped(round, parts);
  }
  if (ageOf(round, parts.clock.now()) > UNDECIDED_MS) return await dropped(round, parts);
  const intent: StoreIntent = {
    summary: `remove ${profileId} again`,
    action: 'removed',
    entry: place,
    apply: (document) =>
      isSame(entryOf(document, ...place)) ? putEntry(document, place, undefined) : document,
  };
  const made = () => parts.journal.made(entry);
  const isWanted = async (): Promise<boolean> => {
    const now = await sameRoundNow(round, parts);
    return now !== undefined && !isSignedInSince(now, draft);
  };
  const { changed } = await vault.commitStore(storePath, intent, { signal, made, isWanted });
  care.isGuarded ||= changed;
  care.isMadeHere ||= changed;
  care.stableSince = steadyOf(parts);
  const again = await finishRemoval(round, draft, parts, keepMs);
  // One that its process never came to was undone by nobody.
  const did = care.wasGone ? 'repaired' : 'stored';
  return { ...open(again ?? SLOW_GLANCE_MS), ...(changed && { did }) };
}

/**
 * Brings the caches and the config in step: at once, and once more before the entry goes, since the
 * Snapshot may come after the change.
 */
async function finishRemoval(
  round: Round,
  { storePath, profileId, login, configPath }: Draft<'removal'>,
  parts: KeeperParts,
  keepMs: number,
): Promise<number | undefined> {
  const { stableSince } = round.care;
  const isLast = stableSince !== undefined && steadyOf(parts) >= stableSince + keepMs;
  return await finish(round, parts, isLast ? 2 : 1, async () => {
    // It brings the JSON5 parser along.
    const { afterRemoval } = await import('../afterStore.ts');
    const files = { stateDir: round.entry.stateDir, storePath, configPath };
    return await afterRemoval(parts, files, profileId, { login }, async () => parts.look?.());
  });
}

/**
 * Whether the same place was signed in to after the removal. A sign-in that is not there yet may still
 * fail; but where it is the very login, it would be taken for what was removed.
 */
function isSignedInSince(
  { entry, all }: Round,
  { storePath, profileId, login }: Draft<'removal'>,
): boolean {
  return all.some((one) => {
    const { draft, answer, at } = one;
    if (draft.kind !== 'store' || at <= entry.at) return false;
    if (draft.storePath !== storePath || draft.profileId !== profileId) return false;
    const isThis = login !== null && (loginHash(answer)?.startsWith(login) ?? false);
    return isThis || isSure(one);
  });
}
