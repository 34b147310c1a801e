import { l10n } from 'vscode';
import { isKnown } from '../core/errors.ts';
import type { Way } from './notifications.ts';
import { openAt } from './openAt.ts';

/** What a person can do at once about a failure, whatever was being done: to open the config that is at fault. */
export function waysOut(error: unknown): readonly Way[] {
  const label = l10n.t('Open Config');
  if (isKnown(error, 'config.invalid')) {
    const { path, line, column } = error.facts;
    return [{ label, run: () => openAt(path, line, column) }];
  }
  if (isKnown(error, 'config.notEditable')) {
    return [{ label, run: () => openAt(error.facts.path) }];
  }
  return [];
}
