import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { extensionId } from '../../../src/contributions.ts';
import { writeDemoState } from '../../demo/demoState.ts';
import { launchBrowser } from './browser.ts';
import { exitOnSignals } from './exitOnSignals.ts';
import { startVsCode, type VsCode } from './vscodeServer.ts';

/**
 * `node out/support/host/measure.main.js [windows]`: how long our extension takes to activate,
 * beside an empty one in the same kind of host. Prints one JSON object.
 *
 * Method: two VS Codes, one with ours installed as it stands in dist/, one with an ES module whose
 * `activate` does nothing; apart, because in one host the two load at once and each waits for the
 * other. Windows are opened in turns. When the extension has activated (`onStartupFinished`), VS
 * Code's own "Startup Performance" report (`perfview.show`) is read: it gives the time to load the
 * code, to call `activate`, and until what that returned was settled, in whole milliseconds.
 */
exitOnSignals();
const windows = Number(process.argv[2] ?? 7);
const emptyId = 'coderclaw.empty';

/** Milliseconds, as VS Code measured them. */
interface ActivationTimes {
  readonly load: number;
  readonly call: number;
  readonly settle: number;
}

/** One of the two that are compared. */
interface Subject {
  readonly id: string;
  readonly vscode: VsCode;
  readonly probe: string;
  readonly reportPath: string;
  readonly samples: ActivationTimes[];
}

const work = await mkdtemp(join(tmpdir(), 'coderclaw-measure-'));
const stateDir = join(work, 'state');
await writeDemoState(stateDir, Date.now());
const browser = await launchBrowser();
const [ours, empty] = [
  await startSubject(extensionId, await copyOfOurs(work)),
  await startSubject(emptyId, await emptyExtension(work)),
];
try {
  // The first window of each warms the caches of the disk and of the server; it does not count.
  for (let index = 0; index <= windows; index += 1) {
    for (const subject of [ours, empty]) {
      const times = timesOf(await startupReport(browser, subject), subject.id);
      if (index > 0) {
        subject.samples.push(times);
      }
    }
  }
  const [our, peer] = [medianTotal(ours), medianTotal(empty)];
  console.log(
    JSON.stringify({
      unit: 'ms',
      windows,
      ours: our,
      empty: peer,
      ratio: Number((our / Math.max(peer, 1)).toFixed(2)),
      best: {
        ours: Math.min(...ours.samples.map(total)),
        empty: Math.min(...empty.samples.map(total)),
      },
      samples: { ours: ours.samples, empty: empty.samples },
    }),
  );
} finally {
  await browser.close();
  await Promise.all([ours.vscode.stop(), empty.vscode.stop()]);
  await rm(work, { recursive: true, force: true });
}

async function startSubject(id: string, folder: string): Promise<Subject> {
  const probe = join(work, `probe-${id}`);
  const reportPath = join(work, `${id}.md`);
  await writeProbe(probe, id, reportPath);
  const vscode = await startVsCode({
    installed: [folder],
    extension: { developmentPath: probe },
    env: { CODERCLAW_STATE_DIR: stateDir },
  });
  return { id, vscode, probe, reportPath, samples: [] };
}

async function startupReport(
  browser: Browser,
  { vscode, probe, reportPath }: Subject,
): Promise<string> {
  await rm(reportPath, { force: true });
  const page = await browser.newPage();
  try {
    const ended = new Promise<void>((resolve, reject) => {
      setTimeout(() => reject(new Error('A window took more than 60 s.')), 60_000).unref();
      page.exposeFunction('codeAutomationExit', () => resolve()).catch(reject);
    });
    await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
      if (process.env['CODERCLAW_AUTH_TEST_LOUD'] !== undefined) {
        console.error(`[${type}]`, ...args);
      }
    });
    await page.goto(vscode.windowAddress({ testsPath: join(probe, 'readReport.cjs') }));
    await ended;
    return await readFile(reportPath, 'utf8');
  } finally {
    await page.close();
  }
}

/** The row of an extension: `| id | eager | load code | call activate | finish activate | event | by |`. */
function timesOf(report: string, id: string): ActivationTimes {
  const row = report.split('\n').find((line) => line.startsWith(`| ${id} `));
  const cells = row?.split('|').map((cell) => Number(cell.trim())) ?? [];
  const [, , , load, call, settle] = cells;
  if (load === undefined || call === undefined || settle === undefined || Number.isNaN(load)) {
    throw new Error(
      `VS Code's report does not tell how ${id} activated:\n${report.slice(0, 6000)}`,
    );
  }
  return { load, call, settle };
}

/** Until what `activate` returned was settled. */
function total({ load, call, settle }: ActivationTimes): number {
  return load + call + settle;
}

function medianTotal({ samples }: Subject): number {
  return samples.map(total).sort((a, b) => a - b)[samples.length >> 1] ?? 0;
}

async function copyOfOurs(folder: string): Promise<string> {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  const copy = join(folder, `${extensionId}-${version}`);
  await mkdir(copy);
  for (const part of ['package.json', 'package.nls.json', 'dist', 'media']) {
    await cp(part, join(copy, part), { recursive: true });
  }
  return copy;
}

async function emptyExtension(folder: string): Promise<string> {
  const empty = join(folder, `${emptyId}-1.0.0`);
  await writeManifest(empty, emptyId, {
    type: 'module',
    main: './extension.js',
    activationEvents: ['onStartupFinished'],
  });
  await writeFile(
    join(empty, 'extension.js'),
    `import * as vscode from 'vscode';\nexport function activate() { return vscode.version; }\n`,
  );
  return empty;
}

/** An extension without code, and beside it what runs in the host and keeps VS Code's report. */
async function writeProbe(folder: string, id: string, report: string): Promise<void> {
  await writeManifest(folder, 'coderclaw.probe', {});
  await writeFile(
    join(folder, 'readReport.cjs'),
    `const vscode = require('vscode');
const { writeFileSync } = require('node:fs');
const id = ${JSON.stringify(id)};

async function until(what, find) {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(what + ' did not come within 15 s');
}

exports.run = async () => {
  await until(id, () => vscode.extensions.getExtension(id)?.isActive);
  await vscode.commands.executeCommand('perfview.show');
  const report = await until('the report', () => vscode.workspace.textDocuments
    .find(({ uri }) => uri.scheme === 'perf')?.getText().match(/## Extension Activation Stats[^]*/)?.[0]);
  writeFileSync(${JSON.stringify(report)}, report);
};
`,
  );
}

async function writeManifest(folder: string, id: string, more: object): Promise<void> {
  const [publisher, name] = id.split('.');
  await mkdir(folder);
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name, publisher, version: '1.0.0', engines: { vscode: '^1.104.0' }, ...more }),
  );
}
