import { randomUUID } from 'node:crypto';
import {
  ProcessExecution,
  ShellExecution,
  ShellQuoting,
  Task,
  TaskPanelKind,
  TaskRevealKind,
  TaskScope,
  tasks,
  window,
  workspace,
} from 'vscode';
import { runTask } from './taskRun.ts';

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
 * @param started Told a way to show the terminal again.
 * @returns its exit code once it has ended; undefined if the person closed the terminal.
 * @throws {KnownError} `program.notStarted`
 * @throws {Error} in a workspace that is not trusted.
 */
export async function runInTerminal(
  program: TerminalProgram,
  started?: (show: () => void) => void,
): Promise<number | undefined> {
  if (!workspace.isTrusted) throw new Error('programs are not started in a restricted workspace');
  const { name, cwd, env = {} } = program;
  const task = new Task(
    // Of this run alone: what VS Code takes for the same task, it does not run twice. And of a type of
    // ours: for "process" and "shell" it makes the id out of the program and its arguments.
    { type: 'coderclawAuth', id: randomUUID() },
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
  const show = (processId: number) => () => {
    for (const terminal of window.terminals) {
      // One that has no process yet may never have one.
      void terminal.processId.then((id) => id === processId && terminal.show());
    }
  };
  return await runTask(task, tasks, (processId) => started?.(show(processId)));
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
