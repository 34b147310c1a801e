import { window } from 'vscode';
import { statusText } from '../words/plainText.ts';

/** Says in the status bar, for a moment, that what was asked for is done: no message to be closed. */
export function say(text: string): void {
  window.setStatusBarMessage(statusText(text), 4000);
}
