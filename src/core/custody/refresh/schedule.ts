import { Cancelled, type Clock } from '../../clock.ts';
import { KnownError } from '../../errors.ts';
import {
  type RenewableLogin,
  refreshDue,
  renewableLogins,
  SETTLED_MS,
} from '../../model/refreshDue.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { RefreshRequest, RefreshResult } from './refresher.ts';

/**
 * When logins are renewed by themselves: `early`, before their access token ends; `onDemand`, never,
 * so that CoderClaw does it when it uses one, or a person.
 */
export type KeepFresh = 'early' | 'onDemand';

export interface ScheduleOptions {
  readonly refresh: (request: RefreshRequest) => Promise<RefreshResult>;
  /** Whether it is known how a provider (normalized id) renews its logins. */
  readonly renews: (provider: string) => Promise<boolean>;
  readonly clock: Clock;
  /** Gets ids, paths and codes. */
  readonly log: (line: string) => void;
  readonly mode: () => KeepFresh;
  /** Told what a refresh came to. */
  readonly onResult?: (login: RenewableLogin, result: RefreshResult) => void;
  /** 0 up to 1. */
  readonly random?: () => number;
}

/** A machine that was suspended notices so soon that it woke up. */
const LONGEST_SLEEP_MS = 5 * 60_000;
/** A timer that comes so late has slept with the machine. */
const OVERSLEPT_MS = 30_000;
/** Whoever sees the same overdue login at the same moment waits up to so long: one of them is first. */
const STAGGER_MS = 3_000;
/** After a failure before anything was sent: 30 s, doubled each time, up to 30 min. */
const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 30 * 60_000;
/** By so much at most a wait is drawn out. */
const RETRY_JITTER = 0.2;

/** What is remembered of a login as long as its access token has this end. */
interface Known {
  readonly expires: number | undefined;
  /** When this end was first seen, in milliseconds since the epoch; `now` if the clock was set back. */
  seenAt: number;
  /** It came while we watched, so its lifetime counts from `seenAt`. */
  readonly isNew: boolean;
  readonly jitter: number;
  failures: number;
  notBefore: number;
}

/**
 * Renews logins before they end, one at a time, and each once. One timer stands, at the next login that
 * is due; none where none will be. What happened to a login is kept in the stores and the refresh log,
 * and comes back with the next Snapshot: here only what has not come back yet, and failures before
 * anything was sent.
 */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #random: () => number;
  readonly #known = new Map<string, Known>();
  /** What was last said of a provider: whether it renews, or the code of why that is not known. */
  readonly #renewing = new Map<string, boolean | string>();
  #logins: ReadonlyMap<string, RenewableLogin> = new Map();
  #isFirst = true;
  #isRunning = false;
  #isDisposed = false;
  #timer = new AbortController();
  #wakesAt = Infinity;
  #notBefore = -Infinity;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  /** The logins of the moment; to be called with every Snapshot. */
  update(snapshot: Pick<Snapshot, 'stateDirs'>): void {
    if (this.#isDisposed) return;
    this.#logins = renewableLogins(snapshot);
    for (const login of this.#logins.values()) this.#look(login);
    this.#isFirst = false;
    this.#plan();
    void this.#askProviders();
  }

  /** The machine may have slept, or the mode may have changed: reckons again. */
  wake(): void {
    if (this.#isDisposed) return;
    this.#plan();
    void this.#askProviders();
  }

  /** A refresh under way goes on; nothing more begins. */
  dispose(): void {
    this.#isDisposed = true;
    this.#timer.abort();
  }

  #look({ login, expires }: RenewableLogin): void {
    const known = this.#known.get(login);
    if (known !== undefined && known.expires === expires) return;
    const seenAt = this.#options.clock.now();
    this.#known.set(login, {
      expires,
      seenAt,
      // One that had ended when it came was not just received.
      isNew: !this.#isFirst && expires !== undefined && expires > seenAt,
      jitter: this.#random(),
      failures: 0,
      notBefore: -Infinity,
    });
  }

  /** Ways to renew come and go while we run, so it is asked for again each time. */
  async #askProviders(): Promise<void> {
    const providers = new Set([...this.#logins.values()].map(({ provider }) => provider));
    await Promise.all(
      [...providers].map(async (provider) => {
        const said = await this.#ask(provider);
        const before = this.#renewing.get(provider);
        if (said === before) return;
        this.#renewing.set(provider, said);
        if (typeof said === 'string') this.#options.log(`${provider} cannot be renewed: ${said}`);
        if ((said === true) !== (before === true)) this.#plan();
      }),
    );
  }

  async #ask(provider: string): Promise<boolean | string> {
    try {
      return await this.#options.renews(provider);
    } catch (error) {
      return codeOf(error);
    }
  }

  #plan(): void {
    this.#timer.abort();
    if (this.#isDisposed || this.#isRunning) return;
    const now = this.#options.clock.now();
    if (now - this.#wakesAt > OVERSLEPT_MS) this.#notBefore = now + this.#random() * STAGGER_MS;
    this.#heedClockSetBack(now);
    this.#wakesAt = Infinity;
    if (this.#options.mode() !== 'early') return;
    const next = this.#next();
    if (next === undefined) return;
    const at = Math.max(next.at, this.#notBefore);
    if (at <= now) void this.#renew(next.login);
    else this.#sleep(Math.min(at - now, LONGEST_SLEEP_MS), now);
  }

  /** What was reckoned while the clock was ahead must not hold anything up for as long as it was. */
  #heedClockSetBack(now: number): void {
    this.#notBefore = Math.min(this.#notBefore, now + STAGGER_MS);
    for (const known of this.#known.values()) {
      known.seenAt = Math.min(known.seenAt, now);
      const longest = Math.max(known.expires ?? now, now + LAST_RETRY_MS * (1 + RETRY_JITTER));
      if (known.notBefore !== Infinity) known.notBefore = Math.min(known.notBefore, longest);
    }
  }

  #sleep(ms: number, now: number): void {
    this.#wakesAt = now + ms;
    this.#timer = new AbortController();
    this.#options.clock.sleep(ms, this.#timer.signal).then(
      () => this.#plan(),
      () => {}, // planned anew, or disposed
    );
  }

  #next(): { readonly at: number; readonly login: RenewableLogin } | undefined {
    let next: { readonly at: number; readonly login: RenewableLogin } | undefined;
    for (const login of this.#logins.values()) {
      const at = this.#renewing.get(login.provider) === true ? this.#dueAt(login) : Infinity;
      if (at !== Infinity && (next === undefined || at < next.at)) next = { at, login };
    }
    return next;
  }

  #dueAt(login: RenewableLogin): number {
    const known = this.#known.get(login.login);
    if (known === undefined) return Infinity;
    const { seenAt, isNew, jitter, notBefore } = known;
    const receivedAt = login.receivedAt ?? (isNew ? seenAt : undefined);
    const due = refreshDue(
      {
        ...(login.expires !== undefined && { expires: login.expires }),
        ...(login.retryAt !== undefined && { retryAt: login.retryAt }),
        ...(receivedAt !== undefined && { receivedAt }),
        ...(login.byHand && { byHand: login.byHand }),
      },
      jitter,
      this.#options.clock.now(),
    );
    return due === undefined ? Infinity : Math.max(due, seenAt + jitter * STAGGER_MS, notBefore);
  }

  async #renew(login: RenewableLogin): Promise<void> {
    const { place, profileId } = login;
    const known = this.#known.get(login.login);
    this.#isRunning = true;
    try {
      const result = await this.#options.refresh({ place, profileId });
      if (known !== undefined) this.#heed(known, result);
      this.#options.onResult?.(login, result);
    } catch (error) {
      if (known !== undefined) this.#backOff(known);
      if (!(error instanceof Cancelled)) {
        this.#options.log(`${place.storePath}: ${profileId} was not renewed: ${codeOf(error)}`);
      }
    } finally {
      this.#isRunning = false;
      this.#plan();
    }
  }

  /** Until the Snapshot says the same. */
  #heed(known: Known, result: RefreshResult): void {
    switch (result.kind) {
      case 'refreshed':
      case 'adopted':
        this.#backOff(known, SETTLED_MS);
        return;
      case 'transient':
      case 'unsure':
        known.notBefore = result.retryAt;
        return;
      case 'dead':
        // Until another login stands there: asked once, and never in a loop.
        known.notBefore = Infinity;
    }
  }

  #backOff(known: Known, first = FIRST_RETRY_MS): void {
    const wait = Math.min(first * 2 ** known.failures, LAST_RETRY_MS);
    known.failures += 1;
    known.notBefore = this.#options.clock.now() + wait * (1 + RETRY_JITTER * this.#random());
  }
}

function codeOf(error: unknown): string {
  return error instanceof KnownError ? error.code : 'unexpected failure';
}
