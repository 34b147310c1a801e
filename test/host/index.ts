import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';
import { type HostEvent, reportVariable } from '../support/host/hostReport.ts';

/**
 * Every suite that runs inside the extension host, by file name. The runner holds this list against
 * the folder, so a suite that is forgotten here fails the ring.
 */
const suites: Readonly<Record<string, () => Promise<unknown>>> = {
  'activation.test.ts': () => import('./activation.test.ts'),
  'contributions.test.ts': () => import('./contributions.test.ts'),
  'folderToTrash.test.ts': () => import('./folderToTrash.test.ts'),
  'programTask.test.ts': () => import('./programTask.test.ts'),
  'provider.test.ts': () => import('./provider.test.ts'),
  'schemas.test.ts': () => import('./schemas.test.ts'),
  'uriHandler.test.ts': () => import('./uriHandler.test.ts'),
  'waysOut.test.ts': () => import('./waysOut.test.ts'),
  'workspaceAgent.test.ts': () => import('./workspaceAgent.test.ts'),
};

/**
 * What VS Code calls (`extensionTestsPath`). Each result is written to the report file as it comes,
 * so that a host that dies has not taken the earlier ones along.
 */
export async function run(): Promise<void> {
  const path = process.env[reportVariable];
  if (path === undefined) {
    throw new Error(`${reportVariable} does not say where to report to.`);
  }
  const report = (event: HostEvent) => appendFileSync(path, `${JSON.stringify(event)}\n`);

  // The base of all reporters prints nothing: the report file is the only output.
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, reporter: Mocha.reporters.Base });
  // What mocha does before it loads a file: puts describe, it and the hooks on the global object.
  mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, '', mocha);
  for (const load of Object.values(suites)) {
    await load();
  }
  report({ event: 'start', suites: Object.keys(suites) });
  const failures = await new Promise<number>((resolve) => {
    mocha
      .run(resolve)
      .on('pass', (test) => report({ event: 'pass', title: test.fullTitle() }))
      .on('pending', (test) => report({ event: 'pending', title: test.fullTitle() }))
      .on('fail', (test, error: Error) => {
        report({ event: 'fail', title: test.fullTitle(), error: error.stack ?? error.message });
      });
  });
  report({ event: 'end' });
  if (failures > 0) {
    throw new Error(`${failures} failed`);
  }
}
