import type { Clock } from '../clock.ts';
import type { NewConfigProfile } from '../documents/configEdits.ts';
import { isJsonObject, type JsonValue } from '../documents/json.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';
import type { StorePlace } from './storePlaces.ts';
import { readKnownStore } from './storeRead.ts';

export interface PlacesParts {
  readonly clock: Clock;
  /** Every agent of every state dir. */
  readonly places: () => Promise<readonly StorePlace[]>;
}

/** What is stored of a provider in a state dir, as the config would list it. Unreadable stores are left out. */
export async function storedOf(
  { places, clock }: PlacesParts,
  { stateDir, storePath }: Pick<StorePlace, 'stateDir' | 'storePath'>,
  provider: string,
): Promise<readonly NewConfigProfile[]> {
  const found: NewConfigProfile[] = [];
  for (const path of await storesIn(places, stateDir, storePath)) {
    const store = await readKnownStore(path, clock).catch(() => undefined);
    const profiles = store?.kind === 'whole' ? store.document['profiles'] : undefined;
    for (const [profileId, entry] of Object.entries(isJsonObject(profiles) ? profiles : {})) {
      if (!isJsonObject(entry) || typeof entry['provider'] !== 'string') continue;
      const { type: mode, email } = entry;
      if (normalizeProviderId(entry['provider']) !== provider || !isMode(mode)) continue;
      if (found.some((one) => one.profileId === profileId)) continue;
      found.push({ profileId, provider, mode, ...(typeof email === 'string' && { email }) });
    }
  }
  return found;
}

/** The stores of a state dir, that of the agent first. Absolute paths. */
export async function storesIn(
  places: PlacesParts['places'],
  stateDir: string,
  storePath: string,
): Promise<ReadonlySet<string>> {
  const all = (await places()).filter((place) => place.stateDir === stateDir);
  return new Set([storePath, ...all.map((place) => place.storePath)]);
}

/** The types of credentials, which are the modes of the config too. */
export function isMode(value: JsonValue | undefined): value is NewConfigProfile['mode'] {
  return value === 'api_key' || value === 'oauth' || value === 'token';
}
