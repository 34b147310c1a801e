import { l10n, type QuickPickItem, ThemeIcon, commands as vscodeCommands, window } from 'vscode';
import { commands } from '../../contributions.ts';
import { Cancelled } from '../../core/clock.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import type { Notifications } from '../notifications.ts';
import { stateWords } from '../words/profileState.ts';
import { providerName } from '../words/providers.ts';
import { type AgentPlace, agentPlaces, ownProfilePlaces, type ProfilePlace } from './locate.ts';

/**
 * Asks which agent is meant, where there is a choice; undefined where there is none at all.
 * @throws {Cancelled} The person closed the list.
 */
export async function pickAgent(
  snapshot: Snapshot,
  title: string,
): Promise<AgentPlace | undefined> {
  const places = agentPlaces(snapshot);
  if (places.length === 1) return places[0];
  return pick(
    places,
    (place) => ({
      label: place.agent.id,
      description: [
        place.agent.isDefault ? l10n.t('default') : '',
        snapshot.stateDirs.length > 1 ? place.dir.label : '',
      ]
        .filter((part) => part !== '')
        .join(' · '),
      iconPath: new ThemeIcon('hubot'),
    }),
    title,
    l10n.t('Which agent?'),
  );
}

/**
 * Asks which stored profile is meant, also where there is only one: what is done to it may not be
 * undone. Undefined where there is none.
 * @throws {Cancelled} The person closed the list.
 */
export async function pickProfile(
  snapshot: Snapshot,
  title: string,
  wanted: (place: ProfilePlace) => boolean = () => true,
): Promise<ProfilePlace | undefined> {
  const places = ownProfilePlaces(snapshot).filter(wanted);
  return pick(
    places,
    ({ agent, profile, provider }) => {
      const words = stateWords(profile.state, snapshot.takenAt);
      return {
        label: profile.id,
        description: `${agent.id} · ${words.text}`,
        detail: profile.email ?? providerName(provider.id),
        iconPath: new ThemeIcon(words.icon),
      };
    },
    title,
    l10n.t('Which profile?'),
  );
}

async function pick<T>(
  places: readonly T[],
  draw: (place: T) => QuickPickItem,
  title: string,
  placeHolder: string,
): Promise<T | undefined> {
  if (places.length === 0) return undefined;
  const items = places.map((place) => ({ ...draw(place), place }));
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked) throw new Cancelled();
  return picked.place;
}

/** What a command was meant for went away between the click and now. */
export function tellGone(
  notifications: Pick<Notifications, 'told'>,
  { name }: { readonly name: string },
): void {
  notifications.told(l10n.t('{0} is no longer there.', name));
}

/** There is no agent at all. */
export function tellNowhere(notifications: Pick<Notifications, 'warned'>): void {
  notifications.warned(
    l10n.t('CoderClaw was not found on this machine, so there is nowhere to keep a sign-in.'),
    {
      label: l10n.t('Choose State Folder…'),
      run: () => vscodeCommands.executeCommand(commands.stateFolderChoose),
    },
  );
}
