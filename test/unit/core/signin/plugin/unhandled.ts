import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';

/** Runs some work, and fails if it leaves a rejection that nobody looks at. */
export async function leavesNoRejection(work: () => unknown): Promise<void> {
  const left: unknown[] = [];
  const onLeft = (reason: unknown): void => void left.push(reason);
  process.on('unhandledRejection', onLeft);
  try {
    await work();
    await turn();
    await turn();
  } finally {
    process.off('unhandledRejection', onLeft);
  }
  assert.deepEqual(left.map(String), []);
}
