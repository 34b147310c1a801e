import { l10n } from 'vscode';
import type { Clock } from '../core/clock.ts';
import type { RefreshResult } from '../core/custody/refresh/refresher.ts';
import type { KnownError } from '../core/errors.ts';
import type { RenewableLogin } from '../core/model/refreshDue.ts';
import type { Notifications, Way } from './notifications.ts';
import type { ProfileTarget } from './target.ts';
import {
  homelessWords,
  type RefreshWords,
  repairWords,
  undoneWords,
  waitingWords,
} from './words/refresh.ts';

export interface RenewalNoticesParts {
  readonly notifications: Pick<Notifications, 'told' | 'warned'>;
  readonly clock: Clock;
  /** Whether people can sign in to a provider (normalized id) from here. */
  readonly canSignIn: (provider: string) => boolean;
  readonly signInAgain: (target: ProfileTarget) => unknown;
  /** A person who asked has been told that this login is dead: nobody need tell it again. */
  readonly toldDead: (login: RenewableLogin) => void;
  /** Whether the person wants to be told of anything that was not asked for and has gone well. */
  readonly isWanted: () => boolean;
}

/** One entry of ours that another program undid. */
export interface Repair {
  readonly storePath: string;
  /** `repaired`: it was put back. */
  readonly outcome: 'repaired' | 'undone';
}

/** Something that is kept in the journal until it can be stored. */
export interface Waiting {
  readonly profileId: string;
  readonly storePath: string;
  readonly error: KnownError;
}

/** A finished sign-in that only a person can store. */
export interface Homeless {
  readonly profileId: string;
  /** Whose it is, where that is known. */
  readonly account: string | undefined;
  /** It is not kept any more. */
  readonly isGivenUp: boolean;
}

/** Repairs within this time make one message. */
const BURST_MS = 2_000;
/** After a message, what goes on is a line in the log. */
const QUIET_MS = 60_000;
/** A store that has been left in peace for so long is news again when a change in it is undone. */
const PEACE_MS = 10 * 60_000;

/**
 * What people are told of what is done for their logins without having asked, each once. That something
 * was put back can be silenced. That something of theirs is lost, or will be unless they help, cannot: no
 * row of the view says it. That a login has died, the `Reminders` tell.
 */
export class RenewalNotices {
  readonly #parts: RenewalNoticesParts;
  /** By profile and store: the code of what stands in the way, as it was told. */
  readonly #waiting = new Map<string, string>();
  /** By store: when a change in it was given up last; milliseconds since the epoch. */
  readonly #undone = new Map<string, number>();
  readonly #disposal = new AbortController();
  #repairs: Repair[] | undefined;

  constructor(parts: RenewalNoticesParts) {
    this.#parts = parts;
  }

  /** The answer to a person who asked: what is told here is not told a second time. */
  answered(login: RenewableLogin, result: RefreshResult, words: RefreshWords): void {
    const { profileId, place } = login;
    const isDead = result.kind === 'dead';
    if (isDead) this.#parts.toldDead(login);
    if (result.kind === 'refreshed') {
      const { storePath } = place;
      if (result.fault === undefined) this.settled({ profileId, storePath });
      else this.#waiting.set(waitingKey(profileId, storePath), result.fault.code);
    }
    const ways = isDead ? this.waysOn([login]) : [];
    if (words.tone === 'warned') this.#parts.notifications.warned(words.text, ...ways);
    else this.#parts.notifications.told(words.text, ...ways);
  }

  /** The way on from the first of these dead logins that can be signed in to from here. */
  waysOn(dead: readonly RenewableLogin[]): readonly Way[] {
    const login = dead.find(({ provider }) => this.#parts.canSignIn(provider));
    if (login === undefined) return [];
    const { place, provider, profileId } = login;
    const target = { stateDir: place.stateDir, agentId: place.agentId, provider, profileId };
    return [{ label: l10n.t('Sign In Again'), run: () => this.#parts.signInAgain(target) }];
  }

  /**
   * Something received is safe, but not stored yet. A lock that others hold passes by itself; what is
   * wrong with a disk or a store may not. Told anew when something else stands in the way.
   */
  readonly waiting = ({ profileId, storePath, error }: Waiting): void => {
    const key = waitingKey(profileId, storePath);
    if (error.code.startsWith('lock.') || this.#waiting.get(key) === error.code) return;
    this.#waiting.set(key, error.code);
    this.#parts.notifications.warned(waitingWords(profileId, error));
  };

  /** A sign-in whose place is taken, and which nobody is asked about any more. */
  readonly homeless = ({ profileId, account, isGivenUp }: Homeless): void => {
    this.#parts.notifications.warned(homelessWords(profileId, account, isGivenUp));
  };

  /** Nothing waits for that store any more: the next that does is news. */
  readonly settled = ({ profileId, storePath }: Omit<Waiting, 'error'>): void => {
    this.#waiting.delete(waitingKey(profileId, storePath));
  };

  /** What was put back can wait for the rest of its burst; what was not is for a person to do. */
  readonly repaired = (repair: Repair): void => {
    if (repair.outcome === 'undone') this.#tellUndone(repair.storePath);
    if (this.#repairs !== undefined) {
      this.#repairs.push(repair);
      return;
    }
    if (repair.outcome === 'undone') return;
    this.#repairs = [repair];
    this.#tellBurst(this.#repairs).catch(() => {}); // disposed
  };

  dispose(): void {
    this.#disposal.abort();
  }

  #tellUndone(storePath: string): void {
    const { clock, notifications } = this.#parts;
    const before = this.#undone.get(storePath);
    const now = clock.now();
    this.#undone.set(storePath, now);
    if (before !== undefined && now - before < PEACE_MS) return;
    notifications.warned(undoneWords(storePath));
  }

  /** One message for a burst, unless there was a worse one in it; the rest is for the log. */
  async #tellBurst(repairs: readonly Repair[]): Promise<void> {
    const { clock, notifications, isWanted } = this.#parts;
    await clock.sleep(BURST_MS, this.#disposal.signal);
    const [first] = repairs;
    const isAllPutBack = repairs.every(({ outcome }) => outcome === 'repaired');
    if (first && isAllPutBack && isWanted())
      notifications.told(repairWords(first.storePath, repairs.length));
    await clock.sleep(QUIET_MS, this.#disposal.signal);
    this.#repairs = undefined;
  }
}

function waitingKey(profileId: string, storePath: string): string {
  return `${profileId} waits for ${storePath}`;
}
