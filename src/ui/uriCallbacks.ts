import { type Disposable, env, l10n, Uri, type UriHandler, window } from 'vscode';
import { extensionId } from '../contributions.ts';
import type { Log } from './log.ts';

/** Takes an address that came in; false if it belongs to another sign-in. */
export type UriReceiver = (uri: string) => boolean;

/**
 * The extension's one `UriHandler`. Sign-ins whose provider sends the browser back to VS Code
 * receive here; the callback address carries the window's id, so that it reaches the right window.
 */
export class UriCallbacks implements UriHandler, Disposable {
  readonly #receivers = new Set<UriReceiver>();
  readonly #log: Log;
  readonly #registration: Disposable;

  constructor(log: Log) {
    this.#log = log;
    this.#registration = window.registerUriHandler(this);
  }

  /** The address to send a browser to, asked afresh each time: a remote one can change. */
  readonly address = async (path: string): Promise<string> => {
    const own = Uri.from({ scheme: env.uriScheme, authority: extensionId, path });
    return (await env.asExternalUri(own)).toString(true);
  };

  /** Until disposed, `receiver` is offered every address that comes in. */
  register(receiver: UriReceiver): Disposable {
    this.#receivers.add(receiver);
    return { dispose: () => this.#receivers.delete(receiver) };
  }

  handleUri(uri: Uri): void {
    const address = uri.toString(true);
    for (const receiver of this.#receivers) if (receiver(address)) return;
    // The address is not logged: it can carry a code.
    this.#log.info(`an address for ${uri.path} came in that no sign-in here waits for`);
    void window.showWarningMessage(
      l10n.t(
        'A sign-in page came back to this window, but no sign-in here waits for it. Start the sign-in again.',
      ),
    );
  }

  dispose(): void {
    this.#registration.dispose();
    this.#receivers.clear();
  }
}
