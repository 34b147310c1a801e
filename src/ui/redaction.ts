import { redact as withoutSecrets } from '../core/redact.ts';
import { shown } from './masking.ts';

/** A line as it may stand in the log. */
export function redact(line: string): string {
  return shown(withoutSecrets(line));
}

/** What every line of the log passes through. */
export type Redaction = typeof import('./redaction.ts');

/** An error with its chain of causes. To be redacted. */
export function causes(error: unknown): string {
  const lines: string[] = [];
  let current: unknown = error;
  for (let depth = 0; current !== undefined && depth < 5; depth += 1) {
    if (!(current instanceof Error)) {
      lines.push(String(current));
      break;
    }
    lines.push(current.stack ?? `${current.name}: ${current.message}`);
    current = current.cause;
  }
  return lines.join('\ncaused by ');
}
