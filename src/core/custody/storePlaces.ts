import { MAIN_AGENT_ID } from '../documents/agentIds.ts';
import type { Snapshot, StateDirSnapshot, StoreSnapshot } from '../model/snapshot.ts';

/**
 * Where an agent's logins may stand: its own store and the runtime cache beside it. Both need not
 * exist. Absolute paths.
 */
export interface StorePlace {
  readonly stateDir: string;
  readonly agentId: string;
  readonly storePath: string;
  /** Older files that waited for their import when it was looked; absent where there was none. */
  readonly legacyPaths?: readonly string[];
}

/**
 * Every agent of every state dir whose place is known, as a Snapshot has them, and the main agent's
 * although it is not among them.
 */
export function placesIn(snapshot: Snapshot): readonly StorePlace[] {
  return snapshot.stateDirs.flatMap((dir) =>
    storesOf(dir).flatMap(([agentId, store]) =>
      store.kind === 'unplaced'
        ? []
        : [
            {
              ...{ stateDir: dir.path, agentId, storePath: store.path },
              ...(store.kind === 'absent' &&
                store.legacyPaths && { legacyPaths: store.legacyPaths }),
            },
          ],
    ),
  );
}

function storesOf({ agents, mainStore }: StateDirSnapshot) {
  const listed = agents.map(({ id, store }): [string, StoreSnapshot] => [id, store]);
  return mainStore === undefined ? listed : [...listed, [MAIN_AGENT_ID, mainStore] as const];
}

/** The state dirs of these places, each once. */
export function stateDirsOf(places: readonly StorePlace[]): readonly string[] {
  return [...new Set(places.map(({ stateDir }) => stateDir))];
}
