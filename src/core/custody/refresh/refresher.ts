import { Cancelled } from '../../clock.ts';
import { isJsonObject } from '../../documents/json.ts';
import { shownKey } from '../../documents/shownText.ts';
import { entryOf } from '../../documents/storeIntents.ts';
import { KnownError } from '../../errors.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import { familyOf } from '../../model/tokenFamily.ts';
import type { RefreshGrant, RenewedTokens } from '../../signin/refreshGrant.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { startOver } from '../startOver.ts';
import { type StorePlace, stateDirsOf } from '../storePlaces.ts';
import { readKnownStore } from '../storeRead.ts';
import { assertRemembered, damagedPaths, lookAround } from './evidence.ts';
import { Flights } from './flights.ts';
import { HeldRefresh, type StartAgain } from './heldRefresh.ts';
import { type HeldLogin, loginsIn, storesToHold } from './holders.ts';
import { KeptAnswers } from './keptAnswers.ts';
import { land } from './landing.ts';
import { newerTokens } from './newerTokens.ts';
import { fromAnswer, toAnswer } from './refreshAnswer.ts';
import { RefreshNotes } from './refreshNotes.ts';
import type { RefresherParts, RefreshRequest, RefreshResult } from './refreshTypes.ts';
import { storeOfLock } from './storeOfLock.ts';
import { mayMove } from './tokenIntents.ts';

export type { DeadReason, RefresherParts, RefreshRequest, RefreshResult } from './refreshTypes.ts';

/** New holders can appear while the locks of the known ones are being taken; so often it is begun anew. */
const MOST_ROUNDS = 10;
/** At the very end, for each answer that could be written nowhere so far. */
const LAST_TRY_MS = 3_000;

type LoginName = Pick<HeldLogin, 'hash' | 'provider' | 'profileId'>;
type OwnLogin = HeldLogin & { readonly profileId: string };

/**
 * Renews logins (RFC 6749 6) without spending a refresh token twice: one flight per token in this
 * process, and across processes under the locks of all stores that hold it; newer tokens that are
 * there already are adopted; what was received ends in the journal before anywhere else.
 */
export class Refresher {
  readonly #parts: RefresherParts;
  readonly #kept: KeptAnswers;
  readonly #flights = new Flights<RefreshResult>();
  /** Answers that came after they had been given up, on their way. */
  readonly #late = new Flights<boolean>();
  /** Journal entries whose request is under way here. */
  readonly #open = new Set<string>();
  readonly #disposed = new AbortController();

  constructor(parts: RefresherParts) {
    const { clock } = parts.services;
    this.#kept = new KeptAnswers({ clock, log: parts.log });
    const { journal } = parts;
    this.#parts = {
      ...parts,
      journal: {
        open: (...entry) => journal.open(...entry),
        entries: async (stateDirs) => this.#kept.among(await journal.entries(stateDirs)),
        drop: (entry) => journal.drop(entry),
      },
    };
  }

  /**
   * Refreshes one profile, and with it everybody who holds the same login. `signal` ends the waiting of
   * this caller, never a request. Locks: those of all stores that hold the login, for as long as a
   * request takes.
   *
   * @throws {KnownError} if nothing was sent: `profile.gone`, `refresh.unsupported`,
   * `signin.badEndpoint`, `lock.*`, `store.*`, `disk.*`.
   * @throws {Cancelled} also once disposed.
   */
  async refresh(request: RefreshRequest, signal?: AbortSignal): Promise<RefreshResult> {
    this.#throwIfDisposed();
    const login = await this.#ownLogin(request);
    const { provider } = login;
    const { profileId } = request;
    const grant = await this.#parts.grant(provider);
    if (grant === undefined) throw new KnownError('refresh.unsupported', { profileId, provider });
    this.#throwIfDisposed();
    // Who was asked for by a person does not share the answer "not yet".
    const key = `${login.hash} ${request.force === true}`;
    return await this.#flights.join(key, () => this.#fly(request, grant, login), signal);
  }

  /**
   * Brings what the journal holds of a refresh to everybody who still has the old token, under their
   * locks. May be done again, and by several programs. `settled`: nobody here holds the old token any
   * more; `waiting`: no answer has come, or none that this version understands.
   * @throws {KnownError} `lock.*`, `store.*`, `disk.*`: to be tried again.
   */
  async settle(entry: JournalEntry): Promise<'settled' | 'waiting'> {
    const { draft, answer, path } = entry;
    if (draft.kind !== 'refresh' || this.#open.has(path)) return 'waiting';
    const renewed = fromAnswer(answer);
    if (renewed === undefined) return 'waiting';
    const { stateDir, at } = entry;
    const { from: hash, provider, profileId, storePath } = draft;
    const place = { stateDir, agentId: '', storePath };
    await this.#store(place, { hash, provider, profileId }, renewed, at, this.#disposed.signal);
    return 'settled';
  }

  /**
   * Takes no more requests; resolves when those under way have come to their end, and what could be
   * written nowhere so far has been tried once more.
   */
  async dispose(): Promise<void> {
    this.#disposed.abort();
    await this.#flights.landed();
    await this.#late.landed();
    await this.#kept.dispose();
  }

  async #fly(
    request: RefreshRequest,
    grant: RefreshGrant,
    first: OwnLogin,
  ): Promise<RefreshResult> {
    const parts = this.#parts;
    const readOnly = new Set<string>();
    let login = first;
    for (let round = 1; ; round++) {
      const places = await this.#places(request.place);
      const token = String(login.credential['refresh']);
      const look = await lookAround(places, parts, { token });
      const wanted = storesToHold(look.logins, login, familyOf(login.hash, look.records));
      assertRemembered(look, request.place, places, wanted);
      const paths = wanted.filter((path) => !readOnly.has(path));
      const held = new HeldRefresh({
        parts,
        request,
        grant,
        login,
        places,
        stateDirs: look.stateDirs,
        paths,
        readOnly,
        givenUp: damagedPaths(look),
        onOpen: ({ path }) => this.#open.add(path),
        keepLate: (renewed) => {
          const { hash } = login;
          return this.#late.join(hash, () => this.#keepLate(request, hash, renewed));
        },
      });
      const outcome = await this.#underLocks(held, request, paths, readOnly);
      if (outcome.kind !== 'startAgain') return await this.#finish(request, login, held, outcome);
      if (round >= MOST_ROUNDS + readOnly.size) {
        throw new KnownError('disk.contended', { path: request.place.storePath });
      }
      login = await this.#ownLogin(request);
    }
  }

  /** @param readOnly Gets the store, other than that of the request, whose lock cannot be had. */
  async #underLocks(
    held: HeldRefresh,
    { place }: RefreshRequest,
    paths: readonly string[],
    readOnly: Set<string>,
  ): Promise<RefreshResult | StartAgain> {
    const { vault, log, services } = this.#parts;
    const { signal } = this.#disposed;
    let failure: unknown;
    try {
      return await vault.withStores(paths, { signal }, (stores) => held.run(stores));
    } catch (error) {
      failure = error;
    }
    try {
      // The locks may be gone while the answer is still on its way.
      if (held.outcome !== undefined) return await held.outcome;
    } catch (error) {
      failure = error;
    } finally {
      if (held.slot !== undefined) this.#open.delete(held.slot.path);
    }
    if (held.outcome === undefined) {
      const closed = await storeOfLock(failure, paths);
      if (closed !== undefined && closed !== place.storePath) {
        log(`${closed}: left out of a refresh: disk.readOnly`);
        readOnly.add(closed);
        return { kind: 'startAgain' };
      }
    }
    if (!isOvertaken(failure)) throw failure;
    await services.clock.sleep(20 * Math.random(), signal);
    return { kind: 'startAgain' };
  }

  /**
   * What could not be stored under the first locks gets a second chance at once; then it is Upkeep's,
   * or, where not even the journal could be written, ours.
   */
  async #finish(
    { place }: RefreshRequest,
    login: OwnLogin,
    { renewed, slot, isJournaled }: HeldRefresh,
    result: RefreshResult,
  ): Promise<RefreshResult> {
    if (slot !== undefined) this.#open.delete(slot.path);
    if (result.kind !== 'refreshed' || result.fault === undefined) return result;
    if (renewed === undefined || slot === undefined) return result;
    const { clock } = this.#parts.services;
    const at = clock.now();
    const store = (signal: AbortSignal) => this.#store(place, login, renewed, at, signal);
    try {
      await store(this.#disposed.signal);
      // Without its answer it would count as lost on the way.
      if (!isJournaled) await slot.drop().catch(() => {});
      return { kind: 'refreshed', expires: result.expires };
    } catch (error) {
      const fault = error instanceof KnownError ? error : result.fault;
      if (isJournaled) return { ...result, fault, kept: 'journal' };
      const { hash: from, provider, profileId } = login;
      const { stateDir, storePath } = place;
      this.#kept.keep({
        slot,
        stateDir,
        draft: { kind: 'refresh', provider, from, profileId, storePath },
        at,
        renewed,
        store: () => store(AbortSignal.timeout(LAST_TRY_MS)),
      });
      return { ...result, fault, kept: 'memory' };
    }
  }

  /**
   * An answer to a request that has been written down as lost: into the journal, from where everybody
   * has it, and to its holders.
   * @param hash Of the token that was sent.
   * @returns whether it is safe. Not where another token stands there by now: it is nobody's then.
   */
  async #keepLate(
    { place, profileId }: RefreshRequest,
    hash: string,
    renewed: RenewedTokens,
  ): Promise<boolean> {
    const { journal, services, log } = this.#parts;
    const { stateDir, storePath } = place;
    const at = services.clock.now();
    let isSafe = false;
    try {
      const login = await this.#ownLogin({ place, profileId });
      if (login.hash !== hash) return false;
      const { provider } = login;
      const draft = { kind: 'refresh', provider, from: hash, profileId, storePath } as const;
      const store = (signal: AbortSignal) => this.#store(place, login, renewed, at, signal);
      const slot = await journal.open(stateDir, draft);
      try {
        await slot.answer(toAnswer(renewed));
      } catch {
        const lastTry = () => store(AbortSignal.timeout(LAST_TRY_MS));
        this.#kept.keep({ slot, stateDir, draft, at, renewed, store: lastTry });
        return true;
      }
      isSafe = true;
      log(`${storePath}: ${profileId}: the answer to its refresh came late`);
      await store(this.#disposed.signal);
    } catch (error) {
      // In the journal it is Upkeep's.
      const code = error instanceof KnownError ? error.code : 'unexpected failure';
      log(`${storePath}: ${profileId}: a late answer is not stored yet: ${code}`);
    }
    return isSafe;
  }

  /** Writes down which token came from which, and {@link #bring}s it to the holders of the old one. */
  async #store(
    place: StorePlace,
    login: LoginName,
    renewed: RenewedTokens,
    at: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { memory, log, services } = this.#parts;
    const all = stateDirsOf(await this.#places(place));
    const { records, unreadable } = await memory.readEach(all);
    const dirs = all.filter((dir) => !unreadable.has(dir));
    const notes = new RefreshNotes({ memory, log }, place.stateDir, dirs);
    const known = records.get(login.hash);
    const next = tokenHash(renewed.fields.refresh);
    let failure: unknown;
    try {
      if (next !== login.hash && known?.next !== next) {
        await notes.record({ kind: 'spent', token: login.hash, at, next });
      }
      if (next === login.hash && (known === undefined || known.at < at)) {
        await notes.record({ kind: 'renewed', token: login.hash, at });
      }
    } catch (error) {
      // The tokens themselves matter more.
      failure = error;
    }
    const readOnly = new Set<string>();
    await startOver(
      () => this.#bring(place, login, renewed, readOnly, signal),
      services.clock,
      signal,
    );
    if (failure !== undefined) throw failure;
  }

  /** @param readOnly Gets the stores, other than that of `place`, whose locks cannot be had. */
  async #bring(
    place: StorePlace,
    login: LoginName,
    renewed: RenewedTokens,
    readOnly: Set<string>,
    signal: AbortSignal,
  ): Promise<void> {
    const { vault, log } = this.#parts;
    const places = await this.#places(place);
    const { storePath, stateDir } = place;
    const reference = { ...login, storePath: '', stateDir, credential: {}, expires: undefined };
    const wanted = async (givenUp?: ReadonlySet<string>) => {
      const token = renewed.fields.refresh;
      const look = await lookAround(places, this.#parts, { token, givenUp });
      const { logins, records } = look;
      const newest = newerTokens(reference, { ...look, arrived: renewed });
      if (newest === undefined) return undefined;
      const from = familyOf(login.hash, records);
      const { fields, identity } = newest;
      const { provider } = login;
      const move = { provider, from, fields, records, ...(identity && { identity }) };
      const holders = logins.filter(
        (one) => mayMove(one.credential, move) && !readOnly.has(one.storePath),
      );
      const paths = [...new Set(holders.map((one) => one.storePath))];
      return { move, holders, paths, damaged: damagedPaths(look) };
    };
    const before = await wanted();
    if (before === undefined || before.paths.length === 0) return;
    try {
      await vault.withStores(before.paths, { signal }, async (stores) => {
        const now = await wanted(before.damaged);
        if (now === undefined) return;
        const isNew = [...now.damaged].some((path) => !before.damaged.has(path));
        if (isNew || now.paths.some((path) => !before.paths.includes(path))) {
          throw new KnownError('disk.contended', { path: storePath });
        }
        await land(stores, now.holders, now.move, storePath, log);
      });
    } catch (error) {
      const closed = await storeOfLock(error, before.paths);
      if (closed === undefined || closed === storePath) throw error;
      log(`${closed}: left out of a refresh: disk.readOnly`);
      readOnly.add(closed);
      await this.#bring(place, login, renewed, readOnly, signal);
    }
  }

  /** @throws {KnownError} `profile.gone`, `refresh.unsupported`, `store.*` */
  async #ownLogin({ place, profileId }: RefreshRequest): Promise<OwnLogin> {
    const { storePath } = place;
    const store = await readKnownStore(storePath, this.#parts.services.clock);
    const stored =
      store.kind === 'whole' ? entryOf(store.document, 'profiles', profileId) : undefined;
    if (stored === undefined) throw new KnownError('profile.gone', { profileId, storePath });
    const [login] = loginsIn(place, profileId, stored);
    if (login !== undefined) return { ...login, profileId };
    const provider = isJsonObject(stored) ? shownKey(String(stored['provider'] ?? '')) : '';
    throw new KnownError('refresh.unsupported', { profileId, provider });
  }

  /** All that are known, and the one that was asked for. */
  async #places(asked: StorePlace): Promise<readonly StorePlace[]> {
    return [...(await this.#parts.places()), asked];
  }

  #throwIfDisposed(): void {
    if (this.#disposed.signal.aborted) throw new Cancelled();
  }
}

function isOvertaken(error: unknown): boolean {
  return error instanceof KnownError && ['lock.lost', 'disk.contended'].includes(error.code);
}
