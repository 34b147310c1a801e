import type { StoreSnapshot } from './snapshot.ts';

/** Whether there is something about a store that a person should see. Pure. */
export function hasProblem(store: StoreSnapshot): boolean {
  if (store.kind === 'whole') return store.unwritable !== undefined;
  return store.kind !== 'absent' || store.legacyPaths !== undefined;
}
