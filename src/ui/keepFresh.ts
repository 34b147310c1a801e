import { workspace } from 'vscode';
import { settings } from '../contributions.ts';
import type { KeepFresh } from '../core/custody/refresh/schedule.ts';

/** As the setting says at this moment; anything unknown in it counts as the default. */
export function keepFresh(): KeepFresh {
  const set = workspace.getConfiguration().get<unknown>(settings.keepFresh);
  return set === 'onDemand' ? 'onDemand' : 'early';
}
