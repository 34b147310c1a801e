// A hostile neighbour of the store given in the arguments, until it is told to stop.
import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const [kind, store = ''] = process.argv.slice(2);

/** As CoderClaw's unlocked writers: read, think, truncate, write in two parts. */
async function truncateAndWrite(n: number): Promise<void> {
  const document = JSON.parse(await readFile(store, 'utf8'));
  await sleep(3);
  document.usageStats = { 'cli:x': { lastUsed: n } };
  const text = JSON.stringify(document, null, 2);
  const handle = await open(store, 'w', 0o600);
  await handle.write(text.slice(0, text.length / 2));
  await sleep(5);
  await handle.write(text.slice(text.length / 2));
  await handle.close();
}

let isOver = false;
process.on('message', () => {
  // Not killed: the last write must come to its end, or the store would stay torn.
  isOver = true;
});
process.send?.('ready');
for (let n = 0; !isOver; n++) {
  if (kind === 'unlockedWriter') await truncateAndWrite(n).catch(() => {});
  if (kind === 'lockThief') await rm(`${store}.lock`, { force: true });
  await sleep(kind === 'lockThief' ? 3 + Math.random() * 10 : 20 + Math.random() * 40);
}
process.disconnect?.();
