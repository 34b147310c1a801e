import sync from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** Makes `link()` fail as on exFAT while `work` runs, whichever way it is called. */
export async function withoutHardLinks<T>(work: () => Promise<T>): Promise<T> {
  const { link } = fs;
  const { linkSync } = sync;
  const refusal = () =>
    Object.assign(new Error('EPERM: operation not permitted, link'), {
      code: 'EPERM',
      syscall: 'link',
    });
  fs.link = async () => {
    throw refusal();
  };
  sync.linkSync = () => {
    throw refusal();
  };
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    fs.link = link;
    sync.linkSync = linkSync;
    syncBuiltinESMExports();
  }
}
