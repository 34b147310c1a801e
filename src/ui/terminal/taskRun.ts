import type { Disposable, Task, TaskExecution, tasks } from 'vscode';
import { KnownError } from '../../core/errors.ts';

/** What of VS Code's `tasks` runs one. */
export type TaskRunner = Pick<
  typeof tasks,
  'executeTask' | 'onDidStartTaskProcess' | 'onDidEndTaskProcess' | 'onDidEndTask'
>;

/** A slow remote machine may have to open its first terminal. */
const START_WITHIN_MS = 30_000;
/** The end of a process is told beside the end of its task, in no certain sequence. */
const CODE_AFTER_MS = 500;

/**
 * Runs a task to its end.
 * @param task The `id` in its definition is of this run alone: by it VS Code tells tasks apart.
 * @param started Told the id of its process.
 * @returns the exit code; undefined if its terminal was closed.
 * @throws {KnownError} `program.notStarted`: it never began, and will not any more.
 */
export async function runTask(
  task: Task,
  runner: TaskRunner,
  started: (processId: number) => void,
  startWithinMs = START_WITHIN_MS,
): Promise<number | undefined> {
  const isOurs = ({ execution }: { readonly execution: TaskExecution }): boolean =>
    execution.task.definition['id'] === task.definition['id'];
  const listeners: Disposable[] = [];
  let patience: NodeJS.Timeout | undefined;
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      const notStarted = () => new KnownError('program.notStarted', { name: task.name });
      let isStarted = false;
      let isGivenUp = false;
      const end = (code: number | undefined): void => {
        if (code === undefined && !isStarted) reject(notStarted());
        else resolve(code);
      };
      listeners.push(
        runner.onDidStartTaskProcess((event) => {
          if (!isOurs(event)) return;
          isStarted = true;
          clearTimeout(patience);
          started(event.processId);
        }),
        runner.onDidEndTaskProcess((event) => {
          if (isOurs(event)) end(event.exitCode);
        }),
        // Of a terminal that is closed there is no end of a process.
        runner.onDidEndTask((event) => {
          if (isOurs(event)) setTimeout(() => end(undefined), CODE_AFTER_MS);
        }),
      );
      let execution: TaskExecution | undefined;
      patience = setTimeout(() => {
        isGivenUp = true;
        execution?.terminate();
        reject(notStarted());
      }, startWithinMs);
      runner.executeTask(task).then((begun) => {
        execution = begun;
        if (isGivenUp) begun.terminate();
      }, reject);
    });
  } finally {
    clearTimeout(patience);
    for (const listener of listeners) listener.dispose();
  }
}
