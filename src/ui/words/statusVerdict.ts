import { l10n } from 'vscode';
import type { ModelsStatus } from '../../core/reports/modelsStatus.ts';

/**
 * How the check of CoderClaw's program ends for these agents, in a few words behind a colon: the worst of
 * them, with its exit code.
 */
export function statusVerdict(
  statuses: readonly Pick<ModelsStatus, 'check' | 'storeProblem'>[],
): string {
  if (statuses.some(({ storeProblem }) => storeProblem !== undefined)) {
    return l10n.t('a store cannot be read as it stands (1)');
  }
  const codes = new Set(statuses.map(({ check }) => check.exitCode));
  if (codes.has(1)) return l10n.t('something has expired or is missing (1)');
  if (codes.has(2)) return l10n.t('something ends within 24 hours (2)');
  return l10n.t('all is well (0)');
}
