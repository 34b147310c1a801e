import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { StateReader } from '../../../src/core/liveSnapshot/stateReader.ts';
import { buildSnapshot } from '../../../src/core/model/buildSnapshot.ts';
import { changedIds } from '../../../src/ui/tree/changedIds.ts';
import { treeOf } from '../../../src/ui/tree/nodes.ts';
import { sampleHost, writeSampleState } from '../sampleState.ts';
import { sampleStore, writeDocument } from '../sampleStore.ts';
import { mediansOf } from '../statistics.ts';
import type { Row } from '../table.ts';

const PROFILES = 1_000;

/** The rows of a large tree, and how many of them one changed profile draws again. */
export async function treeRows(folder: string): Promise<Row[]> {
  const stateDir = join(folder, 'tree');
  const now = Date.now();
  const [store = ''] = await writeSampleState(stateDir, 1, PROFILES, now);
  const host = sampleHost(stateDir);
  const reader = new StateReader({
    host,
    extraStateDirs: () => [],
    clock: systemClock,
    log: () => {},
  });
  const before = buildSnapshot((await reader.read(true)).reads, now);
  const { ours } = await mediansOf({ rounds: 60, warmUp: 10 }, { ours: () => treeOf(before) });

  const changed = sampleStore(PROFILES, 'status-0', now);
  const profiles = changed['profiles'] as Record<string, Record<string, unknown>>;
  const email = 'somebody.else@example.com';
  profiles['openai-codex:status-0-3'] = { ...profiles['openai-codex:status-0-3'], email };
  await writeDocument(store, changed);
  const after = buildSnapshot((await reader.read(true)).reads, now, before);
  const redrawn = changedIds(treeOf(before), treeOf(after));
  if (redrawn.length === 0) throw new Error('the change was not seen');
  return [
    {
      name: 'tree1000',
      ...{ unit: 'ms', ours, peer: 20, target: { atMost: 1 } },
      note: `the rows of a tree of ${PROFILES} profiles; the limit`,
    },
    {
      name: 'redrawnRows',
      ...{ unit: 'rows', ours: redrawn === 'all' ? PROFILES : redrawn.length, peer: 1 },
      target: { atMost: 1 },
      note: 'drawn again after one profile of 1,000 has changed; the limit',
    },
  ];
}
