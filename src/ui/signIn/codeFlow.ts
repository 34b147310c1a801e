import { env, l10n, ThemeIcon, Uri, window } from 'vscode';
import type { SignedIn } from '../../core/signin/descriptor.ts';
import type { DeviceSignInDescriptor } from '../../core/signin/device/deviceDescriptor.ts';
import {
  type DeviceSignInAttempt,
  type DeviceSignInServices,
  startDeviceSignIn,
} from '../../core/signin/device/deviceSignIn.ts';
import { shown } from '../masking.ts';
import type { Notifications } from '../notifications.ts';
import { shownItem } from '../shownItem.ts';
import { allowFirstWords } from '../words/deviceCode.ts';
import { type CodeAction, type CodeDialogState, codeDialogView } from './codeDialogWords.ts';
import { OneAtATime, type Running, showInBackground } from './oneAtATime.ts';
import type { StoreRequest } from './signInFlow.ts';

export interface CodeFlowParts {
  readonly services: DeviceSignInServices;
  readonly notifications: Notifications;
  /** Fails where a login could not be stored. */
  readonly assertStorable: (request: StoreRequest) => Promise<void>;
  /** Stores what is in hand, and tells every outcome. */
  readonly store: (request: StoreRequest, signedIn: SignedIn) => Promise<void>;
}

/** What is to be signed in by a code, and where it goes. */
export interface CodeRequest extends StoreRequest {
  readonly descriptor: DeviceSignInDescriptor;
}

/**
 * Signing in by a code as a person sees it: a code stands in a dialog that stays, is entered on a page
 * of the provider anywhere, and the profile stands in the agent's store. One at a time in a window.
 */
export class CodeFlow {
  readonly #parts: CodeFlowParts;
  readonly #oneAtATime = new OneAtATime();

  constructor(parts: CodeFlowParts) {
    this.#parts = parts;
  }

  /** Resolves when it has ended, one way or the other; every failure has been told. */
  async run(request: CodeRequest): Promise<void> {
    const { files, profileId, descriptor } = request;
    const { provider, label } = descriptor;
    const { notifications, store } = this.#parts;
    const tryAgain = (): Promise<void> => this.run(request);
    const signedIn = await this.#oneAtATime.run(
      { files, provider, profileId, label, notifications, tryAgain },
      (running) => this.#signIn(running, request),
    );
    if (signedIn !== undefined) await store(request, signedIn);
  }

  async #signIn(running: Running, request: CodeRequest): Promise<SignedIn> {
    const { services, notifications, assertStorable } = this.#parts;
    const { signal } = running.cancelling;
    await assertStorable(request);
    const attempt = await startDeviceSignIn(request.descriptor, services, { signal });
    const dialog = new CodeDialog(request, attempt, notifications);
    running.shown = dialog;
    try {
      dialog.open();
      return await attempt.result;
    } finally {
      dialog.dispose();
    }
  }

  dispose(): void {
    this.#oneAtATime.cancel();
  }
}

/** The dialog of one attempt, and what its rows do. Closing it leaves the attempt waiting. */
class CodeDialog {
  readonly #attempt: DeviceSignInAttempt;
  readonly #pick = window.createQuickPick();
  #state: CodeDialogState;
  #isOver = false;
  #isInBackground = false;
  #hasProgress = false;

  constructor(request: CodeRequest, attempt: DeviceSignInAttempt, notifications: Notifications) {
    const { userCode, verificationUri, expiresAt } = attempt;
    const allowFirst = allowFirstWords(request.descriptor);
    this.#attempt = attempt;
    this.#state = {
      ...{ userCode, verificationUri, expiresAt, phase: 'waiting' },
      label: request.descriptor.label,
      agentId: request.agentId,
      ...(allowFirst !== undefined && { allowFirst }),
    };
    this.#pick.ignoreFocusOut = true;
    this.#pick.busy = true;
    this.#pick.onDidAccept(() => {
      const at = this.#pick.items.indexOf(this.#pick.activeItems[0] ?? { label: '' });
      const item = codeDialogView(this.#state).items[at];
      if (item === undefined) return;
      this.#act(item.action).catch((error: unknown) =>
        notifications.failed(l10n.t('The sign-in dialog'), error),
      );
    });
    this.#pick.onDidHide(() => this.#continueInBackground());
    attempt.onPhase((phase) => {
      this.#state = { ...this.#state, phase };
      if (!this.#isInBackground) this.open();
    });
  }

  open(): void {
    if (this.#isOver) return;
    this.#isInBackground = false;
    const { title, placeholder, items } = codeDialogView(this.#state);
    this.#pick.title = shown(title);
    this.#pick.placeholder = shown(placeholder);
    this.#pick.items = items.map(({ icon, ...texts }) => ({
      ...shownItem(texts),
      iconPath: new ThemeIcon(icon),
      alwaysShow: true,
    }));
    this.#pick.show();
  }

  dispose(): void {
    this.#isOver = true;
    this.#pick.dispose();
  }

  async #act(action: CodeAction): Promise<void> {
    const { userCode, verificationUri, verificationUriComplete } = this.#attempt;
    if (action === 'cancel') this.#attempt.cancel();
    if (action === 'copyCode' || action === 'copyAndOpen') {
      await env.clipboard.writeText(userCode);
    }
    if (action === 'openPage' || action === 'copyAndOpen') {
      await env.openExternal(Uri.parse(verificationUriComplete ?? verificationUri));
    }
  }

  /** The code stays good when the dialog is closed, so the sign-in goes on. */
  #continueInBackground(): void {
    if (this.#isOver || this.#isInBackground) return;
    this.#isInBackground = true;
    if (this.#hasProgress) return;
    this.#hasProgress = true;
    const { label, agentId, userCode } = this.#state;
    const title = l10n.t(
      'Signing in to {0} for {1}: waiting for the code {2} to be entered. Start it again to see the dialog.',
      label,
      agentId,
      userCode,
    );
    showInBackground(title, this.#attempt);
  }
}
