import type { OrderPlace } from '../documents/orderMove.ts';
import type { Pause } from './pause.ts';
import type { ProfileSnapshot, ProviderSnapshot } from './snapshot.ts';

/**
 * Where a profile goes by "move up" and "move down": to the other side of the neighbour that the person
 * sees; undefined where there is none. What pauses is shown last wherever it stands in the list, so it
 * is nobody's neighbour, and does not move by steps itself. Pure.
 */
export function stepUp(provider: Shown, profileId: string): OrderPlace | undefined {
  const before = neighbourOf(provider, profileId, -1);
  return before === undefined ? undefined : { before };
}

/** As {@link stepUp}. */
export function stepDown(provider: Shown, profileId: string): OrderPlace | undefined {
  const after = neighbourOf(provider, profileId, 1);
  return after === undefined ? undefined : { after };
}

type Shown = Pick<ProviderSnapshot, 'profiles'>;

function neighbourOf({ profiles }: Shown, profileId: string, step: 1 | -1): string | undefined {
  const inLine = profiles
    .filter((profile) => profile.position !== undefined && !isPaused(profile))
    .map(({ id }) => id);
  const at = inLine.indexOf(profileId);
  return at === -1 ? undefined : inLine[at + step];
}

function isPaused(profile: ProfileSnapshot & { readonly pause?: Pause }): boolean {
  const { pause, state } = profile;
  return pause !== undefined || state.kind === 'cooling' || state.kind === 'disabled';
}
