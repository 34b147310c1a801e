import type { AuthStore } from '../documents/authStore.ts';
import { normalizeProviderId } from '../documents/providerIds.ts';

/** The profile ids of a store, in its order, under their normalized provider id. */
export function profilesByProvider(store: AuthStore): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [id, credential] of store.profiles) {
    const provider = normalizeProviderId(credential.provider);
    const ids = groups.get(provider);
    if (ids === undefined) groups.set(provider, [id]);
    else ids.push(id);
  }
  return groups;
}
