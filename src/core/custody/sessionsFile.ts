import { sessionsIn } from '../documents/sessions.ts';
import { KnownError } from '../errors.ts';
import type { TextFile } from './textCommit.ts';

/**
 * `sessions.json`: JSON, replaced by rename by CoderClaw 2026.3.21 under its lock, at every turn of every
 * chat. So a backup beside it would be one of a moment, and only in our way.
 */
export const sessionsFile: TextFile = {
  unreadable: (facts) => new KnownError('sessions.unreadable', facts),
  invalid: (facts) => new KnownError('sessions.invalid', facts),
  assertValid: sessionsIn,
  isMade: false,
  hasBackups: false,
  pidInLock: 'always',
};
