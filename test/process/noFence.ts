// What a vault is without its two guards, for controls that are to lose something.
import { rename, writeFile } from 'node:fs/promises';
import type { replaceFile } from '../../src/core/disk/atomicFile.ts';
import type { HeldLock } from '../../src/core/disk/fileLock.ts';
import { strictRead } from '../../src/core/disk/strictRead.ts';

/** No lock at all: everybody is always let in. */
export const openDoor = {
  withFileLocks: <T>(_: readonly string[], __: object, inside: (held: HeldLock) => Promise<T>) =>
    inside({ proveOwnership: async () => {}, signal: new AbortController().signal }),
  isAbandoned: async () => false,
};

/** An atomic replacement that asks nothing. */
export const blindReplace: typeof replaceFile = async (path, bytes, guard) => {
  const temporary = `${path}.${process.pid}.${Math.random()}.blind`;
  await writeFile(temporary, bytes, { mode: 0o600 });
  await guard.checkpoint?.('compared');
  await rename(temporary, path);
  await guard.checkpoint?.('renamed');
  const read = await strictRead(path);
  return read.kind === 'bytes' ? read.identity : { dev: 0n, ino: 0n };
};
