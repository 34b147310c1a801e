import { type CancellationToken, ProgressLocation, window } from 'vscode';

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

/** A window has one sign-in at a time: the same one is shown again, another one takes its place. */
export class OneAtATime {
  #running: Running | undefined;

  /**
   * @param key Says whether two are the same.
   * @returns undefined where the same one is under way; it is shown then.
   */
  begin(key: string): Running | undefined {
    if (this.#running?.key === key) {
      this.#running.shown?.open();
      return undefined;
    }
    this.cancel();
    const running: Running = { key, cancelling: new AbortController() };
    this.#running = running;
    return running;
  }

  end(running: Running): void {
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
    { location: ProgressLocation.Notification, title, cancellable: true },
    wait,
  );
}
