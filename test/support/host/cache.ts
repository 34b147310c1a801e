import { mkdir, mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Where downloads that are too big for the repository live: `$CODERCLAW_AUTH_TEST_CACHE`, else
 * `~/.cache/coderclaw-auth`. It can be deleted at any time; the next run fills it again.
 */
export function cacheRoot(): string {
  return process.env['CODERCLAW_AUTH_TEST_CACHE'] ?? join(homedir(), '.cache', 'coderclaw-auth');
}

/** Filling one entry takes well under a minute; a slow line gets more. */
const longestInstall = 15 * 60_000;

/**
 * The folder `<cache>/<key>`, filled by `install` if it is not there. It appears whole or not at
 * all: `install` fills a folder beside it, which is then renamed. Runs that start together wait
 * for the first of them; a lock whose owner is dead is taken over.
 */
export async function cached(
  key: string,
  install: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cacheRoot(), key);
  if (await exists(folder)) {
    return folder;
  }
  await mkdir(dirname(folder), { recursive: true });
  const release = await lock(`${folder}.lock`, longestInstall);
  try {
    if (!(await exists(folder))) {
      const fresh = await mkdtemp(`${folder}.new-`);
      try {
        await install(fresh);
        await rename(fresh, folder);
      } finally {
        await rm(fresh, { recursive: true, force: true });
      }
    }
    return folder;
  } finally {
    await release();
  }
}

/** The file holds its owner's pid. Waits at most `patience` milliseconds. */
async function lock(path: string, patience: number): Promise<() => Promise<void>> {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw cause;
      }
    }
    if (await isAbandoned(path)) {
      await rm(path, { force: true });
    } else {
      await delay(300);
    }
  }
  throw new Error(
    `Another run has held ${path} for too long. Delete it if no other run is under way.`,
  );
}

async function isAbandoned(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) {
    return false;
  }
  if (text === '') {
    // Created but not yet filled, or its writer died in between.
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    return age > 10_000;
  }
  try {
    process.kill(Number(text), 0);
    return false;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
