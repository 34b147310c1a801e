import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../clock.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../documents/json.ts';
import {
  entryOf,
  putEntry,
  type StoreIntent,
  upsertProfile,
} from '../../documents/storeIntents.ts';
import { isKnown } from '../../errors.ts';
import { familyOf } from '../../model/tokenFamily.ts';
import { identityOfStored, sameIdentity } from '../../signin/identity.ts';
import { entryHash, loginHash } from '../entryHash.ts';
import type { Journal, JournalDraft, JournalEntry } from '../journal/journal.ts';
import type { RefreshMemory } from '../refresh/refreshMemory.ts';
import type { Vault } from '../vault.ts';
import type { StoreRounds } from './storeRounds.ts';
import { holdsSpentToken } from './tokenKnowledge.ts';

/** All in milliseconds. */
export interface UpkeepTimes {
  /** What was kept stands this long before its journal entry goes. */
  readonly stableMs: number;
  /** An owner that lives brings its tokens to the stores itself, unless it failed by then. */
  readonly refreshTurnMs: number;
  /** The same for a sign-in, which may wait for a lock for most of it. */
  readonly signInTurnMs: number;
}

export const UPKEEP_TIMES: UpkeepTimes = {
  stableMs: 30_000,
  refreshTurnMs: 2_000,
  signInTurnMs: 40_000,
};

/** Nobody waits longer for an answer. An owner that still seems to live has a pid of somebody else's. */
const UNANSWERED_MS = 5 * 60_000;
/** A token whose answer was lost is not sent again before that. */
const RETRY_MS = 60_000;
/** Things may change without an event. */
const GLANCE_MS = 1_000;
const SOON_MS = 100;
const SLOW_GLANCE_MS = 10_000;
/** A sign-in that would replace another account is kept this long for a person who does not come. */
const UNDECIDED_MS = 24 * 60 * 60_000;

export interface KeeperParts {
  readonly vault: Pick<
    Vault,
    'commitStore' | 'importLegacy' | 'withStores' | 'lookAfter' | 'looksAfter'
  >;
  readonly journal: Pick<Journal, 'entries' | 'drop'>;
  readonly memory: Pick<RefreshMemory, 'record' | 'read'>;
  readonly refresher: { settle(entry: JournalEntry): Promise<'settled' | 'waiting'> };
  readonly clock: Clock;
  readonly times?: Partial<UpkeepTimes>;
  /** Whether a refresh spends the token that it sends (`RefreshGrant.rotates`). */
  readonly rotates?: (provider: string) => Promise<boolean>;
}

/** What is found out about one entry from one look to the next. */
export interface Care {
  /** Since when the stores have been seen to say so, in milliseconds since the epoch. */
  stableSince?: number;
  /** When this process first saw it, in milliseconds since the epoch. */
  seenAt?: number;
  /** How often its tokens were brought to the stores without having been seen there since. */
  settled: number;
}

/** One look at one entry. */
export interface Round {
  readonly entry: JournalEntry;
  readonly care: Care;
  readonly all: readonly JournalEntry[];
  readonly stores: StoreRounds;
  readonly stateDirs: readonly string[];
  readonly signal: AbortSignal;
}

export type Kept =
  /** The entry is not needed any more, and gone. */
  | { readonly kind: 'dropped' }
  /** To be looked at again after so many milliseconds. `did` tells what had to be done. */
  | { readonly kind: 'open'; readonly ms: number; readonly did?: 'stored' | 'repaired' };

/**
 * Does what one journal entry asks for, as far as it can be done now. May be done by several processes
 * at once, and again after a crash at any point.
 * @throws {KnownError} `lock.*`, `disk.*`, `store.*`: the entry stays.
 * @throws {Cancelled}
 */
export function keepPromise(round: Round, parts: KeeperParts): Promise<Kept> {
  const { draft } = round.entry;
  switch (draft.kind) {
    case 'refresh':
      return keepRefresh(round, draft, parts);
    case 'store':
      return keepSignIn(round, draft, parts);
    case 'removal':
      return keepRemoval(round, draft, parts);
  }
}

type Draft<K extends JournalDraft['kind']> = Extract<JournalDraft, { kind: K }>;

async function keepRefresh(
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
  const family = familyOf(draft.from, await parts.memory.read(stateDirs));
  if (!(await stores.holdToken((hash) => family.has(hash)))) {
    care.settled = 0;
    return await whenStable(round, now, parts);
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
  { vault, journal, memory, clock, rotates }: KeeperParts,
): Promise<boolean> {
  const forget = async (): Promise<boolean> => {
    const entries = await journal.entries([entry.stateDir]);
    const now = entries.find(({ path }) => path === entry.path);
    if (now === undefined) return true;
    if (now.answer !== undefined) return false;
    const known = (await memory.read(stateDirs)).get(draft.from);
    if (known === undefined || known.at < entry.at) {
      const kind = (await rotates?.(draft.provider)) === false ? 'transient' : 'unsure';
      const retryAt = clock.now() + RETRY_MS;
      await memory.record(stateDirs, { kind, token: draft.from, at: entry.at, retryAt });
    }
    await journal.drop(entry);
    return true;
  };
  // Without a folder there is no lock, and no store that anything could be refreshed for.
  if (!(await stores.hasFolder(draft.storePath))) return await forget();
  return await vault.withStores([draft.storePath], { signal }, forget);
}

async function keepSignIn(round: Round, draft: Draft<'store'>, parts: KeeperParts): Promise<Kept> {
  const { entry, care, stores, all, stateDirs } = round;
  const { storePath, profileId, seen } = draft;
  const { answer } = entry;
  const now = parts.clock.now();
  const age = ageOf(round, now);
  if (answer === undefined) {
    if (entry.owner !== 'dead' && age < UNANSWERED_MS) return open(SLOW_GLANCE_MS);
    return await dropped(round, parts);
  }
  if (isOvertaken(entry, draft, 'removal', all)) return await dropped(round, parts);
  const isSeen = (value: JsonValue | undefined): boolean =>
    value === undefined ? seen === null : entryHash(value) === seen;
  const value = await stores.profile(storePath, profileId);
  const place = ['profiles', profileId] as const;
  if (care.stableSince !== undefined) {
    // The vault looks after it by now, and knows a removal on purpose when it sees one: then this
    // must not bring it back after the next start.
    const isMeant =
      !isDeepStrictEqual(value, answer) && !(await parts.vault.looksAfter(storePath, place));
    return isMeant ? await dropped(round, parts) : await whenStable(round, now, parts);
  }
  if (isDeepStrictEqual(value, answer)) {
    const promised = { entry: place, value: answer, isOld: isSeen };
    const stands = await parts.vault.lookAfter(storePath, promised);
    return stands ? await whenStable(round, now, parts) : open(GLANCE_MS);
  }
  const records = await parts.memory.read(stateDirs);
  const isSpent = (token: string): boolean => records.get(token)?.kind === 'spent';
  // A later refresh, another sign-in: what stands there is newer.
  if (await holdsSpentToken(answer, { isSpent })) return await dropped(round, parts);
  if (value !== undefined && !isSeen(value)) return await dropped(round, parts);

  const { stableMs, signInTurnMs } = timesOf(parts);
  if (entry.owner === 'alive' && age < signInTurnMs) return open(GLANCE_MS);
  if (isSomebodyElse(value, answer)) {
    // Only a person may decide that: S26.
    if (entry.owner === 'alive' || age < UNDECIDED_MS) return open(SLOW_GLANCE_MS);
    return await dropped(round, parts);
  }
  const mayReplace = (there: JsonValue | undefined): boolean =>
    there === undefined || isSeen(there) || isDeepStrictEqual(there, answer);
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
  care.stableSince = now;
  return { ...open(Math.min(stableMs, SLOW_GLANCE_MS)), did: 'stored' };
}

/**
 * A removal was confirmed by a person. If its process died, and the same login stands there, either it
 * did not come to it or a careless program brought it back.
 */
async function keepRemoval(
  round: Round,
  draft: Draft<'removal'>,
  parts: KeeperParts,
): Promise<Kept> {
  const { entry, care, stores, all } = round;
  const { storePath, profileId, login } = draft;
  const left = timesOf(parts).stableMs - ageOf(round, parts.clock.now());
  if (left <= 0 || isOvertaken(entry, draft, 'store', all)) return await dropped(round, parts);
  const isSame = (value: JsonValue | undefined): boolean =>
    login !== null && (loginHash(value)?.startsWith(login) ?? false);
  const value = await stores.profile(storePath, profileId);
  if (entry.owner === 'alive') {
    return open(Math.min(left, isSame(value) ? GLANCE_MS : SLOW_GLANCE_MS));
  }
  if (isSame(value)) {
    const intent: StoreIntent = {
      summary: `remove ${profileId} again`,
      entry: ['profiles', profileId],
      apply: (document) =>
        isSame(entryOf(document, 'profiles', profileId))
          ? putEntry(document, ['profiles', profileId], undefined)
          : document,
    };
    const { vault } = parts;
    const { changed } = await vault.commitStore(storePath, intent, { signal: round.signal });
    care.stableSince = parts.clock.now();
    const kept = open(Math.min(left, SLOW_GLANCE_MS));
    return changed ? { ...kept, did: 'repaired' } : kept;
  }
  if (value === undefined && care.stableSince === undefined) {
    const promised = { entry: ['profiles', profileId] as const, value: undefined, isOld: isSame };
    if (await parts.vault.lookAfter(storePath, promised)) care.stableSince = parts.clock.now();
  }
  return open(Math.min(left, SLOW_GLANCE_MS));
}

/** How old an entry is at least, in milliseconds; never negative, though clocks are set back. */
function ageOf({ entry, care }: Round, now: number): number {
  care.seenAt = Math.min(care.seenAt ?? now, now);
  return now - Math.min(entry.at, care.seenAt);
}

function isSomebodyElse(stored: JsonValue | undefined, answer: JsonObject): boolean {
  return (
    isJsonObject(stored) &&
    sameIdentity(identityOfStored(stored), identityOfStored(answer)) === 'other'
  );
}

/** Whether a later entry, of another kind, is about the same profile. */
function isOvertaken(
  entry: JournalEntry,
  { storePath, profileId }: Draft<'store'> | Draft<'removal'>,
  by: 'store' | 'removal',
  all: readonly JournalEntry[],
): boolean {
  return all.some(
    ({ draft, at }) =>
      draft.kind === by &&
      draft.storePath === storePath &&
      draft.profileId === profileId &&
      at > entry.at,
  );
}

async function whenStable(round: Round, now: number, parts: KeeperParts): Promise<Kept> {
  const { care } = round;
  care.stableSince ??= now;
  // A clock that was set back must not keep an entry for ever.
  if (now < care.stableSince) care.stableSince = now;
  const left = care.stableSince + timesOf(parts).stableMs - now;
  return left > 0 ? open(Math.min(left, SLOW_GLANCE_MS)) : await dropped(round, parts);
}

async function dropped({ entry }: Round, { journal }: KeeperParts): Promise<Kept> {
  await journal.drop(entry);
  return { kind: 'dropped' };
}

function timesOf({ times }: KeeperParts): UpkeepTimes {
  return { ...UPKEEP_TIMES, ...times };
}

function open(ms: number): Extract<Kept, { kind: 'open' }> {
  return { kind: 'open', ms };
}
