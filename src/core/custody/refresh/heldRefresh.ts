import { KnownError } from '../../errors.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import { isDead, type TokenRecords } from '../../model/refreshLog.ts';
import { familyOf, isSpent } from '../../model/tokenFamily.ts';
import { identityOfStored, sameIdentity } from '../../signin/identity.ts';
import type { RefreshGrant, RenewedTokens } from '../../signin/refreshGrant.ts';
import type { HeldStores } from '../heldStores.ts';
import type { JournalSlot } from '../journal/journal.ts';
import type { StorePlace } from '../storePlaces.ts';
import { assertRemembered, doubtOf, type Look, lookAround } from './evidence.ts';
import { type HeldLogin, loginOf, storesToHold } from './holders.ts';
import { land } from './landing.ts';
import { type NewerTokens, newerTokens } from './newerTokens.ts';
import { toAnswer } from './refreshAnswer.ts';
import { failureOf, retryAfter, retryUnsure } from './refreshFailure.ts';
import { RefreshNotes } from './refreshNotes.ts';
import type { RefresherParts, RefreshRequest, RefreshResult } from './refreshTypes.ts';
import { withoutRequest } from './withoutRequest.ts';

/** Somebody changed what the refresh was about: to be started again, perhaps with another token. */
export interface StartAgain {
  readonly kind: 'startAgain';
}

/** One refresh of one refresh token, as far as it happens under the locks of its holders. */
export interface HeldRefreshOptions {
  readonly parts: RefresherParts;
  readonly request: RefreshRequest;
  readonly grant: RefreshGrant;
  /** As it was read before the locks were taken. */
  readonly login: HeldLogin & { readonly profileId: string };
  readonly places: readonly StorePlace[];
  /** Those of them that can be written to, as far as is known. */
  readonly stateDirs: readonly string[];
  /** The stores whose locks are taken. */
  readonly paths: readonly string[];
  /** Stores whose locks cannot be had: they are not ours to write, and go without. */
  readonly readOnly: ReadonlySet<string>;
  /** Stores and caches that were waited for in vain before the locks were taken. */
  readonly givenUp: ReadonlySet<string>;
  readonly onOpen: (slot: JournalSlot) => void;
  /** Keeps tokens of this person that came too late. Resolves with whether they are safe. */
  readonly keepLate: (renewed: RenewedTokens) => Promise<boolean>;
}

export class HeldRefresh {
  readonly #options: HeldRefreshOptions;
  readonly #notes: RefreshNotes;
  #outcome: Promise<RefreshResult | StartAgain> | undefined;
  #slot: JournalSlot | undefined;
  #renewed: RenewedTokens | undefined;
  #isJournaled = false;

  constructor(options: HeldRefreshOptions) {
    this.#options = options;
    const { parts, request, stateDirs } = options;
    this.#notes = new RefreshNotes(parts, request.place.stateDir, stateDirs);
  }

  /** Once it has begun. It goes on when the locks are lost: an answer may be on its way. */
  get outcome(): Promise<RefreshResult | StartAgain> | undefined {
    return this.#outcome;
  }

  /** Its entry in the journal, once something may have been sent. */
  get slot(): JournalSlot | undefined {
    return this.#slot;
  }

  /** What the provider gave, if it did and it is this person's. */
  get renewed(): RenewedTokens | undefined {
    return this.#renewed;
  }

  /** Whether the journal holds that. */
  get isJournaled(): boolean {
    return this.#isJournaled;
  }

  /**
   * To be called once.
   * @throws {KnownError} only if nothing was sent.
   */
  run(stores: HeldStores): Promise<RefreshResult | StartAgain> {
    this.#outcome = this.#run(stores);
    return this.#outcome;
  }

  async #run(stores: HeldStores): Promise<RefreshResult | StartAgain> {
    const { request, login, paths, grant, parts, readOnly, givenUp, places } = this.#options;
    const { storePath } = request.place;
    const { profileId } = request;
    // The one store that has to be whole.
    await stores.read(storePath);
    const evidence = await this.#look();
    // Somebody is writing it at this moment, or it has just been damaged: that takes time to tell.
    if (evidence.damaged.some(({ path }) => !givenUp.has(path))) return { kind: 'startAgain' };
    const own = loginOf(evidence.logins, storePath, profileId);
    if (own === undefined) throw new KnownError('profile.gone', { profileId, storePath });
    if (own.hash !== login.hash) return this.#movedOn(own, evidence.records);
    const family = familyOf(own.hash, evidence.records);
    const wanted = storesToHold(evidence.logins, own, family);
    const isHeld = (path: string): boolean => paths.includes(path) || readOnly.has(path);
    if (!wanted.every(isHeld)) return { kind: 'startAgain' };
    assertRemembered(evidence, request.place, places, wanted);

    const newer = newerTokens(own, evidence);
    if (newer !== undefined) return await this.#adopt(stores, own, newer, evidence);
    const already = await withoutRequest(own, evidence, {
      parts,
      notes: this.#notes,
      force: request.force === true,
      rotates: grant.rotates,
      doubt: doubtOf(evidence),
    });
    if (already !== undefined) return already;

    await stores.proveOwnership();
    const slot = await parts.journal.open(request.place.stateDir, {
      kind: 'refresh',
      provider: own.provider,
      from: own.hash,
      profileId,
      storePath,
    });
    this.#slot = slot;
    this.#options.onOpen(slot);
    try {
      // The last moment: until the entry stood there, others could take our locks over and see nothing.
      await stores.proveOwnership();
    } catch (error) {
      await slot.drop().catch(() => {});
      throw error;
    }
    let renewed: RenewedTokens;
    try {
      const keepLate = (late: RenewedTokens) => this.#keepLate(own, late, evidence.records);
      renewed = await grant.renew(own.credential, parts.services, keepLate);
      if (isSpent(tokenHash(renewed.fields.refresh), evidence.records)) {
        throw new KnownError('signin.badAnswer', { host: own.provider, what: 'refresh_token' });
      }
    } catch (error) {
      return await this.#failed(stores, own, error, evidence.records);
    }
    return await this.#answered(stores, own, renewed, evidence);
  }

  /** What is not this person's, or spent, is left to the next try, which tells what is wrong. */
  async #keepLate(own: HeldLogin, late: RenewedTokens, records: TokenRecords): Promise<boolean> {
    // Until then this refresh is still being written down as one without an answer.
    await this.#outcome?.catch(() => {});
    if (isOthers(own, late) || isSpent(tokenHash(late.fields.refresh), records)) return false;
    return await this.#options.keepLate(late);
  }

  #look(): Promise<Look> {
    const { parts, places, login, givenUp } = this.#options;
    return lookAround(places, parts, { token: String(login.credential['refresh']), givenUp });
  }

  /** Another token stands there than the one that this was about. */
  #movedOn(own: HeldLogin, records: TokenRecords): RefreshResult | StartAgain {
    if (isSpent(own.hash, records)) return { kind: 'startAgain' };
    return { kind: 'adopted', expires: own.expires ?? this.#now() };
  }

  async #adopt(
    stores: HeldStores,
    own: HeldLogin,
    { fields, identity, hash, cameFrom }: NewerTokens,
    { logins, records }: Look,
  ): Promise<RefreshResult> {
    const { parts, request } = this.#options;
    // Of tokens that were found by their name alone nobody knows whether they came from this one.
    if (cameFrom === own.hash && hash !== own.hash && !isSpent(own.hash, records)) {
      await this.#notes.record({ kind: 'spent', token: own.hash, at: this.#now(), next: hash });
    }
    const from = familyOf(own.hash, records);
    const { provider } = own;
    const move = { provider, from, fields, records, adopted: true, ...(identity && { identity }) };
    await land(stores, this.#held(logins), move, request.place.storePath, parts.log);
    parts.log(`${request.place.storePath}: ${request.profileId}: newer tokens were there already`);
    return { kind: 'adopted', expires: fields.expires };
  }

  async #failed(
    stores: HeldStores,
    own: HeldLogin,
    error: unknown,
    records: TokenRecords,
  ): Promise<RefreshResult | StartAgain> {
    const { grant, parts, request } = this.#options;
    const known = error instanceof KnownError ? error : undefined;
    const because = known === undefined ? {} : { error: known };
    const what = `${request.place.storePath}: ${request.profileId}`;
    const failure = failureOf(error, grant.rotates);
    parts.log(`${what}: refresh failed: ${failure}: ${known?.message ?? 'unexpected failure'}`);
    const [at, token] = [this.#now(), own.hash];
    if (failure === 'transient') {
      const retryAt = retryAfter(records.get(token)?.failures ?? 0, at, this.#random());
      await this.#notes.settle(this.#slot, { kind: 'transient', token, at, retryAt });
      return { kind: 'transient', retryAt, ...because };
    }
    if (failure === 'unsure') {
      const result = await this.#unsure(own, because);
      const isOver = isDead(await this.#notes.recordOf(token));
      return isOver ? { kind: 'dead', why: 'unanswered', ...because } : result;
    }
    const elsewhere = await this.#refreshedElsewhere(stores, own);
    if (elsewhere !== undefined) return elsewhere;
    await this.#notes.settle(this.#slot, { kind: 'refused', token, at });
    return { kind: 'dead', why: 'refused', ...because };
  }

  /**
   * Before a refusal is believed: somebody may have spent the token and stored what came of it. Where
   * that cannot be found out just now, nothing is certain.
   */
  async #refreshedElsewhere(
    stores: HeldStores,
    own: HeldLogin,
  ): Promise<RefreshResult | StartAgain | undefined> {
    const { parts, request, givenUp } = this.#options;
    try {
      const look = await this.#look();
      const now = loginOf(look.logins, own.storePath, request.profileId);
      const newer = newerTokens(own, look);
      if (newer === undefined && (now === undefined || now.hash === own.hash)) {
        const unread = look.damaged.find(({ path }) => !givenUp.has(path));
        return unread && (await this.#unsure(own, { error: unread.error }));
      }
      const next = newer?.cameFrom === own.hash && newer.hash !== own.hash ? newer.hash : undefined;
      await this.#notes.settle(this.#slot, {
        kind: 'spent',
        token: own.hash,
        at: this.#now(),
        ...(next !== undefined && { next }),
      });
      if (newer === undefined) return { kind: 'adopted', expires: now?.expires ?? this.#now() };
      return await this.#adopt(stores, own, newer, look);
    } catch (error) {
      const known = error instanceof KnownError ? error : undefined;
      parts.log(
        `${own.storePath}: could not look once more: ${known?.code ?? 'unexpected failure'}`,
      );
      return await this.#unsure(own, known === undefined ? {} : { error: known });
    }
  }

  /** It may be spent, and may not: the answer was lost, or cannot be told from that of a spent one. */
  async #unsure(own: HeldLogin, because: { readonly error?: KnownError }): Promise<RefreshResult> {
    const at = this.#now();
    const retryAt = retryUnsure(own.expires, at);
    await this.#notes.settle(this.#slot, { kind: 'unsure', token: own.hash, at, retryAt });
    return { kind: 'unsure', retryAt, ...because };
  }

  async #answered(
    stores: HeldStores,
    own: HeldLogin,
    renewed: RenewedTokens,
    { logins, records }: Look,
  ): Promise<RefreshResult> {
    const { parts, request } = this.#options;
    const { storePath } = request.place;
    const what = `${storePath}: ${request.profileId}`;
    const { fields, identity } = renewed;
    const [at, next] = [this.#now(), tokenHash(fields.refresh)];
    const { provider } = own;
    if (isOthers(own, renewed)) {
      parts.log(`${what}: the answer to its refresh is somebody else's`);
      const facts = { profileId: request.profileId, provider };
      const kind = next === own.hash ? 'refused' : 'spent';
      await this.#notes.settle(this.#slot, { kind, token: own.hash, at });
      return {
        kind: 'dead',
        why: 'otherIdentity',
        error: new KnownError('refresh.otherIdentity', facts),
      };
    }
    this.#renewed = renewed;
    let fault: KnownError | undefined;
    const step = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        fault ??= asFault(error, storePath);
      }
    };
    // The journal first; if it cannot be written, the stores are the only place left.
    await step(async () => {
      await this.#slot?.answer(toAnswer(renewed));
      this.#isJournaled = true;
    });
    await step(() =>
      this.#notes.record(
        next === own.hash
          ? { kind: 'renewed', token: own.hash, at }
          : { kind: 'spent', token: own.hash, at, next },
      ),
    );
    await step(() => {
      const from = familyOf(own.hash, records);
      const move = { provider, from, fields, identity, records };
      return land(stores, this.#held(logins), move, storePath, parts.log);
    });
    if (fault !== undefined) parts.log(`${what}: refreshed, but: ${fault.code}`);
    return { kind: 'refreshed', expires: fields.expires, ...(fault && { fault }) };
  }

  /** Of these logins, those in stores whose locks are held. */
  #held(logins: readonly HeldLogin[]): readonly HeldLogin[] {
    return logins.filter(({ storePath }) => this.#options.paths.includes(storePath));
  }

  #now(): number {
    return this.#options.parts.services.clock.now();
  }

  #random(): number {
    return (this.#options.parts.random ?? Math.random)();
  }
}

function isOthers({ credential, provider }: HeldLogin, { identity }: RenewedTokens): boolean {
  const mine = { ...identityOfStored(credential), provider };
  return sameIdentity(mine, { ...identity, provider }) === 'other';
}

function asFault(error: unknown, path: string): KnownError {
  if (error instanceof KnownError) return error;
  return new KnownError('disk.failed', { path, syscall: 'write', errno: 'EIO' });
}
