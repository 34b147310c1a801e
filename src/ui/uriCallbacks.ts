import { type Disposable, env, l10n, Uri, type UriHandler, window } from 'vscode';
import { extensionId } from '../contributions.ts';
import { shownKey } from '../core/documents/shownText.ts';
import type { Log } from './log.ts';
import type { Notifications } from './notifications.ts';
import { type UriReceiver, UriReceivers } from './uriReceivers.ts';

/**
 * The extension's one `UriHandler`. Sign-ins whose provider sends the browser back to VS Code
 * receive here; the callback address carries the window's id, so that it reaches the right window.
 */
export class UriCallbacks implements UriHandler, Disposable {
  readonly #receivers = new UriReceivers();
  readonly #log: Log;
  readonly #notifications: Notifications;
  readonly #registration: Disposable;

  constructor(log: Log, notifications: Notifications) {
    this.#log = log;
    this.#notifications = notifications;
    this.#registration = window.registerUriHandler(this);
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

  async handleUri(uri: Uri): Promise<void> {
    // Rarely needed: an activation does not pay for it.
    const { receivedAddress } = await import('../core/signin/uriCallback.ts');
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
    this.#registration.dispose();
    this.#receivers.clear();
  }
}
