import type { JsonValue } from '../../documents/json.ts';
import { entryOf, putEntry, type StoreIntent } from '../../documents/storeIntents.ts';
import { loginHash } from '../entryHash.ts';
import {
  ageOf,
  type Draft,
  dropped,
  GLANCE_MS,
  type KeeperParts,
  type Kept,
  open,
  type Round,
  SLOW_GLANCE_MS,
  steadyOf,
  timesOf,
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
  const { entry, care, stores, signal } = round;
  const { storePath, profileId, login } = draft;
  const { vault } = parts;
  const place = ['profiles', profileId] as const;
  const { stableMs, lockWaitMs } = timesOf(parts);
  const keepMs = stableMs + lockWaitMs;
  const isSame = (value: JsonValue | undefined): boolean =>
    login !== null && (loginHash(value)?.startsWith(login) ?? false);
  const value = await stores.profile(storePath, profileId);
  if (isSame(value) && care.isGuarded && !(await vault.looksAfter(storePath, place))) {
    care.isRevoked = true;
  }
  if (!isSame(value) || care.isRevoked || isSignedInSince(round, draft)) {
    if (value === undefined && !care.isGuarded && entry.owner !== 'alive') {
      const promised = { entry: place, value: undefined, isOld: isSame };
      care.isGuarded = await vault.lookAfter(storePath, promised);
    }
    return await untilStable(round, parts, keepMs);
  }
  delete care.stableSince;
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
  const { changed } = await vault.commitStore(storePath, intent, { signal });
  care.isGuarded ||= changed;
  care.stableSince = steadyOf(parts);
  return { ...open(SLOW_GLANCE_MS), ...(changed && { did: 'repaired' }) };
}

/** Whether the same place was signed in to after the removal. */
function isSignedInSince(
  { entry, all }: Round,
  { storePath, profileId }: Draft<'removal'>,
): boolean {
  return all.some(
    ({ draft, at }) =>
      draft.kind === 'store' &&
      draft.storePath === storePath &&
      draft.profileId === profileId &&
      at > entry.at,
  );
}
