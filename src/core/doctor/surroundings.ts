import { cliRelease } from '../cliRelease.ts';
import { KnownError } from '../errors.ts';
import type { ServerClocks } from '../serverClocks.ts';
import type { Look } from './look.ts';

export interface SurroundingsParts {
  /** Of what this window has heard; undefined where it has not asked anybody yet. */
  readonly clocks: () => Promise<Pick<ServerClocks, 'difference'> | undefined>;
  /** The `coderclaw` program that a terminal would start, absolute path; undefined where none may be looked for. */
  readonly program: () => Promise<string | undefined>;
  readonly platform: NodeJS.Platform;
}

/** What a look takes from around the files: asks nobody, and runs nothing. */
export async function surroundings({
  clocks,
  program,
  platform,
}: SurroundingsParts): Promise<Pick<Look, 'clockDifference' | 'cli'>> {
  const [heard, path] = await Promise.all([clocks(), programThere(program)]);
  const clockDifference = heard?.difference();
  const cli = path === undefined ? undefined : await cliRelease(path, platform);
  return { ...(clockDifference && { clockDifference }), ...(cli && { cli }) };
}

/** A setting that names no program is told where the program is needed. */
async function programThere(program: SurroundingsParts['program']): Promise<string | undefined> {
  try {
    return await program();
  } catch (error) {
    if (error instanceof KnownError) return undefined;
    throw error;
  }
}
