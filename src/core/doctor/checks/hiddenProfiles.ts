import { type Finding, finding } from '../finding.ts';
import { type Look, placeIn } from '../look.ts';
import { hiddenBy } from '../seenProfiles.ts';

/**
 * Stored profiles that the config hides: it lists others of their provider, and not them. What an order of
 * a store leaves out, somebody left out for one agent, and that is no fault.
 */
export function hiddenProfiles({ snapshot }: Look): readonly Finding[] {
  return snapshot.stateDirs.flatMap((dir) => [
    ...hiddenBy(dir, 'notInConfig').map((one) => {
      const { profileId, provider, agents } = one;
      const where = placeIn(dir, { agentId: one.agentId, profileId, path: dir.config.path });
      const facts = { provider, why: 'notInConfig' as const, agents };
      return finding('profile.hidden', 'warning', where, facts, true);
    }),
    ...hiddenBy(dir, 'notInOrder')
      .filter(({ source }) => source === 'config')
      .map((one) => {
        const { profileId, provider, agents } = one;
        const where = placeIn(dir, { agentId: one.agentId, profileId, path: dir.config.path });
        const facts = { provider, why: 'notInOrder' as const, agents };
        return finding('profile.hidden', 'info', where, facts, true);
      }),
  ]);
}
