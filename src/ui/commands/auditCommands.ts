import { l10n } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import type { AuditDocuments } from '../auditDocument.ts';
import { auditSubject } from '../auditSubject.ts';
import type { Notifications } from '../notifications.ts';
import { locateProfile } from './locate.ts';
import { pickProfile, tellGone } from './pickers.ts';
import type { CommandHandlers } from './register.ts';

/** Showing who changed a profile, and when. */
export function auditCommands(parts: {
  readonly snapshot: () => Promise<Snapshot>;
  readonly documents: () => Promise<Pick<AuditDocuments, 'show'>>;
  readonly notifications: Pick<Notifications, 'told'>;
}) {
  return {
    [commands.profileShowAuditTrail]: async (target) => {
      const snapshot = await parts.snapshot();
      const named = locateProfile(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(parts.notifications, named);
        return;
      }
      const place =
        named.kind === 'found'
          ? named.place
          : await pickProfile(snapshot, l10n.t('Show Audit Trail'));
      if (!place) {
        parts.notifications.told(l10n.t('There is no profile here for that.'));
        return;
      }
      await (await parts.documents()).show(auditSubject(place));
    },
  } satisfies Partial<CommandHandlers>;
}
