import {
  chmodSync,
  closeSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseLockPayload } from '../../src/core/disk/lockPayload.ts';
import type { Actors } from './actors.ts';
import { EventLog } from './events.ts';
import type { Evidence, Hindrance } from './oracle/evidence.ts';
import type { Random } from './random.ts';
import { LONGEST_WRITE_MS, noRoomMark, type TortureWorld } from './tasks.ts';
import { machineTime } from './time.ts';

export interface Faults {
  /** Injects faults until `signal` aborts; when it resolves, all are undone. */
  run(signal: AbortSignal): Promise<void>;
  readonly stops: Evidence['stops'];
  readonly hindrances: readonly Hindrance[];
  readonly counts: Readonly<Record<'stops' | 'readOnly' | 'fullDisk', number>>;
}

/**
 * What befalls processes and disks: random kills, processes that are stopped beyond the time from
 * which their locks count as stale, folders that are read-only for a while, and a full disk.
 */
export function makeFaults(
  world: TortureWorld,
  actors: Actors,
  random: Random,
  staleMs: number,
): Faults {
  const stops: { process: string; from: number; to: number }[] = [];
  const hindrances: Hindrance[] = [];
  const log = new EventLog(world.logs, 'faults');
  const note = (text: string): void => log.write({ kind: 'note', text });
  const counts = { stops: 0, readOnly: 0, fullDisk: 0 };

  async function kill(): Promise<void> {
    const actor = actors.any(random);
    note(`kills ${actor?.name}`);
    actor?.child.kill('SIGKILL');
  }

  async function stop(): Promise<void> {
    const actor = actors.any(random);
    if (actor === undefined) return;
    const stopped = { process: actor.name, from: machineTime(), to: Number.POSITIVE_INFINITY };
    stops.push(stopped);
    counts.stops += 1;
    actor.child.kill('SIGSTOP');
    await sleep(50);
    const held = world.places.filter(({ storePath }) => holderOf(storePath) === actor.child.pid);
    note(`stops ${actor.name}, which holds ${held.map((one) => one.storePath).join(' ')}`);
    await sleep(staleMs * random.between(1.3, 1.7));
    actor.child.kill('SIGCONT');
    note(`lets ${actor.name} go on`);
    // Until it has noticed.
    stopped.to = machineTime() + 500;
    const { from, to } = stopped;
    hindrances.push(...held.map(({ storePath }) => ({ below: storePath, from, to })));
  }

  async function readOnlyFolder(): Promise<void> {
    const folder = dirname(random.pick(world.places).storePath);
    counts.readOnly += 1;
    note(`read-only: ${folder}`);
    const from = machineTime();
    chmodSync(folder, 0o500);
    await sleep(random.between(200, 1000));
    chmodSync(folder, 0o700);
    hindrances.push({ below: folder, from, to: machineTime() });
  }

  async function fullDisk(): Promise<void> {
    if (world.smallDisk === undefined) return;
    const mark = noRoomMark(world);
    const ballast = join(world.smallDisk, 'ballast');
    writeFileSync(mark, '');
    await sleep(LONGEST_WRITE_MS);
    counts.fullDisk += 1;
    note('full disk');
    const from = machineTime();
    fill(ballast);
    await sleep(random.between(500, 1500));
    rmSync(ballast, { force: true });
    rmSync(mark, { force: true });
    hindrances.push({ below: world.smallDisk, from, to: machineTime() });
  }

  return {
    stops,
    hindrances,
    counts,
    async run(signal) {
      const every = async ([from, to]: [number, number], inject: () => Promise<void>) => {
        while (!signal.aborted) {
          await sleep(random.between(from, to), undefined, { signal }).catch(() => {});
          if (!signal.aborted) await inject();
        }
      };
      await Promise.all([
        every([800, 2400], kill),
        every([2 * staleMs, 3 * staleMs], stop),
        every([2000, 5000], readOnlyFolder),
        every([4000, 7000], fullDisk),
      ]);
    },
  };
}

/** The pid in the lock of a store. */
function holderOf(store: string): number | undefined {
  try {
    const { owner, pid } = parseLockPayload(readFileSync(`${store}.lock`, 'utf8'));
    return owner?.pid ?? pid;
  } catch {
    return undefined;
  }
}

/** Writes until nothing more fits. */
function fill(path: string): void {
  const fd = openSync(path, 'w', 0o600);
  try {
    for (const size of [1 << 20, 1 << 12]) {
      try {
        for (;;) writeSync(fd, Buffer.alloc(size));
      } catch {
        // Smaller pieces may still fit.
      }
    }
  } finally {
    closeSync(fd);
  }
}
