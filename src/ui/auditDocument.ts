import type { Disposable } from 'vscode';
import type { Clock } from '../core/clock.ts';
import { DirectoryWatcher } from '../core/disk/directoryWatcher.ts';
import { ownFolderOf } from '../core/documents/ownFolder.ts';
import type { AuditEntry } from '../core/model/auditEntry.ts';
import type { AuditSubject } from './auditSubject.ts';
import { VirtualDocuments } from './virtualDocuments.ts';
import { auditText } from './words/audit.ts';
import { pathPart } from './words/pathPart.ts';

/** Reads the trail of a state dir. */
export type ReadTrail = (stateDir: string) => Promise<readonly AuditEntry[]>;

/**
 * The audit trail of a profile as a read-only document. While one is open, the folder of the trail is
 * watched and the document follows it; with the last one closed nothing runs.
 */
export class AuditDocuments implements Disposable {
  readonly #watcher: DirectoryWatcher;
  readonly #documents: VirtualDocuments<AuditSubject>;

  constructor(read: ReadTrail, clock: Clock) {
    this.#watcher = new DirectoryWatcher({
      onHint: (hinted) => this.#documents.renew((subject) => folderOf(subject) === hinted),
    });
    this.#documents = new VirtualDocuments({
      scheme: 'coderclaw-auth',
      pathOf: ({ agentId, profileId }) => `/${agentId}/${pathPart(profileId)}.audit`,
      queryOf: ({ stateDir, stateDirLabel, agentId, profileId, provider }) => [
        ...[stateDir, stateDirLabel, agentId, profileId, provider],
      ],
      subjectOf,
      text: async (subject) => auditText(await read(subject.stateDir), subject, clock.now()),
      opened: (subjects) => void this.#watcher.watch([...new Set(subjects.map(folderOf))]),
    });
  }

  /** Opens the trail of a profile, with what stands in it now. */
  async show(subject: AuditSubject): Promise<void> {
    await this.#documents.show(subject);
  }

  dispose(): void {
    this.#watcher.dispose();
    this.#documents.dispose();
  }
}

function folderOf({ stateDir }: AuditSubject): string {
  return ownFolderOf(stateDir).path;
}

function subjectOf(query: unknown): AuditSubject | undefined {
  if (!Array.isArray(query) || !query.every((part) => typeof part === 'string')) return undefined;
  const [stateDir, stateDirLabel, agentId, profileId, provider] = query as readonly string[];
  if (stateDir === undefined || stateDirLabel === undefined || agentId === undefined)
    return undefined;
  if (profileId === undefined || provider === undefined) return undefined;
  return { stateDir, stateDirLabel, agentId, profileId, provider };
}
