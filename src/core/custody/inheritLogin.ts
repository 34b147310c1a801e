import { stat } from 'node:fs/promises';
import { errnoOf } from '../disk/errno.ts';
import { isSameFile } from '../disk/fileIdentity.ts';
import { inheritProfile } from '../documents/inheritIntent.ts';
import { entryOf } from '../documents/storeIntents.ts';
import { KnownError } from '../errors.ts';
import type { HeldStores } from './heldStores.ts';

export interface InheritParts {
  readonly vault: {
    withStores<T>(
      storePaths: readonly string[],
      options: { readonly signal?: AbortSignal },
      task: (stores: Pick<HeldStores, 'read' | 'commit'>) => Promise<T>,
    ): Promise<T>;
  };
}

/** A store with a copy of a login of main's. Absolute path. */
export interface LoginCopy {
  readonly storePath: string;
  readonly profileId: string;
}

/**
 * Has agents inherit a login from main in place of copies of their own: one refresh token then stands in one
 * file. Under the locks of all of these stores at once; each copy goes only if it is the login that main has
 * at that moment.
 *
 * The journal is not told: a copy that a careless program writes back is that program's again, and harms
 * nobody.
 *
 * @throws {KnownError} `profile.gone` if main does not have it; `profile.changed` if one of them is another
 * login; `store.*`, `lock.*`, `disk.*`: those before it are done.
 */
export async function inheritLogin(
  { vault }: InheritParts,
  mainPath: string,
  copies: readonly LoginCopy[],
  signal?: AbortSignal,
): Promise<void> {
  const paths = [...new Set([mainPath, ...copies.map(({ storePath }) => storePath)])];
  await vault.withStores(paths, signal === undefined ? {} : { signal }, async (stores) => {
    const main = await stores.read(mainPath);
    for (const { storePath, profileId } of copies) {
      // By a link both can be one file, whose copy is the only one.
      if (await isOneFile(mainPath, storePath)) continue;
      const inherited =
        main.kind === 'whole' ? entryOf(main.document, 'profiles', profileId) : undefined;
      if (inherited === undefined) {
        throw new KnownError('profile.gone', { profileId, storePath: mainPath });
      }
      await stores.commit(storePath, inheritProfile(profileId, inherited));
    }
  });
}

async function isOneFile(a: string, b: string): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([a, b].map((path) => stat(path, { bigint: true })));
    return one !== undefined && other !== undefined && isSameFile(one, other);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
