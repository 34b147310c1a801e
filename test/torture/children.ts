import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ActorTask, NeighbourTask } from './tasks.ts';

/** Where we are root, the actors are somebody else, whom a read-only folder stops. */
export const childUser: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Children are built beside this file. */
function builtFile(name: string): string {
  const here = fileURLToPath(import.meta.url);
  const out = here.slice(0, here.search(/\/(torture|chunks)\/[^/]*$/));
  return `${out}/torture/${name}.worker.js`;
}

const running = new Set<ChildProcess>();

/** Ends every child at once; one that is stopped too. */
export function killChildren(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Starts a child; what it says goes to `<logs>/<name>.out`, to be searched for secrets. */
export function startChild(
  kind: 'actor' | 'neighbour',
  task: ActorTask | NeighbourTask,
): ChildProcess {
  const child = fork(builtFile(kind), [JSON.stringify(task)], {
    ...childUser,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  running.add(child);
  child.on('exit', () => running.delete(child));
  const said = join(task.world.logs, `${task.name}.out`);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => appendFileSync(said, chunk));
  }
  child.on('error', (error) => appendFileSync(said, `${error.message}\n`));
  return child;
}

/** Waits for the end of a child, and makes one of it after `limitMs`. @returns whether that was needed. */
export async function ended(child: ChildProcess, limitMs: number): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return false;
  const limit = new AbortController();
  const exit = once(child, 'exit', { signal: limit.signal });
  const timer = setTimeout(() => limit.abort(), limitMs);
  try {
    await exit;
    return false;
  } catch {
    child.kill('SIGKILL');
    return true;
  } finally {
    clearTimeout(timer);
  }
}

/** Tells a child something, unless it is gone. */
export function tell(child: ChildProcess, message: string): void {
  if (child.connected) child.send(message, () => {});
}
