import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** Makes `link()` fail as on exFAT while `work` runs. */
export async function withoutHardLinks<T>(work: () => Promise<T>): Promise<T> {
  const { link } = fs;
  fs.link = async () => {
    throw Object.assign(new Error('EPERM: operation not permitted, link'), {
      code: 'EPERM',
      syscall: 'link',
    });
  };
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    fs.link = link;
    syncBuiltinESMExports();
  }
}
