import { env, l10n, Uri, window } from 'vscode';
import { throwIfCancelled } from '../../core/clock.ts';
import type { AgentFiles } from '../../core/custody/profileService.ts';
import type { SignInService } from '../../core/custody/signInService.ts';
import type { NewConfigProfile } from '../../core/documents/configEdits.ts';
import { isKnown, type KnownError } from '../../core/errors.ts';
import { type SignInAttempt, type SignInServices, startSignIn } from '../../core/signin/attempt.ts';
import { type CallbackReach, callbackReach } from '../../core/signin/callbackReach.ts';
import type { SignedIn, SignInDescriptor } from '../../core/signin/descriptor.ts';
import type { Log } from '../log.ts';
import type { Notifications } from '../notifications.ts';
import type { UriCallbacks } from '../uriCallbacks.ts';
import { who } from '../words/identity.ts';
import { plainText } from '../words/plainText.ts';
import { OneAtATime, type Running, showInBackground } from './oneAtATime.ts';
import { SignInDialog } from './signInDialog.ts';
import { reachWords, type SignInAction, type SignInState } from './signInWords.ts';
import { type SignInPlace, type StoringPerson, storeSignIn } from './storeSignIn.ts';

/** Where a credential goes. */
export interface StoreRequest {
  /** Normalized provider id. */
  readonly provider: string;
  readonly agentId: string;
  readonly files: AgentFiles;
  /** Stored profiles of the provider in the same state folder, which the config must not hide. */
  readonly siblings: readonly NewConfigProfile[];
  /** Sign in again: the profile to renew in place. */
  readonly profileId?: string;
  /** A name that the person gave it; else it gets one by itself. */
  readonly name?: string;
}

/** What is to be signed in, and where it goes. */
export interface SignInRequest extends StoreRequest {
  readonly descriptor: SignInDescriptor;
  /** Signs in by a code in place of the browser, where the provider gives out codes. */
  readonly useCode?: (request: StoreRequest) => Promise<void>;
}

export interface SignInParts {
  readonly service: SignInService;
  readonly services: SignInServices;
  readonly uriCallbacks: UriCallbacks;
  readonly notifications: Notifications;
  readonly log: Log;
  /** A profile was stored: shows it, and tells it with a way to use it if it is not next. */
  readonly stored: (
    request: StoreRequest,
    profileId: string,
    signedIn: SignedIn,
    configFault: KnownError | undefined,
  ) => Promise<void>;
}

/** How long VS Code may take to make a tunnel before the dialog comes without its answer. */
const TUNNEL_LIMIT_MS = 5_000;
/** How long a finished sign-in waits for a name that the person is just typing. */
const NAMING_LIMIT_MS = 60_000;

/**
 * Signing in as a person sees it: the browser opens, one dialog stays, the first answer wins, and
 * the profile stands in the agent's store. One at a time in a window.
 */
export class SignInFlow {
  readonly #parts: SignInParts;
  readonly #oneAtATime = new OneAtATime();

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** Resolves when the sign-in has ended, one way or the other; every failure has been told. */
  async run(request: SignInRequest): Promise<void> {
    const { files, profileId, descriptor } = request;
    const { provider, label } = descriptor;
    const { notifications } = this.#parts;
    const tryAgain = (): Promise<void> => this.run(request);
    const finished = await this.#oneAtATime.run(
      { files, provider, profileId, label, notifications, tryAgain },
      (running) => this.#signIn(running, request),
    );
    if (finished !== undefined) await this.store(request, finished.signedIn, finished.name);
  }

  dispose(): void {
    this.#oneAtATime.cancel();
  }

  /** Fails where the store could not take a login, so that nobody signs in for nothing. */
  readonly assertStorable = async ({ files, provider }: StoreRequest): Promise<void> => {
    await this.#parts.service.stored(files, provider);
  };

  async #signIn(
    running: Running,
    request: SignInRequest,
  ): Promise<{ readonly signedIn: SignedIn; readonly name: string | undefined }> {
    const { signal } = running.cancelling;
    const { services, uriCallbacks, log } = this.#parts;
    await this.assertStorable(request);
    const attempt = await startSignIn(request.descriptor, services, { signal });
    const receiving = uriCallbacks.register((uri) => attempt.receiveUri(uri));
    try {
      const reach = await this.#reach(attempt);
      throwIfCancelled(signal);
      log.info(
        `signing in to ${request.descriptor.provider} for ${request.agentId}: ${attempt.listening.kind}, callback ${reach.kind}`,
      );
      const conversation = new Conversation(this.#parts, request, attempt, reach);
      running.shown = conversation;
      try {
        conversation.open();
        conversation.openBrowser();
        const signedIn = await attempt.result;
        await conversation.named();
        return { signedIn, name: conversation.name };
      } finally {
        conversation.dispose();
      }
    } finally {
      receiving.dispose();
      attempt.cancel();
    }
  }

  /**
   * Stores what is in hand, whichever way it came here, and asks and tells what has to be on the way.
   * Never rejects: every outcome has been told.
   */
  readonly store = async (
    request: StoreRequest,
    signedIn: SignedIn,
    name: string | undefined = request.name,
  ): Promise<void> => {
    const { notifications, log, service, stored } = this.#parts;
    const { provider, agentId, files, siblings, profileId } = request;
    const storeAgain = (again: () => Promise<void>) => ({
      label: l10n.t('Store Again'),
      run: again,
    });
    const place: SignInPlace = {
      provider,
      agentId,
      files,
      siblings,
      ...(profileId === undefined ? {} : { profileId }),
      ...(name === undefined ? {} : { name }),
    };
    const modal = (detail: readonly string[]) => ({
      modal: true,
      detail: detail.map(plainText).join('\n'),
    });
    const person: StoringPerson = {
      ask: (message, detail, ...buttons) =>
        window.showWarningMessage(plainText(message), modal(detail), ...buttons),
      show: async (message, detail, button) =>
        (await window.showInformationMessage(plainText(message), modal(detail), button)) === button,
      failed: (doing, error, again) => notifications.failed(doing, error, storeAgain(again)),
      undone: (identity, again) =>
        notifications.warned(
          l10n.t(
            'The sign-in of {0} was stored, but another program keeps writing an older copy over {1}.',
            who(identity),
            files.storePath,
          ),
          storeAgain(again),
        ),
      stored: async (target, finished, configFault) => {
        const { profileId: id, agentId, files } = target;
        try {
          await stored({ ...request, agentId, files }, id, finished, configFault);
        } catch (error) {
          // It is on disk; only showing it went wrong.
          log.failure(`showing ${id}`, error);
        }
      },
    };
    await storeSignIn(service, person, place, signedIn);
  };

  async #reach(attempt: SignInAttempt): Promise<CallbackReach> {
    if (attempt.listening.kind === 'uriHandler') return { kind: 'direct' };
    let externalUri: string | undefined;
    try {
      // In a remote window this also makes the tunnel. Its answer is not kept: it can change.
      const asked = Promise.resolve(env.asExternalUri(Uri.parse(attempt.redirectUri)));
      const limit = this.#parts.services.clock.sleep(TUNNEL_LIMIT_MS);
      externalUri = (await Promise.race([asked, limit]))?.toString(true);
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
export function openExactly(address: string): Thenable<boolean> {
  return env.openExternal(address as unknown as Uri);
}

/** The dialog of one attempt, and what its items do. */
class Conversation {
  readonly #parts: SignInParts;
  readonly #attempt: SignInAttempt;
  readonly #request: SignInRequest;
  readonly #dialog = new SignInDialog();
  readonly #ended = new AbortController();
  #state: SignInState;
  /** Another question stands in the dialog's place, e.g. for a name. */
  #step: Promise<unknown> | undefined;
  #naming: Promise<void> | undefined;
  #inBackground = false;
  #progressShown = false;

  constructor(
    parts: SignInParts,
    request: SignInRequest,
    attempt: SignInAttempt,
    reach: CallbackReach,
  ) {
    this.#parts = parts;
    this.#attempt = attempt;
    this.#request = request;
    this.#state = {
      label: request.descriptor.label,
      agentId: request.agentId,
      listening: attempt.listening,
      reach,
      phase: 'waiting',
      typed: '',
      ...(request.name === undefined ? {} : { name: request.name }),
      hasCode: request.useCode !== undefined,
      renews: request.profileId !== undefined,
      importsFirst: request.files.legacyPaths,
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

  /** Does not wait: VS Code may ask the person first, or have no browser to open. */
  openBrowser(): void {
    openExactly(this.#attempt.authorizationUrl).then(
      (opened) => {
        if (!opened) this.#parts.log.info('the browser was not opened; the link can be copied');
      },
      (error: unknown) => {
        this.#parts.log.failure('opening the browser', error);
        this.#parts.notifications.warned(
          l10n.t(
            'The browser could not be opened. Choose "Copy Sign-In Link" in the dialog and open the link yourself.',
          ),
        );
      },
    );
  }

  /** Resolves when no name is being typed any more, or it takes too long. */
  async named(): Promise<void> {
    const limit = this.#parts.services.clock.sleep(NAMING_LIMIT_MS, this.#ended.signal);
    limit.catch(() => {}); // ended before: nobody waits any more
    await Promise.race([this.#naming, limit]);
  }

  dispose(): void {
    this.#ended.abort();
    this.#dialog.dispose();
  }

  #set(change: Partial<SignInState>): void {
    this.#state = { ...this.#state, ...change };
    const isHidden = this.#inBackground || this.#step !== undefined || this.#ended.signal.aborted;
    if (!isHidden) this.#dialog.show(this.#state);
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
        this.openBrowser();
        break;
      case 'copyLink':
        await env.clipboard.writeText(this.#attempt.authorizationUrl);
        break;
      case 'useCode':
        this.#attempt.cancel();
        await this.#request.useCode?.({
          ...this.#request,
          ...(this.#state.name !== undefined && { name: this.#state.name }),
        });
        break;
      case 'name':
        this.#naming = this.#askName();
        await this.#naming;
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
    const name = await this.#inItsPlace(() =>
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
    await this.#inItsPlace(() =>
      window.showInformationMessage(l10n.t('How the browser comes back to this window'), {
        modal: true,
        detail,
      }),
    );
  }

  /** Puts another question in the dialog's place, and the dialog back after it. */
  async #inItsPlace<T>(ask: () => Thenable<T>): Promise<T> {
    const asked = Promise.resolve(ask());
    this.#step = asked;
    try {
      return await asked;
    } finally {
      this.#step = undefined;
      if (!this.#ended.signal.aborted) this.#dialog.show(this.#state);
    }
  }

  /** The browser goes on working when the dialog is closed, so the sign-in does too. */
  #continueInBackground(): void {
    if (this.#step !== undefined || this.#ended.signal.aborted || this.#inBackground) return;
    this.#inBackground = true;
    if (this.#progressShown) return;
    this.#progressShown = true;
    const title = l10n.t(
      'Signing in to {0} for {1}: waiting for your browser. Start it again to see the dialog.',
      this.#state.label,
      this.#state.agentId,
    );
    showInBackground(title, this.#attempt);
  }
}
