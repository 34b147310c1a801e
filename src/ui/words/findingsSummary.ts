import { l10n } from 'vscode';
import type { Finding, Severity } from '../../core/doctor/finding.ts';

/** `2 errors, 1 note`, the most severe first; undefined where there is none. */
export function countWords(findings: readonly Pick<Finding, 'severity'>[]): string | undefined {
  const parts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [severityCount(severity, count)];
  });
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** What a look came to, in one line. */
export function summaryWords(
  shown: readonly Pick<Finding, 'severity'>[],
  hiddenCount: number,
  unfinishedCount: number,
): string {
  const counts = countWords(shown);
  const found =
    counts === undefined
      ? hiddenCount > 0
        ? l10n.t('Nothing found but what is hidden')
        : l10n.t('Nothing found')
      : l10n.t('Found {0}', counts);
  if (unfinishedCount === 0) return found;
  return unfinishedCount === 1
    ? l10n.t('{0}; 1 check came to no answer', found)
    : l10n.t('{0}; {1} checks came to no answer', found, unfinishedCount);
}

function severityCount(severity: Severity, count: number): string {
  switch (severity) {
    case 'error':
      return count === 1 ? l10n.t('1 error') : l10n.t('{0} errors', count);
    case 'warning':
      return count === 1 ? l10n.t('1 warning') : l10n.t('{0} warnings', count);
    case 'info':
      return count === 1 ? l10n.t('1 note') : l10n.t('{0} notes', count);
  }
}
