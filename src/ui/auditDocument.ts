import {
  type Disposable,
  EventEmitter,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { Clock } from '../core/clock.ts';
import { DirectoryWatcher } from '../core/disk/directoryWatcher.ts';
import { ownFolderOf } from '../core/documents/ownFolder.ts';
import type { AuditEntry } from '../core/model/auditEntry.ts';
import type { AuditSubject } from './auditSubject.ts';
import { auditText } from './words/audit.ts';
import { plainText } from './words/plainText.ts';

const SCHEME = 'coderclaw-auth';

/** Reads the trail of a state dir. */
export type ReadTrail = (stateDir: string) => Promise<readonly AuditEntry[]>;

/**
 * The audit trail of a profile as a read-only document. While one is open, the folder of the trail is
 * watched and the document follows it; with the last one closed nothing runs.
 */
export class AuditDocuments implements TextDocumentContentProvider, Disposable {
  readonly #read: ReadTrail;
  readonly #clock: Clock;
  readonly #changed = new EventEmitter<Uri>();
  readonly #watcher = new DirectoryWatcher({ onHint: (folder) => this.#renew(folder) });
  readonly #registrations: readonly Disposable[];

  readonly onDidChange = this.#changed.event;

  constructor(read: ReadTrail, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
    this.#registrations = [
      workspace.registerTextDocumentContentProvider(SCHEME, this),
      workspace.onDidOpenTextDocument(() => this.#watchOpenOnes()),
      workspace.onDidCloseTextDocument(() => this.#watchOpenOnes()),
    ];
  }

  /** Opens the trail of a profile, with what stands in it now. */
  async show(subject: AuditSubject): Promise<void> {
    const uri = uriOf(subject);
    const document = await workspace.openTextDocument(uri);
    this.#changed.fire(uri);
    await window.showTextDocument(document, { preview: true });
  }

  /** @throws {KnownError} `disk.*` */
  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const subject = subjectOf(uri);
    return subject ? auditText(await this.#read(subject.stateDir), subject, this.#clock.now()) : '';
  }

  dispose(): void {
    this.#watcher.dispose();
    this.#changed.dispose();
    for (const registration of this.#registrations) registration.dispose();
  }

  #watchOpenOnes(): void {
    void this.#watcher.watch([...new Set(openOnes().map(({ folder }) => folder))]);
  }

  #renew(hinted: string): void {
    for (const { uri, folder } of openOnes()) if (folder === hinted) this.#changed.fire(uri);
  }
}

function openOnes(): readonly { readonly uri: Uri; readonly folder: string }[] {
  return workspace.textDocuments.flatMap(({ uri, isClosed }) => {
    const subject = isClosed || uri.scheme !== SCHEME ? undefined : subjectOf(uri);
    return subject ? [{ uri, folder: ownFolderOf(subject.stateDir).path }] : [];
  });
}

/** The path is the title of the tab; what is meant stands in the query. */
function uriOf(subject: AuditSubject): Uri {
  const title = plainText(subject.profileId).replace(/[\\/]/g, '_');
  const { stateDir, stateDirLabel, agentId, profileId, provider } = subject;
  const query = JSON.stringify([stateDir, stateDirLabel, agentId, profileId, provider]);
  return Uri.from({ scheme: SCHEME, path: `/${agentId}/${title}.audit`, query });
}

/** Undefined for an address that is none of ours: any extension can open one. */
function subjectOf(uri: Uri): AuditSubject | undefined {
  try {
    const parts: unknown = JSON.parse(uri.query);
    if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string')) return undefined;
    const [stateDir, stateDirLabel, agentId, profileId, provider] = parts as readonly string[];
    if (stateDir === undefined || stateDirLabel === undefined || agentId === undefined)
      return undefined;
    if (profileId === undefined || provider === undefined) return undefined;
    return { stateDir, stateDirLabel, agentId, profileId, provider };
  } catch {
    return undefined;
  }
}
