import { l10n } from 'vscode';
import { timeOfDay } from '../words/exactTime.ts';

/** What the dialog of a sign-in by code has to show at one moment. */
export interface CodeDialogState {
  readonly label: string;
  readonly agentId: string;
  readonly userCode: string;
  readonly verificationUri: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** What the person must have allowed before a code works. */
  readonly allowFirst?: string;
  readonly phase: 'waiting' | 'exchanging';
}

export type CodeAction = 'copyAndOpen' | 'copyCode' | 'openPage' | 'cancel';

export interface CodeDialogItem {
  readonly action: CodeAction;
  readonly icon: string;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
}

export interface CodeDialogView {
  readonly title: string;
  readonly placeholder: string;
  readonly items: readonly CodeDialogItem[];
}

/** Set wide, since a list has one size of letters; and so it is read out letter by letter. */
function spelt(code: string): string {
  return [...code].join(' ');
}

/** Pure: the dialog as a function of its state. The code stands in the first row, by itself. */
export function codeDialogView(state: CodeDialogState): CodeDialogView {
  const title = l10n.t('Sign in to {0} · agent {1}', state.label, state.agentId);
  const cancel: CodeDialogItem = { action: 'cancel', icon: 'close', label: l10n.t('Cancel') };
  if (state.phase === 'exchanging') {
    return { title, placeholder: l10n.t('Finishing the sign-in…'), items: [cancel] };
  }
  const { host } = new URL(state.verificationUri);
  return {
    title,
    placeholder: l10n.t(
      'Enter the code {0} on the page of {1}. Waiting…',
      state.userCode,
      state.label,
    ),
    items: [
      {
        action: 'copyAndOpen',
        icon: 'key',
        label: spelt(state.userCode),
        description: l10n.t('copy it and open the page'),
        ...(state.allowFirst !== undefined && { detail: state.allowFirst }),
      },
      {
        action: 'copyCode',
        icon: 'copy',
        label: l10n.t('Copy the Code'),
        description: l10n.t('good until {0}', timeOfDay(state.expiresAt)),
      },
      {
        action: 'openPage',
        icon: 'link-external',
        label: l10n.t('Open the Page'),
        description: host,
        detail: l10n.t('Or open {0} on any other device.', state.verificationUri),
      },
      cancel,
    ],
  };
}
