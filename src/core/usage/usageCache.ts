import { throwIfCancelled } from '../clock.ts';
import { Flights } from '../custody/refresh/flights.ts';
import type { Environment } from '../signin/endpoints.ts';
import type { TokenServices } from '../signin/limitedRequest.ts';
import { askUsage, type UsageAnswer, type UsageQuestion } from './askUsage.ts';
import { Lanes } from './lanes.ts';
import { type StoredQuestion, storedQuestions, type UsageTarget } from './storedQuestions.ts';
import type { Usage, UsageFailure, UsageReport } from './usage.ts';

/** One login is asked about once in this time, at most. Milliseconds, like all here. */
export const USAGE_INTERVAL_MS = 5 * 60_000;
/** The same where nothing has left this machine. */
export const OFFLINE_INTERVAL_MS = 30_000;
/** A provider that asks to be left alone is left alone for so long at most. */
export const LONGEST_RETRY_AFTER_MS = 60 * 60_000;

/** So many requests are under way at a time, whatever there is to ask about. */
const SIDE_BY_SIDE = 4;
/** Another login may stand there each time that it is looked; then it is looked again, so often. */
const LOOKS = 3;

export interface UsageCacheOptions {
  readonly services: TokenServices;
  /** Of the host: it may move the endpoints. */
  readonly environment: Environment;
}

export interface AskOptions {
  /** Ends this caller's waiting. A request that is under way is finished and kept, and none is begun. */
  readonly signal?: AbortSignal;
  /** Is told of each target as soon as it is known. */
  readonly onReport?: (target: UsageTarget, report: UsageReport) => void;
}

/** What a login came to when it was last asked about. */
interface Known {
  readonly at: number;
  readonly heldUntil: number;
  readonly usage?: Usage;
  readonly failure?: UsageFailure;
}

/** Which login a profile had when it was last looked at. Never with the token. */
type Found = Omit<StoredQuestion, 'question'>;

/**
 * What is known of the usage of logins, asked for on demand. It does nothing by itself: no timer, no file,
 * no request but within {@link ask}. A login is asked about at most once in {@link USAGE_INTERVAL_MS},
 * whatever came of it and however many profiles of whichever agents hold it, by one request at a time. It
 * keeps numbers and fingerprints; a token is read from its store for the request that sends it, and no
 * longer. It cannot refresh a login, nor does any answer say anything of one.
 */
export class UsageCache {
  readonly #options: UsageCacheOptions;
  readonly #found = new Map<string, Found>();
  readonly #known = new Map<string, Known>();
  readonly #flights = new Flights<void>();
  readonly #lanes = new Lanes(SIDE_BY_SIDE);
  readonly #closed = new AbortController();

  constructor(options: UsageCacheOptions) {
    this.#options = options;
  }

  /** What the last {@link ask} found out of a profile, without another look; undefined before the first. */
  known(target: UsageTarget): UsageReport | undefined {
    const found = this.#found.get(idOf(target));
    return found && this.#report(found);
  }

  /**
   * Looks at the stores, and asks about those logins of which it is time. Resolves when all is known, in
   * the sequence of `targets`; that nothing is known, and why, is an answer too.
   * @throws {Cancelled} if `signal` aborts, or it has been closed.
   */
  async ask(
    targets: readonly UsageTarget[],
    { signal, onReport }: AskOptions = {},
  ): Promise<readonly UsageReport[]> {
    await this.#look(targets);
    throwIfCancelled(signal);
    this.#forget();
    return Promise.all(
      targets.map(async (target) => {
        const report = await this.#upToDate(target, signal);
        throwIfCancelled(signal);
        onReport?.(target, report);
        return report;
      }),
    );
  }

  /** Ends what is under way, for good. Resolves when it has ended. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#flights.landed();
  }

  async #upToDate(target: UsageTarget, signal: AbortSignal | undefined): Promise<UsageReport> {
    const id = idOf(target);
    let found = this.#found.get(id) ?? {};
    for (let look = 0; look < LOOKS; look += 1) {
      const { key, failure } = found;
      if (key === undefined || failure !== undefined || this.#isHeld(key)) break;
      await this.#lanes.run(async () => {
        // Another profile with this login may have been first.
        if (this.#isHeld(key)) return;
        await this.#flights.join(key, () => this.#send(target, key), signal);
      }, signal);
      found = this.#found.get(id) ?? {};
    }
    return this.#report(found);
  }

  /** Asks about the login `key`, if it is still the one that stands there. */
  async #send(target: UsageTarget, key: string): Promise<void> {
    const { signal } = this.#closed;
    throwIfCancelled(signal);
    const [question] = await this.#look([target]);
    if (question === undefined || this.#found.get(idOf(target))?.key !== key) return;
    const { services } = this.#options;
    const answer = await askUsage(question, services, signal);
    const at = services.clock.now();
    const usage = 'usage' in answer ? answer.usage : this.#known.get(key)?.usage;
    this.#known.set(key, {
      ...{ at, heldUntil: at + holdOf(answer) },
      ...(usage && { usage }),
      ...('failure' in answer && { failure: answer.failure }),
    });
  }

  /** Notes which login each of these has now. What it returns holds tokens: for the moment only. */
  async #look(targets: readonly UsageTarget[]): Promise<readonly (UsageQuestion | undefined)[]> {
    const { environment, services } = this.#options;
    const stored = await storedQuestions(targets, environment, services.clock);
    return targets.map((target, index) => {
      const { question, ...found } = stored[index] ?? {};
      this.#found.set(idOf(target), found);
      return question;
    });
  }

  #isHeld(key: string): boolean {
    const now = this.#options.services.clock.now();
    const known = this.#known.get(key);
    // A clock that was set back holds nothing up.
    return known !== undefined && known.at <= now && now < known.heldUntil;
  }

  #report({ key, failure }: Found): UsageReport {
    const now = this.#options.services.clock.now();
    const known = key === undefined ? undefined : this.#known.get(key);
    const why = failure ?? known?.failure;
    return {
      ...(known?.usage && { usage: known.usage }),
      ...(why && { failure: why }),
      nextAt: key !== undefined && known && this.#isHeld(key) ? known.heldUntil : now,
    };
  }

  /** Drops what is known of logins that no profile has any more, once they could be asked about again. */
  #forget(): void {
    const keys = new Set([...this.#found.values()].map(({ key }) => key));
    for (const key of this.#known.keys()) {
      if (!keys.has(key) && !this.#isHeld(key)) this.#known.delete(key);
    }
  }
}

/** For how long a login is left alone after an answer. */
function holdOf(answer: UsageAnswer): number {
  if ('usage' in answer) return USAGE_INTERVAL_MS;
  if (answer.failure.kind === 'offline') return OFFLINE_INTERVAL_MS;
  const asked = Math.min(answer.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  return Math.max(USAGE_INTERVAL_MS, asked);
}

function idOf({ storePath, profileId }: UsageTarget): string {
  return JSON.stringify([storePath, profileId]);
}
