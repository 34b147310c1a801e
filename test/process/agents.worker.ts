// Adds agents, hands them chats and renames them in one config, as a window does.
// Argument: JSON of AgentsTask. Prints what was acknowledged.
import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { systemClock } from '../../src/core/clock.ts';
import { AgentService } from '../../src/core/custody/agentService.ts';
import { Vault } from '../../src/core/custody/vault.ts';
import type { replaceFile } from '../../src/core/disk/atomicFile.ts';
import type { HeldLock } from '../../src/core/disk/fileLock.ts';
import { strictRead } from '../../src/core/disk/strictRead.ts';

export interface AgentsTask {
  readonly home: string;
  readonly stateDir: string;
  readonly configPath: string;
  readonly name: string;
  readonly agents: number;
  /** Takes no lock, and does not look whether the file is still what was read. */
  readonly fence?: 'off';
}

const task = JSON.parse(process.argv[2] ?? '') as AgentsTask;
const place = { stateDir: task.stateDir, inUse: true, configPath: task.configPath };

const openDoor = {
  withFileLocks: <T>(_: readonly string[], __: object, inside: (held: HeldLock) => Promise<T>) =>
    inside({ proveOwnership: async () => {}, signal: new AbortController().signal }),
  isAbandoned: async () => false,
};

const blindReplace: typeof replaceFile = async (path, bytes) => {
  const temporary = `${path}.${process.pid}.${randomUUID()}`;
  await writeFile(temporary, bytes, { mode: 0o600 });
  await rename(temporary, path);
  const read = await strictRead(path);
  return read.kind === 'bytes' ? read.identity : { dev: 0n, ino: 0n };
};

const vault = new Vault({
  clock: systemClock,
  log: () => {},
  ...(task.fence === 'off' && { locks: openDoor, replace: blindReplace }),
});
const host = { env: {}, homedir: task.home, platform: process.platform };
const service = new AgentService({ vault, clock: systemClock, host, log: () => {} });

async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    process.stdout.write(`acked ${what}\n`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    process.stdout.write(`failed ${what} ${code}\n`);
  }
}

for (let n = 0; n < task.agents; n++) {
  const agentId = `${task.name}-${n}`;
  const match = { channel: 'telegram', accountId: agentId };
  await attempt(`agent ${agentId}`, () => service.add(place, { name: agentId }));
  await attempt(`chats ${agentId}`, () => service.addBinding(place, { agentId, match }));
  await attempt(`name ${agentId}`, () => service.rename(place, agentId, `Name of ${agentId}`));
}
vault.dispose();
process.stdout.write('done\n');
