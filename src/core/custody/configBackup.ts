import { chmod, lstat, open } from 'node:fs/promises';
import { errnoOf } from '../disk/diskError.ts';
import { renameFile } from '../disk/renameFile.ts';
import { strictRead } from '../disk/strictRead.ts';
import { temporaryName, unlinkIfThere } from '../disk/temporaryFiles.ts';

const OLDEST = 4;

/**
 * Keeps `bytes` as `<config>.bak` and moves older backups on to `.bak.1` … `.bak.4`, as CoderClaw
 * 2026.3.21 names them; all 0600. Does nothing if `.bak` holds these bytes already, so it can run
 * again when an edit starts over. Only for the holder of the config's lock.
 */
export async function keepBackup(config: string, bytes: Buffer): Promise<void> {
  const newest = await strictRead(nameOf(config, 0));
  if (newest.kind === 'bytes' && newest.bytes.equals(bytes)) return;
  // Under the config's own temporary name: if we die here, the next holder of its lock sweeps it.
  const temporary = temporaryName(config);
  try {
    await writeDurably(temporary, bytes);
    for (let age = OLDEST; age > 0; age--) {
      await moveOn(nameOf(config, age - 1), nameOf(config, age));
    }
    await renameFile(temporary, nameOf(config, 0));
  } finally {
    await unlinkIfThere(temporary);
  }
}

async function writeDurably(path: string, bytes: Buffer): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function nameOf(config: string, age: number): string {
  return age === 0 ? `${config}.bak` : `${config}.bak.${age}`;
}

async function moveOn(from: string, to: string): Promise<void> {
  try {
    if ((await lstat(from)).isFile()) await chmod(from, 0o600);
    await renameFile(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
