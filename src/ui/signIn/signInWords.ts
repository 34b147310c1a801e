import { l10n } from 'vscode';
import type { BadPaste } from '../../core/errors.ts';
import type { BusyPort, Listening } from '../../core/signin/attempt.ts';
import type { CallbackReach } from '../../core/signin/callbackReach.ts';
import { badPasteWords } from '../words/errors.ts';

/** What the sign-in dialog has to show at one moment. */
export interface SignInState {
  readonly label: string;
  readonly agentId: string;
  readonly listening: Listening;
  readonly reach: CallbackReach;
  readonly phase: 'waiting' | 'exchanging';
  /** What stands in the box. */
  readonly typed: string;
  readonly badPaste?: BadPaste;
  /** A name that the person gave the profile; else it is named by e-mail. */
  readonly name?: string;
  /** Older files that are imported before the sign-in is stored. Absolute paths. */
  readonly importsFirst?: readonly string[];
  /** Sign in again: the profile keeps the name that it has. */
  readonly renews?: boolean;
  /** The provider also gives out codes to enter elsewhere. */
  readonly hasCode?: boolean;
}

export type SignInAction =
  | 'usePasted'
  | 'useBareCode'
  | 'openBrowser'
  | 'copyLink'
  | 'useCode'
  | 'name'
  | 'whatWorksHere'
  | 'cancel';

export interface SignInItem {
  readonly action: SignInAction;
  readonly icon: string;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
}

export interface SignInView {
  readonly title: string;
  readonly placeholder: string;
  readonly items: readonly SignInItem[];
}

/** Pure: the dialog as a function of its state. */
export function signInView(state: SignInState): SignInView {
  return {
    title: l10n.t('Sign in to {0} · agent {1}', state.label, state.agentId),
    placeholder:
      state.phase === 'exchanging' ? l10n.t('Finishing the sign-in…') : waitingWords(state),
    items: state.phase === 'exchanging' ? [cancelItem()] : waitingItems(state),
  };
}

function waitingWords({ listening, reach }: SignInState): string {
  if (listening.kind === 'uriHandler') {
    return l10n.t('Waiting for your browser. It comes back to VS Code by itself.');
  }
  if (listening.kind === 'none') {
    return l10n.t('Finish in your browser, then paste the address that it ends on here.');
  }
  if (reach.kind === 'elsewhere') {
    return l10n.t('Finish in your browser. If its last page stays empty, paste its address here.');
  }
  return l10n.t(
    'Waiting for your browser on localhost:{0}. You can also paste the address it ends on here.',
    listening.port,
  );
}

function waitingItems(state: SignInState): readonly SignInItem[] {
  const pasted: SignInItem[] = [];
  if (state.badPaste !== undefined) {
    const { what, todo } = badPasteWords(state.badPaste);
    pasted.push({ action: 'usePasted', icon: 'warning', label: what, detail: todo });
    if (state.badPaste === 'bareCode') {
      pasted.push({
        action: 'useBareCode',
        icon: 'check',
        label: l10n.t('Use the Code All the Same'),
        detail: l10n.t('Only if you copied it yourself from the page that this sign-in opened.'),
      });
    }
  } else if (state.typed.trim() !== '') {
    pasted.push({ action: 'usePasted', icon: 'check', label: l10n.t('Use the Pasted Address') });
  }
  const remarks = [busyWords(state.listening), importWords(state.importsFirst ?? [])];
  const detail = remarks.filter((remark) => remark !== undefined).join(' ');
  const code: SignInItem[] = state.hasCode
    ? [
        {
          action: 'useCode',
          icon: 'device-mobile',
          label: l10n.t('Use a Code Instead'),
          description: l10n.t('to enter on any device'),
        },
      ]
    : [];
  // What comes to its end by itself here goes first.
  const isElsewhere = state.reach.kind === 'elsewhere';
  return [
    ...pasted,
    ...(isElsewhere ? code : []),
    {
      action: 'openBrowser',
      icon: 'link-external',
      label: l10n.t('Open Browser Again'),
      ...(detail === '' ? {} : { detail }),
    },
    {
      action: 'copyLink',
      icon: 'copy',
      label: l10n.t('Copy Sign-In Link'),
      description: l10n.t('to open it in another browser or profile'),
    },
    ...(isElsewhere ? [] : code),
    ...(state.renews
      ? []
      : [
          {
            action: 'name' as const,
            icon: 'edit',
            label: l10n.t('Name This Profile…'),
            description: state.name ?? l10n.t('else it is named by its e-mail'),
          },
        ]),
    ...(isElsewhere
      ? [
          {
            action: 'whatWorksHere' as const,
            icon: 'info',
            label: l10n.t('Show What Will Work Here'),
            description: l10n.t('this window runs on another machine'),
          },
        ]
      : []),
    cancelItem(),
  ];
}

function importWords(paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  return l10n.t('Older sign-ins in {0} will be imported first.', paths.join(', '));
}

function cancelItem(): SignInItem {
  return { action: 'cancel', icon: 'close', label: l10n.t('Cancel') };
}

/** Says who holds a registered port and what is done about it; `undefined` when all is free. */
export function busyWords(listening: Listening): string | undefined {
  if (listening.kind === 'uriHandler' || listening.busy.length === 0) return undefined;
  const who = listening.busy.map(busyPortWords).join(' ');
  return listening.kind === 'loopback'
    ? l10n.t('{0} Port {1} is used instead.', who, listening.port)
    : l10n.t(
        '{0} The browser cannot come back by itself: its last page will not open, or shows another program. Copy its address and paste it above.',
        who,
      );
}

function busyPortWords({ port, holder }: BusyPort): string {
  return holder
    ? l10n.t('Port {0} is held by {1} (process {2}).', port, holder.name, holder.pid)
    : l10n.t('Port {0} is held by another program.', port);
}

/** The reason why the browser's callback does not reach this window, and what to do. */
export function reachWords(reach: CallbackReach, redirectUri: string): string | undefined {
  if (reach.kind !== 'elsewhere') return undefined;
  const { host } = new URL(redirectUri);
  const paste = l10n.t(
    'What works: finish in the browser, copy the address of its last page (it may say that it cannot be reached), and paste it in the dialog.',
  );
  return `${reasonWords(reach, host)} ${paste}`;
}

function reasonWords({ reason }: CallbackReach & { kind: 'elsewhere' }, host: string): string {
  switch (reason.kind) {
    case 'otherPort':
      return l10n.t(
        'The browser comes back to {0} on your machine, but VS Code forwards this window to port {1} there.',
        host,
        reason.port,
      );
    case 'otherPath':
    case 'otherHost':
      return l10n.t(
        'The browser comes back to {0} on your own machine, but this window runs behind a proxy on another one.',
        host,
      );
    case 'unknown':
      return l10n.t(
        'The browser comes back to {0} on your own machine, but this window runs on another one.',
        host,
      );
  }
}
