import { env, l10n, commands as vscodeCommands, window } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { CachedCopy } from '../../core/custody/cache/cachesInStep.ts';
import type { AgentFiles, ProfileService } from '../../core/custody/profileService.ts';
import type { NewConfigProfile } from '../../core/documents/configEdits.ts';
import { KnownError } from '../../core/errors.ts';
import type { Snapshot, StateDirSnapshot } from '../../core/model/snapshot.ts';
import { browserSignIns, codeSignIns } from '../../core/signin/addedSignIns.ts';
import type { DeviceCodeOptions } from '../../core/signin/registry.ts';
import { type Notifications, sentence } from '../notifications.ts';
import { canUseFirst } from '../profileAbilities.ts';
import type { StoreRequest } from '../signIn/signInFlow.ts';
import type { ProfileTarget, Target } from '../target.ts';
import { errorWords } from '../words/errors.ts';
import { plainText } from '../words/plainText.ts';
import {
  type AgentPlace,
  locateAgent,
  locateProfile,
  type ProfilePlace,
  shownOrder,
  signOutReach,
} from './locate.ts';
import { pickAgent, pickProfile, tellGone, tellNowhere } from './pickers.ts';
import type { CommandHandlers } from './register.ts';
import { say } from './say.ts';

export interface ProfileCommandParts {
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Reads the disk again and resolves with what stands there. */
  readonly refresh: () => Promise<Snapshot>;
  /** Loaded when first used: an activation pays for neither sign-in nor writing. */
  readonly service: () => Promise<ProfileService>;
  /** @param provider Provider id; ChatGPT where none is named. */
  readonly browserSignIn: (provider: string | undefined) => Promise<BrowserSignIn>;
  /** For the providers of `codeSignIns`. */
  readonly signInByCode: (request: StoreRequest, known?: DeviceCodeOptions) => Promise<void>;
  readonly notifications: Notifications;
}

/** How one signs in to a provider by the browser, whoever knows how. */
export interface BrowserSignIn {
  /** Normalized provider id. */
  readonly provider: string;
  readonly label: string;
  /** Resolves when it has ended, one way or the other; every failure has been told. */
  readonly run: (request: StoreRequest) => Promise<void>;
}

/** Sign in, sign in again, sign out, use first, copy id. */
export function profileCommands(parts: ProfileCommandParts) {
  const profilePlace = async (
    target: Target | undefined,
    title: string,
    wanted?: (place: ProfilePlace) => boolean,
  ): Promise<ProfilePlace | undefined> => {
    const snapshot = await parts.snapshot();
    const named = locateProfile(snapshot, target);
    if (named.kind === 'gone') {
      tellGone(parts.notifications, named);
      return undefined;
    }
    const place = named.kind === 'found' ? named.place : await pickProfile(snapshot, title, wanted);
    if (!place) parts.notifications.told(l10n.t('There is no profile here for that.'));
    return place;
  };

  const handlers = {
    [commands.profileSignIn]: async (target) => {
      const way = await parts.browserSignIn(target?.provider);
      const snapshot = await parts.snapshot();
      const named = locateAgent(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(parts.notifications, named);
        return;
      }
      const place =
        named.kind === 'found'
          ? named.place
          : await pickAgent(snapshot, l10n.t('Sign in to {0}', way.label));
      if (!place) {
        tellNowhere(parts.notifications);
        return;
      }
      await signIn(place, way);
    },

    [commands.profileSignInAgain]: async (target) => {
      const place = await profilePlace(target, l10n.t('Sign In Again'));
      if (!place) return;
      const { provider, id: profileId } = place.profile;
      if (codeSignIns.has(provider) && !browserSignIns.has(provider)) {
        assertPlaceIsCertain(place);
        await parts.signInByCode(storeRequest(place, provider, { profileId }));
      } else {
        await signIn(place, await parts.browserSignIn(provider), profileId);
      }
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
      say(l10n.t('Copied {0}', place.profile.id));
    },
  } satisfies Partial<CommandHandlers>;
  return handlers;
}

/** The files of one agent, for the services that write them. */
export function filesOf({ dir, agent }: AgentPlace): AgentFiles {
  const { store } = agent;
  return {
    stateDir: dir.path,
    storePath: store.path,
    configPath: dir.config.path,
    legacyPaths: (store.kind === 'absent' && store.legacyPaths) || [],
  };
}

async function signIn(place: AgentPlace, way: BrowserSignIn, profileId?: string): Promise<void> {
  assertPlaceIsCertain(place);
  await way.run(storeRequest(place, way.provider, { profileId }));
}

/** Where a credential of a provider (normalized id) goes in an agent. */
export function storeRequest(
  place: AgentPlace,
  provider: string,
  {
    profileId,
    name,
  }: { readonly profileId?: string | undefined; readonly name?: string | undefined },
): StoreRequest {
  return {
    provider,
    agentId: place.agent.id,
    files: filesOf(place),
    siblings: siblingsOf(place.dir, provider),
    ...(profileId !== undefined && { profileId }),
    ...(name !== undefined && { name }),
  };
}

/**
 * A config that cannot be read may put the agent's files anywhere: nothing is written then.
 * @throws {KnownError} `config.invalid`, `config.unreadable`
 */
export function assertPlaceIsCertain({ dir }: Pick<AgentPlace, 'dir'>): void {
  const { config } = dir;
  if (config.kind === 'invalid') {
    const { kind: _, ...facts } = config;
    throw new KnownError('config.invalid', facts);
  }
  if (config.kind === 'unreadable') {
    throw new KnownError('config.unreadable', { path: config.path, errno: config.errno });
  }
}

/** What is stored of a provider in a state folder, as the config would list it. */
function siblingsOf(dir: StateDirSnapshot, provider: string): readonly NewConfigProfile[] {
  const stored = dir.agents
    .flatMap(({ providers }) => providers)
    .flatMap(({ id, profiles }) => (id === provider ? profiles : []))
    .filter(({ origin }) => origin === 'own');
  const byId = new Map(stored.map((profile) => [profile.id, profile]));
  return [...byId.values()].map(({ id, type, email }) => ({
    profileId: id,
    provider,
    mode: type,
    ...(email === undefined ? {} : { email }),
  }));
}

async function signOut(parts: ProfileCommandParts, place: ProfilePlace): Promise<void> {
  assertPlaceIsCertain(place);
  const { agent, profile } = place;
  const files = filesOf(place);
  const service = await parts.service();
  const { inheriting, copies } = signOutReach(place);
  const cached = await service.copiesLeft(files, profile.id);
  const detail = [
    l10n.t('This removes its credential from {0}.', agent.store.path),
    ...(inheriting.length > 0
      ? [l10n.t('Agents that see it from here lose it too: {0}.', inheriting.join(', '))]
      : []),
    ...(copies.length > 0 ? [l10n.t('The copies of {0} stay.', copies.join(', '))] : []),
    ...cached.map(cachedWords),
    l10n.t('The account itself stays as it is; you can sign in again at any time.'),
  ].join(' ');
  const confirm = l10n.t('Sign Out');
  const picked = await window.showWarningMessage(
    plainText(l10n.t('Sign {0} out of agent {1}?', profile.id, agent.id)),
    { modal: true, detail: plainText(detail) },
    confirm,
  );
  if (picked !== confirm) return;
  const signedOut = await service.signOut(files, profile.id, parts.refresh);
  await parts.refresh();
  if (signedOut.undone) {
    const target = rowOf(place);
    parts.notifications.warned(
      l10n.t(
        '{0} was signed out, but another program keeps writing an older copy over {1}.',
        profile.id,
        agent.store.path,
      ),
      {
        label: l10n.t('Sign Out Again'),
        run: () => vscodeCommands.executeCommand(commands.profileSignOut, target),
      },
    );
  } else if (signedOut.stillListed) {
    parts.notifications.warned(
      l10n.t(
        '{0} is signed out. The config still lists it, for not every agent that may use it can be read.',
        profile.id,
      ),
    );
  } else if (signedOut.configFault) {
    parts.notifications.warned(
      l10n.t(
        '{0} is signed out, but it is still listed in the config. {1}',
        profile.id,
        sentence(errorWords(signedOut.configFault)),
      ),
    );
  }
}

function cachedWords({ path, certain }: CachedCopy): string {
  return certain
    ? l10n.t('A copy of it stays in {0}.', path)
    : l10n.t('{0} cannot be read and may keep a copy of it.', path);
}

async function useFirst(parts: ProfileCommandParts, place: ProfilePlace): Promise<void> {
  assertPlaceIsCertain(place);
  const { agent, provider, profile } = place;
  const service = await parts.service();
  await service.useFirst(filesOf(place), provider.id, profile.id, shownOrder(provider));
  await parts.refresh();
  say(l10n.t('{0} now uses {1} first', agent.id, profile.id));
}

/**
 * What is told once a credential is stored: who, for whom, and a way to use it if it is not next.
 * @param person Who signed in; undefined for a key or token, which does not say it.
 */
export async function tellSignedIn(
  parts: ProfileCommandParts,
  request: StoreRequest,
  profileId: string,
  person: string | undefined,
  configFault: KnownError | undefined,
): Promise<ProfileTarget | undefined> {
  const snapshot = await parts.refresh();
  const dir = snapshot.stateDirs.find(({ agents }) =>
    agents.some(({ store }) => store.path === request.files.storePath),
  );
  const target = dir && { stateDir: dir.path, agentId: request.agentId, profileId };
  const located = locateProfile(snapshot, target);
  const place = located.kind === 'found' ? located.place : undefined;
  const next = place?.profile.next ?? true;
  const done =
    person === undefined
      ? l10n.t('{0} is stored for {1}.', profileId, request.agentId)
      : l10n.t('Signed in as {0} for {1}.', person, request.agentId);
  if (configFault) {
    parts.notifications.warned(
      l10n.t(
        '{0} But the config could not be updated, so CoderClaw may not use it yet. {1}',
        done,
        sentence(errorWords(configFault)),
      ),
    );
    return place && rowOf(place);
  }
  parts.notifications.told(
    next ? done : l10n.t('{0} Another profile is used before it.', done),
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
  return place && rowOf(place);
}

function rowOf({ dir, agent, provider, profile }: ProfilePlace): ProfileTarget {
  return {
    stateDir: dir.path,
    agentId: agent.id,
    provider: provider.id,
    profileId: profile.id,
  };
}
