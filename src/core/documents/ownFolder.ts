import { join } from 'node:path';

/**
 * What this extension keeps for itself in a state dir: never in a file of CoderClaw's. The folder is
 * 0700, what is in it 0600. Absolute paths.
 */
export interface OwnFolder {
  readonly path: string;
  /** A file an entry: what was received or promised and is not yet seen stable. Holds tokens. */
  readonly journal: string;
  /** What became of refresh tokens, by their SHA-256 (`model/refreshLog.ts`). */
  readonly refreshLog: string;
  /** When tokens were pasted that carry no end, by their SHA-256 (`model/tokenEnds.ts`). */
  readonly tokenEnds: string;
  /** Who changed which credential and when, by fingerprint. */
  readonly auditTrail: string;
}

export function ownFolderOf(stateDir: string): OwnFolder {
  const path = join(stateDir, 'coderclaw-auth');
  return {
    path,
    journal: join(path, 'journal'),
    refreshLog: join(path, 'refresh-log.jsonl'),
    tokenEnds: join(path, 'token-ends.jsonl'),
    auditTrail: join(path, 'audit-trail.jsonl'),
  };
}
