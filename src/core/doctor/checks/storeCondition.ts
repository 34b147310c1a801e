import { type Finding, finding } from '../finding.ts';
import { allStores, type Look, type OwnedStore, placeIn } from '../look.ts';

/** Stores that cannot be read, understood, found or written. */
export function storeCondition(look: Look): readonly Finding[] {
  return allStores(look).flatMap((owned) => conditionOf(owned) ?? []);
}

function conditionOf({ dir, agentId, store }: OwnedStore): Finding | undefined {
  const where = placeIn(dir, { agentId, path: store.path });
  switch (store.kind) {
    case 'absent':
      return undefined;
    case 'unreadable':
      return finding('store.unreadable', 'error', where, { errno: store.errno });
    case 'torn':
      return finding('store.torn', 'error', where, { detail: store.detail });
    case 'unknownVersion':
      return finding('store.unknownVersion', 'error', where, { version: store.version });
    case 'unplaced':
      return finding('store.unplaced', 'warning', where, { variable: store.variable });
    case 'whole':
      return store.unwritable === undefined
        ? undefined
        : finding('store.unwritable', 'error', where, { why: store.unwritable });
  }
}
