import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { StoreReader } from '../../../src/core/liveSnapshot/storeReader.ts';
import { sampleStore, writeDocument } from '../sampleStore.ts';
import { mediansOf } from '../statistics.ts';
import type { Row } from '../table.ts';

/** Reading a large store and knowing what is in it, beside reading it and trusting it. */
export async function readRow(folder: string): Promise<Row> {
  const path = join(folder, 'read', 'auth-profiles.json');
  await writeDocument(path, sampleStore(1_000, 'read', Date.now()));
  const { ours, peer } = await mediansOf(
    { rounds: 60, warmUp: 10 },
    {
      ours: async () => {
        // A reader that knows nothing yet: it has to open, check and parse.
        const { read } = await new StoreReader({ clock: systemClock }).read(path, []);
        if (read.kind !== 'whole') throw new Error(`the store is ${read.kind}`);
      },
      peer: async () => JSON.parse(await readFile(path, 'utf8')),
    },
  );
  return {
    name: 'read1000',
    unit: 'ms',
    ours,
    peer,
    target: { atMost: 1.5 },
    note: 'a store of 1,000 profiles read strictly and checked; readFile + JSON.parse',
  };
}
