import { l10n, Range, Uri, window } from 'vscode';
import { isKnown } from '../core/errors.ts';
import type { Way } from './notifications.ts';

/** What a person can do at once about a failure, whatever was being done: to open the config that is at fault. */
export function waysOut(error: unknown): readonly Way[] {
  const label = l10n.t('Open Config');
  if (isKnown(error, 'config.invalid')) {
    const { path, line = 1, column = 1 } = error.facts;
    return [{ label, run: () => openAt(path, line, column) }];
  }
  if (isKnown(error, 'config.notEditable')) {
    return [{ label, run: () => openAt(error.facts.path, 1, 1) }];
  }
  return [];
}

/** @param line counts from 1, as `column` does. */
async function openAt(path: string, line: number, column: number): Promise<void> {
  const [row, character] = [line - 1, column - 1];
  const selection = new Range(row, character, row, character);
  await window.showTextDocument(Uri.file(path), { selection });
}
