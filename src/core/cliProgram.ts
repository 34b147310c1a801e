import { isAbsolute, join } from 'node:path';
import { KnownError } from './errors.ts';
import { isProgram, programOnPath } from './programOnPath.ts';
import type { Environment } from './signin/endpoints.ts';

/**
 * Where the `coderclaw` program lies: at the path that a setting of the machine names (absolute, or
 * beginning with `~/`), else on `PATH`; undefined where there is none.
 * @throws {KnownError} `cli.notAProgram` if the setting names something else: nothing is taken in its
 * place.
 */
export async function cliProgram(
  setting: unknown,
  environment: Environment,
  homedir: string,
): Promise<string | undefined> {
  const named = typeof setting === 'string' ? setting.trim() : '';
  if (named === '') return await programOnPath('coderclaw', environment);
  const path = named.startsWith('~/') ? join(homedir, named.slice(2)) : named;
  if (isAbsolute(path) && (await isProgram(path))) return path;
  throw new KnownError('cli.notAProgram', { path: named });
}
