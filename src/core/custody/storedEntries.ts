import type { Clock } from '../clock.ts';
import { isJsonObject } from '../documents/json.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import { entryHash } from './entryHash.ts';
import { readKnownStore } from './storeRead.ts';

/** What stands in a store by profile id: whose it is, and a hash to tell whether it has changed. */
export type StoredEntries = ReadonlyMap<
  string,
  { readonly provider: string; readonly hash: string }
>;

/**
 * The profiles of a store at this moment, without their secrets. Takes no lock.
 * @throws {KnownError} `store.*`: unreadable is not empty.
 */
export async function storedEntries(storePath: string, clock: Clock): Promise<StoredEntries> {
  const store = await readKnownStore(storePath, clock);
  const profiles = store.kind === 'whole' ? store.document['profiles'] : undefined;
  const found = Object.entries(isJsonObject(profiles) ? profiles : {}).map(([id, entry]) => {
    const named = isJsonObject(entry) ? entry['provider'] : undefined;
    const provider = typeof named === 'string' ? normalizeProviderId(named) : '';
    return [id, { provider, hash: entryHash(entry) }] as const;
  });
  return new Map(found);
}

/**
 * What somebody brought in between: of `provider` (normalized id) before any other, what is new before
 * what has changed. Undefined where nothing is different, or only gone.
 */
export function broughtBetween(
  before: StoredEntries,
  after: StoredEntries,
  provider?: string,
): { readonly profileId: string; readonly provider: string } | undefined {
  const brought = [...after].filter(([id, { hash }]) => before.get(id)?.hash !== hash);
  const rank = ([id, entry]: (typeof brought)[number]): number =>
    (entry.provider === provider ? 0 : 2) + (before.has(id) ? 1 : 0);
  const [best] = brought.sort((a, b) => rank(a) - rank(b));
  return best && { profileId: best[0], provider: best[1].provider };
}
