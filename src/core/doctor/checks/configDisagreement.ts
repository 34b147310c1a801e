import { normalizeProviderId } from '../../documents/providerIds.ts';
import { effectiveStore } from '../../model/effectiveStore.ts';
import { type Finding, finding } from '../finding.ts';
import { type Look, placeIn } from '../look.ts';
import { hiddenBy } from '../seenProfiles.ts';

/** Profiles of which the config says another provider, or another kind of credential, than is stored. */
export function configDisagreement({ snapshot, reads }: Look): readonly Finding[] {
  return snapshot.stateDirs.flatMap((dir) => {
    const read = reads.stateDirs.find(({ path }) => path === dir.path);
    if (read?.config.kind !== 'whole') return [];
    const { authProfiles } = read.config.config;
    return hiddenBy(dir, 'configDisagrees').flatMap(({ agentId, profileId, provider, agents }) => {
      const entry = authProfiles.get(profileId);
      const agent = read.agents.find(({ id }) => id === agentId);
      const store = agent && effectiveStore(agent.store, read.mainStore);
      const credential = store?.profiles.get(profileId);
      if (entry === undefined || credential === undefined) return [];
      const where = placeIn(dir, { agentId, profileId, path: dir.config.path });
      const facts = {
        ...{ provider, agents },
        stored: { provider: normalizeProviderId(credential.provider), mode: credential.type },
        config: { provider: normalizeProviderId(entry.provider), mode: entry.mode },
      };
      return [finding('profile.configDisagrees', 'warning', where, facts, true)];
    });
  });
}
