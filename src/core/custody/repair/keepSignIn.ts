import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '../../documents/json.ts';
import { upsertProfile } from '../../documents/storeIntents.ts';
import { isKnown } from '../../errors.ts';
import { identityOfStored, sameIdentity } from '../../signin/identity.ts';
import { loginHash } from '../entryHash.ts';
import { lineageOf } from './lineage.ts';
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
  UNANSWERED_MS,
  UNDECIDED_MS,
  whenStable,
} from './promises.ts';
import { holdsSpentToken } from './tokenKnowledge.ts';

/** A finished sign-in is brought to its store, and looked after there. */
export async function keepSignIn(
  round: Round,
  draft: Draft<'store'>,
  parts: KeeperParts,
): Promise<Kept> {
  const { entry, care, stores, all, stateDirs } = round;
  const { storePath, profileId } = draft;
  const { answer } = entry;
  const age = ageOf(round, parts.clock.now());
  if (answer === undefined) {
    if (entry.owner !== 'dead' && age < UNANSWERED_MS) return open(SLOW_GLANCE_MS);
    return await dropped(round, parts);
  }
  if (isRemovedSince(round, draft, answer)) return await dropped(round, parts);
  const { isOvertaken, isOld } = lineageOf(entry, all);
  // Whoever built on it tells by it what is old.
  if (isOvertaken) return await whenStable(round, parts);
  const value = await stores.profile(storePath, profileId);
  const place = ['profiles', profileId] as const;
  if (care.isGuarded) {
    // The vault looks after it by now, and knows a removal on purpose when it sees one: then this
    // must not bring it back after the next start.
    const isMeant =
      !isDeepStrictEqual(value, answer) && !(await parts.vault.looksAfter(storePath, place));
    return isMeant ? await dropped(round, parts) : await whenStable(round, parts);
  }
  delete care.stableSince;
  if (isDeepStrictEqual(value, answer)) {
    const promised = { entry: place, value: answer, isOld };
    care.isGuarded = await parts.vault.lookAfter(storePath, promised);
    return care.isGuarded ? await whenStable(round, parts) : open(GLANCE_MS);
  }
  const records = await parts.memory.read(stateDirs);
  const isSpent = (token: string): boolean => records.get(token)?.kind === 'spent';
  // A later refresh, another sign-in: what stands there is newer.
  if (await holdsSpentToken(answer, { isSpent })) return await dropped(round, parts);
  if (value !== undefined && !isOld(value)) return await dropped(round, parts);

  const { stableMs, signInTurnMs } = timesOf(parts);
  if (entry.owner === 'alive' && age < signInTurnMs) return open(GLANCE_MS);
  if (isSomebodyElse(value, answer)) {
    // Only a person may decide that: S26.
    if (entry.owner === 'alive' || age < UNDECIDED_MS) return open(SLOW_GLANCE_MS);
    return await dropped(round, parts);
  }
  const mayReplace = (there: JsonValue | undefined): boolean =>
    there === undefined || isOld(there) || isDeepStrictEqual(there, answer);
  let changed: boolean;
  try {
    const intent = upsertProfile(profileId, answer, { mayReplace, action: 'signedIn' });
    const { signal } = round;
    const legacyPaths = stores.legacyPathsOf(storePath);
    // As the sign-in would have done, and had said.
    await parts.vault.importLegacy(storePath, legacyPaths, { signal });
    ({ changed } = await parts.vault.commitStore(storePath, intent, { signal, legacyPaths }));
  } catch (error) {
    if (isKnown(error, 'profile.changed')) return await dropped(round, parts);
    throw error;
  }
  // Another window was faster, and tells it.
  if (!changed) return open(GLANCE_MS);
  care.isGuarded = true;
  care.stableSince = steadyOf(parts);
  return { ...open(Math.min(stableMs, SLOW_GLANCE_MS)), did: 'stored' };
}

function isSomebodyElse(stored: JsonValue | undefined, answer: JsonObject): boolean {
  return (
    isJsonObject(stored) &&
    sameIdentity(identityOfStored(stored), identityOfStored(answer)) === 'other'
  );
}

/** Whether a person has removed this very login again. */
function isRemovedSince(
  { entry, all }: Round,
  { storePath, profileId }: Draft<'store'>,
  answer: JsonObject,
): boolean {
  const login = loginHash(answer);
  return all.some(
    ({ draft, at }) =>
      draft.kind === 'removal' &&
      draft.storePath === storePath &&
      draft.profileId === profileId &&
      at > entry.at &&
      (draft.login === null ? login === null : (login?.startsWith(draft.login) ?? false)),
  );
}
