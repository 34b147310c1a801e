import { basename } from 'node:path';
import {
  ProcessExecution,
  ShellExecution,
  ShellQuoting,
  Task,
  TaskPanelKind,
  TaskRevealKind,
  TaskScope,
  tasks,
  workspace,
} from 'vscode';

/** A program that a person talks to. Nothing of it goes through a shell, but on Windows. */
export interface TerminalProgram {
  /** What the terminal is called. */
  readonly name: string;
  /** An absolute path. */
  readonly program: string;
  /** Words of ours, or ids that have been checked: no text of anybody's. */
  readonly args: readonly string[];
  /** Added to the environment of the terminal. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder it runs in: not that of the workspace, which may have files that it would read. */
  readonly cwd: string;
}

/**
 * Runs a program in a terminal that has the focus, and stays readable after its end.
 * @returns its exit code once it has ended; undefined if the person closed the terminal.
 * @throws {Error} in a workspace that is not trusted.
 */
export async function runInTerminal(program: TerminalProgram): Promise<number | undefined> {
  if (!workspace.isTrusted) throw new Error('programs are not started in a restricted workspace');
  const { name, cwd, env = {} } = program;
  const type = 'process';
  const task = new Task(
    { type, id: basename(program.program) },
    TaskScope.Global,
    name,
    'CoderClaw',
    executionOf(program, { cwd, env: { ...env } }),
    [],
  );
  task.presentationOptions = {
    reveal: TaskRevealKind.Always,
    panel: TaskPanelKind.Dedicated,
    focus: true,
    echo: false,
    clear: true,
    showReuseMessage: false,
  };
  const execution = await tasks.executeTask(task);
  return await new Promise((resolve) => {
    const listeners = [
      tasks.onDidEndTaskProcess((ended) => {
        if (ended.execution === execution) end(ended.exitCode);
      }),
      // Of a terminal that is closed there is no end of a process.
      tasks.onDidEndTask((ended) => {
        if (ended.execution === execution) setTimeout(() => end(undefined), 500);
      }),
    ];
    const end = (code: number | undefined): void => {
      for (const listener of listeners) listener.dispose();
      resolve(code);
    };
  });
}

/** Node starts no `.cmd` by itself, as npm makes them on Windows. */
function executionOf(
  { program, args }: TerminalProgram,
  options: { cwd: string; env: Record<string, string> },
): ProcessExecution | ShellExecution {
  if (process.platform !== 'win32') return new ProcessExecution(program, [...args], options);
  const quoted = (value: string) => ({ value, quoting: ShellQuoting.Strong });
  return new ShellExecution(quoted(program), args.map(quoted), options);
}
