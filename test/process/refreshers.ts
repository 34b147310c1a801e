import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { StorePlace } from '../../src/core/custody/storePlaces.ts';
import { workerFile } from './workers.ts';

/** What a refreshing process is to do. */
export interface RefreshTask {
  readonly tokenEndpoint: string;
  readonly places: readonly StorePlace[];
  readonly profileId: string;
  /** So many at once, going round the places; one unless given. */
  readonly callers?: number;
  readonly force?: boolean;
  /** Settles what the journal holds first. */
  readonly settles?: boolean;
  /** Where it dies, at once. */
  readonly killedAt?: 'sending' | 'answered' | 'journaled' | 'firstCommit';
  /** For controls. */
  readonly without?: readonly ('locks' | 'memory')[];
}

export interface RefreshReport {
  readonly results: readonly {
    readonly kind: string;
    readonly expires?: number;
    readonly code?: string;
  }[];
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export async function runRefresher(task: RefreshTask): Promise<RefreshReport> {
  const child = spawn(process.execPath, [workerFile('refresher'), JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { results: lines.map((line) => JSON.parse(line)), signal, stderr };
}
