import { type Disposable, type LogOutputChannel, window } from 'vscode';
import { redact } from '../core/redact.ts';

/** The log that people can open: ids, paths and outcomes; every line is redacted on its way in. */
export class Log implements Disposable {
  readonly #channel: LogOutputChannel = window.createOutputChannel('CoderClaw', { log: true });

  readonly info = (line: string): void => {
    this.#channel.info(redact(line));
  };

  /** A failure with its chain of causes; stacks only below the first, where they help. */
  readonly failure = (what: string, error: unknown): void => {
    this.#channel.error(redact(`${what}: ${causes(error)}`));
  };

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}

function causes(error: unknown): string {
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
