import {
  l10n,
  type QuickPickItem,
  QuickPickItemKind,
  ThemeIcon,
  commands as vscodeCommands,
  window,
} from 'vscode';
import type { Snapshot } from '../../core/model/snapshot.ts';
import { locateProfile, locateProvider, type ProfilePlace } from '../commands/locate.ts';
import type { Target } from '../target.ts';
import { joined } from '../words/joined.ts';
import { plainText } from '../words/plainText.ts';
import { stateWords } from '../words/profileState.ts';
import { providerName } from '../words/providers.ts';
import { type ProfileAction, profileActions } from './profileActions.ts';

export interface OpenProfileParts {
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
  readonly isAdded: (provider: string) => boolean;
  /** Tells the person that what they pressed has gone. */
  readonly gone: () => void;
}

/** Asks what is to be done with a profile of now, and has the command of that do it. */
export async function openProfile(target: Target, parts: OpenProfileParts): Promise<void> {
  const snapshot = await parts.snapshot();
  const named = locateProfile(snapshot, target);
  if (named.kind !== 'found') parts.gone();
  else await actOn(named.place, snapshot, parts);
}

/** As that, for a provider of an agent: where it has several profiles, one is asked for first. */
export async function openProvider(target: Target, parts: OpenProfileParts): Promise<void> {
  const snapshot = await parts.snapshot();
  const named = locateProvider(snapshot, target);
  const [first, ...others] = named.kind === 'found' ? named.place.provider.profiles : [];
  if (named.kind !== 'found' || first === undefined) {
    parts.gone();
    return;
  }
  const { place } = named;
  const profile = others.length === 0 ? first : await pickProfile(place, snapshot);
  if (profile) await actOn({ ...place, profile }, snapshot, parts);
}

async function actOn(
  place: ProfilePlace,
  { takenAt }: Snapshot,
  { isAdded }: OpenProfileParts,
): Promise<void> {
  const { agent, profile } = place;
  const words = stateWords(profile.state, takenAt);
  const items = profileActions(place, isAdded).map(
    (action): QuickPickItem & { readonly action: ProfileAction } => ({
      action,
      label: action.label,
      iconPath: new ThemeIcon(action.icon),
      ...(action.target.agentId !== agent.id && {
        description: l10n.t('for {0}', action.target.agentId),
      }),
    }),
  );
  const picked = await window.showQuickPick(items, {
    title: plainText(
      joined(' · ', profile.name, providerName(profile.provider), l10n.t('agent {0}', agent.id)),
    ),
    placeHolder: plainText(words.text),
  });
  if (picked) {
    await vscodeCommands.executeCommand(picked.action.command, picked.action.target);
  }
}

async function pickProfile(
  { agent, provider }: Omit<ProfilePlace, 'profile'>,
  { takenAt }: Snapshot,
) {
  const items = provider.profiles.map((profile) => {
    const words = stateWords(profile.state, takenAt);
    return {
      profile,
      label: plainText(profile.name),
      description: plainText(words.text),
      iconPath: new ThemeIcon(words.icon),
      kind: QuickPickItemKind.Default,
    };
  });
  const picked = await window.showQuickPick(items, {
    title: plainText(joined(' · ', providerName(provider.id), l10n.t('agent {0}', agent.id))),
    placeHolder: l10n.t('Which profile?'),
  });
  return picked?.profile;
}
