import { l10n } from 'vscode';
import { Cancelled } from '../core/clock.ts';
import { KnownError } from '../core/errors.ts';
import type { Log } from './log.ts';
import { messageText, plainText } from './words/plainText.ts';

type Show = (message: string, ...items: string[]) => Thenable<string | undefined>;

/** What of VS Code's `window` shows messages. */
export interface MessageWindow {
  readonly showErrorMessage: Show;
  readonly showWarningMessage: Show;
  readonly showInformationMessage: Show;
}

/** An extra button beside "Show Log" and what it does. */
export interface Way {
  readonly label: string;
  readonly run: () => unknown;
}

/**
 * The one place where a failure becomes a message. Cancelling is silent. Every message is made
 * plain on its way out: the words of others in it can neither be links nor steer the log.
 */
export class Notifications {
  readonly #log: Pick<Log, 'info' | 'failure' | 'show'>;
  readonly #window: MessageWindow;
  readonly #waysOut: (error: unknown) => Promise<readonly Way[]>;

  /** @param waysOut What can be done about a failure, whatever was being done. */
  constructor(
    log: Pick<Log, 'info' | 'failure' | 'show'>,
    window: MessageWindow,
    waysOut: (error: unknown) => Promise<readonly Way[]>,
  ) {
    this.#log = log;
    this.#window = window;
    this.#waysOut = waysOut;
  }

  /** @param doing what was being done, for the log. */
  readonly failed = (doing: string, error: unknown, ...ways: readonly Way[]): void => {
    if (error instanceof Cancelled) return;
    this.#log.failure(plainText(doing), error);
    void this.#tellFailure(doing, error, ways);
  };

  readonly warned = (text: string, ...ways: readonly Way[]): void => {
    this.#log.info(plainText(text));
    void this.#ask(this.#window.showWarningMessage, text, ways);
  };

  readonly told = (text: string, ...ways: readonly Way[]): void => {
    this.#log.info(plainText(text));
    void this.#ask(this.#window.showInformationMessage, text, ways);
  };

  async #tellFailure(doing: string, error: unknown, ways: readonly Way[]): Promise<void> {
    // The words are many and rarely needed: they load with the first failure.
    const { errorWords } = await import('./words/errors.ts');
    const text =
      error instanceof KnownError
        ? sentence(errorWords(error))
        : l10n.t('{0} failed for a reason that was not foreseen. The log has more.', doing);
    await this.#ask(this.#window.showErrorMessage, text, [
      ...ways,
      ...(await this.#waysOut(error)),
      { label: l10n.t('Show Log'), run: () => this.#log.show() },
    ]);
  }

  async #ask(show: Show, text: string, ways: readonly Way[]): Promise<void> {
    const picked = await show(messageText(text), ...ways.map((way) => way.label));
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
