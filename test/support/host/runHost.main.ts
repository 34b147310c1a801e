import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDemoState } from '../../demo/demoState.ts';
import { startAuthServer } from '../authServer.ts';
import { providerFolders, startExampleServer } from '../exampleServer.ts';
import { launchBrowser } from './browser.ts';
import { exitOnSignals } from './exitOnSignals.ts';
import { readHostReport, reportVariable } from './hostReport.ts';
import { startVsCode } from './vscodeServer.ts';

/**
 * `node out/support/host/runHost.main.js <result.json>`: runs the suites of test/host in the
 * extension host of a real VS Code. Says on stderr what went wrong; exits 0 if it could report.
 */
exitOnSignals();
const resultPath = process.argv[2];
if (resultPath === undefined) {
  throw new Error('Say where the result goes.');
}
const root = process.cwd();
const work = await mkdtemp(join(tmpdir(), 'coderclaw-host-'));
const report = join(work, 'report.jsonl');
const stateDir = join(work, 'state');
await writeDemoState(stateDir, Date.now());
const authServer = await startAuthServer();
const exampleServer = await startExampleServer({ asks: false });
const vscode = await startVsCode({
  extension: { developmentPath: root },
  installed: providerFolders(root),
  env: {
    ...authServer.environment,
    ...exampleServer.environment,
    CODERCLAW_STATE_DIR: stateDir,
    [reportVariable]: report,
  },
});
const browser = await launchBrowser();
try {
  const page = await browser.newPage();
  const loud = process.env['CODERCLAW_AUTH_TEST_LOUD'] !== undefined;
  const ended = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('The suites took more than 5 minutes.')),
      300_000,
    );
    page
      .exposeFunction('codeAutomationExit', () => {
        clearTimeout(timer);
        resolve();
      })
      .catch(reject);
  });
  await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
    if (loud) {
      console.error(`[${type}]`, ...args);
    }
  });
  await page.goto(vscode.windowAddress({ testsPath: join(root, 'out', 'host', 'index.js') }));
  await ended.catch((error: unknown) => console.error(String(error)));
} finally {
  await browser.close();
  await vscode.stop();
  await authServer.close();
  await exampleServer.close();
  const result = await readHostReport(report, join(root, 'test', 'host'));
  await writeFile(resultPath, JSON.stringify(result));
  await rm(work, { recursive: true, force: true });
}
