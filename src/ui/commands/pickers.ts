import { l10n, type QuickPickItem, ThemeIcon, commands as vscodeCommands, window } from 'vscode';
import { commands } from '../../commandIds.ts';
import { Cancelled } from '../../core/clock.ts';
import type { ProfileSnapshot, Snapshot } from '../../core/model/snapshot.ts';
import { shown } from '../masking.ts';
import type { Notifications } from '../notifications.ts';
import { shownItem } from '../shownItem.ts';
import { agentTitle } from '../words/agents.ts';
import { joined } from '../words/joined.ts';
import { stateWords } from '../words/profileState.ts';
import { providerName } from '../words/providers.ts';
import { sessionIcon, sessionName, sessionWords } from '../words/sessions.ts';
import { span } from '../words/time.ts';
import {
  type AgentPlace,
  agentPlaces,
  ownProfilePlaces,
  type ProfilePlace,
  type ProviderPlace,
  providerPlaces,
  type SessionPlace,
  sessionPlaces,
} from './locate.ts';

/**
 * Asks which agent is meant, where there is a choice; undefined where there is none at all.
 * @throws {Cancelled} The person closed the list.
 */
export function pickAgent(snapshot: Snapshot, title: string): Promise<AgentPlace | undefined> {
  return pickAgentOf(agentPlaces(snapshot), snapshot, title);
}

/** As {@link pickAgent}, of some of them. */
export async function pickAgentOf(
  places: readonly AgentPlace[],
  snapshot: Snapshot,
  title: string,
): Promise<AgentPlace | undefined> {
  if (places.length === 1) return places[0];
  return pick(places, (place) => agentItem(place, snapshot), title, l10n.t('Which agent?'));
}

/** An agent as one of several to choose from. */
export function agentItem({ dir, agent }: AgentPlace, { stateDirs }: Snapshot): QuickPickItem {
  return {
    label: agent.id,
    description: joined(
      ' · ',
      agentTitle(agent),
      agent.isDefault ? l10n.t('default') : '',
      stateDirs.length > 1 ? dir.label : '',
    ),
    iconPath: new ThemeIcon('hubot'),
  };
}

/**
 * Asks which stored profile is meant, also where there is only one: what is done to it may not be
 * undone. Undefined where there is none.
 * @param among Each where it is stored, unless given.
 * @throws {Cancelled} The person closed the list.
 */
export async function pickProfile(
  snapshot: Snapshot,
  title: string,
  wanted: (place: ProfilePlace) => boolean = () => true,
  among: readonly ProfilePlace[] = ownProfilePlaces(snapshot),
): Promise<ProfilePlace | undefined> {
  const places = among.filter(wanted);
  return pick(
    places,
    (place) => {
      const { profile } = place;
      const words = stateWords(profile.state, snapshot.takenAt);
      return {
        label: profile.id,
        description: joined(' · ', whose(snapshot, place), words.text, otherEmail(profile)),
        iconPath: new ThemeIcon(words.icon),
      };
    },
    title,
    l10n.t('Which profile?'),
  );
}

/**
 * Asks which provider of which agent is meant, also where there is only one. Undefined where there is none.
 * @throws {Cancelled} The person closed the list.
 */
export async function pickProvider(
  snapshot: Snapshot,
  title: string,
  wanted: (place: ProviderPlace) => boolean = () => true,
): Promise<ProviderPlace | undefined> {
  return pick(
    providerPlaces(snapshot).filter(wanted),
    (place) => ({
      label: providerName(place.provider.id),
      description: whose(snapshot, place),
      // Those that are used, as they are: what is asked is about their order.
      detail: place.provider.profiles
        .filter(({ position }) => position !== undefined)
        .map(({ name }) => name)
        .join(', '),
    }),
    title,
    l10n.t('Which provider?'),
  );
}

/**
 * Asks which session is meant, also where there is only one. Undefined where there is none.
 * @throws {Cancelled} The person closed the list.
 */
export async function pickSession(
  snapshot: Snapshot,
  title: string,
  wanted: (place: SessionPlace) => boolean = () => true,
): Promise<SessionPlace | undefined> {
  const places = sessionPlaces(snapshot).filter(wanted);
  return pick(
    places,
    ({ dir, agent, session }) => ({
      label: sessionName(session.key, agent.id),
      description: joined(
        ' · ',
        whose(snapshot, { dir, agent }),
        sessionWords(session),
        session.updatedAt > 0
          ? l10n.t('{0} ago', span(Math.max(0, snapshot.takenAt - session.updatedAt)))
          : '',
      ),
      iconPath: new ThemeIcon(sessionIcon(session).id),
    }),
    title,
    l10n.t('Which session?'),
  );
}

/**
 * Asks which profile a session is to use, of those that it could: others CoderClaw would take off again.
 * Undefined where there is none.
 * @throws {Cancelled} The person closed the list.
 */
export async function pickSessionProfile(
  snapshot: Snapshot,
  title: string,
  { agent, session }: SessionPlace,
): Promise<ProfileSnapshot | undefined> {
  const profiles = agent.providers
    .filter(({ id }) => session.provider === undefined || session.provider === id)
    .flatMap((provider) => provider.profiles)
    .filter(({ position }) => position !== undefined);
  return pick(
    profiles,
    (profile) => {
      const { text, icon } = stateWords(profile.state, snapshot.takenAt);
      const isPinned = session.pin?.by === 'user' && session.pin.profileId === profile.id;
      return {
        label: profile.id,
        description: joined(' · ', isPinned ? l10n.t('pinned now') : '', text, otherEmail(profile)),
        iconPath: new ThemeIcon(icon),
      };
    },
    title,
    l10n.t('Which profile is {0} to use?', sessionName(session.key, agent.id)),
  );
}

/** Of which agent it is; the state folder too, where there are several. */
function whose({ stateDirs }: Snapshot, { dir, agent }: AgentPlace): string {
  return joined(' · ', agent.id, stateDirs.length > 1 ? dir.label : '');
}

/** Where its name does not say it. */
function otherEmail({ name, email = '' }: ProfileSnapshot): string {
  return name === email ? '' : email;
}

/**
 * Asks for one of several things.
 * @returns undefined where there is none.
 * @throws {Cancelled} The person closed the list.
 */
export async function pick<T>(
  places: readonly T[],
  draw: (place: T) => QuickPickItem,
  title: string,
  placeHolder: string,
): Promise<T | undefined> {
  if (places.length === 0) return undefined;
  const items = places.map((place) => ({ ...shownItem(draw(place)), place }));
  const picked = await window.showQuickPick(items, {
    title: shown(title),
    placeHolder: shown(placeHolder),
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
    l10n.t('CoderClaw was not found on this machine. Choose where its state folder lies first.'),
    {
      label: l10n.t('Choose State Folder…'),
      run: () => vscodeCommands.executeCommand(commands.stateFolderChoose),
    },
  );
}
