import { env, l10n, ThemeIcon, commands as vscodeCommands } from 'vscode';
import { commands } from '../../commandIds.ts';
import { MAIN_AGENT_ID } from '../../core/documents/agentIds.ts';
import type { StateDirRead } from '../../core/model/reads.ts';
import type { Snapshot, StateDirSnapshot } from '../../core/model/snapshot.ts';
import type { StatusScene } from '../../core/reports/statusReport.ts';
import type { Notifications } from '../notifications.ts';
import type { StatusDocuments } from '../statusDocument.ts';
import type { StatusSubject } from '../statusSubject.ts';
import type { Target } from '../target.ts';
import { type AgentPlace, agentPlaces, locateAgent, locateDir } from './locate.ts';
import { agentItem, pick, tellGone, tellNowhere } from './pickers.ts';
import type { CommandHandlers } from './register.ts';
import { say } from './say.ts';

export interface StatusCommandParts {
  /** As the disk was last read. */
  readonly scene: () => Promise<StatusScene>;
  readonly documents: () => Promise<Pick<StatusDocuments, 'show'>>;
  readonly notifications: Pick<Notifications, 'told' | 'warned'>;
}

/** Telling how the sign-ins of agents stand: as a text, and as data for other programs. */
export function statusCommands(parts: StatusCommandParts) {
  return {
    [commands.statusShow]: async (target) => {
      const { snapshot } = await parts.scene();
      const named = locateAgent(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(parts.notifications, named);
        return;
      }
      const documents = await parts.documents();
      await documents.show(named.kind === 'found' ? subjectOf(named.place) : 'all');
    },

    [commands.statusCopyJson]: async (target) => {
      const { snapshot } = await parts.scene();
      const named = locateAgent(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(parts.notifications, named);
        return;
      }
      const subject = named.kind === 'found' ? subjectOf(named.place) : await pickSubject(snapshot);
      if (subject === undefined) tellNowhere(parts.notifications);
      else await copyStatus(parts, subject);
    },

    [commands.profilesCopyJson]: async (target) => {
      const { snapshot } = await parts.scene();
      const named = locateDir(snapshot, target);
      if (named.kind === 'gone') {
        tellGone(parts.notifications, named);
        return;
      }
      const dir = named.kind === 'found' ? named.place : await pickDir(snapshot);
      if (dir === undefined) tellNowhere(parts.notifications);
      else await copyProfiles(parts, dir);
    },
  } satisfies Partial<CommandHandlers>;
}

function subjectOf({ dir, agent }: AgentPlace): StatusSubject {
  return { stateDir: dir.path, agentId: agent.id };
}

/**
 * Asks for an agent or all of them, where there is a choice; undefined where there is none at all.
 * @throws {Cancelled} The person closed the list.
 */
async function pickSubject(snapshot: Snapshot): Promise<StatusSubject | undefined> {
  const places = agentPlaces(snapshot);
  const [only, ...others] = places;
  if (only === undefined) return undefined;
  if (others.length === 0) return subjectOf(only);
  const all = {
    label: l10n.t('All agents'),
    description: l10n.t('as one list'),
    iconPath: new ThemeIcon('organization'),
  };
  const picked = await pick<AgentPlace | 'all'>(
    ['all', ...places],
    (one) => (one === 'all' ? all : agentItem(one, snapshot)),
    l10n.t('Copy Status as JSON'),
    l10n.t('Of which agent?'),
  );
  return picked === undefined || picked === 'all' ? picked : subjectOf(picked);
}

/** As {@link pickSubject}, a state folder. */
async function pickDir({ stateDirs }: Snapshot): Promise<StateDirSnapshot | undefined> {
  if (stateDirs.length === 1) return stateDirs[0];
  return pick(
    stateDirs,
    ({ label, inUse }) => ({
      label,
      description: inUse ? l10n.t('in use here') : '',
      iconPath: new ThemeIcon('folder'),
    }),
    l10n.t('Copy Profiles as JSON'),
    l10n.t('Of which state folder?'),
  );
}

/** Of now: a person may have taken time to choose. */
async function copyStatus(
  { scene, notifications }: StatusCommandParts,
  subject: StatusSubject,
): Promise<void> {
  const [{ statusReports }, { reportJson }, { statusVerdict }] = await Promise.all([
    import('../../core/reports/statusReport.ts'),
    import('../../core/reports/reportJson.ts'),
    import('../words/statusVerdict.ts'),
  ]);
  const isAll = subject === 'all';
  const reports = statusReports({ ...(await scene()), ...(!isAll && { only: subject }) });
  const statuses = reports.map(({ status }) => status);
  const [first] = statuses;
  if (first === undefined) {
    if (isAll) tellNowhere(notifications);
    else tellGone(notifications, { name: subject.agentId });
    return;
  }
  await env.clipboard.writeText(reportJson(isAll ? statuses : first));
  const verdict = statusVerdict(statuses);
  say(
    isAll
      ? l10n.t('Copied the status of all agents: {0}', verdict)
      : l10n.t('Copied the status of {0}: {1}', subject.agentId, verdict),
  );
}

/** Those of the agent that all others inherit from, as CoderClaw's program lists them. */
async function copyProfiles(
  { scene, notifications }: StatusCommandParts,
  { path, label }: StateDirSnapshot,
): Promise<void> {
  const [{ channelsAuth }, { reportJson }] = await Promise.all([
    import('../../core/reports/channelsAuth.ts'),
    import('../../core/reports/reportJson.ts'),
  ]);
  const { reads } = await scene();
  const dir = reads.stateDirs.find((one) => one.path === path);
  if (dir === undefined) {
    tellGone(notifications, { name: label });
    return;
  }
  const auth = channelsAuth(dir.mainStore);
  if (auth === undefined) {
    await tellUnreadable(dir, notifications);
    return;
  }
  await env.clipboard.writeText(reportJson({ auth }));
  say(
    auth.length === 1
      ? l10n.t('Copied 1 profile of {0}', MAIN_AGENT_ID)
      : l10n.t('Copied {0} profiles of {1}', auth.length, MAIN_AGENT_ID),
  );
}

async function tellUnreadable(
  { path, agents, mainStore }: StateDirRead,
  notifications: StatusCommandParts['notifications'],
): Promise<void> {
  const { storeWords } = await import('../words/store.ts');
  const { label = '', detail = '', consequence = '' } = storeWords(mainStore) ?? {};
  const target: Target = { stateDir: path, agentId: MAIN_AGENT_ID };
  const open = {
    label: l10n.t('Open Store File'),
    run: () => vscodeCommands.executeCommand(commands.storeOpen, target),
  };
  notifications.warned(
    l10n.t('No profile was copied. {0}: {1}. {2}', label, detail, consequence),
    ...(agents.some(({ id }) => id === MAIN_AGENT_ID) ? [open] : []),
  );
}
