import { l10n } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { type AddProfileParts, addProfile } from '../addProfile/addProfileWizard.ts';
import type { Way } from '../addProfile/waysHere.ts';
import { providerName } from '../words/providers.ts';
import { agentPlaces, locateAgent, locateProfile, type ProfilePlace } from './locate.ts';
import { pickProfile, tellGone, tellNowhere } from './pickers.ts';
import type { CommandHandlers } from './register.ts';

export interface AddProfileCommandParts extends AddProfileParts {
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
}

/** Add a profile by any way, and put another key or token in the place of one. */
export function addProfileCommands(parts: AddProfileCommandParts) {
  const handlers = {
    [commands.profileAdd]: async (target) => {
      const snapshot = await parts.snapshot();
      const named = locateAgent(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(parts.notifications, named);
        return;
      }
      if (agentPlaces(snapshot).length === 0) {
        tellNowhere(parts.notifications);
        return;
      }
      const place = named.kind === 'found' ? { place: named.place } : {};
      await addProfile(snapshot, place, parts);
    },

    [commands.profileReplace]: async (target) => {
      const snapshot = await parts.snapshot();
      const named = locateProfile(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(parts.notifications, named);
        return;
      }
      const title = l10n.t('Replace Key or Token');
      const isSecret = ({ profile }: ProfilePlace): boolean => profile.type !== 'oauth';
      const place =
        named.kind === 'found' ? named.place : await pickProfile(snapshot, title, isSecret);
      if (place === undefined) {
        parts.notifications.told(l10n.t('There is no profile here for that.'));
        return;
      }
      await addProfile(snapshot, replacing(place), parts);
    },
  } satisfies Partial<CommandHandlers>;
  return handlers;
}

function replacing({ profile, ...place }: ProfilePlace) {
  const { provider: id } = profile;
  const way = wayOf(profile);
  const provider = { id, label: providerName(id), ways: [way] };
  return { place, provider, way, profileId: profile.id };
}

function wayOf({ type, provider }: ProfilePlace['profile']): Way {
  if (type === 'api_key') return 'apiKey';
  return provider === 'anthropic' ? 'setupToken' : 'token';
}
