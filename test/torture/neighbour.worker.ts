// Programs that write the same files after CoderClaw's manner (2026.3.21), until told to stop. Gets a
// NeighbourTask as JSON in its argument. All that it writes in place is logged.
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '../../src/core/documents/json.ts';
import { changesBetween, EventLog, parsedOrEmpty } from './events.ts';
import { randomOf } from './random.ts';
import { type NeighbourTask, noRoomMark } from './tasks.ts';
import { machineTime } from './time.ts';

const task = JSON.parse(process.argv[2] ?? '') as NeighbourTask;
const random = randomOf(task.seed, task.name);
const log = new EventLog(task.world.logs, task.name);
const stores = task.world.places.map(({ storePath }) => storePath);

let isOver = false;
process.on('message', () => {
  // Not killed: what is being written must come to its end, or the store would stay torn.
  isOver = true;
});
process.on('disconnect', () => process.exit(0));

let changes = 0;
/** Two that write one file in place at once leave garbage that nobody could repair: one at a time. */
const beingWritten = new Set<string>();

/** A whole store with a change of this neighbour's own. */
function withOwnChange(document: JsonObject): JsonObject {
  changes += 1;
  const { usageStats } = document;
  const others = isJsonObject(usageStats) ? usageStats : {};
  return { ...document, usageStats: { ...others, 'cli:x': { lastUsed: changes } } };
}

function read(store: string): JsonObject | undefined {
  try {
    const document: unknown = JSON.parse(readFileSync(store, 'utf8'));
    return isJsonObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

/** Truncates and writes, in two parts with a pause between. What it undoes is seen just before. */
async function writeInPlace(store: string, document: JsonObject, by: string, pauseMs: number) {
  const text = JSON.stringify(document, null, 2);
  // A CLI on a full disk destroys the store, and nothing of ours could bring it back.
  if (existsSync(noRoomMark(task.world)) && store.startsWith(`${task.world.smallDisk}/`)) return;
  if (beingWritten.has(store)) return;
  let fd: number;
  let before: string;
  const from = machineTime();
  try {
    before = readFileSync(store, 'utf8');
    fd = openSync(store, 'w', 0o600);
  } catch {
    return; // Read-only just now.
  }
  beingWritten.add(store);
  await writeWhole(fd, text.slice(0, text.length / 2));
  await sleep(pauseMs);
  await writeWhole(fd, text.slice(text.length / 2));
  const wasReplaced = fstatSync(fd).nlink === 0;
  closeSync(fd);
  beingWritten.delete(store);
  // Into a file that we had replaced meanwhile: nobody sees it.
  const undone = wasReplaced ? [] : changesBetween(parsedOrEmpty(before), document);
  log.write({ kind: 'inPlace', from, path: store, by, changes: undone });
}

/** A disk that is full in the middle of it has room again soon: this is no torture of CoderClaw. */
async function writeWhole(fd: number, text: string): Promise<void> {
  for (let left = Buffer.from(text); left.length > 0; ) {
    try {
      left = left.subarray(writeSync(fd, left));
    } catch {
      await sleep(20);
    }
  }
}

/** As `models auth login`: reads, thinks for a moment, writes. No lock. */
async function unlockedWriter(store: string): Promise<void> {
  const document = read(store);
  await sleep(3);
  if (document !== undefined) {
    await writeInPlace(store, withOwnChange(document), 'unlockedWriter', 5);
  }
}

/** As a caller of the CLI that holds a document for longer, and writes it back with its own change. */
async function staleWriter(store: string): Promise<void> {
  const document = read(store);
  await sleep(random.between(100, 1500));
  if (document !== undefined) await writeInPlace(store, withOwnChange(document), 'staleWriter', 1);
}

/** As the CLI's locked writers; it deletes whatever lock stands there at the end. */
async function lockedWriter(store: string): Promise<void> {
  const lock = `${store}.lock`;
  for (let tries = 0; ; tries++) {
    if (isOver || tries === 20) return;
    try {
      const payload = { pid: process.pid, createdAt: new Date().toISOString() };
      writeFileSync(lock, JSON.stringify(payload, null, 2), { flag: 'wx', mode: 0o600 });
      break;
    } catch {
      await sleep(20 + 20 * tries * random.next());
    }
  }
  const document = read(store);
  await sleep(2);
  if (document !== undefined) await writeInPlace(store, withOwnChange(document), 'lockedWriter', 2);
  await letGo(lock);
}

/** A folder that is read-only just now is not for long. */
async function letGo(lock: string): Promise<void> {
  for (;;) {
    try {
      rmSync(lock, { force: true });
      return;
    } catch {
      await sleep(20);
    }
  }
}

/** Removes a lock that is older than CoderClaw allows, by either of its times. */
async function lockThief(store: string): Promise<void> {
  const lock = `${store}.lock`;
  try {
    const text = readFileSync(lock, 'utf8');
    const { createdAt } = JSON.parse(text) as { createdAt?: string };
    const age = Math.max(
      Date.now() - statSync(lock).mtimeMs,
      Date.now() - Date.parse(createdAt ?? ''),
    );
    if (age > task.staleMs) rmSync(lock);
  } catch {
    // None there, or one that is being written.
  }
}

const deadPid = spawnSync(process.execPath, ['-e', '']).pid;

/** A CLI that died while it held the lock. */
async function deadHolder(store: string): Promise<void> {
  const payload = { pid: deadPid, createdAt: new Date().toISOString() };
  try {
    writeFileSync(`${store}.lock`, JSON.stringify(payload, null, 2), { flag: 'wx', mode: 0o600 });
  } catch {
    // Held by somebody who lives.
  }
}

/** Kills nobody, but leaves half a store for a while, as a CLI does that is killed while it writes. */
async function tearing(store: string): Promise<void> {
  const document = read(store);
  if (document !== undefined) {
    await writeInPlace(store, withOwnChange(document), 'tearing', random.between(100, 500));
  }
}

async function every(
  [from, to]: readonly [number, number],
  work: (store: string) => Promise<void>,
): Promise<void> {
  while (!isOver) {
    await sleep(random.between(from, to));
    if (!isOver) await work(random.pick(stores));
  }
}

process.send?.('ready');
await Promise.all([
  every([50, 200], unlockedWriter),
  every([50, 300], staleWriter),
  every([50, 300], staleWriter),
  every([50, 200], lockedWriter),
  every([10, 50], lockThief),
  every([300, 900], deadHolder),
  every([1500, 4000], tearing),
]);
log.close();
process.disconnect?.();
