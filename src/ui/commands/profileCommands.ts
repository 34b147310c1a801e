import { env, l10n, commands as vscodeCommands, window } from 'vscode';
import { commands } from '../../contributions.ts';
import type { AgentFiles, ProfileService } from '../../core/custody/profileService.ts';
import { KnownError } from '../../core/errors.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import type { SignInDescriptor } from '../../core/signin/descriptor.ts';
import { type Notifications, sentence } from '../notifications.ts';
import type { SignInFlow, SignInRequest } from '../signIn/signInFlow.ts';
import { canUseFirst, type Target } from '../tree/nodes.ts';
import { errorWords } from '../words/errors.ts';
import { type AgentPlace, locateAgent, locateProfile, type ProfilePlace } from './locate.ts';
import { pickAgent, pickProfile } from './pickers.ts';
import type { CommandHandlers } from './register.ts';

export interface ProfileCommandParts {
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Reads the disk again and resolves with what stands there. */
  readonly refresh: () => Promise<Snapshot>;
  /** Loaded when first used: an activation pays for neither sign-in nor writing. */
  readonly service: () => Promise<ProfileService>;
  readonly signInFlow: () => Promise<SignInFlow>;
  /** @param provider Provider id; ChatGPT where none is named. */
  readonly descriptor: (provider: string | undefined) => Promise<SignInDescriptor>;
  readonly notifications: Notifications;
}

/** Sign in, sign in again, sign out, use first, copy id. */
export function profileCommands(parts: ProfileCommandParts) {
  const profilePlace = async (
    target: Target | undefined,
    title: string,
    wanted?: (place: ProfilePlace) => boolean,
  ): Promise<ProfilePlace | undefined> => {
    const snapshot = await parts.snapshot();
    const place =
      target?.profileId === undefined
        ? await pickProfile(snapshot, title, wanted)
        : locateProfile(snapshot, target);
    if (!place) parts.notifications.told(l10n.t('There is no profile here for that.'));
    return place;
  };

  const handlers = {
    [commands.profileSignIn]: async (target) => {
      const descriptor = await parts.descriptor(target?.provider);
      const snapshot = await parts.snapshot();
      const place =
        target?.agentId === undefined
          ? await pickAgent(snapshot, l10n.t('Sign in to {0}', descriptor.label))
          : locateAgent(snapshot, target);
      if (!place) {
        parts.notifications.warned(
          l10n.t('CoderClaw was not found on this machine, so there is nowhere to keep a sign-in.'),
          {
            label: l10n.t('Choose State Folder…'),
            run: () => vscodeCommands.executeCommand(commands.stateFolderChoose),
          },
        );
        return;
      }
      await signIn(parts, { descriptor, agentId: place.agent.id, files: filesOf(place) });
    },

    [commands.profileSignInAgain]: async (target) => {
      const place = await profilePlace(target, l10n.t('Sign In Again'));
      if (!place) return;
      const descriptor = await parts.descriptor(place.profile.provider);
      await signIn(parts, {
        descriptor,
        agentId: place.agent.id,
        files: filesOf(place),
        profileId: place.profile.id,
      });
    },

    [commands.profileSignOut]: async (target) => {
      const place = await profilePlace(target, l10n.t('Sign Out'));
      if (place) await signOut(parts, place);
    },

    [commands.profileUseFirst]: async (target) => {
      const place = await profilePlace(target, l10n.t('Use First'), ({ profile }) =>
        canUseFirst(profile),
      );
      if (place) await useFirst(parts, place);
    },

    [commands.profileCopyId]: async (target) => {
      const place = await profilePlace(target, l10n.t('Copy Profile ID'));
      if (!place) return;
      await env.clipboard.writeText(place.profile.id);
      window.setStatusBarMessage(l10n.t('Copied {0}', place.profile.id), 3000);
    },
  } satisfies Partial<CommandHandlers>;
  return handlers;
}

/** The files of one agent, for the services that write them. */
export function filesOf({ dir, agent }: AgentPlace): AgentFiles {
  const { store } = agent;
  return {
    storePath: store.path,
    configPath: dir.config.path,
    legacyPaths:
      store.kind === 'absent' && store.legacyPath !== undefined ? [store.legacyPath] : [],
  };
}

async function signIn(parts: ProfileCommandParts, request: SignInRequest): Promise<void> {
  const [legacyPath] = request.files.legacyPaths;
  if (legacyPath !== undefined) {
    // Said before a browser opens: the sign-in could not be stored.
    throw new KnownError('store.legacyPending', { path: request.files.storePath, legacyPath });
  }
  const flow = await parts.signInFlow();
  await flow.run(request);
}

async function signOut(parts: ProfileCommandParts, place: ProfilePlace): Promise<void> {
  const { dir, agent, profile } = place;
  const others = dir.agents.filter((other) => other.id !== agent.id);
  const elsewhere = others.filter((other) =>
    other.providers.some(({ profiles }) =>
      profiles.some(({ id, origin }) => id === profile.id && origin === 'own'),
    ),
  );
  const inheriting = others.filter((other) =>
    other.providers.some(({ profiles }) =>
      profiles.some(({ id, origin }) => id === profile.id && origin === 'inherited'),
    ),
  );
  const detail = [
    l10n.t('This removes its credential from {0}.', agent.store.path),
    ...(inheriting.length > 0
      ? [
          l10n.t(
            'Agents that see it from here lose it too: {0}.',
            inheriting.map(({ id }) => id).join(', '),
          ),
        ]
      : []),
    ...(elsewhere.length > 0
      ? [l10n.t('The copies of {0} stay.', elsewhere.map(({ id }) => id).join(', '))]
      : []),
    l10n.t('The account itself stays as it is; you can sign in again at any time.'),
  ].join(' ');
  const confirm = l10n.t('Sign Out');
  const picked = await window.showWarningMessage(
    l10n.t('Sign {0} out of agent {1}?', profile.id, agent.id),
    { modal: true, detail },
    confirm,
  );
  if (picked !== confirm) return;
  const service = await parts.service();
  const saved = await service.signOut(filesOf(place), profile.id, elsewhere.length === 0);
  await parts.refresh();
  if (saved.configFault) {
    parts.notifications.warned(
      l10n.t(
        '{0} is signed out, but it is still listed in the config. {1}',
        profile.id,
        sentence(errorWords(saved.configFault)),
      ),
    );
  }
}

async function useFirst(parts: ProfileCommandParts, place: ProfilePlace): Promise<void> {
  const { agent, provider, profile } = place;
  const order = provider.profiles
    .filter(({ position }) => position !== undefined)
    .map(({ id }) => id);
  const service = await parts.service();
  await service.useFirst(filesOf(place), provider.id, profile.id, order);
  await parts.refresh();
  window.setStatusBarMessage(l10n.t('{0} now uses {1} first', agent.id, profile.id), 4000);
}

/** What is told once a sign-in is stored: who, for whom, and a way to use it if it is not next. */
export async function tellSignedIn(
  parts: ProfileCommandParts,
  request: SignInRequest,
  profileId: string,
  person: string,
): Promise<Required<Target> | undefined> {
  const snapshot = await parts.refresh();
  const dir = snapshot.stateDirs.find(({ agents }) =>
    agents.some(({ store }) => store.path === request.files.storePath),
  );
  const target = dir && { stateDir: dir.path, agentId: request.agentId, profileId };
  const place = target && locateProfile(snapshot, target);
  const next = place?.profile.next ?? true;
  parts.notifications.told(
    next
      ? l10n.t('Signed in as {0} for {1}.', person, request.agentId)
      : l10n.t(
          'Signed in as {0} for {1}. Another profile is used before it.',
          person,
          request.agentId,
        ),
    ...(place && !next
      ? [
          {
            label: l10n.t('Use First'),
            run: () =>
              useFirst(parts, place).catch((error: unknown) =>
                parts.notifications.failed(l10n.t('Use First'), error),
              ),
          },
        ]
      : []),
  );
  return (
    place && {
      stateDir: place.dir.path,
      agentId: place.agent.id,
      provider: place.provider.id,
      profileId,
    }
  );
}
