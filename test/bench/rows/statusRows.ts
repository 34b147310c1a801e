import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock.ts';
import { StateReader } from '../../../src/core/liveSnapshot/stateReader.ts';
import { buildSnapshot } from '../../../src/core/model/buildSnapshot.ts';
import type { Snapshot } from '../../../src/core/model/snapshot.ts';
import { reportJson } from '../../../src/core/reports/reportJson.ts';
import { statusReports } from '../../../src/core/reports/statusReport.ts';
import { allReportsText } from '../../../src/ui/words/statusReport.ts';
import { sampleHost, writeSampleState } from '../sampleState.ts';
import { mediansOf } from '../statistics.ts';
import type { Row } from '../table.ts';

const AGENTS = 20;
const PROFILES = 50;

/** The status of everything, beside what any command-line program pays before it does anything. */
export async function statusRows(folder: string): Promise<Row[]> {
  const stateDir = join(folder, 'status');
  const stores = await writeSampleState(stateDir, AGENTS, PROFILES, Date.now());
  // The files count as left alone for a while: a just written one is read twice.
  const clock = { ...systemClock, now: () => Date.now() + 60_000 };
  const host = sampleHost(stateDir);
  const newReader = () => new StateReader({ host, extraStateDirs: () => [], clock, log: () => {} });
  const reader = newReader();
  let last: Snapshot | undefined;
  const script = `JSON.parse(require('node:fs').readFileSync(${JSON.stringify(stores[0])}, 'utf8'))`;
  const { reads } = await newReader().read(true);
  const snapshot = buildSnapshot(reads, clock.now());
  const reports = () => statusReports({ reads, snapshot, host, now: clock.now() });
  const { warm, cold, json, text, peer } = await mediansOf(
    { rounds: 25, warmUp: 5 },
    {
      warm: async () => {
        const { reads } = await reader.read(false);
        last = buildSnapshot(reads, clock.now(), last);
      },
      cold: async () => buildSnapshot((await newReader().read(true)).reads, clock.now()),
      json: () => reportJson(reports().map(({ status }) => status)),
      text: () => allReportsText(reports(), snapshot.lookedIn, clock.now()),
      peer: () => execFileSync(process.execPath, ['-e', script]),
    },
  );
  const seen = last?.stateDirs[0]?.agents
    .flatMap(({ providers }) => providers.flatMap(({ profiles }) => profiles))
    .filter(({ origin }) => origin === 'own');
  if (seen?.length !== AGENTS * PROFILES) throw new Error(`${seen?.length} profiles were seen`);
  const what = `${AGENTS} agents with ${PROFILES} profiles each, in a running host`;
  const command = 'a Node process that starts and reads one of the stores';
  return [
    {
      name: 'status',
      ...{ unit: 'ms', ours: warm, peer, target: { atMost: 1 / 50 } },
      note: `${what}: every file looked at, what has not changed not opened again; ${command}`,
    },
    {
      name: 'statusCold',
      ...{ unit: 'ms', ours: cold, peer, target: { atMost: 1 } },
      note: `${what}: everything opened and parsed for the first time; ${command}`,
    },
    {
      name: 'statusJson',
      ...{ unit: 'ms', ours: json, peer, target: { atMost: 1 } },
      note: `${what}: all of it as the JSON of models status, of what is read already; ${command}`,
    },
    {
      name: 'statusReport',
      ...{ unit: 'ms', ours: text, peer, target: { atMost: 1 } },
      note: `${what}: all of it as a text for people, of what is read already; ${command}`,
    },
  ];
}
