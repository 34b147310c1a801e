import { type HeldProfile, heldProfiles } from '../../model/heldProfiles.ts';
import { type Finding, type FindingPlace, finding } from '../finding.ts';
import { type Look, placeIn } from '../look.ts';

/** Profiles that have ended, or will within a week, and that only a person can bring back. */
export function profileEnds({ snapshot }: Look): readonly Finding[] {
  return snapshot.stateDirs.flatMap((dir) =>
    heldProfiles(dir).flatMap((held) => {
      const { agent, profile, store } = held;
      const where = placeIn(dir, {
        ...{ agentId: agent.id, profileId: profile.id, path: store.path },
      });
      return endOf(held, where) ?? [];
    }),
  );
}

function endOf({ profile }: HeldProfile, where: FindingPlace): Finding | undefined {
  const { provider, state, expires } = profile;
  switch (state.kind) {
    case 'ending': {
      const { at, isExpected } = state;
      const facts = { provider, at, ...(isExpected && { isExpected }) };
      return finding('profile.ending', 'warning', where, facts);
    }
    case 'expired':
      return finding('profile.expired', 'error', where, { provider, since: state.since });
    case 'dead': {
      const { why } = state;
      const end = expires === undefined ? {} : { end: expires };
      return finding('profile.dead', 'error', where, { provider, ...(why && { why }), ...end });
    }
    case 'broken':
      return finding('profile.broken', 'error', where, { provider, why: state.why });
    default:
      return undefined;
  }
}
