import { createHook } from 'node:async_hooks';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { LiveSnapshot } from '../../../src/core/liveSnapshot/liveSnapshot.ts';
import { sampleHost, writeSampleState } from '../sampleState.ts';
import type { Row } from '../table.ts';

const WATCHED_MS = 10_000;
/** Until what the start set going has come to its end. */
const SETTLE_MS = 3_500;

/** A live Snapshot while nothing changes: every callback of a timer, a file call or a watch counts. */
export async function idleRow(folder: string): Promise<Row> {
  const stateDir = join(folder, 'idle');
  await writeSampleState(stateDir, 5, 20, Date.now());
  const host = sampleHost(stateDir);
  const options = { host, extraStateDirs: () => [], clock: systemClock, log: () => {} };
  const live = new LiveSnapshot(options);
  try {
    await live.ready;
    await systemClock.sleep(SETTLE_MS);
    const ran = await callbacksWithin(WATCHED_MS);
    return {
      name: 'idleCallbacks',
      ...{ unit: 'in 10 s', ours: ran, peer: 1, target: { atMost: 0 } },
      note: 'timers, file calls and watch events while nothing changes; the limit is none',
    };
  } finally {
    live.dispose();
  }
}

/** How many callbacks the event loop ran, but for the one timer that ends the watching. */
async function callbacksWithin(ms: number): Promise<number> {
  const counted = /^(Timeout|Immediate|FS.*|STATWATCHER|FILEHANDLE.*)$/i;
  const kinds = new Map<number, string>();
  let ran = 0;
  const hook = createHook({
    init: (id, kind) => void kinds.set(id, kind),
    // What was set up before the watching began has no kind here: it counts whatever it is.
    before: (id) => {
      const kind = kinds.get(id);
      if (kind === undefined || counted.test(kind)) ran += 1;
    },
  });
  hook.enable();
  await new Promise((resolve) => setTimeout(resolve, ms));
  hook.disable();
  return ran - 1;
}
