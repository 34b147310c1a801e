import {
  type Disposable,
  type TextDocumentContentProvider,
  Uri,
  commands as vscodeCommands,
  window,
  workspace,
} from 'vscode';
import type { PlannedText } from '../words/plannedText.ts';

const SCHEME = 'coderclaw-repair';

/** Shows what a repair would change: each file before and after, in an editor that changes nothing. */
export class PlannedDocuments implements TextDocumentContentProvider, Disposable {
  readonly #registration: Disposable;
  /** Of what was shown last, by the paths of their addresses. */
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
      // What is JSON is drawn as such; JSON5 would be full of faults as JSON.
      const ending = isJson(one.before) && isJson(one.after) ? 'json' : 'txt';
      const at = (side: 'before' | 'after'): Uri => {
        const path = `/${this.#count}/${side}/${index}.${ending}`;
        texts.set(path, one[side]);
        return Uri.from({ scheme: SCHEME, path });
      };
      return { path: Uri.file(one.path), before: at('before'), after: at('after') };
    });
    this.#texts = texts;
    const [first, ...others] = compared;
    if (first === undefined) return async () => {};
    const title = `${what}: ${planned.map((one) => one.title).join(', ')}`;
    if (others.length === 0) {
      const options = { preview: true };
      await vscodeCommands.executeCommand('vscode.diff', first.before, first.after, title, options);
    } else {
      const resources = compared.map(({ path, before, after }) => [path, before, after]);
      await vscodeCommands.executeCommand('vscode.changes', title, resources);
    }
    return () => closeTabs(title);
  }

  /** Those of another time are told no more: what they showed may not be so any longer. */
  provideTextDocumentContent({ path }: Uri): string {
    return this.#texts.get(path) ?? '';
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

async function closeTabs(title: string): Promise<void> {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  await window.tabGroups.close(tabs.filter(({ label }) => label === title));
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
