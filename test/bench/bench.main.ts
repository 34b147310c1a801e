// `node bench.main.js <metafile> [row…]`: measures, prints a table to stderr, and one JSON object as
// the last line of stdout. With names of rows, only those.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { activationRow } from './rows/activationRow.ts';
import { contentionRows } from './rows/contentionRows.ts';
import { idleRow } from './rows/idleRow.ts';
import { readRow } from './rows/readRow.ts';
import { refreshRows } from './rows/refreshRows.ts';
import { statusRows } from './rows/statusRows.ts';
import { takeoverRow } from './rows/takeoverRow.ts';
import { treeRows } from './rows/treeRows.ts';
import { upsertRows } from './rows/upsertRows.ts';
import { metricOf, type Row, tableOf } from './table.ts';

const [metafile = '', ...asked] = process.argv.slice(2);
const built = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const parts: Readonly<Record<string, (folder: string) => Promise<Row | readonly Row[]>>> = {
  read: readRow,
  upsert10: (folder) => upsertRows(folder, 10, 0.75),
  upsert1000: (folder) => upsertRows(folder, 1_000, 0.85),
  contention: (folder) => contentionRows(folder, built('./contender.main.js')),
  refresh: (folder) => refreshRows(folder, built('../process/refresher.worker.js')),
  takeover: takeoverRow,
  status: statusRows,
  tree: treeRows,
  activation: () => activationRow(metafile),
  idle: idleRow,
};

const unknown = asked.filter((name) => parts[name] === undefined);
if (unknown.length > 0) {
  throw new Error(`no row ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
}
const folder = await realpath(await mkdtemp(join(tmpdir(), 'coderclaw-bench-')));
const rows: Row[] = [];
try {
  for (const [name, measure] of Object.entries(parts)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    rows.push(...[await measure(folder)].flat());
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.error(`\n${tableOf(rows)}\n`);
console.log(
  JSON.stringify({ metrics: Object.fromEntries(rows.map((row) => [row.name, metricOf(row)])) }),
);
