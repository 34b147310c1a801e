import type { SyncService } from '../../core/doctor/finding.ts';

/** Proper nouns: not translated. */
export const SYNC_SERVICES: Readonly<Record<SyncService, string>> = {
  dropbox: 'Dropbox',
  oneDrive: 'OneDrive',
  iCloud: 'iCloud Drive',
  googleDrive: 'Google Drive',
};
