// npm test: every check and every test, in rings from fast to slow. `node scripts/test.mjs <ring>…` runs some.
// The last line of stdout is `N passed, M failed`.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';

/**
 * @typedef {{ title: string, error: string }} Failure
 * @typedef {{ passed: number, pending: number, failures: Failure[] }} RingResult
 * @typedef {{ code: number, output: string }} Ended
 * @typedef {{ needs: string[], run: () => Promise<RingResult> }} Ring
 */

const minute = 60_000;
const work = await mkdtemp(join(tmpdir(), 'coderclaw-test-'));

/** @type {Record<string, Ring>} */
const rings = {
  lint: {
    needs: [],
    run: () => check('biome', 'node_modules/@biomejs/biome/bin/biome', 'check', '.'),
  },
  types: {
    needs: [],
    run: () => check('tsc', 'node_modules/typescript/bin/tsc', '--noEmit'),
  },
  build: { needs: [], run: () => check('esbuild', 'esbuild.mjs', '--tests') },
  package: { needs: ['build'], run: packageRing },
  unit: { needs: ['build'], run: () => mochaRing('unit', 10_000) },
  process: { needs: ['build'], run: () => mochaRing('process', minute) },
  host: { needs: ['build'], run: () => reportedRing('out/support/host/runHost.main.js') },
  e2e: { needs: ['build', 'package'], run: () => sideBySide(['e2e/signIn', 'e2e/view']) },
  desktop: { needs: ['build'], run: () => reportedRing('out/support/host/runDesktop.main.js') },
};

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    for (const child of running) {
      child.kill('SIGTERM');
    }
    process.exit(130);
  });
}

/** Desktop VS Code may have to be downloaded from outside the npm registry: only when asked for. */
const unasked = Object.keys(rings).filter((name) => name !== 'desktop');

/** @returns {Promise<boolean>} Whether all passed. */
async function main() {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !(name in rings));
  if (unknown.length > 0) {
    throw new Error(`No ring ${unknown.join(', ')}; there are ${Object.keys(rings).join(', ')}.`);
  }
  await ensureInstalled();
  const chosen = asked.length > 0 ? withNeeds(asked) : unasked;
  const rows = [];
  const totals = { passed: 0, failed: 0 };
  for (const name of chosen) {
    process.stdout.write(`${name} … `);
    const started = performance.now();
    const { passed, pending, failures } = await runRing(name);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    totals.passed += passed;
    totals.failed += failures.length;
    rows.push([name, passed, failures.length, pending, `${seconds} s`]);
    console.log(`${passed} passed, ${failures.length} failed in ${seconds} s`);
    for (const { title, error } of failures) {
      console.log(`\n  ✖ ${title}\n${indented(error)}\n`);
    }
  }
  printTable([['ring', 'passed', 'failed', 'pending', 'time'], ...rows]);
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  return totals.failed === 0;
}

/**
 * @param {string[]} asked
 * @returns {string[]} These, and before them what they need.
 */
function withNeeds(asked) {
  const needed = asked.flatMap((name) => rings[name]?.needs ?? []);
  return [...new Set([...needed, ...asked])];
}

/**
 * A ring in which nothing ran has not passed.
 * @param {string} name
 * @returns {Promise<RingResult>}
 */
async function runRing(name) {
  try {
    const result = (await rings[name]?.run()) ?? { passed: 0, pending: 0, failures: [] };
    if (result.passed + result.failures.length === 0) {
      result.failures.push({ title: `ring ${name}`, error: 'No test ran.' });
    }
    return result;
  } catch (error) {
    return { passed: 0, pending: 0, failures: [{ title: `ring ${name}`, error: String(error) }] };
  }
}

/**
 * One program whose exit code is the check.
 * @param {string} title
 * @param {string[]} args
 * @returns {Promise<RingResult>}
 */
async function check(title, ...args) {
  const { code, output } = await node(args, 3 * minute);
  return code === 0
    ? { passed: 1, pending: 0, failures: [] }
    : { passed: 0, pending: 0, failures: [{ title, error: output }] };
}

/** @returns {Promise<RingResult>} */
async function packageRing() {
  const { packExtension } = await import('./package.mjs');
  const { entries } = await packExtension();
  return { passed: entries.length > 0 ? 1 : 0, pending: 0, failures: [] };
}

/**
 * Plain Node with mocha; its own JSON reporter counts.
 * @param {string} name A folder of out/.
 * @param {number} timeout Of one test, in milliseconds.
 * @returns {Promise<RingResult>}
 */
async function mochaRing(name, timeout) {
  const files = await testsBelow(join('out', name));
  if (files.length === 0) {
    return { passed: 0, pending: 0, failures: [] };
  }
  const report = join(work, `${name.replaceAll('/', '-')}.json`);
  const { code, output } = await node(
    [
      '--enable-source-maps',
      'node_modules/mocha/bin/mocha.js',
      ...['--reporter', 'json', '--reporter-option', `output=${report}`],
      ...['--timeout', String(timeout), '--forbid-only', '--exit'],
      ...files,
    ],
    30 * minute,
  );
  /**
   * @type {{
   *   stats: { passes: number, pending: number },
   *   failures: { fullTitle: string, err: { message?: string, stack?: string } }[],
   * } | undefined}
   */
  const parsed = await readFile(report, 'utf8').then(JSON.parse, () => undefined);
  const failures = (parsed?.failures ?? []).map(({ fullTitle, err }) => ({
    title: fullTitle,
    error: err.stack ?? err.message ?? 'no reason given',
  }));
  if (parsed === undefined || (code !== 0 && failures.length === 0)) {
    failures.push({ title: `ring ${name}`, error: `mocha ended with ${code}:\n${output}` });
  }
  return { passed: parsed?.stats.passes ?? 0, pending: parsed?.stats.pending ?? 0, failures };
}

/**
 * Parts of a ring that do not get in each other's way: each waits for a screen most of the time.
 * @param {string[]} names Folders of out/.
 * @returns {Promise<RingResult>}
 */
async function sideBySide(names) {
  const results = await Promise.all(names.map((name) => mochaRing(name, 2 * minute)));
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    pending: results.reduce((sum, { pending }) => sum + pending, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}

/**
 * A program that runs tests elsewhere and writes a RingResult to the file that it is given.
 * @param {string} program
 * @returns {Promise<RingResult>}
 */
async function reportedRing(program) {
  const path = join(work, 'result.json');
  const { code, output } = await node(['--enable-source-maps', program, path], 20 * minute);
  /** @type {RingResult | undefined} */
  const result = await readFile(path, 'utf8').then(JSON.parse, () => undefined);
  await rm(path, { force: true });
  if (result === undefined || code !== 0) {
    const failure = { title: program, error: `It ended with ${code}:\n${output}` };
    return { passed: 0, pending: 0, ...result, failures: [...(result?.failures ?? []), failure] };
  }
  if (result.failures.length > 0 && output !== '') {
    console.log(`\n${output}`);
  }
  return result;
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function testsBelow(folder) {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names
    .filter((name) => name.endsWith('.test.js'))
    .sort()
    .map((name) => join(folder, name));
}

/**
 * Runs Node and keeps what it says; after `limit` milliseconds it is asked to end, then made to.
 * @param {string[]} args
 * @param {number} limit
 * @returns {Promise<Ended>}
 */
function node(args, limit) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    });
    running.add(child);
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output = `${output}${chunk}`.slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const ask = setTimeout(() => {
      output += `\n(stopped after ${limit / 1000} s)`;
      child.kill('SIGTERM');
    }, limit);
    const make = setTimeout(() => child.kill('SIGKILL'), limit + 10_000);
    child.on('error', (error) => keep(Buffer.from(error.message)));
    child.on('close', (code) => {
      clearTimeout(ask);
      clearTimeout(make);
      running.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** @param {(string | number)[][]} rows */
function printTable(rows) {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => String(row[column]).length)),
  );
  console.log();
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0
        ? String(cell).padEnd(widths[0] ?? 0)
        : String(cell).padStart(widths[column] ?? 0),
    );
    console.log(cells.join('  '));
  }
  console.log();
}

/** @param {string} text */
function indented(text) {
  return text.trimEnd().replace(/^/gm, '    ');
}

let passed = false;
try {
  passed = await main();
} catch (error) {
  console.error(String(error));
  console.log('0 passed, 1 failed');
} finally {
  await rm(work, { recursive: true, force: true });
}
process.exitCode = passed ? 0 : 1;
