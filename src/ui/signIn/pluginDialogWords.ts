import { l10n } from 'vscode';
import type { PluginSignInState } from '../../core/signin/plugin/pluginSignIn.ts';
import { plainText } from '../words/plainText.ts';

/** What the dialog of a login by another extension has to show at one moment. */
export interface PluginDialogState extends PluginSignInState {
  readonly label: string;
  readonly agentId: string;
  /** What stands in the box. */
  readonly typed: string;
}

export type PluginAction =
  | 'usePasted'
  | 'openBrowser'
  | 'copyLink'
  | 'copyCode'
  | 'none'
  | 'cancel';

export interface PluginDialogItem {
  readonly action: PluginAction;
  readonly icon: string;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
}

export interface PluginDialogView {
  readonly title: string;
  readonly placeholder: string;
  readonly items: readonly PluginDialogItem[];
}

/** Groups of capitals and digits with hyphens between them, as RFC 8628 6.1 advises for codes. */
const USER_CODE = /(?<![\w-])(?=[A-Z\d-]*\d|[A-Z]+-)[A-Z\d]{3,8}(?:-[A-Z\d]{3,8})+(?![\w-])/g;

/**
 * Pure: the dialog as a function of its state. What the provider says is made plain; where it says to
 * enter a code, the code stands by itself and can be copied.
 */
export function pluginDialogView(state: PluginDialogState): PluginDialogView {
  const { link, instructions, progress, takesPaste, typed } = state;
  const label = plainText(state.label);
  const items: PluginDialogItem[] = [];
  if (takesPaste && typed.trim() !== '') {
    items.push({ action: 'usePasted', icon: 'check', label: l10n.t('Use What Was Pasted') });
  }
  const said = instructions === undefined ? '' : plainText(instructions);
  const code = userCodeIn(said);
  if (code !== undefined) {
    const description = l10n.t('copy it');
    items.push({ action: 'copyCode', icon: 'key', label: code, description, detail: said });
  }
  if (link !== undefined) {
    items.push({
      action: 'openBrowser',
      icon: 'link-external',
      label: l10n.t('Open Browser Again'),
      description: new URL(link).host,
      ...(said !== '' && code === undefined && { detail: said }),
    });
    items.push({
      action: 'copyLink',
      icon: 'copy',
      label: l10n.t('Copy Sign-In Link'),
      description: l10n.t('to open it in another browser or profile'),
    });
  }
  const line = progress === undefined ? '' : plainText(progress);
  if (line !== '') items.push({ action: 'none', icon: 'sync~spin', label: line });
  return {
    title: l10n.t('Sign in to {0} · agent {1}', label, state.agentId),
    placeholder: placeholderOf(state, label),
    items: [...items, { action: 'cancel', icon: 'close', label: l10n.t('Cancel') }],
  };
}

/** The one code in what a provider says; undefined where there is none, or more than one. */
export function userCodeIn(text: string): string | undefined {
  const [only, ...more] = text.match(USER_CODE) ?? [];
  return more.length === 0 ? only : undefined;
}

function placeholderOf({ link, takesPaste }: PluginDialogState, label: string): string {
  if (takesPaste) {
    return l10n.t(
      'Waiting for your browser. You can also paste the code or the address it ends on.',
    );
  }
  return link === undefined
    ? l10n.t('Waiting for {0}…', label)
    : l10n.t('Finish in your browser. Waiting for {0}…', label);
}
