import { commands } from 'vscode';
import { setUpKey } from '../contributions.ts';
import { setUpOf } from '../core/model/setUp.ts';
import type { Snapshot } from '../core/model/snapshot.ts';

/** Tells VS Code how far a person has come; the steps of the walkthrough are done by that. */
export function tellSetUp(snapshot: Snapshot): void {
  // The same again is no change for VS Code.
  void commands.executeCommand('setContext', setUpKey, setUpOf(snapshot).join(' '));
}
