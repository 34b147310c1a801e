import type { Clock } from '../../clock.ts';
import { LOCK_TIMES } from '../../disk/fileLock.ts';
import { KnownError } from '../../errors.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Journal, JournalDraft, JournalEntry } from '../journal/journal.ts';
import type { RefreshMemory } from '../refresh/refreshMemory.ts';
import type { StorePlace } from '../storePlaces.ts';
import type { TokenEndFiles } from '../tokenEnds.ts';
import type { Vault } from '../vault.ts';
import { isBuiltOn, lineageOf, overtakenBefore } from './lineage.ts';
import { StoreNames } from './storeNames.ts';
import type { StoreRounds } from './storeRounds.ts';
import type { Promised } from './undone.ts';

/** All in milliseconds. */
export interface UpkeepTimes {
  /** What was kept stands this long before its journal entry goes. */
  readonly stableMs: number;
  /** Removals are remembered longer by this: others may have to wait for a lock before they look. */
  readonly lockWaitMs: number;
  /** An owner that lives brings its tokens to the stores itself, unless it failed by then. */
  readonly refreshTurnMs: number;
  /** The same for a sign-in or an order, which may wait for a lock for most of it. */
  readonly signInTurnMs: number;
}

export const UPKEEP_TIMES: UpkeepTimes = {
  stableMs: 30_000,
  lockWaitMs: LOCK_TIMES.waitMs,
  refreshTurnMs: 2_000,
  signInTurnMs: 40_000,
};

/** Nobody waits longer for an answer. An owner that still seems to live has a pid of somebody else's. */
export const UNANSWERED_MS = 5 * 60_000;
/** Things may change without an event. */
export const GLANCE_MS = 1_000;
export const SOON_MS = 100;
export const SLOW_GLANCE_MS = 10_000;
/** Between one fight with careless programs and the next. */
const FIRST_TRUCE_MS = 10_000;
const LONGEST_TRUCE_MS = 10 * 60_000;
/** What waits for a person, or for a window to open at all, is kept for so long. */
export const UNDECIDED_MS = 24 * 60 * 60_000;

export interface KeeperParts {
  readonly vault: Pick<
    Vault,
    'commitStore' | 'commitConfig' | 'importLegacy' | 'withStores' | 'lookAfter' | 'looksAfter'
  >;
  /** Every agent of every state dir, whether its store exists or not. */
  readonly places: () => Promise<readonly StorePlace[]>;
  /** The Snapshot of the moment; without one it is not known what the config need not list any more. */
  readonly look?: () => Promise<Snapshot>;
  readonly journal: Pick<Journal, 'entries' | 'drop' | 'made'>;
  readonly memory: Pick<RefreshMemory, 'record' | 'readEach' | 'readFor'>;
  /** Remembers when tokens were pasted that carry no end. */
  readonly tokenEnds?: Pick<TokenEndFiles, 'stored'>;
  readonly refresher: { settle(entry: JournalEntry): Promise<'settled' | 'waiting'> };
  readonly clock: Clock;
  /** Milliseconds that no setting of the clock changes; `performance.now` unless given. */
  readonly steady?: () => number;
  readonly times?: Partial<UpkeepTimes>;
  /** Lines of ids and paths. */
  readonly log: (line: string) => void;
  /** Whether a refresh spends the token that it sends (`RefreshGrant.rotates`). */
  readonly rotates?: (provider: string) => Promise<boolean>;
}

/** What is found out about one entry from one look to the next. Times by the steady clock. */
export interface Care {
  /** Since when the stores have been seen to say so. */
  stableSince?: number;
  /** When this process first saw it. */
  seenAt?: number;
  /** When this process first saw it by the clock of the machine, in milliseconds since the epoch. */
  datedAt?: number;
  /** The vault has been asked to look after it. */
  isGuarded?: boolean;
  /** It was committed by this process, in place of its owner. */
  isMadeHere?: boolean;
  /** What comes after the store: how often it was done, and tried since, and when to try again. */
  finishing?: { readonly done: number; readonly tries: number; readonly nextAt: number };
  /** How often the vault gave it up, and when to try again. */
  givenUp?: { readonly times: number; readonly nextAt: number };
  /** A removal was seen made. */
  wasGone?: boolean;
  /** It has been told that only a person can store it. */
  isHomeless?: boolean;
  /** The answer to a refresh was found to be somebody else's. */
  isForeign?: boolean;
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
  /** The entry is not needed any more, and gone; `homeless`: with a sign-in that was never stored. */
  | { readonly kind: 'dropped'; readonly did?: 'homeless' }
  /** It is not needed any more, and could not be deleted. */
  | { readonly kind: 'stuck'; readonly error: KnownError }
  /** To be looked at again after so many milliseconds. `did` tells what had to be done. */
  | {
      readonly kind: 'open';
      readonly ms: number;
      readonly did?: 'stored' | 'repaired' | 'homeless';
    };

export type Draft<K extends JournalDraft['kind']> = Extract<JournalDraft, { kind: K }>;

/** How old an entry is at least, in milliseconds; never negative, though clocks are set back. */
export function ageOf({ entry, care }: Round, now: number): number {
  care.datedAt = Math.min(care.datedAt ?? now, now);
  return now - Math.min(entry.at, care.datedAt);
}

/** Drops an entry once it has been seen kept for long enough. */
export async function whenStable(round: Round, parts: KeeperParts): Promise<Kept> {
  return await untilStable(round, parts, timesOf(parts).stableMs);
}

export async function untilStable(round: Round, parts: KeeperParts, ms: number): Promise<Kept> {
  const { care } = round;
  const now = steadyOf(parts);
  care.stableSince ??= now;
  const left = care.stableSince + ms - now;
  return left > 0 ? open(Math.min(left, SLOW_GLANCE_MS)) : await dropped(round, parts);
}

/** Drops an entry, after those that were built upon by it: they would seem undone without it. */
export async function dropped({ entry, all }: Round, { journal }: KeeperParts): Promise<Kept> {
  try {
    for (const earlier of overtakenBefore(entry, all)) await journal.drop(earlier);
    await journal.drop(entry);
  } catch (error) {
    if (error instanceof KnownError) return { kind: 'stuck', error };
    throw error;
  }
  return { kind: 'dropped' };
}

/**
 * Drops what somebody took back on purpose: nobody is to bring it back. Where that is one of ours, the
 * entry stays until that one is sure to have been made, and then for as long as any that was overtaken.
 */
export async function takenBack(round: Round, parts: KeeperParts): Promise<Kept> {
  const now = await sameRoundNow(round, parts);
  if (now === undefined || isBuiltOn(now.entry, now.all)) return open(GLANCE_MS);
  return await dropped(now, parts);
}

/**
 * Asks the vault to look after what an entry promises, where it stands, or is known to have stood and
 * was undone: then it is put back soon, whosever promise it is.
 * @returns false where it was never there, or something else is there by now.
 */
export async function guarded(
  { entry, care }: Round,
  promised: Promised,
  stands: boolean,
  { vault, journal }: KeeperParts,
): Promise<boolean> {
  // Before anybody can undo it, so that all know of it.
  if (stands && !entry.isMade) await journal.made(entry);
  // Of an owner that is gone it is made again at once.
  const wasMade = entry.isMade && entry.owner === 'alive' && care.givenUp === undefined;
  if (!stands && !wasMade) return false;
  care.isGuarded = await vault.lookAfter(entry.draft.storePath, promised, { wasMade });
  return care.isGuarded;
}

/**
 * The round once more, with the journal as it is now; undefined where the entry is gone, or has been
 * overtaken: others go on while one waits for a lock.
 * @throws {KnownError} `disk.*`
 */
export async function sameRoundNow(
  round: Round,
  { journal }: KeeperParts,
): Promise<Round | undefined> {
  // Of a store nothing is promised in the journals of other state dirs.
  const read = await journal.entries([round.entry.stateDir]);
  const names = await StoreNames.of(read.map(({ draft }) => draft.storePath));
  const all = names.renamed(read);
  const entry = all.find(({ path }) => path === round.entry.path);
  if (entry === undefined || lineageOf(entry, all).isOvertaken) return undefined;
  return { ...round, entry, all };
}

/** The vault has given it up. @returns when it is to be written again, if it still has to be. */
export function givenUp({ care }: Round, parts: KeeperParts): Kept {
  const times = (care.givenUp?.times ?? 0) + 1;
  const ms = Math.min(LONGEST_TRUCE_MS, FIRST_TRUCE_MS * 2 ** (times - 1));
  care.givenUp = { times, nextAt: steadyOf(parts) + ms };
  care.isGuarded = false;
  delete care.stableSince;
  return open(ms);
}

/** For how long it is not written again, in milliseconds; undefined: it may be. */
export function truceOf({ care }: Round, parts: KeeperParts): number | undefined {
  const left = (care.givenUp?.nextAt ?? 0) - steadyOf(parts);
  return care.givenUp !== undefined && left > 0 ? left : undefined;
}

export function timesOf({ times }: Pick<KeeperParts, 'times'>): UpkeepTimes {
  return { ...UPKEEP_TIMES, ...times };
}

export function steadyOf({ steady }: Pick<KeeperParts, 'steady'>): number {
  return (steady ?? steadyNow)();
}

const steadyNow = (): number => performance.now();

export function open(ms: number): Extract<Kept, { kind: 'open' }> {
  return { kind: 'open', ms };
}
