import { looksLikeSeconds } from '../../documents/authStore.ts';
import { normalizeProviderId } from '../../documents/providerIds.ts';
import { type Finding, finding } from '../finding.ts';
import { allStores, type Look, placeIn } from '../look.ts';

/** Ends that were written in seconds: CoderClaw reads them as milliseconds, in 1970. */
export function expiryUnits(look: Look): readonly Finding[] {
  return allStores(look).flatMap(({ dir, agentId, store }) =>
    store.kind !== 'whole'
      ? []
      : [...store.store.profiles].flatMap(([profileId, credential]) => {
          if (credential.type === 'api_key' || !looksLikeSeconds(credential.expires)) return [];
          const { expires } = credential;
          const where = placeIn(dir, { agentId, profileId, path: store.path });
          const provider = normalizeProviderId(credential.provider);
          const facts = { provider, expires, meant: expires * 1000 };
          return [finding('expiry.inSeconds', 'warning', where, facts, true)];
        }),
  );
}
