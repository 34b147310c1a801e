import type { Snapshot } from './snapshot.ts';

/**
 * Whether anybody still needs a config to list a profile:
 * - `used`: an agent of a state folder with this config has a profile of that id.
 * - `unused`: none has, and every store that could have it was read whole or is not there.
 * - `unknown`: some store, or the config that says which agents there are, could not be read, or
 *   older logins still wait for their import.
 */
export type ListingUse = 'used' | 'unused' | 'unknown';

/** Pure. One config can serve several state folders. */
export function listingUse(snapshot: Snapshot, configPath: string, profileId: string): ListingUse {
  const dirs = snapshot.stateDirs.filter(({ config }) => config.path === configPath);
  const agents = dirs.flatMap((dir) => dir.agents);
  // An inherited one counts too: it is stored with the main agent, which need not be listed.
  const isUsed = agents.some(({ providers }) =>
    providers.some(({ profiles }) => profiles.some(({ id }) => id === profileId)),
  );
  if (isUsed) return 'used';
  const isKnown =
    dirs.length > 0 &&
    dirs.every(({ config }) => config.kind === 'whole' || config.kind === 'absent') &&
    agents.every(
      ({ store }) =>
        store.kind === 'whole' || (store.kind === 'absent' && store.legacyPaths === undefined),
    );
  return isKnown ? 'unused' : 'unknown';
}
