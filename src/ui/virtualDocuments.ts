import {
  type Disposable,
  EventEmitter,
  TabInputText,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from 'vscode';
import { onMaskingChange, shown } from './masking.ts';

/** One kind of read-only document, each about a subject of its own. */
export interface DocumentKind<Subject> {
  /** An address scheme that no other kind has. */
  readonly scheme: string;
  /** The path of its address, from `/` on; its last part is the title of the tab. */
  readonly pathOf: (subject: Subject) => string;
  /** What stands in the address for the subject, as JSON has it. */
  readonly queryOf: (subject: Subject) => unknown;
  /** Undefined for what is no subject: any extension can open an address of ours. */
  readonly subjectOf: (query: unknown) => Subject | undefined;
  /** What stands in the document now. Its failures are shown in place of it. */
  readonly text: (subject: Subject) => Promise<string>;
  /** The documents that are open are these from now on. */
  readonly opened?: (subjects: readonly Subject[]) => void;
}

/** Texts that come from us rather than from files, in editors that cannot change them. */
export class VirtualDocuments<Subject> implements TextDocumentContentProvider, Disposable {
  readonly #kind: DocumentKind<Subject>;
  readonly #changed = new EventEmitter<Uri>();
  readonly #registrations: readonly Disposable[];

  readonly onDidChange = this.#changed.event;

  constructor(kind: DocumentKind<Subject>) {
    this.#kind = kind;
    const tellOpened = (): void => kind.opened?.(this.#open().map(({ subject }) => subject));
    this.#registrations = [
      workspace.registerTextDocumentContentProvider(kind.scheme, this),
      workspace.onDidOpenTextDocument(tellOpened),
      workspace.onDidCloseTextDocument(tellOpened),
      onMaskingChange(() => this.#showAnew()),
    ];
  }

  /** Opens the document of a subject, with what stands in it now. */
  async show(subject: Subject): Promise<void> {
    const { scheme, pathOf, queryOf } = this.#kind;
    const query = JSON.stringify(queryOf(subject));
    const uri = Uri.from({ scheme, path: shown(pathOf(subject)), query });
    const document = await workspace.openTextDocument(uri);
    this.#changed.fire(uri);
    await window.showTextDocument(document, { preview: true });
  }

  /** Those that are open, and wanted, are written anew. */
  renew(isWanted: (subject: Subject) => boolean = () => true): void {
    for (const { uri, subject } of this.#open()) if (isWanted(subject)) this.#changed.fire(uri);
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const subject = this.#subjectOf(uri);
    return subject === undefined ? '' : shown(await this.#kind.text(subject));
  }

  dispose(): void {
    this.#changed.dispose();
    for (const registration of this.#registrations) registration.dispose();
  }

  /** A tab keeps its title: one that would now have another is closed. */
  #showAnew(): void {
    this.renew();
    const outdated = window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => {
        const subject = input instanceof TabInputText ? this.#subjectOf(input.uri) : undefined;
        if (subject === undefined) return false;
        return (input as TabInputText).uri.path !== shown(this.#kind.pathOf(subject));
      });
    if (outdated.length > 0) void window.tabGroups.close(outdated);
  }

  #open(): readonly { readonly uri: Uri; readonly subject: Subject }[] {
    return workspace.textDocuments.flatMap(({ uri, isClosed }) => {
      const subject = isClosed ? undefined : this.#subjectOf(uri);
      return subject === undefined ? [] : [{ uri, subject }];
    });
  }

  #subjectOf({ scheme, query }: Uri): Subject | undefined {
    if (scheme !== this.#kind.scheme) return undefined;
    try {
      return this.#kind.subjectOf(JSON.parse(query));
    } catch {
      return undefined;
    }
  }
}
