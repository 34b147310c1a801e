import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { writeDemoState } from '../../demo/demoState.ts';
import { startAuthServer } from '../authServer.ts';
import { providerFolders, startExampleServer } from '../exampleServer.ts';
import { exitOnSignals } from './exitOnSignals.ts';
import { readHostReport, reportVariable } from './hostReport.ts';

/**
 * `node out/support/host/runDesktop.main.js <result.json>`: the suites of test/host in desktop VS
 * Code. `VSCODE_EXECUTABLE` names an installed one; without it, one is downloaded from Microsoft.
 */
exitOnSignals();
const resultPath = process.argv[2];
if (resultPath === undefined) {
  throw new Error('Say where the result goes.');
}
const root = process.cwd();
const work = await mkdtemp(join(tmpdir(), 'coderclaw-desktop-'));
const report = join(work, 'report.jsonl');
const stateDir = join(work, 'state');
const folder = join(work, 'workspace');
await mkdir(folder);
await writeDemoState(stateDir, Date.now());
const authServer = await startAuthServer();
const exampleServer = await startExampleServer({ asks: false });
const executable = process.env['VSCODE_EXECUTABLE'];
try {
  await runTests({
    ...(executable === undefined ? { version: 'stable' } : { vscodeExecutablePath: executable }),
    extensionDevelopmentPath: [root, ...providerFolders(root)],
    extensionTestsPath: join(root, 'out', 'host', 'index.js'),
    extensionTestsEnv: {
      ...authServer.environment,
      ...exampleServer.environment,
      HOME: join(work, 'home'),
      CODERCLAW_STATE_DIR: stateDir,
      [reportVariable]: report,
    },
    launchArgs: [
      folder,
      '--disable-extensions',
      '--disable-workspace-trust',
      ...['--user-data-dir', join(work, 'user')],
      ...['--extensions-dir', join(work, 'extensions')],
      // As root, where Chromium's sandbox does not start.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
} catch (error) {
  console.error(String(error));
} finally {
  await authServer.close();
  await exampleServer.close();
  const result = await readHostReport(report, join(root, 'test', 'host'));
  await writeFile(resultPath, JSON.stringify(result));
  await rm(work, { recursive: true, force: true });
}
