import { removeFromOrder } from '../documents/configOrderEdits.ts';
import type { JsonObject } from '../documents/json.ts';
import { dropGhosts, isStoredFor } from '../documents/orderIntents.ts';
import { commitOrder, type OrderParts } from './orderCommit.ts';
import { readKnownStore } from './storeRead.ts';
import type { Vault } from './vault.ts';

export interface GhostParts extends OrderParts {
  readonly vault: Pick<Vault, 'commitStore' | 'commitConfig'>;
}

/** Entries of one order. `key`: the provider as it is written there. */
export interface OrderEntries {
  readonly key: string;
  readonly ids: readonly string[];
}

/**
 * Takes entries out of an order of a store that name nothing which is stored for its provider.
 * @param others Stores (absolute paths) for which the order counts too, or that this one inherits from: what
 * stands there is named.
 * @returns whether anything had to be changed.
 * @throws {KnownError} `store.*` also of the others, `lock.*`, `disk.*`: nothing changed.
 */
export async function dropStoreGhosts(
  parts: GhostParts,
  files: { readonly stateDir: string; readonly storePath: string },
  { key, ids }: OrderEntries,
  others: readonly string[],
): Promise<boolean> {
  const documents = await documentsAt(parts, others);
  return await commitOrder(parts, files, dropGhosts(key, ids, documents));
}

/**
 * Takes entries out of an order of a config that name nothing which is stored for its provider.
 * @param stores Those for which the config counts. Absolute paths.
 * @returns whether anything had to be changed.
 * @throws {KnownError} `store.*`, `config.*`, `lock.*`, `disk.*`: nothing changed.
 */
export async function dropConfigGhosts(
  parts: GhostParts,
  configPath: string,
  { key, ids }: OrderEntries,
  stores: readonly string[],
): Promise<boolean> {
  const documents = await documentsAt(parts, stores);
  const ghosts = ids.filter((id) =>
    documents.every((one) => !isStoredFor([one, undefined], key, id)),
  );
  if (ghosts.length === 0) return false;
  const { changed } = await parts.vault.commitConfig(configPath, (text) =>
    removeFromOrder(text, key, ghosts, configPath),
  );
  return changed;
}

/** Strictly: what cannot be read may hold what an entry names. */
async function documentsAt(
  { clock }: Pick<GhostParts, 'clock'>,
  paths: readonly string[],
): Promise<readonly JsonObject[]> {
  const stores = await Promise.all([...new Set(paths)].map((path) => readKnownStore(path, clock)));
  return stores.flatMap((store) => (store.kind === 'whole' ? [store.document] : []));
}
