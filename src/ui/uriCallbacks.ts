import { type Disposable, env, l10n, Uri, type UriHandler } from 'vscode';
import { extensionId } from '../contributions.ts';
import { shownKey } from '../core/documents/shownText.ts';
import { receivedAddress } from '../core/signin/uriCallback.ts';
import type { Log } from './log.ts';
import type { Notifications } from './notifications.ts';
import { type UriReceiver, UriReceivers } from './uriReceivers.ts';

/**
 * What the extension's one `UriHandler` does. Sign-ins whose provider sends the browser back to VS Code
 * receive here; the callback address carries the window's id, so that it reaches the right window.
 */
export class UriCallbacks implements UriHandler, Disposable {
  readonly #receivers = new UriReceivers();
  readonly #log: Log;
  readonly #notifications: Notifications;

  constructor(log: Log, notifications: Notifications) {
    this.#log = log;
    this.#notifications = notifications;
  }

  /** The address to send a browser to, asked afresh each time: a remote one can change. */
  readonly address = async (path: string): Promise<string> => {
    const own = Uri.from({ scheme: env.uriScheme, authority: extensionId, path });
    return (await env.asExternalUri(own)).toString(true);
  };

  /** Until disposed, `receiver` is offered every address that comes in. */
  register(receiver: UriReceiver): Disposable {
    return this.#receivers.register(receiver);
  }

  handleUri(uri: Uri): void {
    const outcome = this.#receivers.offer(receivedAddress(uri));
    if (outcome === 'taken') return;
    // The address is not logged: it can carry a code.
    this.#log.info(`an address for ${shownKey(uri.path)} came in that no sign-in here waits for`);
    if (outcome === 'nobody') return;
    this.#notifications.warned(
      l10n.t(
        'A sign-in page came back to this window, but no sign-in here waits for it. Start the sign-in again.',
      ),
    );
  }

  dispose(): void {
    this.#receivers.clear();
  }
}
