import { l10n, type QuickPickItem, ThemeIcon } from 'vscode';
import { commands } from '../../commandIds.ts';
import type { Subject } from '../../core/model/explain/explanation.ts';
import type { Snapshot } from '../../core/model/snapshot.ts';
import type { ExplainDocuments } from '../explainDocument.ts';
import type { Notifications } from '../notifications.ts';
import type { Target } from '../target.ts';
import { stateWords } from '../words/profileState.ts';
import { providerName } from '../words/providers.ts';
import { sessionName, sessionWords } from '../words/sessions.ts';
import {
  type AgentPlace,
  type Located,
  locateAgent,
  locateProfile,
  locateProvider,
  locateSession,
} from './locate.ts';
import { pick, pickAgent, tellGone } from './pickers.ts';
import type { CommandHandlers } from './register.ts';

/** Showing why an agent uses what it uses. */
export function explainCommands(parts: {
  readonly snapshot: () => Promise<Snapshot>;
  readonly documents: () => Promise<Pick<ExplainDocuments, 'show'>>;
  readonly notifications: Pick<Notifications, 'told'>;
}) {
  return {
    [commands.profileExplain]: async (target) => {
      const snapshot = await parts.snapshot();
      const title = l10n.t('Why This One?');
      const named = locate(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(parts.notifications, named);
        return;
      }
      const place = named.kind === 'found' ? named.place : await pickAgent(snapshot, title);
      const about = place && (subjectOf(target) ?? (await pickSubject(snapshot, title, place)));
      if (!about) {
        parts.notifications.told(l10n.t('There is no profile here for that.'));
        return;
      }
      const { dir, agent } = place;
      const documents = await parts.documents();
      await documents.show({
        ...{ stateDir: dir.path, stateDirLabel: dir.label, agentId: agent.id, about },
      });
    },
  } satisfies Partial<CommandHandlers>;
}

/** What a row is about, the narrowest part of it; undefined for that of an agent. */
function subjectOf(target: Target | undefined): Subject | undefined {
  const { sessionKey, profileId, provider } = target ?? {};
  if (sessionKey !== undefined) return { kind: 'session', sessionKey };
  if (profileId !== undefined) return { kind: 'profile', profileId };
  return provider === undefined ? undefined : { kind: 'provider', provider };
}

function locate(snapshot: Snapshot, target: Target | undefined): Located<AgentPlace> {
  switch (subjectOf(target)?.kind) {
    case 'session':
      return locateSession(snapshot, target);
    case 'profile':
      return locateProfile(snapshot, target);
    case 'provider':
      return locateProvider(snapshot, target);
    case undefined:
      return locateAgent(snapshot, target);
  }
}

/**
 * Asks for a provider, a profile or a session of an agent; undefined where it has none.
 * @throws {Cancelled} The person closed the list.
 */
async function pickSubject(
  { takenAt }: Snapshot,
  title: string,
  { agent }: AgentPlace,
): Promise<Subject | undefined> {
  const { sessions } = agent;
  const choices: readonly (QuickPickItem & { readonly about: Subject })[] = [
    ...agent.providers.flatMap(({ id, profiles }) => [
      {
        label: providerName(id),
        description: l10n.t('what is used next'),
        iconPath: new ThemeIcon('list-ordered'),
        about: { kind: 'provider', provider: id } as const,
      },
      ...profiles.map((profile) => {
        const { text, icon } = stateWords(profile.state, takenAt);
        return {
          label: profile.id,
          description: text,
          iconPath: new ThemeIcon(icon),
          about: { kind: 'profile', profileId: profile.id } as const,
        };
      }),
    ]),
    ...(sessions?.kind === 'whole' ? sessions.shown : []).map((session) => ({
      label: sessionName(session.key, agent.id),
      description: sessionWords(session),
      iconPath: new ThemeIcon('comment'),
      about: { kind: 'session', sessionKey: session.key } as const,
    })),
  ];
  const picked = await pick(choices, (one) => one, title, l10n.t('Why what?'));
  return picked?.about;
}
