import { KnownError } from '../../errors.ts';
import { tokenHash } from '../../model/loginFingerprint.ts';
import { isDead, type TokenRecords } from '../../model/refreshLog.ts';
import { familyOf, isSpent } from '../../model/tokenFamily.ts';
import { identityOfStored, sameIdentity } from '../../signin/identity.ts';
import type { RefreshGrant, RenewedTokens } from '../../signin/refreshGrant.ts';
import type { HeldStores } from '../heldStores.ts';
import type { JournalSlot } from '../journal/journal.ts';
import type { StorePlace } from '../storePlaces.ts';
import { type HeldLogin, loginOf, readLogins, storesToHold } from './holders.ts';
import { land } from './landing.ts';
import { type Evidence, type NewerTokens, newerTokens } from './newerTokens.ts';
import { toAnswer } from './refreshAnswer.ts';
import { failureOf, retryAfter, retryUnsure } from './refreshFailure.ts';
import { RefreshNotes } from './refreshNotes.ts';
import type { RefresherParts, RefreshRequest, RefreshResult } from './refreshTypes.ts';
import { withinRequestLimit } from './sending.ts';
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
  /** The stores whose locks are taken. */
  readonly paths: readonly string[];
  readonly onOpen: (slot: JournalSlot) => void;
  /** An answer that came after its time. */
  readonly onLate: (renewed: RenewedTokens) => void;
}

export class HeldRefresh {
  readonly #options: HeldRefreshOptions;
  readonly #stateDirs: readonly string[];
  readonly #notes: RefreshNotes;
  #outcome: Promise<RefreshResult | StartAgain> | undefined;
  #slot: JournalSlot | undefined;
  #renewed: RenewedTokens | undefined;

  constructor(options: HeldRefreshOptions) {
    this.#options = options;
    this.#stateDirs = options.places.map(({ stateDir }) => stateDir);
    this.#notes = new RefreshNotes(options.parts, this.#stateDirs);
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

  /**
   * To be called once.
   * @throws {KnownError} only if nothing was sent.
   */
  run(stores: HeldStores): Promise<RefreshResult | StartAgain> {
    this.#outcome = this.#run(stores);
    return this.#outcome;
  }

  async #run(stores: HeldStores): Promise<RefreshResult | StartAgain> {
    const { request, login, paths, grant, parts } = this.#options;
    const { storePath } = request.place;
    const { profileId } = request;
    // The one store that has to be whole.
    await stores.read(storePath);
    const evidence = await this.#evidence();
    const own = loginOf(evidence.logins, storePath, profileId);
    if (own === undefined) throw new KnownError('profile.gone', { profileId, storePath });
    if (own.hash !== login.hash) return this.#movedOn(own, evidence.records);
    const family = familyOf(own.hash, evidence.records);
    const wanted = storesToHold(evidence.logins, own, family);
    if (wanted.some((path) => !paths.includes(path))) return { kind: 'startAgain' };

    const newer = newerTokens(own, evidence);
    if (newer !== undefined) return await this.#adopt(stores, own, newer, evidence);
    const already = await withoutRequest(own, evidence, {
      parts,
      stateDirs: this.#stateDirs,
      force: request.force === true,
      rotates: grant.rotates,
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
    let renewed: RenewedTokens;
    try {
      const { services } = parts;
      const renewing = grant.renew(own.credential, services);
      const { onLate } = this.#options;
      renewed = await withinRequestLimit(renewing, own.provider, services.clock, onLate);
      if (isSpent(tokenHash(renewed.fields.refresh), evidence.records)) {
        throw new KnownError('signin.badAnswer', { host: own.provider, what: 'refresh_token' });
      }
    } catch (error) {
      return await this.#failed(stores, own, error, evidence.records);
    }
    return await this.#answered(stores, own, renewed, evidence);
  }

  async #evidence(): Promise<Evidence> {
    const { parts, places, login } = this.#options;
    const { clock } = parts.services;
    const token = String(login.credential['refresh']);
    const [logins, records, entries] = await Promise.all([
      readLogins(places, { clock, log: parts.log, token, patient: false }),
      parts.memory.read(this.#stateDirs),
      parts.journal.entries(this.#stateDirs),
    ]);
    return { logins, records, entries };
  }

  /** Another token stands there than the one that this was about. */
  #movedOn(own: HeldLogin, records: TokenRecords): RefreshResult | StartAgain {
    if (isSpent(own.hash, records)) return { kind: 'startAgain' };
    return { kind: 'adopted', expires: own.expires ?? this.#now() };
  }

  async #adopt(
    stores: HeldStores,
    own: HeldLogin,
    { fields, identity, hash }: NewerTokens,
    { logins, records }: Evidence,
  ): Promise<RefreshResult> {
    const { parts, request } = this.#options;
    const at = this.#now();
    if (hash !== own.hash && !isSpent(own.hash, records)) {
      const event = { kind: 'spent', token: own.hash, at, next: hash } as const;
      await parts.memory.record(this.#stateDirs, event);
    }
    const from = familyOf(own.hash, records);
    const { provider } = own;
    const move = { provider, from, fields, records, adopted: true, ...(identity && { identity }) };
    const held = logins.filter(({ storePath }) => this.#options.paths.includes(storePath));
    await land(stores, held, move, request.place.storePath, parts.log);
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
      const retryAt = retryUnsure(own.expires, at);
      await this.#notes.settle(this.#slot, { kind: 'unsure', token, at, retryAt });
      const after = await this.#notes.recordOf(token);
      return isDead(after) ? { kind: 'dead', ...because } : { kind: 'unsure', retryAt, ...because };
    }
    const elsewhere = await this.#refreshedElsewhere(stores, own);
    if (elsewhere !== undefined) return elsewhere;
    await this.#notes.settle(this.#slot, { kind: 'refused', token, at });
    return { kind: 'dead', ...because };
  }

  /** Before a refusal is believed: somebody may have spent the token and stored what came of it. */
  async #refreshedElsewhere(
    stores: HeldStores,
    own: HeldLogin,
  ): Promise<RefreshResult | StartAgain | undefined> {
    try {
      const evidence = await this.#evidence();
      const now = loginOf(evidence.logins, own.storePath, this.#options.request.profileId);
      const newer = newerTokens(own, evidence);
      if (newer === undefined && (now === undefined || now.hash === own.hash)) return undefined;
      await this.#notes.settle(this.#slot, {
        kind: 'spent',
        token: own.hash,
        at: this.#now(),
        ...(newer !== undefined && newer.hash !== own.hash && { next: newer.hash }),
      });
      if (newer === undefined) return { kind: 'adopted', expires: now?.expires ?? this.#now() };
      return await this.#adopt(stores, own, newer, evidence);
    } catch (error) {
      const code = error instanceof KnownError ? error.code : 'unexpected failure';
      this.#options.parts.log(`${own.storePath}: could not read once more: ${code}`);
      return undefined;
    }
  }

  async #answered(
    stores: HeldStores,
    own: HeldLogin,
    renewed: RenewedTokens,
    { logins, records }: Evidence,
  ): Promise<RefreshResult> {
    const { parts, request } = this.#options;
    const { storePath } = request.place;
    const what = `${storePath}: ${request.profileId}`;
    const { fields, identity } = renewed;
    const [at, next] = [this.#now(), tokenHash(fields.refresh)];
    const { provider } = own;
    const mine = { ...identityOfStored(own.credential), provider };
    if (sameIdentity(mine, { ...identity, provider }) === 'other') {
      parts.log(`${what}: the answer to its refresh is somebody else's`);
      const facts = { profileId: request.profileId, provider };
      const kind = next === own.hash ? 'refused' : 'spent';
      await this.#notes.settle(this.#slot, { kind, token: own.hash, at });
      return { kind: 'dead', error: new KnownError('refresh.otherIdentity', facts) };
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
    await step(async () => this.#slot?.answer(toAnswer(renewed)));
    await step(() =>
      parts.memory.record(
        this.#stateDirs,
        next === own.hash
          ? { kind: 'renewed', token: own.hash, at }
          : { kind: 'spent', token: own.hash, at, next },
      ),
    );
    await step(() => {
      const from = familyOf(own.hash, records);
      const move = { provider, from, fields, identity, records };
      return land(stores, logins, move, storePath, parts.log);
    });
    if (fault !== undefined) parts.log(`${what}: refreshed, but: ${fault.code}`);
    return { kind: 'refreshed', expires: fields.expires, ...(fault && { fault }) };
  }

  #now(): number {
    return this.#options.parts.services.clock.now();
  }

  #random(): number {
    return (this.#options.parts.random ?? Math.random)();
  }
}

function asFault(error: unknown, path: string): KnownError {
  if (error instanceof KnownError) return error;
  return new KnownError('disk.failed', { path, syscall: 'write', errno: 'EIO' });
}
