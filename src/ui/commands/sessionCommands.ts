import { env, l10n, window } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { SessionService } from '../../core/custody/sessionService.ts';
import { modelsOf } from '../../core/model/agentModels.ts';
import { modelCommand } from '../../core/model/modelCommand.ts';
import type { ProfileSnapshot, Snapshot } from '../../core/model/snapshot.ts';
import type { Notifications } from '../notifications.ts';
import { sessionName, sessionsWords } from '../words/sessions.ts';
import {
  type AgentPlace,
  agentPlaces,
  locateAgent,
  locateProfile,
  locateSession,
  type ProfilePlace,
  type SessionPlace,
} from './locate.ts';
import { pickAgentOf, pickProfile, pickSession, pickSessionProfile, tellGone } from './pickers.ts';
import type { CommandHandlers } from './register.ts';
import { say } from './say.ts';

export interface SessionCommandParts {
  /** The current Snapshot, once there is one. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Reads the disk again and resolves with what stands there. */
  readonly refresh: () => Promise<Snapshot>;
  readonly sessions: () => Promise<Pick<SessionService, 'pin' | 'unpin'>>;
  readonly notifications: Notifications;
}

/** Which profile a session uses: pinning, unpinning, clearing what is stale, and the same in a chat. */
export function sessionCommands(parts: SessionCommandParts) {
  const { notifications } = parts;
  const tellNone = (): void => notifications.told(l10n.t('There is no session here for that.'));
  return {
    [commands.sessionPin]: async (target) => {
      const snapshot = await parts.snapshot();
      const title = l10n.t('Pin Profile to Session');
      const named = locateSession(snapshot, target);
      const profile = locateProfile(snapshot, target);
      const gone = [named, profile].find(({ kind }) => kind === 'gone');
      if (gone?.kind === 'gone') {
        tellGone(notifications, gone);
        return;
      }
      const chosen = profile.kind === 'found' ? profile.place : undefined;
      const place =
        named.kind === 'found'
          ? named.place
          : await pickSession(snapshot, title, (one) => canBePinned(one, chosen));
      if (place === undefined) {
        tellNone();
        return;
      }
      const picked = chosen?.profile ?? (await pickSessionProfile(snapshot, title, place));
      if (picked === undefined) {
        notifications.told(
          l10n.t('{0} has no profile that this session could use.', place.agent.id),
        );
        return;
      }
      await pin(parts, place, picked);
    },

    [commands.sessionUnpin]: async (target) => {
      const snapshot = await parts.snapshot();
      const named = locateSession(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(notifications, named);
        return;
      }
      const title = l10n.t('Unpin Session');
      const place =
        named.kind === 'found'
          ? named.place
          : await pickSession(snapshot, title, ({ session: { pin: one } }) => one?.by === 'user');
      const pinned = place?.session.pin;
      if (place === undefined || pinned === undefined) {
        tellNone();
        return;
      }
      const { sessionsPath, session, agent } = place;
      const sessions = await parts.sessions();
      const { key: sessionKey } = session;
      const { profileId } = pinned;
      const [taken] = await sessions.unpin(sessionsPath, [{ sessionKey, profileId }]);
      await parts.refresh();
      const name = sessionName(sessionKey, agent.id);
      if (taken !== undefined) say(l10n.t('{0} is not pinned any more', name));
      else notifications.told(l10n.t('{0} is not pinned to {1} any more.', name, profileId));
    },

    [commands.sessionClearStale]: async (target) => {
      const snapshot = await parts.snapshot();
      const named = locateAgent(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(notifications, named);
        return;
      }
      const places =
        named.kind === 'found' ? [named.place] : agentPlaces(snapshot).filter(mayHaveStalePins);
      const picked = await pickAgentOf(places, snapshot, l10n.t('Clear Stale Pins'));
      // Whether a pin is stale, other files say: as they are now, since answering took its time.
      const place = picked && again(await parts.refresh(), picked);
      const list = place?.agent.sessions;
      if (list !== undefined && list.kind !== 'whole') {
        notifications.warned(
          l10n.t(
            'The sessions of {0} {1}, so nothing was changed.',
            place?.agent.id ?? '',
            sessionsWords(list),
          ),
        );
        return;
      }
      if (list === undefined || list.stale.length === 0) {
        notifications.told(l10n.t('No session has a stale pin.'));
        return;
      }
      const sessions = await parts.sessions();
      const cleared = await sessions.unpin(list.path, list.stale);
      await parts.refresh();
      say(
        cleared.length === 1
          ? l10n.t('1 stale pin cleared')
          : l10n.t('{0} stale pins cleared', cleared.length),
      );
    },

    [commands.profileCopyModelCommand]: async (target) => {
      const snapshot = await parts.snapshot();
      const named = locateProfile(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(notifications, named);
        return;
      }
      const title = l10n.t('Copy /model Command');
      const place = named.kind === 'found' ? named.place : await pickProfile(snapshot, title);
      if (place) await copyModelCommand(parts, place, title);
      else notifications.told(l10n.t('There is no profile here for that.'));
    },
  } satisfies Partial<CommandHandlers>;
}

function again(snapshot: Snapshot, { dir, agent }: AgentPlace): AgentPlace | undefined {
  const now = locateAgent(snapshot, { stateDir: dir.path, agentId: agent.id });
  return now.kind === 'found' ? now.place : undefined;
}

/** Of a list that cannot be read it is not known. */
function mayHaveStalePins({ agent: { sessions } }: AgentPlace): boolean {
  return sessions !== undefined && (sessions.kind !== 'whole' || sessions.stale.length > 0);
}

/** A profile is of use to the sessions of its agent whose model is of its provider. */
function canBePinned(
  { dir, agent, session }: SessionPlace,
  chosen: ProfilePlace | undefined,
): boolean {
  if (chosen === undefined) return true;
  const isHere = dir.path === chosen.dir.path && agent.id === chosen.agent.id;
  return isHere && (session.provider ?? chosen.profile.provider) === chosen.profile.provider;
}

async function pin(
  parts: SessionCommandParts,
  { agent, session, sessionsPath }: SessionPlace,
  { id: profileId }: ProfileSnapshot,
): Promise<void> {
  const sessions = await parts.sessions();
  await sessions.pin({ sessionsPath, sessionKey: session.key, profileId });
  await parts.refresh();
  say(l10n.t('{0} now uses {1}', sessionName(session.key, agent.id), profileId));
}

async function copyModelCommand(
  { notifications }: SessionCommandParts,
  { agent, profile }: ProfilePlace,
  title: string,
): Promise<void> {
  const models = modelsOf(agent, profile.provider);
  const other = l10n.t('Another Model…');
  const picked =
    models.length === 0
      ? other
      : await window.showQuickPick([...models, other], {
          title,
          placeHolder: l10n.t('With which model?'),
        });
  const model = picked === other ? await askModel(profile, title) : picked;
  if (model === undefined) return;
  const command = modelCommand(model, profile.id);
  if (command === undefined) {
    notifications.told(
      l10n.t('CoderClaw cannot read {0} in a chat command: pin it to a session here.', profile.id),
    );
    return;
  }
  await env.clipboard.writeText(command);
  say(l10n.t('Copied {0}', command));
}

/** The config knows the models that were chosen, and a provider has more. */
async function askModel({ provider }: ProfileSnapshot, title: string): Promise<string | undefined> {
  const prefix = `${provider}/`;
  const model = await window.showInputBox({
    title,
    prompt: l10n.t('The model with its provider, as CoderClaw names it: {0}', `${prefix}…`),
    value: prefix,
    valueSelection: [prefix.length, prefix.length],
    validateInput: (value) => {
      const isWhole = value.trim().length > prefix.length && value.startsWith(prefix);
      return isWhole && modelCommand(value.trim(), `${provider}:x`) !== undefined
        ? undefined
        : l10n.t('Begin with {0}; letters, digits and . _ : - / are read.', prefix);
    },
  });
  return model?.trim();
}
