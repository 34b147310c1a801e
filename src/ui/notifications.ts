import { l10n, window } from 'vscode';
import { Cancelled } from '../core/clock.ts';
import { KnownError } from '../core/errors.ts';
import type { Log } from './log.ts';

/** An extra button beside "Show Log" and what it does. */
export interface Way {
  readonly label: string;
  readonly run: () => unknown;
}

/** The one place where a failure becomes a message. Cancelling is silent. */
export class Notifications {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param doing what was being done, for the log. */
  readonly failed = (doing: string, error: unknown, ...ways: readonly Way[]): void => {
    if (error instanceof Cancelled) return;
    this.#log.failure(doing, error);
    void this.#tellFailure(doing, error, ways);
  };

  readonly warned = (text: string, ...ways: readonly Way[]): void => {
    this.#log.info(text);
    void this.#ask(window.showWarningMessage, text, ways);
  };

  readonly told = (text: string, ...ways: readonly Way[]): void => {
    this.#log.info(text);
    void this.#ask(window.showInformationMessage, text, ways);
  };

  async #tellFailure(doing: string, error: unknown, ways: readonly Way[]): Promise<void> {
    // The words are many and rarely needed: they load with the first failure.
    const { errorWords } = await import('./words/errors.ts');
    const text =
      error instanceof KnownError
        ? sentence(errorWords(error))
        : l10n.t('{0} failed for a reason that was not foreseen. The log has more.', doing);
    await this.#ask(window.showErrorMessage, text, [
      ...ways,
      { label: l10n.t('Show Log'), run: () => this.#log.show() },
    ]);
  }

  async #ask(
    show: (message: string, ...items: string[]) => Thenable<string | undefined>,
    text: string,
    ways: readonly Way[],
  ): Promise<void> {
    const picked = await show(text, ...ways.map((way) => way.label));
    try {
      await ways.find((way) => way.label === picked)?.run();
    } catch (error) {
      this.failed(picked ?? text, error);
    }
  }
}

export function sentence(words: { readonly what: string; readonly todo: string }): string {
  return `${words.what} ${words.todo}`;
}
