import { lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../disk/errno.ts';
import { type Finding, finding } from '../finding.ts';
import { allStores, type Look, placeIn } from '../look.ts';

/** The release whose files were tried and are kept as vectors. */
export const KNOWN_RELEASE = '2026.3.21';

/**
 * What OpenClaw, of which CoderClaw is a fork, has kept its logins in since 2026.6: a database beside the
 * store, which is then not read any more (its pull request 89102). No CoderClaw that does so is known; one
 * that comes would leave everything here out of date without a word.
 */
const DATABASES = ['coderclaw-agent.sqlite', 'openclaw-agent.sqlite'] as const;

/** As the import leaves the store behind. */
const IMPORTED = /^auth-profiles\.json\.sqlite-import\..{1,40}\.bak$/;

/**
 * A CoderClaw that may write another format than is read here: by what it has left on the disk, and by the
 * release of the program that a terminal would start (which is not run). A store of another version is
 * found by what stands in it (`storeCondition`).
 */
export async function cliFormat(look: Look): Promise<readonly Finding[]> {
  const databases = await Promise.all(
    allStores(look).map(async ({ dir, agentId, store }) => {
      if (store.kind === 'unplaced') return [];
      const database = await databaseIn(dirname(store.path));
      if (database === undefined) return [];
      const where = placeIn(dir, { agentId, path: database });
      return [finding('cli.database', 'error', where, { storePath: store.path })];
    }),
  );
  return [...databases.flat(), ...releaseFindings(look)];
}

function releaseFindings({ cli }: Look): readonly Finding[] {
  if (cli === undefined || monthOf(cli.version) === monthOf(KNOWN_RELEASE)) return [];
  const { version, path } = cli;
  return [finding('cli.otherRelease', 'info', { path }, { version, known: KNOWN_RELEASE })];
}

/** Within a month, a release mends and adds; files are as they were. */
function monthOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** A database that stands in the place of the store; undefined where there is none. */
async function databaseIn(folder: string): Promise<string | undefined> {
  try {
    const names = await readdir(folder);
    const name =
      DATABASES.find((one) => names.includes(one)) ?? names.find((one) => IMPORTED.test(one));
    if (name === undefined) return undefined;
    const path = join(folder, name);
    return (await lstat(path)).isFile() ? path : undefined;
  } catch (error) {
    // What may not be looked at is told as a store that cannot be read.
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}
