import {
  FileType,
  l10n,
  Position,
  Selection,
  type TextDocument,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { Finding } from '../../core/doctor/finding.ts';
import type { Notifications } from '../notifications.ts';
import { revealFolder } from '../revealFolder.ts';
import { placeInText, wordsToFind } from './shownPlace.ts';

/**
 * Opens the file that shows a finding, at the place that it is about where that can be told.
 * @param path `shownPath`
 */
export async function showFindingFile(
  finding: Finding,
  path: string,
  notifications: Pick<Notifications, 'told' | 'failed'>,
): Promise<void> {
  const uri = Uri.file(path);
  try {
    if (((await workspace.fs.stat(uri)).type & FileType.Directory) !== 0) {
      await revealFolder(notifications, uri, l10n.t('The folder is {0}.', path));
      return;
    }
    const document = await workspace.openTextDocument(uri);
    const place = placeOf(finding, document);
    const selection = place === undefined ? {} : { selection: new Selection(place, place) };
    await window.showTextDocument(document, selection);
  } catch (error) {
    notifications.failed(l10n.t('Opening {0}', path), error);
  }
}

function placeOf(finding: Finding, document: TextDocument): Position | undefined {
  if (finding.code === 'config.invalid') {
    const { line, column = 1 } = finding.facts;
    return line === undefined ? undefined : new Position(line - 1, column - 1);
  }
  const offset = placeInText(document.getText(), wordsToFind(finding));
  return offset === undefined ? undefined : document.positionAt(offset);
}
