import type { Disposable, LogOutputChannel } from 'vscode';
import type { Redaction } from './redaction.ts';

/** The log that people can open: ids, paths and outcomes; every line is redacted on its way in. */
export class Log implements Disposable {
  readonly #channel: LogOutputChannel;
  #redaction: Redaction | undefined;
  /** Lines that came before the redaction was there, in their order. */
  #waiting: ((redaction: Redaction) => void)[] = [];
  /** VS Code has closed the channel while we were still finishing, and it throws from then on. */
  #isClosed = false;

  constructor(channel: LogOutputChannel) {
    this.#channel = channel;
  }

  readonly info = (line: string): void => {
    this.#write(({ redact }) => this.#channel.info(redact(line)));
  };

  /** A failure with its chain of causes; stacks only below the first, where they help. */
  readonly failure = (what: string, error: unknown): void => {
    this.#write(({ redact, causes }) => this.#channel.error(redact(`${what}: ${causes(error)}`)));
  };

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#channel.dispose();
  }

  /** Most activations have nothing to log: the redaction loads with the first line. */
  #write(line: (redaction: Redaction) => void): void {
    if (this.#isClosed) return;
    if (this.#redaction !== undefined) line(this.#redaction);
    else if (this.#waiting.push(line) === 1) void this.#load();
  }

  async #load(): Promise<void> {
    this.#redaction = await import('./redaction.ts');
    for (const line of this.#waiting.splice(0)) line(this.#redaction);
  }
}
