import { type CancellationToken, l10n, ProgressLocation, window } from 'vscode';
import { shown } from '../masking.ts';
import type { Notifications } from '../notifications.ts';

/** What a person sees of a sign-in that is under way. */
export interface Shown {
  /** Brings it back where it was closed. */
  open(): void;
}

/** One sign-in under way, from the first moment on. */
export interface Running {
  readonly key: string;
  readonly cancelling: AbortController;
  shown?: Shown;
}

/** What is signed in, and what to do when that fails. */
export interface SignInRun {
  /** Two are the same if all of it is. */
  readonly files: { readonly storePath: string };
  readonly provider: string;
  readonly profileId?: string | undefined;
  /** Of the provider, for people. */
  readonly label: string;
  readonly notifications: Pick<Notifications, 'failed'>;
  readonly tryAgain: () => Promise<void>;
}

/** One sign-in of a kind at a time: the same one is shown again, another one takes its place. */
export class OneAtATime {
  #running: Running | undefined;

  /**
   * Runs a sign-in. A failure is told, with a way to try it again.
   * @returns undefined where it failed or was called off, or the same one is under way; that is shown then.
   */
  async run<T>(what: SignInRun, signIn: (running: Running) => Promise<T>): Promise<T | undefined> {
    const { files, provider, profileId, label, notifications, tryAgain } = what;
    const running = this.#begin(JSON.stringify([files.storePath, provider, profileId]));
    if (running === undefined) return undefined;
    try {
      return await signIn(running);
    } catch (error) {
      const again = { label: l10n.t('Try Again'), run: tryAgain };
      notifications.failed(l10n.t('Signing in to {0}', label), error, again);
      return undefined;
    } finally {
      this.#end(running);
    }
  }

  /**
   * @param key Says whether two are the same.
   * @returns undefined where the same one is under way; it is shown then.
   */
  #begin(key: string): Running | undefined {
    if (this.#running?.key === key) {
      this.#running.shown?.open();
      return undefined;
    }
    this.cancel();
    const running: Running = { key, cancelling: new AbortController() };
    this.#running = running;
    return running;
  }

  #end(running: Running): void {
    if (this.#running === running) this.#running = undefined;
  }

  cancel(): void {
    this.#running?.cancelling.abort();
  }
}

/** Says that a sign-in goes on although its dialog was closed, with a way to cancel it. */
export function showInBackground(
  title: string,
  attempt: { readonly result: Promise<unknown>; cancel(): void },
): void {
  const wait = (_: unknown, token: CancellationToken): Promise<void> => {
    token.onCancellationRequested(() => attempt.cancel());
    return attempt.result.then(
      () => undefined,
      () => undefined, // told by the flow
    );
  };
  void window.withProgress(
    { location: ProgressLocation.Notification, title: shown(title), cancellable: true },
    wait,
  );
}
