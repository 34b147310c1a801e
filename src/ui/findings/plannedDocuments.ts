import { basename, posix } from 'node:path';
import {
  type Disposable,
  type TextDocumentContentProvider,
  Uri,
  commands as vscodeCommands,
  window,
  workspace,
} from 'vscode';
import { shown } from '../masking.ts';
import type { PlannedText } from '../words/plannedText.ts';

const SCHEME = 'coderclaw-repair';

/** Shows what a repair would change: each file before and after, in an editor that changes nothing. */
export class PlannedDocuments implements TextDocumentContentProvider, Disposable {
  readonly #registration: Disposable;
  /** Of what was shown last, by the queries of their addresses. */
  #texts: ReadonlyMap<string, string> = new Map();
  #count = 0;

  constructor() {
    this.#registration = workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /**
   * Opens one comparison of all that changes.
   * @param what What is done, for the title of a comparison of several files.
   * @returns closes it again, where the person has not.
   */
  async show(what: string, planned: readonly PlannedText[]): Promise<() => Promise<void>> {
    this.#count += 1;
    const texts = new Map<string, string>();
    const compared = planned.map((one, index) => {
      const file = Uri.file(one.path);
      const path = posix.join(posix.dirname(file.path), nameOf(one));
      const at = (side: 'before' | 'after'): Uri => {
        const query = `${this.#count} ${index} ${side}`;
        texts.set(query, one[side]);
        return file.with({ scheme: SCHEME, path, query });
      };
      return { file, before: at('before'), after: at('after') };
    });
    this.#texts = texts;
    const [first, ...others] = compared;
    if (first === undefined) return async () => {};
    const title = `${what}: ${planned.map((one) => one.title).join(', ')}`;
    if (others.length === 0) {
      const options = { preview: true };
      await vscodeCommands.executeCommand('vscode.diff', first.before, first.after, title, options);
    } else {
      const resources = compared.map(({ file, before, after }) => [file, before, after]);
      await vscodeCommands.executeCommand('vscode.changes', title, resources);
    }
    return () => closeTabs(title);
  }

  /** Those of another time are told no more: what they showed may not be so any longer. */
  provideTextDocumentContent({ query }: Uri): string {
    return shown(this.#texts.get(query) ?? '');
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

async function closeTabs(title: string): Promise<void> {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  // VS Code adds the number of files where there are several.
  await window.tabGroups.close(tabs.filter(({ label }) => label.startsWith(title)));
}

/** By its ending VS Code knows how to draw it: what is no JSON would be full of faults as such. */
function nameOf({ path, title, before, after }: PlannedText): string {
  if (isJson(before) && isJson(after)) return basename(path);
  return title.endsWith('.json') ? `${title} (JSON5)` : title;
}

function isJson(text: string): boolean {
  if (text === '') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
