import { join } from 'node:path';
import { type Contender, crowdOf } from '../contention.ts';
import { median } from '../statistics.ts';
import type { Row } from '../table.ts';

const PROCESSES = 8;
const UPSERTS = 40;
const ROUNDS = 5;
const SIDES: readonly Contender['who'][] = ['ours', 'peer', 'synced'];

/** Eight processes on one store: how much gets done, and whether all of it is there afterwards. */
export async function contentionRows(folder: string, worker: string): Promise<Row[]> {
  const perSecond = { ours: [] as number[], peer: [] as number[], synced: [] as number[] };
  const lost = { ours: 0, peer: 0, synced: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const first = round % SIDES.length;
    for (const who of [...SIDES.slice(first), ...SIDES.slice(0, first)]) {
      const place = { folder: join(folder, `crowd-${who}-${round}`), worker };
      const crowd = await crowdOf(who, PROCESSES, UPSERTS, place);
      perSecond[who].push(crowd.perSecond);
      lost[who] += crowd.lost;
    }
  }
  const all = PROCESSES * UPSERTS * ROUNDS;
  const what = `${PROCESSES} warm processes at once, ${UPSERTS} upserts each, all waiting alike`;
  const common = { unit: '/s', ours: median(perSecond.ours), target: { atLeast: 1.5 } };
  return [
    {
      name: 'upsert8Processes',
      ...common,
      peer: median(perSecond.peer),
      note: `${what}; proper-lockfile + write-file-atomic (the new name is not synced)`,
    },
    {
      name: 'upsert8ProcessesSameDurability',
      ...common,
      peer: median(perSecond.synced),
      note: `${what}; the same pair with the folder synced as well`,
    },
    {
      name: 'lost8Processes',
      ...{ unit: 'lost', ours: lost.ours, peer: 1, target: { atMost: 0 } },
      note: `acknowledged updates not in the store at the end, of ${all}; the limit is none (the peer lost ${lost.peer}, and ${lost.synced} with the folder synced)`,
    },
  ];
}
