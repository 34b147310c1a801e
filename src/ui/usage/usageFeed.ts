import { isDeepStrictEqual } from 'node:util';
import type { Disposable } from 'vscode';
import { Cancelled, type Clock } from '../../core/clock.ts';
import { nextAsk } from '../../core/usage/nextAsk.ts';
import type { UsageTarget } from '../../core/usage/storedQuestions.ts';
import type { UsageReport } from '../../core/usage/usage.ts';
import type { UsageCache } from '../../core/usage/usageCache.ts';

export interface UsageFeedParts {
  readonly cache: Pick<UsageCache, 'ask' | 'close'>;
  readonly clock: Clock;
  /** What the person's setting says at this moment. */
  readonly isOn: () => boolean;
  readonly failed: (doing: string, error: unknown) => void;
}

/** Names a target in {@link UsageFeed.reports}. */
export function usageTargetId({ storePath, profileId }: UsageTarget): string {
  return JSON.stringify([storePath, profileId]);
}

/**
 * The usage of the profiles that somebody is looking at. It asks while it is visible and the setting allows
 * it, and otherwise does nothing: no request, no timer. How often a provider is asked is the cache's to
 * keep; one timer goes to the next time that asking would tell something new.
 */
export class UsageFeed implements Disposable {
  readonly #parts: UsageFeedParts;
  readonly #listeners = new Set<() => void>();
  readonly #reports = new Map<string, UsageReport>();
  #targets: readonly UsageTarget[] = [];
  #isVisible = false;
  #isDisposed = false;
  /** Ends the round and the timer that are under way. */
  #round = new AbortController();

  constructor(parts: UsageFeedParts) {
    this.#parts = parts;
  }

  /** Whether it may ask at all. */
  get isOn(): boolean {
    return this.#parts.isOn();
  }

  /** By {@link usageTargetId}: what is known of the targets that are watched. */
  reports(): ReadonlyMap<string, UsageReport> {
    return this.#reports;
  }

  /** Says which profiles are of interest. To be said again when the disk has changed: another login may stand there. */
  watch(targets: readonly UsageTarget[]): void {
    this.#targets = targets;
    const ids = new Set(targets.map(usageTargetId));
    for (const id of this.#reports.keys()) if (!ids.has(id)) this.#reports.delete(id);
    void this.askNow();
  }

  setVisible(isVisible: boolean): void {
    if (isVisible === this.#isVisible) return;
    this.#isVisible = isVisible;
    void this.askNow();
  }

  /** To be called when the setting may have changed. What must not be asked for is not shown either. */
  settingChanged(): void {
    if (!this.isOn && this.#reports.size > 0) {
      this.#reports.clear();
      this.#tell();
    }
    void this.askNow();
  }

  /**
   * Asks about what it is time to ask about, and goes on from there. Resolves when all is known, or another
   * call has taken over; at once where nothing may be asked. Never rejects.
   */
  async askNow(): Promise<void> {
    this.#round.abort();
    if (!this.#isVisible || !this.isOn || this.#isDisposed || this.#targets.length === 0) return;
    const round = new AbortController();
    this.#round = round;
    try {
      await this.#parts.cache.ask(this.#targets, {
        signal: round.signal,
        onReport: (target, report) => {
          if (!round.signal.aborted) this.#learn(target, report);
        },
      });
      void this.#askAgain(round.signal);
    } catch (error) {
      if (!(error instanceof Cancelled)) this.#parts.failed('asking for usage', error);
    }
  }

  /** @returns what ends the telling. */
  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#round.abort();
    this.#listeners.clear();
    void this.#parts.cache.close();
  }

  async #askAgain(signal: AbortSignal): Promise<void> {
    const { clock, failed } = this.#parts;
    const wait = nextAsk(this.#reports.values(), clock.now());
    if (wait === undefined) return;
    try {
      await clock.sleep(wait, signal);
      await this.askNow();
    } catch (error) {
      if (!(error instanceof Cancelled)) failed('asking for usage again', error);
    }
  }

  #learn(target: UsageTarget, report: UsageReport): void {
    const id = usageTargetId(target);
    if (isDeepStrictEqual(this.#reports.get(id), report)) return;
    this.#reports.set(id, report);
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
