// A process that imports the older files of one agent, and kills itself at a named point.
// Arguments: the store, another older file, the point (or '').
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.ts';
import { Vault } from '../../src/core/custody/vault.ts';
import type { CheckpointName } from '../../src/core/disk/checkpoint.ts';
import { FileLocks } from '../../src/core/disk/fileLock.ts';

const [, , store = '', oauth = '', killAt = ''] = process.argv;
const checkpoint = (name: CheckpointName): void => {
  if (name === killAt) process.kill(process.pid, 'SIGKILL');
};
const locks = new FileLocks({ app: 'test', clock: systemClock, checkpoint });
const vault = new Vault({ clock: systemClock, locks, log: () => {}, checkpoint });
const imported = await vault.importLegacy(store, [oauth]);
writeSync(1, `${imported?.profileIds.join(' ') ?? 'nothing'}\n`);
vault.dispose();
