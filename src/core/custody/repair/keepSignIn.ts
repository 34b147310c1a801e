import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '../../documents/json.ts';
import { upsertProfile } from '../../documents/storeIntents.ts';
import { isKnown } from '../../errors.ts';
import {
  type IdentityComparison,
  identityOfStored,
  personOf,
  sameIdentity,
} from '../../signin/identity.ts';
import type { Was } from '../afterStore.ts';
import { loginHash } from '../entryHash.ts';
import { statsUnder } from '../pauseCommit.ts';
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
  UNANSWERED_MS,
  UNDECIDED_MS,
  whenStable,
} from './promises.ts';
import { holdsSpentToken } from './tokenKnowledge.ts';

/** A question that nobody answers is looked after so often, in milliseconds. */
const ASKING_MS = 60 * 60_000;

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
  // The question is on the screen: whatever stands there, only its owner knows what is to become of it.
  if (draft.agreed === false && entry.owner === 'alive') return await undecided(round, age, parts);
  const { isOvertaken, isOld } = lineageOf(entry, all);
  const value = await stores.profile(storePath, profileId);
  // It stays for a while: by it, those before it know that they were overtaken too.
  if (isOvertaken || isRemovedSince(round, draft, answer, value)) {
    return await whenStable(round, parts);
  }
  const place = ['profiles', profileId] as const;
  if (care.isGuarded) {
    if (isDeepStrictEqual(value, answer)) return await standing(round, draft, answer, parts);
    // The vault looks after it by now, and knows a removal on purpose when it sees one: then this
    // must not bring it back after the next start.
    switch (await parts.vault.looksAfter(storePath, place)) {
      case 'givenUp':
        return givenUp(round, parts);
      case 'over':
        return await overtaken(round, draft, answer, value, parts);
      case 'guarded':
        return open(GLANCE_MS);
    }
  }
  delete care.stableSince;
  const stands = isDeepStrictEqual(value, answer);
  if (await guarded(round, { entry: place, value: answer, isOld }, stands, parts)) {
    return stands ? await standing(round, draft, answer, parts) : open(GLANCE_MS);
  }
  if (stands) return open(GLANCE_MS);
  // It was there, and the folder has gone since: the agent was removed, by whichever program.
  if (entry.isMade && !(await stores.hasFolder(storePath))) return await takenBack(round, parts);
  const records = await parts.memory.readFor(round.entry.stateDir, stateDirs);
  const isSpent = (token: string): boolean => records.get(token)?.kind === 'spent';
  // A later refresh, another sign-in: what stands there is newer.
  if ((value !== undefined && !isOld(value)) || (await holdsSpentToken(answer, { isSpent }))) {
    return await overtaken(round, draft, answer, value, parts);
  }

  const truce = truceOf(round, parts);
  if (truce !== undefined) {
    return age < UNDECIDED_MS ? open(truce) : await homeless(round, parts);
  }
  const { stableMs, signInTurnMs } = timesOf(parts);
  const isItsTurn = care.givenUp === undefined && age < signInTurnMs;
  if (entry.owner === 'alive' && isItsTurn) return open(GLANCE_MS);
  const isAgreed = (there: JsonValue | undefined): boolean =>
    there === undefined || draft.agreed === true || isSamePerson(there, answer);
  // Only a person may decide that, who may be about to: S26.
  if (!isAgreed(value)) return await undecided(round, age, parts);
  let was: JsonValue | undefined;
  const mayReplace = (there: JsonValue | undefined): boolean => {
    was = there;
    if (there === undefined || isDeepStrictEqual(there, answer)) return true;
    return isOld(there) && isAgreed(there);
  };
  let changed: boolean;
  try {
    const { signal } = round;
    const made = () => parts.journal.made(entry);
    const legacyPaths = stores.legacyPathsOf(storePath);
    // As the sign-in would have done, and had said.
    await parts.vault.importLegacy(storePath, legacyPaths, { signal });
    const resumes = await statsUnder(parts, { stateDir: entry.stateDir, storePath }, profileId);
    const intent = upsertProfile(profileId, answer, { mayReplace, action: 'signedIn', resumes });
    const isWanted = async (): Promise<boolean> => {
      const now = await sameRoundNow(round, parts);
      return now !== undefined && !isRemovedSince(now, draft, answer, value);
    };
    const options = { signal, legacyPaths, made, isWanted };
    ({ changed } = await parts.vault.commitStore(storePath, intent, options));
  } catch (error) {
    // The next look sees what it is now.
    if (isKnown(error, 'profile.changed')) return open(GLANCE_MS);
    throw error;
  }
  // Another window was faster, and tells it.
  if (!changed) return open(GLANCE_MS);
  care.isGuarded = true;
  care.isMadeHere = true;
  care.stableSince = steadyOf(parts);
  const again = await finishSignIn(round, draft, answer, parts, { entry: was });
  return { ...open(again ?? Math.min(stableMs, SLOW_GLANCE_MS)), did: 'stored' };
}

/** It stands. Once it has for long enough, and all that belongs to it is done, the entry goes. */
async function standing(
  round: Round,
  draft: Draft<'store'>,
  answer: JsonObject,
  parts: KeeperParts,
): Promise<Kept> {
  const again = await finishSignIn(round, draft, answer, parts);
  if (again === undefined) return await whenStable(round, parts);
  round.care.stableSince ??= steadyOf(parts);
  return open(again);
}

/** Something else stands there that is to stay: if it came out of this, what belongs to this is done. */
async function overtaken(
  round: Round,
  draft: Draft<'store'>,
  answer: JsonObject,
  value: JsonValue | undefined,
  parts: KeeperParts,
): Promise<Kept> {
  const isTheirs = !isJsonObject(value) || compared(value, answer) === 'other';
  // Not as what was brought: a key can stand there now, and the config must say so.
  const again = isTheirs ? undefined : await finishSignIn(round, draft, value, parts);
  return again === undefined ? await takenBack(round, parts) : open(again);
}

/** Looked at again when something happens, and at its end. Told once nobody is asking the person. */
async function undecided(round: Round, age: number, parts: KeeperParts): Promise<Kept> {
  const { entry, care } = round;
  const left = UNDECIDED_MS - age;
  if (entry.owner === 'alive') return open(Math.max(left, ASKING_MS));
  if (left <= 0) return await homeless(round, parts);
  const isNews = !care.isHomeless;
  care.isHomeless = true;
  return { ...open(left), ...(isNews && { did: 'homeless' }) };
}

async function homeless(round: Round, parts: KeeperParts): Promise<Kept> {
  const kept = await dropped(round, parts);
  return kept.kind === 'dropped' ? { ...kept, did: 'homeless' } : kept;
}

function finishSignIn(
  round: Round,
  { storePath, profileId, provider, configPath, was = null }: Draft<'store'>,
  credential: JsonObject,
  parts: KeeperParts,
  before: Was = { login: was },
): Promise<number | undefined> {
  return finish(round, parts, 1, async () => {
    // It brings the JSON5 parser along.
    const { afterSignIn } = await import('../afterStore.ts');
    const { email } = identityOfStored(credential);
    const profile = { profileId, provider, ...(email && { email }) };
    const files = { stateDir: round.entry.stateDir, storePath, configPath };
    const stored = { profile, credential, was: before, isLate: true };
    return await afterSignIn(parts, files, stored);
  });
}

function isSamePerson(stored: JsonValue, answer: JsonObject): boolean {
  return isJsonObject(stored) && compared(stored, answer) === 'same';
}

function compared(stored: JsonObject, answer: JsonObject): IdentityComparison {
  return sameIdentity(personOf(stored), personOf(answer));
}

/**
 * Whether a person has removed this very login, whatever the clocks say; or another one after this was
 * made. The time does not count once this has been seen to stand: then it came after the removal, and
 * a clock was set.
 */
function isRemovedSince(
  { entry, care, all }: Round,
  { storePath, profileId }: Draft<'store'>,
  answer: JsonObject,
  value: JsonValue | undefined,
): boolean {
  const login = loginHash(answer);
  const hasStood = care.isGuarded === true || isDeepStrictEqual(value, answer);
  return all.some((one) => {
    const { draft, at } = one;
    if (draft.kind !== 'removal') return false;
    if (draft.storePath !== storePath || draft.profileId !== profileId) return false;
    const isThis = draft.login !== null && (login?.startsWith(draft.login) ?? false);
    return isThis || (at > entry.at && !hasStood && !entry.isMade && isSure(one));
  });
}
