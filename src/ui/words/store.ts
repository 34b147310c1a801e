import { l10n } from 'vscode';
import type { StoreSnapshot } from '../../core/model/snapshot.ts';

export interface StoreWords {
  readonly label: string;
  readonly detail: string;
  readonly consequence: string;
}

/** What is wrong with a store; `undefined` where nothing is. */
export function storeWords(store: StoreSnapshot): StoreWords | undefined {
  switch (store.kind) {
    case 'whole':
      return store.unwritable === undefined
        ? undefined
        : {
            label: l10n.t('Store cannot be changed from here'),
            detail: store.unwritable,
            consequence: l10n.t('Writing it again would lose a part of it. Open it to repair it.'),
          };
    case 'absent':
      return store.legacyPaths === undefined
        ? undefined
        : {
            label: l10n.t('Older sign-ins not imported yet'),
            detail: store.legacyPaths.join(', '),
            consequence: l10n.t(
              'They can be imported here, or are the next time that CoderClaw runs. A new sign-in imports them first.',
            ),
          };
    case 'unreadable':
      return {
        label: l10n.t('Store cannot be read'),
        detail: unreadableWords(store.errno),
        consequence: l10n.t('Its profiles are not known, and nothing is written to it.'),
      };
    case 'unplaced':
      return {
        label: l10n.t('Store folder is not known'),
        detail: l10n.t('{0} is not set here', store.variable),
        consequence: l10n.t(
          'The config names the folder of this agent by an environment variable. Set {0} where VS Code is started, too; until then its profiles are not known, and nothing is written.',
          store.variable,
        ),
      };
    case 'torn':
      return {
        label: l10n.t('Store is damaged or half-written'),
        detail: store.detail,
        consequence: l10n.t(
          'CoderClaw reads it as empty. Nothing is written over it from here; open it to repair it.',
        ),
      };
    case 'unknownVersion':
      return {
        label: l10n.t('Store has an unknown format'),
        detail: l10n.t('version {0}', store.version),
        consequence: l10n.t('Nothing is written to it. Update the extension.'),
      };
  }
}

/** Why a file cannot be read, by the error of the system. */
export function unreadableWords(errno: string): string {
  switch (errno) {
    case 'EACCES':
    case 'EPERM':
      return l10n.t('no permission');
    case 'EISDIR':
    case 'EFTYPE':
      return l10n.t('it is not a file');
    case 'EFBIG':
      return l10n.t('it is too large');
    case 'EBUSY':
      return l10n.t('it is being written all the time, or another program keeps it to itself');
    default:
      return errno;
  }
}
