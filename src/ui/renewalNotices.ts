import { l10n } from 'vscode';
import type { Clock } from '../core/clock.ts';
import type { RefreshResult } from '../core/custody/refresh/refresher.ts';
import type { KnownError } from '../core/errors.ts';
import type { RenewableLogin } from '../core/model/refreshDue.ts';
import type { Notifications, Way } from './notifications.ts';
import type { Target } from './tree/nodes.ts';
import {
  type RefreshWords,
  refreshWords,
  repairWords,
  undoneWords,
  waitingWords,
} from './words/refresh.ts';

export interface RenewalNoticesParts {
  readonly notifications: Pick<Notifications, 'told' | 'warned'>;
  readonly clock: Clock;
  /** Whether people can sign in to a provider (normalized id) from here. */
  readonly canSignIn: (provider: string) => boolean;
  readonly signInAgain: (target: Required<Target>) => unknown;
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

/** Repairs within this time make one message. */
const BURST_MS = 2_000;
/** After a message, what goes on is a line in the log. */
const QUIET_MS = 60_000;

/**
 * What people are told about their logins without having asked: that one has died, and that something
 * of theirs was put back. Each once: the tree and the status bar go on saying it.
 */
export class RenewalNotices {
  readonly #parts: RenewalNoticesParts;
  readonly #told = new Set<string>();
  readonly #disposal = new AbortController();
  #repairs: Repair[] | undefined;

  constructor(parts: RenewalNoticesParts) {
    this.#parts = parts;
  }

  /** What a refresh came to that nobody asked for. Only a death is news, and only when it happens. */
  readonly refreshed = (login: RenewableLogin, result: RefreshResult): void => {
    if (result.kind !== 'dead' || !this.#isNews(login)) return;
    const { clock, notifications } = this.#parts;
    const { text } = refreshWords(login.profileId, result, clock.now(), true);
    notifications.warned(text, ...this.waysOn([login]));
  };

  /** The answer to a person who asked: what is told here is not told a second time. */
  answered(login: RenewableLogin, result: RefreshResult, words: RefreshWords): void {
    const { profileId, place } = login;
    const isDead = result.kind === 'dead';
    if (isDead) this.#isNews(login);
    if (result.kind === 'refreshed') this.#told.add(waitingKey(profileId, place.storePath));
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
   * wrong with a disk or a store may not.
   */
  readonly waiting = ({ profileId, storePath, error }: Waiting): void => {
    const key = waitingKey(profileId, storePath);
    if (error.code.startsWith('lock.') || this.#told.has(key)) return;
    this.#told.add(key);
    this.#parts.notifications.warned(waitingWords(profileId, error));
  };

  readonly repaired = (repair: Repair): void => {
    if (this.#repairs !== undefined) {
      this.#repairs.push(repair);
      return;
    }
    this.#repairs = [repair];
    this.#tellBurst(this.#repairs).catch(() => {}); // disposed
  };

  dispose(): void {
    this.#disposal.abort();
  }

  /** The first message of a burst names what was undone in it; the rest is for the log. */
  async #tellBurst(repairs: readonly Repair[]): Promise<void> {
    const { clock, notifications } = this.#parts;
    await clock.sleep(BURST_MS, this.#disposal.signal);
    const undone = repairs.find(({ outcome }) => outcome === 'undone');
    const [first] = repairs;
    if (undone !== undefined) notifications.warned(undoneWords(undone.storePath));
    else if (first !== undefined) notifications.told(repairWords(first.storePath, repairs.length));
    await clock.sleep(QUIET_MS, this.#disposal.signal);
    this.#repairs = undefined;
  }

  #isNews({ login, expires }: RenewableLogin): boolean {
    const death = `${login} ${expires}`;
    if (this.#told.has(death)) return false;
    this.#told.add(death);
    return true;
  }
}

function waitingKey(profileId: string, storePath: string): string {
  return `${profileId} waits for ${storePath}`;
}
