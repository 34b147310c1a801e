import { env, l10n, ThemeIcon, window } from 'vscode';
import type { AddedProvider } from '../../core/signin/addedSignIns.ts';
import type { SignedIn } from '../../core/signin/descriptor.ts';
import type { ListQuestion, TextQuestion } from '../../core/signin/plugin/pluginQuestions.ts';
import {
  type PluginPerson,
  type PluginSignInAttempt,
  type PluginSignInServices,
  type PluginSignInState,
  startPluginSignIn,
} from '../../core/signin/plugin/pluginSignIn.ts';
import { shown } from '../masking.ts';
import type { Notifications } from '../notifications.ts';
import { shownItem } from '../shownItem.ts';
import { plainText } from '../words/plainText.ts';
import { OneAtATime, type Running, showInBackground } from './oneAtATime.ts';
import {
  type PluginAction,
  type PluginDialogState,
  pluginDialogView,
  userCodeIn,
} from './pluginDialogWords.ts';
import { askForText, askToChoose, type Frame } from './pluginQuestions.ts';
import { openExactly, type StoreRequest } from './signInFlow.ts';

export interface PluginFlowParts {
  readonly services: PluginSignInServices;
  readonly notifications: Notifications;
  /** Fails where a login could not be stored. */
  readonly assertStorable: (request: StoreRequest) => Promise<void>;
  /** Stores what is in hand, and tells every outcome. */
  readonly store: (request: StoreRequest, signedIn: SignedIn) => Promise<void>;
}

/** What is to be signed in by another extension, and where it goes. */
export interface PluginRequest extends StoreRequest {
  readonly added: AddedProvider;
}

/**
 * Signing in by the code of another extension as a person sees it: one dialog stays, its questions take
 * its place, and the profile stands in the agent's store. One at a time in a window.
 */
export class PluginFlow {
  readonly #parts: PluginFlowParts;
  readonly #oneAtATime = new OneAtATime();

  constructor(parts: PluginFlowParts) {
    this.#parts = parts;
  }

  /** Resolves when it has ended, one way or the other; every failure has been told. */
  async run(request: PluginRequest): Promise<void> {
    const { files, profileId, added } = request;
    const { id: provider, label } = added;
    const { notifications, store } = this.#parts;
    const tryAgain = (): Promise<void> => this.run(request);
    const signedIn = await this.#oneAtATime.run(
      { files, provider, profileId, label, notifications, tryAgain },
      (running) => this.#signIn(running, request),
    );
    if (signedIn !== undefined) await store(request, signedIn);
  }

  dispose(): void {
    this.#oneAtATime.cancel();
  }

  async #signIn(running: Running, request: PluginRequest): Promise<SignedIn> {
    const { services, notifications, assertStorable } = this.#parts;
    await assertStorable(request);
    const dialog = new PluginDialog(request, notifications);
    try {
      const { signal } = running.cancelling;
      const attempt = startPluginSignIn(request.added, dialog, services, signal);
      running.shown = dialog;
      dialog.begin(attempt);
      return await attempt.result;
    } finally {
      dialog.dispose();
    }
  }
}

/** The dialog of one login, and the person as the login sees them. Closing it leaves the login waiting. */
class PluginDialog implements PluginPerson {
  readonly #pick = window.createQuickPick();
  readonly #notifications: Notifications;
  #attempt: PluginSignInAttempt | undefined;
  #state: PluginDialogState;
  #isOver = false;
  #isAsking = false;
  #isInBackground = false;
  #hasProgress = false;

  constructor({ added, agentId }: PluginRequest, notifications: Notifications) {
    this.#notifications = notifications;
    this.#state = { label: added.label, agentId, typed: '', takesPaste: false };
    this.#pick.ignoreFocusOut = true;
    this.#pick.busy = true;
    this.#pick.onDidAccept(() => {
      const at = this.#pick.items.indexOf(this.#pick.activeItems[0] ?? { label: '' });
      const items = pluginDialogView(this.#state).items;
      // Enter right after pasting can come before VS Code has drawn the items for what was pasted.
      const action = at < 0 && items[0]?.action === 'usePasted' ? 'usePasted' : items[at]?.action;
      if (action !== undefined) this.#try(() => this.#act(action));
    });
    this.#pick.onDidChangeValue((typed) => {
      this.#state = { ...this.#state, typed };
      this.#draw();
    });
    this.#pick.onDidHide(() => this.#continueInBackground());
  }

  begin(attempt: PluginSignInAttempt): void {
    this.#attempt = attempt;
    this.open();
  }

  open(): void {
    this.#isInBackground = false;
    this.#draw();
  }

  /** Does not wait: VS Code may ask the person first, or have no browser to open. */
  openPage(link: string): void {
    this.#try(() => openExactly(link));
  }

  show(state: PluginSignInState): void {
    const { label, agentId, typed } = this.#state;
    this.#state = { ...state, label, agentId, typed: state.takesPaste ? typed : '' };
    this.#draw();
  }

  ask(question: TextQuestion, signal: AbortSignal): Promise<string | undefined> {
    return this.#inItsPlace(signal, (frame) => askForText(question, frame));
  }

  choose(question: ListQuestion, signal: AbortSignal): Promise<string | undefined> {
    return this.#inItsPlace(signal, (frame) => askToChoose(question, frame));
  }

  dispose(): void {
    this.#isOver = true;
    this.#pick.dispose();
  }

  #draw(): void {
    if (this.#isOver || this.#isAsking || this.#isInBackground) return;
    const { title, placeholder, items } = pluginDialogView(this.#state);
    this.#pick.title = shown(title);
    this.#pick.placeholder = shown(placeholder);
    if (this.#pick.value !== this.#state.typed) this.#pick.value = this.#state.typed;
    this.#pick.items = items.map(({ icon, ...texts }) => ({
      ...shownItem(texts),
      iconPath: new ThemeIcon(icon),
      alwaysShow: true,
    }));
    this.#pick.show();
  }

  async #act(action: PluginAction): Promise<void> {
    const { link, instructions = '', typed } = this.#state;
    if (action === 'cancel') this.#attempt?.cancel();
    if (action === 'usePasted') this.#attempt?.paste(typed);
    if (action === 'copyCode') {
      await env.clipboard.writeText(userCodeIn(plainText(instructions)) ?? '');
    }
    if (action === 'copyLink') await env.clipboard.writeText(link ?? '');
    if (action === 'openBrowser' && link !== undefined) await openExactly(link);
  }

  #try(work: () => PromiseLike<unknown>): void {
    Promise.resolve(work()).catch((error: unknown) =>
      this.#notifications.failed(l10n.t('The sign-in dialog'), error),
    );
  }

  /** Puts a question in the dialog's place, also where that was closed, and the dialog back after it. */
  async #inItsPlace<T>(signal: AbortSignal, ask: (frame: Frame) => Promise<T>): Promise<T> {
    this.#isAsking = true;
    const { title } = pluginDialogView(this.#state);
    try {
      return await ask({ title, link: this.#state.link, signal });
    } finally {
      this.#isAsking = false;
      this.#draw();
    }
  }

  #continueInBackground(): void {
    if (this.#isOver || this.#isAsking || this.#isInBackground) return;
    this.#isInBackground = true;
    if (this.#hasProgress || this.#attempt === undefined) return;
    this.#hasProgress = true;
    const title = l10n.t(
      'Signing in to {0} for {1}. Start it again to see the dialog.',
      this.#state.label,
      this.#state.agentId,
    );
    showInBackground(plainText(title), this.#attempt);
  }
}
