import type { Severity } from '../../core/doctor/finding.ts';

/** A shape of its own for each, in the colour that VS Code gives it among problems. */
export function severityIcon(severity: Severity): { readonly id: string; readonly color: string } {
  switch (severity) {
    case 'error':
      return { id: 'error', color: 'problemsErrorIcon.foreground' };
    case 'warning':
      return { id: 'warning', color: 'problemsWarningIcon.foreground' };
    case 'info':
      return { id: 'info', color: 'problemsInfoIcon.foreground' };
  }
}
