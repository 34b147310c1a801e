import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CheckpointName } from '../../src/core/disk/checkpoint.ts';
import type { LockTimes } from '../../src/core/disk/fileLock.ts';

/** What a vault worker is to do: `commits` upserts of `<name>:<n>`. */
export interface WorkerTask {
  readonly store: string;
  readonly name: string;
  readonly commits: number;
  readonly fence?: 'off';
  readonly times?: Partial<LockTimes>;
  /** Sends itself this signal when it first comes to that point. */
  readonly signal?: { readonly at: CheckpointName; readonly name: 'SIGKILL' | 'SIGSTOP' };
  /** A file that gets a line when a commit passes its last check, and one when it has renamed. */
  readonly turnstile?: string;
  readonly awaitAftermath?: boolean;
  readonly fillerBytes?: number;
  /** Runs as this user. */
  readonly uid?: number;
}

export interface WorkerResult {
  readonly acked: readonly string[];
  readonly failed: readonly string[];
  /** Profile id and what became of its commit. */
  readonly aftermaths: readonly (readonly [string, string])[];
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export interface RunningWorker {
  readonly child: ChildProcess;
  readonly result: Promise<WorkerResult>;
}

/** Workers are built beside the tests. */
export function workerFile(name: string): string {
  const here = fileURLToPath(import.meta.url);
  const out = here.slice(0, here.search(/\/(process|chunks)\/[^/]*$/));
  return `${out}/process/${name}.worker.js`;
}

/** Starts a vault worker; with `limit`, under that shell command (`ulimit -f 8`). */
export function startWorker(task: WorkerTask, limit?: string): RunningWorker {
  const command = [process.execPath, workerFile('vault'), JSON.stringify(task)];
  const [program = '', ...rest] =
    limit === undefined ? command : ['sh', '-c', `${limit}; exec "$@"`, 'sh', ...command];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  return { child, result: resultOf(child) };
}

async function resultOf(child: ChildProcess): Promise<WorkerResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const lines = stdout.split('\n').map((line) => line.split(' '));
  const told = (verb: string) => lines.filter(([first]) => first === verb);
  return {
    acked: told('acked').map(([, id = '']) => id),
    failed: told('failed').map(([, code = '']) => code),
    aftermaths: told('aftermath').map(([, id = '', outcome = '']) => [id, outcome] as const),
    signal,
    stderr,
  };
}

export function runWorker(task: WorkerTask, limit?: string): Promise<WorkerResult> {
  return startWorker(task, limit).result;
}

/** Runs `work` beside a hostile neighbour of `store`. */
export async function besideNeighbour<T>(
  kind: 'unlockedWriter' | 'lockThief',
  store: string,
  work: () => Promise<T>,
): Promise<T> {
  const child = fork(workerFile('neighbour'), [kind, store], { stdio: 'ignore' });
  await once(child, 'message');
  try {
    return await work();
  } finally {
    const exit = once(child, 'exit');
    child.send('stop');
    await exit;
  }
}
