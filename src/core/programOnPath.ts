import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Environment } from './signin/endpoints.ts';

/**
 * Where a program lies that people start by its name: the first of the absolute folders of `PATH` that
 * has it, executable; undefined where none does. Relative entries of `PATH` are left out, since what
 * lies in the folder that happens to be open is not what is meant.
 */
export async function programOnPath(
  name: string,
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter);
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of folders) {
    if (!isAbsolute(folder)) continue;
    for (const ending of endings) {
      const path = join(folder, `${name}${ending}`);
      if (await isProgram(path)) return path;
    }
  }
  return undefined;
}

/** Whether there is a file at a path that may be started. */
export async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
