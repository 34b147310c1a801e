import { MAIN_AGENT_ID } from '../../documents/agentIds.ts';
import type { AuthStore } from '../../documents/authStore.ts';
import { normalizeProviderId } from '../../documents/providerIds.ts';
import type { StateDirRead } from '../../model/reads.ts';
import { type Finding, finding } from '../finding.ts';
import { isUnknown, type Look, type OwnedStore, placeIn, storesOf } from '../look.ts';

/**
 * Entries of orders, in stores and in configs, that name nothing that is stored for their provider.
 * CoderClaw passes over them, and uses nothing at all where a list has only such. An order of main's and
 * of the config is also that of other agents, so what any of them has is named. Where one of their stores
 * cannot be read, nothing is known.
 */
export function orderGhosts({ reads }: Look): readonly Finding[] {
  const configs = new Map<string, StateDirRead[]>();
  for (const dir of reads.stateDirs) {
    const sharing = configs.get(dir.config.path);
    if (sharing === undefined) configs.set(dir.config.path, [dir]);
    else sharing.push(dir);
  }
  return [
    ...reads.stateDirs.flatMap((dir) => storesOf(dir).flatMap(inStore)),
    ...[...configs.values()].flatMap(inConfig),
  ];
}

function inStore({ dir, agentId, store }: OwnedStore): readonly Finding[] {
  if (store.kind !== 'whole') return [];
  const isMain = store.path === dir.mainStore.path;
  const others = isMain ? storesOf(dir).map((one) => one.store) : [dir.mainStore];
  if (others.some(isUnknown)) return [];
  const stores = [store, ...others].flatMap((one) => (one.kind === 'whole' ? [one.store] : []));
  const where = placeIn(dir, { agentId: isMain ? MAIN_AGENT_ID : agentId, path: store.path });
  return ghostsIn(store.store.order, stores).map(({ key, ids }) =>
    finding('order.ghosts', 'warning', where, { writtenIn: 'store', key, ids }, true),
  );
}

function inConfig(dirs: readonly StateDirRead[]): readonly Finding[] {
  const [dir] = dirs;
  if (dir?.config.kind !== 'whole') return [];
  const all = dirs.flatMap((one) => storesOf(one).map(({ store }) => store));
  if (all.some(isUnknown)) return [];
  const stores = all.flatMap((one) => (one.kind === 'whole' ? [one.store] : []));
  const where = placeIn(dir, { path: dir.config.path });
  return ghostsIn(dir.config.config.authOrder, stores).map(({ key, ids }) =>
    finding('order.ghosts', 'warning', where, { writtenIn: 'config', key, ids }, true),
  );
}

interface Ghosts {
  readonly key: string;
  readonly ids: readonly string[];
}

function ghostsIn(order: AuthStore['order'], stores: readonly AuthStore[]): readonly Ghosts[] {
  return [...order].flatMap(([key, list]) => {
    const provider = normalizeProviderId(key);
    const isStored = (id: string): boolean =>
      stores.some(({ profiles }) => {
        const credential = profiles.get(id);
        return credential !== undefined && normalizeProviderId(credential.provider) === provider;
      });
    const ids = [...new Set(list)].filter((id) => !isStored(id));
    return ids.length === 0 ? [] : [{ key, ids }];
  });
}
