import { type CancellationToken, env, l10n, ProgressLocation, Uri, window } from 'vscode';
import type { AgentFiles, ProfileService } from '../../core/custody/profileService.ts';
import { isKnown } from '../../core/errors.ts';
import { type SignInAttempt, type SignInServices, startSignIn } from '../../core/signin/attempt.ts';
import { type CallbackReach, callbackReach } from '../../core/signin/callbackReach.ts';
import type { SignedIn, SignInDescriptor } from '../../core/signin/descriptor.ts';
import type { Log } from '../log.ts';
import type { Notifications } from '../notifications.ts';
import type { UriCallbacks } from '../uriCallbacks.ts';
import { SignInDialog } from './signInDialog.ts';
import { reachWords, type SignInAction, type SignInState } from './signInWords.ts';
import { storeSignIn } from './storeSignIn.ts';

/** What is to be signed in, and where it goes. */
export interface SignInRequest {
  readonly descriptor: SignInDescriptor;
  readonly agentId: string;
  readonly files: AgentFiles;
  /** Sign in again: the profile to renew in place. */
  readonly profileId?: string;
}

export interface SignInParts {
  readonly service: ProfileService;
  readonly services: SignInServices;
  readonly uriCallbacks: UriCallbacks;
  readonly notifications: Notifications;
  readonly log: Log;
  /** After a profile was stored: offers "Use First" where it is not next. */
  readonly stored: (request: SignInRequest, profileId: string, signedIn: SignedIn) => Promise<void>;
}

/**
 * Signing in as a person sees it: the browser opens, one dialog stays, the first answer wins, and
 * the profile stands in the agent's store. One at a time in a window.
 */
export class SignInFlow {
  readonly #parts: SignInParts;
  #running:
    | { readonly key: string; readonly reopen: () => void; readonly cancel: () => void }
    | undefined;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** Resolves when the sign-in has ended, one way or the other; every failure has been told. */
  async run(request: SignInRequest): Promise<void> {
    const key = `${request.files.storePath} ${request.descriptor.provider} ${request.profileId ?? ''}`;
    if (this.#running?.key === key) {
      this.#running.reopen();
      return;
    }
    this.#running?.cancel();
    try {
      const signedIn = await this.#signIn(key, request);
      await storeSignIn(this.#parts, request, signedIn.result, signedIn.name);
    } catch (error) {
      this.#parts.notifications.failed(
        l10n.t('Signing in to {0}', request.descriptor.label),
        error,
        { label: l10n.t('Try Again'), run: () => this.run(request) },
      );
    }
  }

  dispose(): void {
    this.#running?.cancel();
  }

  async #signIn(
    key: string,
    request: SignInRequest,
  ): Promise<{ readonly result: SignedIn; readonly name: string | undefined }> {
    // Fails before any browser opens if the store could not take the result.
    await this.#parts.service.identities(request.files, request.descriptor.provider);
    const attempt = await startSignIn(request.descriptor, this.#parts.services);
    const receiving = this.#parts.uriCallbacks.register((uri) => attempt.receiveUri(uri));
    const reach = await this.#reach(attempt);
    this.#parts.log.info(
      `signing in to ${request.descriptor.provider} for ${request.agentId}: ${attempt.listening.kind}, callback ${reach.kind}`,
    );
    const conversation = new Conversation(this.#parts, request, attempt, reach);
    this.#running = { key, reopen: conversation.open, cancel: attempt.cancel };
    const mine = this.#running;
    try {
      conversation.open();
      await conversation.openBrowser();
      const result = await attempt.result;
      return { result, name: conversation.name };
    } finally {
      if (this.#running === mine) this.#running = undefined;
      receiving.dispose();
      conversation.dispose();
      attempt.cancel();
    }
  }

  async #reach(attempt: SignInAttempt): Promise<CallbackReach> {
    if (attempt.listening.kind === 'uriHandler') return { kind: 'direct' };
    let externalUri: string | undefined;
    try {
      // In a remote window this also makes the tunnel. Its answer is not kept: it can change.
      externalUri = (await env.asExternalUri(Uri.parse(attempt.redirectUri))).toString(true);
    } catch (error) {
      this.#parts.log.failure('asking VS Code how the callback is reached', error);
    }
    return callbackReach({
      remoteName: env.remoteName,
      redirectUri: attempt.redirectUri,
      externalUri,
    });
  }
}

/**
 * Opens an address in the browser as it is, byte for byte. A `Uri` decodes its query and encodes it
 * again in another way, which breaks a `redirect_uri` that has a query of its own. VS Code takes a
 * string here and keeps it, though its types do not say so.
 */
function openExactly(address: string): Thenable<boolean> {
  return env.openExternal(address as unknown as Uri);
}

/** The dialog of one attempt, and what its items do. */
class Conversation {
  readonly #parts: SignInParts;
  readonly #attempt: SignInAttempt;
  readonly #dialog = new SignInDialog();
  readonly #ended = new AbortController();
  #state: SignInState;
  /** The dialog was hidden on our own account, e.g. while a name is asked for. */
  #stepping = false;
  #inBackground = false;

  constructor(
    parts: SignInParts,
    request: SignInRequest,
    attempt: SignInAttempt,
    reach: CallbackReach,
  ) {
    this.#parts = parts;
    this.#attempt = attempt;
    this.#state = {
      label: request.descriptor.label,
      agentId: request.agentId,
      listening: attempt.listening,
      reach,
      phase: 'waiting',
      typed: '',
    };
    attempt.onPhase((phase) => this.#set({ phase }));
    this.#dialog.onTyped((typed) => {
      const { badPaste: _, ...state } = this.#state;
      this.#state = { ...state, typed };
      this.#dialog.show(this.#state);
    });
    this.#dialog.onChosen((action) => {
      this.#act(action).catch((error: unknown) =>
        parts.notifications.failed(l10n.t('The sign-in dialog'), error),
      );
    });
    this.#dialog.onHidden(() => this.#continueInBackground());
  }

  get name(): string | undefined {
    return this.#state.name;
  }

  readonly open = (): void => {
    this.#inBackground = false;
    this.#dialog.show(this.#state);
  };

  async openBrowser(): Promise<void> {
    const opened = await openExactly(this.#attempt.authorizationUrl);
    if (!opened) this.#parts.log.info('the browser was not opened; the link can be copied');
  }

  dispose(): void {
    this.#ended.abort();
    this.#dialog.dispose();
  }

  #set(change: Partial<SignInState>): void {
    this.#state = { ...this.#state, ...change };
    if (!this.#inBackground && !this.#ended.signal.aborted) this.#dialog.show(this.#state);
  }

  async #act(action: SignInAction): Promise<void> {
    switch (action) {
      case 'usePasted':
        this.#paste(false);
        break;
      case 'useBareCode':
        this.#paste(true);
        break;
      case 'openBrowser':
        await this.openBrowser();
        break;
      case 'copyLink':
        await env.clipboard.writeText(this.#attempt.authorizationUrl);
        break;
      case 'name':
        await this.#askName();
        break;
      case 'whatWorksHere':
        await this.#tellWhatWorks();
        break;
      case 'cancel':
        this.#attempt.cancel();
        break;
    }
  }

  #paste(acceptBareCode: boolean): void {
    try {
      this.#attempt.paste(this.#state.typed, { acceptBareCode });
    } catch (error) {
      if (!isKnown(error, 'signin.badPaste')) throw error;
      this.#set({ badPaste: error.facts.why });
    }
  }

  async #askName(): Promise<void> {
    const name = await this.#step(() =>
      window.showInputBox({
        title: l10n.t('Name this profile'),
        prompt: l10n.t('For example work or private. Leave it empty to name it by its e-mail.'),
        ...(this.#state.name === undefined ? {} : { value: this.#state.name }),
        ignoreFocusOut: true,
      }),
    );
    if (name === undefined) return;
    const { name: _, ...state } = this.#state;
    this.#state = name.trim() === '' ? state : { ...state, name: name.trim() };
    this.#set({});
  }

  async #tellWhatWorks(): Promise<void> {
    const detail = reachWords(this.#state.reach, this.#attempt.redirectUri);
    if (detail === undefined) return;
    await this.#step(() =>
      window.showInformationMessage(l10n.t('How the browser comes back to this window'), {
        modal: true,
        detail,
      }),
    );
  }

  /** Puts another question in the dialog's place, and the dialog back after it. */
  async #step<T>(ask: () => Thenable<T>): Promise<T> {
    this.#stepping = true;
    try {
      return await ask();
    } finally {
      this.#stepping = false;
      if (!this.#ended.signal.aborted) this.#dialog.show(this.#state);
    }
  }

  /** The browser goes on working when the dialog is closed, so the sign-in does too. */
  #continueInBackground(): void {
    if (this.#stepping || this.#ended.signal.aborted || this.#inBackground) return;
    this.#inBackground = true;
    const title = l10n.t(
      'Signing in to {0} for {1}: waiting for your browser. Start it again to see the dialog.',
      this.#state.label,
      this.#state.agentId,
    );
    const wait = (_: unknown, token: CancellationToken): Promise<void> => {
      token.onCancellationRequested(() => this.#attempt.cancel());
      return this.#attempt.result.then(
        () => undefined,
        () => undefined, // told by the flow
      );
    };
    void window.withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      wait,
    );
  }
}
