import { l10n } from 'vscode';
import type { CheckName, UnfinishedCheck } from '../../core/doctor/doctor.ts';
import { shownKey } from '../../core/documents/shownText.ts';

/** What each check looks at. */
const subjects: { readonly [Name in CheckName]: () => string } = {
  storeCondition: () => l10n.t('Stores'),
  legacyFiles: () => l10n.t('Files of an older CoderClaw'),
  fileModes: () => l10n.t('Permissions'),
  locks: () => l10n.t('Locks'),
  orderGhosts: () => l10n.t('Orders'),
  sessionPins: () => l10n.t('Pins of sessions'),
  hiddenProfiles: () => l10n.t('Hidden profiles'),
  configCondition: () => l10n.t('Config'),
  configDisagreement: () => l10n.t('Config and stored profiles'),
  profileEnds: () => l10n.t('Ends of profiles'),
  expiryUnits: () => l10n.t('Units of ends'),
  clock: () => l10n.t('Clock'),
  cliFormat: () => l10n.t('Format of the installed CoderClaw'),
  twins: () => l10n.t('Logins in several profiles'),
  severalStateDirs: () => l10n.t('Logins in several state folders'),
  otherPrograms: () => l10n.t('Logins of other programs'),
  sharedFolder: () => l10n.t('Shared folders'),
  signInPort: () => l10n.t('Ports of sign-ins'),
};

/** A check that came to no answer, and why, in one line. */
export function unfinishedWords({ check, why, detail }: UnfinishedCheck): string {
  const subject = Object.hasOwn(subjects, check) ? subjects[check as CheckName]() : shownKey(check);
  if (why === 'tookTooLong') return l10n.t('{0}: took too long', subject);
  return l10n.t('{0}: could not be looked at ({1})', subject, detail ?? '');
}
