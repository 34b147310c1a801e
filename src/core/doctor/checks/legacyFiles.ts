import { type Finding, finding } from '../finding.ts';
import { allStores, type Look, placeIn } from '../look.ts';

/** Sign-ins of an older CoderClaw that wait for their import. */
export function legacyFiles(look: Look): readonly Finding[] {
  return allStores(look).flatMap(({ dir, agentId, store }) => {
    if (store.kind !== 'absent' || store.legacyPaths === undefined) return [];
    const { path, legacyPaths } = store;
    return [
      finding('legacy.pending', 'warning', placeIn(dir, { agentId, path }), { legacyPaths }, true),
    ];
  });
}
