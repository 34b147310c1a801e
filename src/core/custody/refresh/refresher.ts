import { Cancelled } from '../../clock.ts';
import { isJsonObject, type JsonObject } from '../../documents/json.ts';
import { shownKey } from '../../documents/shownText.ts';
import { entryOf } from '../../documents/storeIntents.ts';
import { KnownError } from '../../errors.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import { familyOf } from '../../model/tokenFamily.ts';
import { identityOfStored, sameIdentity } from '../../signin/identity.ts';
import type { RefreshGrant, RenewedTokens } from '../../signin/refreshGrant.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { startOver } from '../startOver.ts';
import { type StorePlace, stateDirsOf } from '../storePlaces.ts';
import { readKnownStore } from '../storeRead.ts';
import { Flights } from './flights.ts';
import { HeldRefresh, type StartAgain } from './heldRefresh.ts';
import { type HeldLogin, loginsIn, readLogins, storesToHold } from './holders.ts';
import { land } from './landing.ts';
import { newerTokens } from './newerTokens.ts';
import { fromAnswer, toAnswer } from './refreshAnswer.ts';
import type { RefresherParts, RefreshRequest, RefreshResult } from './refreshTypes.ts';
import { mayMove } from './tokenIntents.ts';

export type { RefresherParts, RefreshRequest, RefreshResult } from './refreshTypes.ts';

/** New holders can appear while the locks of the known ones are being taken; so often it is begun anew. */
const MOST_ROUNDS = 10;

type LoginName = Pick<HeldLogin, 'hash' | 'provider' | 'profileId'>;
type OwnLogin = HeldLogin & { readonly profileId: string };

/**
 * Renews logins (RFC 6749 6) without spending a refresh token twice: one flight per token in this
 * process, and across processes under the locks of all stores that hold it; newer tokens that are
 * there already are adopted; what was received ends in the journal before anywhere else.
 */
export class Refresher {
  readonly #parts: RefresherParts;
  readonly #flights = new Flights<RefreshResult>();
  /** Journal entries whose request is under way here. */
  readonly #open = new Set<string>();
  readonly #disposed = new AbortController();

  constructor(parts: RefresherParts) {
    this.#parts = parts;
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
    await this.#store(place, { hash, provider, profileId }, renewed, at);
    return 'settled';
  }

  /** Takes no more requests; resolves when those under way have come to their end. */
  async dispose(): Promise<void> {
    this.#disposed.abort();
    await this.#flights.landed();
  }

  async #fly(
    request: RefreshRequest,
    grant: RefreshGrant,
    first: OwnLogin,
  ): Promise<RefreshResult> {
    const parts = this.#parts;
    let login = first;
    for (let round = 1; ; round++) {
      const places = await this.#places(request.place);
      const logins = await this.#logins(places, login, true);
      const records = await parts.memory.read(stateDirsOf(places));
      const paths = storesToHold(logins, login, familyOf(login.hash, records));
      const sent = login;
      const held = new HeldRefresh({
        parts,
        request,
        grant,
        login,
        places,
        paths,
        onOpen: ({ path }) => this.#open.add(path),
        onLate: (renewed) => void this.#landLate(request, sent, renewed),
      });
      const outcome = await this.#underLocks(held, paths, round);
      if (held.slot !== undefined) this.#open.delete(held.slot.path);
      if (outcome.kind !== 'startAgain') return await this.#finish(request, login, held, outcome);
      if (round >= MOST_ROUNDS) {
        throw new KnownError('disk.contended', { path: request.place.storePath });
      }
      login = await this.#ownLogin(request);
    }
  }

  async #underLocks(
    held: HeldRefresh,
    paths: readonly string[],
    round: number,
  ): Promise<RefreshResult | StartAgain> {
    const { signal } = this.#disposed;
    let failure: unknown;
    try {
      return await this.#parts.vault.withStores(paths, { signal }, (stores) => held.run(stores));
    } catch (error) {
      failure = error;
    }
    try {
      // The locks may be gone while the answer is still on its way.
      if (held.outcome !== undefined) return await held.outcome;
    } catch (error) {
      failure = error;
    }
    if (!isOvertaken(failure) || round >= MOST_ROUNDS) throw failure;
    await this.#parts.services.clock.sleep(20 * Math.random(), signal);
    return { kind: 'startAgain' };
  }

  /** What could not be stored under the first locks gets a second chance at once; then it is Upkeep's. */
  async #finish(
    { place }: RefreshRequest,
    login: OwnLogin,
    { renewed }: HeldRefresh,
    result: RefreshResult,
  ): Promise<RefreshResult> {
    if (result.kind !== 'refreshed' || result.fault === undefined || renewed === undefined) {
      return result;
    }
    try {
      await this.#store(place, login, renewed, this.#parts.services.clock.now());
      return { kind: 'refreshed', expires: result.expires };
    } catch (error) {
      return error instanceof KnownError ? { ...result, fault: error } : result;
    }
  }

  /** An answer for which nobody waits any more. */
  async #landLate(
    { place, profileId }: RefreshRequest,
    login: OwnLogin,
    renewed: RenewedTokens,
  ): Promise<void> {
    const { journal, services, log } = this.#parts;
    const { storePath, stateDir } = place;
    const { provider, hash: from } = login;
    log(`${storePath}: ${profileId}: an answer came after its time`);
    try {
      const mine = { ...identityOfStored(login.credential), provider };
      if (sameIdentity(mine, { ...renewed.identity, provider }) === 'other') {
        log(`${storePath}: ${profileId}: the late answer is somebody else's`);
        const kind = tokenHash(renewed.fields.refresh) === from ? 'refused' : 'spent';
        const dirs = stateDirsOf(await this.#places(place));
        await this.#parts.memory.record(dirs, { kind, token: from, at: services.clock.now() });
        return;
      }
      const draft = { kind: 'refresh', provider, from, profileId, storePath } as const;
      const slot = await journal.open(stateDir, draft);
      await slot.answer(toAnswer(renewed));
      await this.#store(place, login, renewed, services.clock.now());
    } catch (error) {
      const code = error instanceof KnownError ? error.code : 'unexpected failure';
      log(`${storePath}: ${profileId}: the late answer is not stored: ${code}`);
    }
  }

  /** Writes down which token came from which, then {@link #bring}s it to the holders of the old one. */
  async #store(
    place: StorePlace,
    login: LoginName,
    renewed: RenewedTokens,
    at: number,
  ): Promise<void> {
    const { memory } = this.#parts;
    const dirs = stateDirsOf(await this.#places(place));
    const known = (await memory.read(dirs)).get(login.hash);
    const next = tokenHash(renewed.fields.refresh);
    if (next !== login.hash && known?.next !== next) {
      await memory.record(dirs, { kind: 'spent', token: login.hash, at, next });
    }
    if (next === login.hash && (known === undefined || known.at < at)) {
      await memory.record(dirs, { kind: 'renewed', token: login.hash, at });
    }
    await startOver(
      () => this.#bring(place, login, renewed),
      this.#parts.services.clock,
      this.#disposed.signal,
    );
  }

  async #bring(place: StorePlace, login: LoginName, renewed: RenewedTokens): Promise<void> {
    const { vault, memory, journal, log } = this.#parts;
    const places = await this.#places(place);
    const dirs = stateDirsOf(places);
    const reference = { ...login, storePath: '', credential: {}, expires: undefined };
    const entries = await journal.entries(dirs);
    const wanted = async (patient: boolean) => {
      const [logins, records] = [
        await this.#logins(places, renewed.fields, patient),
        await memory.read(dirs),
      ];
      const newest = newerTokens(reference, { logins, records, entries, arrived: renewed });
      if (newest === undefined) return undefined;
      const from = familyOf(login.hash, records);
      const { fields, identity } = newest;
      const { provider } = login;
      const move = { provider, from, fields, records, ...(identity && { identity }) };
      const holders = logins.filter(({ credential }) => mayMove(credential, move));
      return { move, holders, paths: [...new Set(holders.map(({ storePath }) => storePath))] };
    };
    const before = await wanted(true);
    if (before === undefined || before.paths.length === 0) return;
    const { signal } = this.#disposed;
    await vault.withStores(before.paths, { signal }, async (stores) => {
      const now = await wanted(false);
      if (now === undefined) return;
      if (now.paths.some((path) => !before.paths.includes(path))) {
        throw new KnownError('disk.contended', { path: place.storePath });
      }
      await land(stores, now.holders, now.move, place.storePath, log);
    });
  }

  /** @throws {KnownError} `profile.gone`, `refresh.unsupported`, `store.*` */
  async #ownLogin({ place, profileId }: RefreshRequest): Promise<OwnLogin> {
    const { storePath } = place;
    const store = await readKnownStore(storePath, this.#parts.services.clock);
    const stored =
      store.kind === 'whole' ? entryOf(store.document, 'profiles', profileId) : undefined;
    if (stored === undefined) throw new KnownError('profile.gone', { profileId, storePath });
    const [login] = loginsIn(storePath, profileId, stored);
    if (login !== undefined) return { ...login, profileId };
    const provider = isJsonObject(stored) ? shownKey(String(stored['provider'] ?? '')) : '';
    throw new KnownError('refresh.unsupported', { profileId, provider });
  }

  #logins(
    places: readonly StorePlace[],
    holding: { readonly credential: JsonObject } | RenewedTokens['fields'],
    patient: boolean,
  ): Promise<readonly HeldLogin[]> {
    const { services, log } = this.#parts;
    const { refresh } = 'credential' in holding ? (holding.credential as JsonObject) : holding;
    return readLogins(places, { clock: services.clock, log, token: String(refresh), patient });
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
