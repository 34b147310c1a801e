// The torture: `npm run torture -- --seconds 30 --seed 7`. Progress and findings go to stderr; the last
// line of stdout is one JSON object. Ends with 1 if anything was found, or if a control was not.
import { parseArgs } from 'node:util';
import { killChildren } from './children.ts';
import { CONTROLS, type ControlFigures, runControl } from './controls.ts';
import type { FindingName, Judgement } from './oracle/judge.ts';
import { LONGEST_REPAIR_MS } from './oracle/repairs.ts';
import { runTorture } from './run.ts';
import { removeWorlds } from './world.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string' },
    processes: { type: 'string', default: '8' },
    stores: { type: 'string', default: '6' },
    logins: { type: 'string', default: '4' },
    callers: { type: 'string', default: '3' },
    /** Of time limits: 1 is the real thing, and what long runs have. */
    factor: { type: 'string' },
    controls: { type: 'string', default: CONTROLS.join(',') },
    'control-seconds': { type: 'string', default: '3' },
    'only-controls': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

const seconds = numberOf('seconds', values.seconds);
const seed = numberOf('seed', values.seed ?? String(Math.floor(Math.random() * 1e9)));
/** In less than two minutes, the real time limits would hardly come to bear. */
const factor = numberOf('factor', values.factor ?? (seconds < 120 ? '10' : '1'));
const common = {
  seed,
  processes: numberOf('processes', values.processes),
  stores: numberOf('stores', values.stores),
  logins: numberOf('logins', values.logins),
  callers: numberOf('callers', values.callers),
  keep: values.keep,
  say: (line: string) => console.error(line),
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(130));
}
process.on('exit', () => {
  killChildren();
  if (!values.keep) removeWorlds();
});

/** Lines of each kind of finding that are printed. */
const MOST_PRINTED = 10;

console.error(`seed ${seed}, time limits / ${factor}`);
const controls: Record<string, ControlFigures> = {};
for (const name of CONTROLS.filter((one) => values.controls.split(',').includes(one))) {
  const controlSeconds = numberOf('control-seconds', values['control-seconds']);
  controls[name] = await runControl(name, { ...common, seconds: controlSeconds, factor: 10 });
}
const judgement = values['only-controls']
  ? undefined
  : await runTorture({ ...common, seconds, factor, side: 'ours' });
if (judgement !== undefined) printFindings(judgement);
const result = { ...figuresOf(judgement), controls };
const slips = Object.entries(controls).filter(([, { failed }]) => !failed);
for (const [name] of slips) console.error(`control ${name} was not found out`);
/** A short run has too few repairs for the slowest of a hundred to mean anything. */
const areRepairsQuick =
  seconds < 120 || judgement === undefined || judgement.repairMsP99 < LONGEST_REPAIR_MS;
const isClean =
  judgement === undefined ||
  (judgement.acked > 0 &&
    areRepairsQuick &&
    Object.values(judgement.findings).every((list) => list.length === 0));
console.log(JSON.stringify(result));
process.exit(isClean && slips.length === 0 ? 0 : 1);

function figuresOf(judged: Judgement | undefined): object {
  if (judged === undefined) return { seed };
  const { findings, slowRepairs, unexplainedReuse, ...figures } = judged;
  const counts = Object.fromEntries(
    (Object.keys(findings) as FindingName[]).map((name) => [name, findings[name].length]),
  );
  return {
    ...{ seed, seconds, processes: common.processes, stores: common.stores, factor },
    ...figures,
    ...counts,
    slowRepairs: slowRepairs.length,
    unexplainedReuseEvents: unexplainedReuse,
    unexplainedFamiliesRevoked: unexplainedReuse,
  };
}

function printFindings({ findings, slowRepairs }: Judgement): void {
  for (const [name, list] of Object.entries({ ...findings, slowRepairs })) {
    for (const { what, lines } of list.slice(0, MOST_PRINTED)) {
      console.error(`${name}: ${what}`);
      for (const line of lines) console.error(`    ${line}`);
    }
    if (list.length > MOST_PRINTED) console.error(`${name}: ${list.length - MOST_PRINTED} more`);
  }
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number < 0) throw new Error(`--${name} ${text} is not a number`);
  return number;
}
