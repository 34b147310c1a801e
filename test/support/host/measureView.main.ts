import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDemoState } from '../../demo/demoState.ts';
import { launchBrowser } from './browser.ts';
import { startVsCode } from './vscodeServer.ts';

/**
 * `node out/support/host/measureView.main.js [changes]`: how long a change on disk takes to be seen
 * in the Profiles view of a real VS Code. Prints one JSON object, in milliseconds.
 *
 * Method: the demo's main store is replaced by rename, each time with a profile of a new name; an
 * observer in the page notes when a row of that name stands in the tree. Both clocks are this
 * machine's. Watching, its pause, reading, the way from the extension host, and drawing are in it.
 */
const changes = Number(process.argv[2] ?? 20);
const work = await mkdtemp(join(tmpdir(), 'coderclaw-measure-'));
const stateDir = join(work, 'state');
await writeDemoState(stateDir, Date.now());
const store = join(stateDir, 'agents', 'main', 'agent', 'auth-profiles.json');
const { name, version } = JSON.parse(await readFile('package.json', 'utf8'));
const vscode = await startVsCode({
  extension: { vsix: join(process.cwd(), `${name}-${version}.vsix`) },
  env: { CODERCLAW_STATE_DIR: stateDir },
});
const browser = await launchBrowser();
try {
  const page = await browser.newPage();
  await page.goto(vscode.windowAddress());
  await page.locator('.activitybar .action-item [aria-label^="CoderClaw"]').first().click();
  await page.getByRole('treeitem', { name: /^Agent main/ }).waitFor();
  const original = JSON.parse(await readFile(store, 'utf8'));
  const times: number[] = [];
  for (let change = 0; change < changes; change += 1) {
    const label = `fresh${change}`;
    const seen = page.evaluate(`new Promise((resolve) => {
      const look = () => document.body.innerText.includes(${JSON.stringify(label)});
      const observer = new MutationObserver(() => {
        if (look()) { observer.disconnect(); resolve(Date.now()); }
      });
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    })`) as Promise<number>;
    const profiles = {
      [`anthropic:${label}`]: { type: 'api_key', provider: 'anthropic', key: 'CANARY' },
      ...original.profiles,
    };
    await writeFile(`${store}.new`, JSON.stringify({ ...original, profiles }), { mode: 0o600 });
    // Not in step with anything that ticks in the host.
    await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 200));
    const began = Date.now();
    await rename(`${store}.new`, store);
    times.push((await seen) - began);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  console.log(
    JSON.stringify({ unit: 'ms', changes, median: at(0.5), p95: at(0.95), max: times.at(-1) }),
  );
} finally {
  await browser.close();
  await vscode.stop();
  await rm(work, { recursive: true, force: true });
}
