import { workspace } from 'vscode';
import type { settings } from '../contributions.ts';

/** A setting by which a person has one kind of warning, as it is unless they say otherwise, or not. */
type WarningSetting = (typeof settings)[
  | 'warningsBadge'
  | 'warningsStatusBarColor'
  | 'warningsNotifications'];

/** Whether it is on at this moment; anything but `false` in it counts as the default. */
export function warns(setting: WarningSetting): boolean {
  return workspace.getConfiguration().get<unknown>(setting) !== false;
}
