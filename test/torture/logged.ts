import type { replaceFile } from '../../src/core/disk/atomicFile.ts';
import type { CheckpointName } from '../../src/core/disk/checkpoint.ts';
import type { FileLocks } from '../../src/core/disk/fileLock.ts';
import { changesBetween, type EventLog, parsedOrEmpty } from './events.ts';
import { machineTime } from './time.ts';
import { versionName } from './versions.ts';

/** A turnstile: logs which version of a file was replaced, and what that changed. */
export function loggedReplace(replace: typeof replaceFile, log: EventLog): typeof replaceFile {
  return async (path, bytes, guard) => {
    const { expected } = guard;
    let from = machineTime();
    const identity = await replace(path, bytes, {
      ...guard,
      checkpoint: (name: CheckpointName) => {
        if (name === 'compared') from = machineTime();
        return guard.checkpoint?.(name);
      },
    });
    const old = expected.kind === 'bytes' ? expected.bytes : undefined;
    log.write({
      ...{ kind: 'commit', from, path },
      before: expected.kind === 'bytes' ? versionName(expected.identity.ino, expected.bytes) : '-',
      after: versionName(identity.ino, bytes),
      changes: changesBetween(
        parsedOrEmpty(old?.toString() ?? ''),
        parsedOrEmpty(bytes.toString()),
      ),
    });
    return identity;
  };
}

/** Longer holds and waits than these are logged. */
const LONG_HOLD_MS = 500;
const LONG_WAIT_MS = 1_000;

/** Logs what is held for long, to tell why others had to wait. */
export function loggedLocks(
  locks: Pick<FileLocks, 'withFileLocks' | 'isAbandoned'>,
  log: EventLog,
): Pick<FileLocks, 'withFileLocks' | 'isAbandoned'> {
  return {
    isAbandoned: (temporary) => locks.isAbandoned(temporary),
    withFileLocks: (paths, options, task) => {
      const asked = machineTime();
      return locks.withFileLocks(paths, options, async (held) => {
        const from = machineTime();
        const waitedMs = Math.round(from - asked);
        try {
          return await task(held);
        } finally {
          const isLong = waitedMs > LONG_WAIT_MS || machineTime() - from > LONG_HOLD_MS;
          if (isLong) log.write({ kind: 'held', from, waitedMs, paths });
        }
      });
    },
  };
}
