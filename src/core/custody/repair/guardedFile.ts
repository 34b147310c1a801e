import { isDeepStrictEqual } from 'node:util';
import { type FileIdentity, isSameFile } from '../../disk/fileIdentity.ts';
import { LOCK_TIMES } from '../../disk/fileLock.ts';
import type { JsonObject, JsonValue } from '../../documents/json.ts';
import { entryOf } from '../../documents/storeIntents.ts';
import type { KnownBytes, KnownStore } from '../storeRead.ts';
import type { Aftermath } from './aftermath.ts';
import type { ChangedEntry } from './changedEntries.ts';
import {
  type GuardedEntry,
  type GuardTimes,
  hashOf,
  idOf,
  isBareRemoval,
  isLater,
  putBack as putEntryBack,
  type TakenBack,
} from './guardedEntry.ts';
import { holdsSpentToken, type Knowledge } from './tokenKnowledge.ts';
import { type Promised, type Sighting, standingOf } from './undone.ts';

/** An entry that is written all the time needs no longer memory. */
const MOST_OLD = 16;
const never = (): boolean => false;

/** A document with what was undone put back, and what that was. */
export interface Mended {
  readonly document: JsonObject;
  readonly putBack: readonly GuardedEntry[];
}

interface Waiting {
  readonly entries: readonly GuardedEntry[];
  readonly resolve: (aftermath: Aftermath) => void;
}

/** One store with entries that are looked after: the bookkeeping, without reading or writing. */
export class GuardedFile {
  readonly storePath: string;
  readonly file: string;
  readonly #times: GuardTimes;
  readonly #knowledge: Knowledge;
  readonly #entries = new Map<string, GuardedEntry>();
  readonly #hopeless = new Set<GuardedEntry>();
  readonly #over: TakenBack;
  #waiting: Waiting[] = [];
  /** As we last saw or wrote it. */
  #last: JsonObject | undefined;
  /** Of the file that we put in place last. */
  #identity: FileIdentity | undefined;
  /** What we put in place last, so that nobody need parse it again as long as it stands. */
  written: KnownBytes | undefined;
  /** How often we wrote it: what was read before the last time is out of date. */
  writes = 0;

  // For the looks, which are not made here.
  isLookDue = false;
  isLookedAt = false;
  lookAgain = false;
  isBeingWritten = false;
  failure: string | undefined;

  constructor(
    storePath: string,
    file: string,
    times: GuardTimes,
    knowledge: Knowledge,
    over: TakenBack,
  ) {
    this.#over = over;
    this.storePath = storePath;
    this.file = file;
    this.#times = times;
    this.#knowledge = knowledge;
  }

  has(entry: Promised['entry']): boolean {
    return this.#entries.has(idOf(entry));
  }

  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Nothing is looked after any more. */
  get isOver(): boolean {
    return this.#entries.size === 0 && !this.isAwaited;
  }

  /** Whether everything stands as it was written. */
  isAllIn(document: JsonObject): boolean {
    return [...this.#entries.values()].every(({ entry, value }) =>
      isDeepStrictEqual(entryOf(document, ...entry), value),
    );
  }

  get hasUndone(): boolean {
    return [...this.#entries.values()].some(({ isUndone }) => isUndone);
  }

  /** Whether the lock is worth being taken for what is undone: eight processes need not all do it. */
  get hasToBeMended(): boolean {
    const now = performance.now();
    return [...this.#entries.values()].some(
      ({ isUndone, isOwn, undoneAt }) =>
        isUndone && (isOwn || now - undoneAt >= this.#times.othersTurnMs),
    );
  }

  /**
   * Finds out what became of each entry. What was once found undone stays so until it is put back.
   * @param at milliseconds since the epoch.
   */
  async judge(store: KnownStore, at: number): Promise<void> {
    // A store that was deleted as a whole was deleted on purpose: no program undoes an entry so.
    if (store.kind === 'absent') {
      for (const { entry, value } of this.#entries.values()) {
        this.#over.set(idOf(entry, this.file), hashOf(value));
      }
      this.#entries.clear();
      this.#last = undefined;
      return;
    }
    const { document, read } = store;
    const isOurFile = this.#identity !== undefined && isSameFile(read.identity, this.#identity);
    const seen = { document, last: this.#last, isOurFile };
    this.#last = document;
    const now = performance.now();
    // All at once, before anything is waited for: another look or a commit may come in between.
    const standings = [...this.#entries].map(([id, one]) => {
      const standing = standingOf(one, { ...seen, ageMs: now - one.wroteAt });
      if (standing === 'stands' || standing === 'other') {
        one.firstSeen = undefined;
        return { id, one, standing };
      }
      if (one.firstSeen === undefined) one.undoneAt = now;
      one.firstSeen ??= standing;
      return { id, one, standing: one.firstSeen };
    });
    const { writes } = this;
    for (const { id, one, standing } of standings) {
      const verdict =
        standing === 'stands' ? standing : await this.#lastWord(one, standing, { ...seen, at });
      // We wrote meanwhile, or another look was faster.
      if (writes !== this.writes || this.#entries.get(id) !== one) continue;
      if (verdict === 'over') {
        this.#entries.delete(id);
        this.#over.set(idOf(one.entry, this.file), hashOf(one.value));
      } else one.isUndone = verdict === 'undone';
    }
  }

  async #lastWord(
    one: GuardedEntry,
    standing: 'other' | 'undone' | 'revoked',
    { document, isOurFile, at }: Omit<Sighting, 'ageMs'> & { readonly at: number },
  ): Promise<'undone' | 'other' | 'over'> {
    const now = entryOf(document, ...one.entry);
    const [part] = one.entry;
    if (part === 'usageStats') {
      // CoderClaw has used the profile since: what it found then is never to be written over.
      return standing === 'other' || this.#wentWithProfile(one, document) ? 'over' : 'undone';
    }
    // A spent token helps nobody, whoever brought it back; and we write none either.
    const isSpent = part === 'profiles' && (await holdsSpentToken(now, this.#knowledge));
    if (standing === 'other' && !isSpent) return 'other';
    if (standing === 'revoked' && !isSpent && !one.isUndone) return 'over';
    if (part !== 'profiles') return 'undone';
    if (await holdsSpentToken(one.value, this.#knowledge)) return 'over';
    if (now !== undefined || this.#knowledge.removedByUs === undefined) return 'undone';
    // The clock may have been set back since.
    const since = Math.min(one.since, at - (performance.now() - one.addedAt));
    // Who removes a profile notes it down first, and may then have waited for our lock.
    const asOf = isOurFile ? since : since - LOCK_TIMES.waitMs;
    const { storePath } = this;
    const isRemoved = await this.#knowledge.removedByUs(storePath, one.entry[1], one.value, asOf);
    return isRemoved ? 'over' : 'undone';
  }

  /** Somebody removed the profile with its usage. A profile that is looked after brings its usage along. */
  #wentWithProfile({ entry }: GuardedEntry, document: JsonObject): boolean {
    const profile = ['profiles', entry[1]] as const;
    const isThere = [entry, profile].some((one) => entryOf(document, ...one) !== undefined);
    return !isThere && !this.#entries.has(idOf(profile));
  }

  /** Puts back what {@link judge} found undone. */
  mend(document: JsonObject): Mended {
    const putBack = [...this.#entries.values()].filter(
      ({ isUndone, repairs }) => isUndone && repairs < this.#times.mostRepairs,
    );
    return {
      document: putBack.reduce(putEntryBack, document),
      putBack,
    };
  }

  /** What is undone and has been put back too often already, from now on left to itself. */
  takeHopeless(): readonly GuardedEntry['entry'][] {
    const hopeless = [...this.#entries].filter(
      ([, { isUndone, repairs }]) => isUndone && repairs >= this.#times.mostRepairs,
    );
    for (const [id, one] of hopeless) {
      this.#entries.delete(id);
      this.#hopeless.add(one);
    }
    return hopeless.map(([, { entry }]) => entry);
  }

  /** Takes note of a write of ours. @param at milliseconds since the epoch. */
  wrote(
    {
      identity,
      document,
      written,
      putBack,
      changes,
    }: {
      readonly identity: FileIdentity;
      readonly document: JsonObject;
      readonly written: KnownBytes | undefined;
      readonly putBack: readonly GuardedEntry[];
      readonly changes: readonly ChangedEntry[];
    },
    at: number,
  ): Promise<Aftermath> {
    this.writes += 1;
    this.#last = document;
    this.#identity = identity;
    this.written = written;
    for (const one of putBack) {
      one.repairs += 1;
      one.isUndone = false;
      one.firstSeen = undefined;
      one.wroteAt = performance.now();
    }
    const entries = changes.flatMap(({ entry, before, after }) => {
      this.#over.delete(idOf(entry, this.file));
      // Usage goes only with its profile, and is put right with that.
      if (entry[0] === 'usageStats' && after === undefined) {
        this.#entries.delete(idOf(entry));
        return [];
      }
      const earlier = this.#entries.get(idOf(entry));
      // A copy of the store may be as old as any of our commits that are still looked after.
      const old = [before, ...(earlier ? [earlier.value, ...earlier.old] : [])].slice(0, MOST_OLD);
      const promised = { entry, value: after, isOld: earlier?.isOldToo ?? never };
      return this.#add(promised, at, old, 'own', isBareRemoval(document, promised));
    });
    if (entries.length === 0) return Promise.resolve('kept');
    return new Promise((resolve) => {
      this.#waiting.push({ entries, resolve });
    });
  }

  /**
   * Looks after an entry that another process of ours wrote, which is now as `wasMade` allows.
   * @returns `known`: it is looked after already. `no`: something else stands there, was written after it,
   * or it was taken back on purpose.
   */
  adopt(
    store: KnownStore & { kind: 'whole' },
    promised: Promised & { readonly at?: number },
    at: number,
    wasMade: boolean,
  ): 'stands' | 'undone' | 'known' | 'no' {
    const { entry, value, isOld } = promised;
    const id = idOf(entry);
    const known = this.#entries.get(id);
    if (known !== undefined && isDeepStrictEqual(known.value, value)) return 'known';
    const now = entryOf(store.document, ...entry);
    const stands = isDeepStrictEqual(now, value);
    if (known !== undefined && !isLater(promised, known, stands)) return 'no';
    if (!stands) {
      const isOver = this.#over.get(idOf(entry, this.file)) === hashOf(value);
      if (!wasMade || isOver || (now !== undefined && !isOld(now))) return 'no';
    }
    this.#last ??= store.document;
    const old = known === undefined ? [] : [known.value, ...known.old].slice(0, MOST_OLD);
    const one = this.#add(promised, at, old, 'others', isBareRemoval(store.document, promised));
    // Whoever undid it did so before we came: there is nothing to compare with.
    if (!stands) one.firstSeen = 'undone';
    return stands ? 'stands' : 'undone';
  }

  #add(
    { entry, value, isOld }: Promised,
    since: number,
    old: readonly (JsonValue | undefined)[],
    whose: 'own' | 'others',
    isBare: boolean,
  ): GuardedEntry {
    const now = performance.now();
    const one: GuardedEntry = {
      entry,
      value,
      old,
      isOldToo: isOld,
      isOld: (seen) => isOld(seen) || old.some((value) => isDeepStrictEqual(value, seen)),
      since,
      addedAt: now,
      until: now + this.#times.windowMs,
      wroteAt: now,
      isBare,
      isOwn: whose === 'own',
      undoneAt: now,
      firstSeen: undefined,
      isUndone: false,
      repairs: 0,
    };
    this.#entries.set(idOf(entry), one);
    return one;
  }

  /** Tells what became of the commits that a look from `began` (steady clock) on can tell of. */
  settle(began: number): void {
    this.#waiting = this.#waiting.filter(({ entries, resolve }) => {
      const current = entries.filter((one) => this.#entries.get(idOf(one.entry)) === one);
      if (entries.some((one) => this.#hopeless.has(one))) resolve('undone');
      else if (current.some(({ isUndone }) => isUndone)) return true;
      else if (current.some(({ wroteAt }) => began < wroteAt + this.#times.firstLookMs - 1)) {
        return true;
      } else resolve(entries.some(({ repairs }) => repairs > 0) ? 'repaired' : 'kept');
      for (const one of entries) this.#hopeless.delete(one);
      return false;
    });
    if (!this.isAwaited) this.#hopeless.clear();
  }

  giveUp(aftermath: Aftermath): void {
    for (const { resolve } of this.#waiting) resolve(aftermath);
    this.#waiting = [];
  }

  /** Forgets what was looked after for long enough by a look that began then (steady clock). */
  prune(began: number): void {
    for (const [id, { until }] of this.#entries) {
      if (until <= began) this.#entries.delete(id);
    }
  }
}
