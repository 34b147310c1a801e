import { Range, Uri, window } from 'vscode';

/** Opens a file in the editor, with the caret at a place; `line` and `column` count from 1. */
export async function openAt(path: string, line = 1, column = 1): Promise<void> {
  const [row, character] = [line - 1, column - 1];
  const selection = new Range(row, character, row, character);
  await window.showTextDocument(Uri.file(path), { selection });
}
