import { ConfigurationTarget, l10n, commands as vscodeCommands, workspace } from 'vscode';
import { commands } from '../../commandIds.ts';
import { settings } from '../../contributions.ts';
import { Cancelled } from '../../core/clock.ts';
import type { AgentInUse } from '../../core/model/agentInUse.ts';
import type { Snapshot, StateDirSnapshot } from '../../core/model/snapshot.ts';
import { pickOne } from '../addProfile/quickInputs.ts';
import { tellNowhere } from '../commands/pickers.ts';
import type { CommandHandlers } from '../commands/register.ts';
import type { Notifications } from '../notifications.ts';
import { statusText } from '../words/plainText.ts';
import type { WorkspaceAgent } from './workspaceAgent.ts';

export interface ChooseAgentParts {
  readonly snapshot: () => Promise<Snapshot>;
  readonly workspaceAgent: () => Promise<WorkspaceAgent>;
  readonly notifications: Notifications;
}

/** Choosing which agent is used in this workspace. */
export function chooseAgentCommands(parts: ChooseAgentParts) {
  return {
    [commands.workspaceChooseAgent]: async () => {
      if (!canHaveAgent(parts.notifications)) return;
      const snapshot = await parts.snapshot();
      const [dir] = snapshot.stateDirs;
      if (dir === undefined) {
        tellNowhere(parts.notifications);
        return;
      }
      const here = await parts.workspaceAgent();
      const id = await pickAgentHere(dir, here.inUse(snapshot));
      try {
        await (id === '' ? useDefault(here) : useAgent(here, id));
      } catch (error) {
        parts.notifications.warned(
          l10n.t(
            'The settings of this workspace could not be changed: {0}',
            error instanceof Error ? error.message : String(error),
          ),
          {
            label: l10n.t('Open Settings'),
            run: () => vscodeCommands.executeCommand('workbench.action.openWorkspaceSettingsFile'),
          },
        );
      }
    },
  } satisfies Partial<CommandHandlers>;
}

/** Whether there is a workspace whose settings count; tells why not. */
function canHaveAgent(notifications: Notifications): boolean {
  if (workspace.workspaceFile === undefined && workspace.workspaceFolders === undefined) {
    notifications.told(
      l10n.t('An agent is chosen for a folder or workspace, and this window has none open.'),
      {
        label: l10n.t('Open Folder…'),
        run: () => vscodeCommands.executeCommand('workbench.action.files.openFolder'),
      },
    );
    return false;
  }
  if (!workspace.isTrusted) {
    notifications.told(
      l10n.t(
        'This workspace is not trusted, so its settings do not count. Trust it first to use an agent here.',
      ),
      {
        label: l10n.t('Manage Trust'),
        run: () => vscodeCommands.executeCommand('workbench.trust.manage'),
      },
    );
    return false;
  }
  return true;
}

/**
 * @returns the id; empty for the default agent.
 * @throws {Cancelled} The person closed the list.
 */
async function pickAgentHere(dir: StateDirSnapshot, use: AgentInUse): Promise<string> {
  const pinned = use.kind === 'pinned' ? use.agent.id : '';
  const choice = (value: string, label: string, icon: string, ...notes: readonly string[]) => ({
    ...({ kind: 'choice', value, label, icon } as const),
    description: [...notes, ...(value === pinned ? [l10n.t('in use here')] : [])].join(' · '),
  });
  const agents = dir.agents.map(({ id, name, isDefault }) =>
    choice(
      id,
      id,
      'hubot',
      ...[
        ...(name === undefined ? [] : [statusText(name)]),
        ...(isDefault ? [l10n.t('default')] : []),
        ...(id === use.asked?.id ? [l10n.t('asked for by this workspace')] : []),
      ],
    ),
  );
  const none = choice(
    '',
    l10n.t('None: the default agent'),
    'circle-slash',
    dir.agents[0]?.id ?? '',
  );
  const picked = await pickOne([...agents, { kind: 'heading', label: '' }, none], {
    title: l10n.t('Use an Agent in This Workspace'),
    placeholder: l10n.t('Which agent is used in this workspace?'),
    canGoBack: false,
    active: pinned,
  });
  if (picked.kind === 'back') throw new Cancelled();
  return picked.value;
}

/** Agreed to first, so that the new setting is not asked about. */
async function useAgent(here: WorkspaceAgent, id: string): Promise<void> {
  await here.answer(id, 'use');
  await workspace.getConfiguration().update(settings.agent, id, ConfigurationTarget.Workspace);
}

/**
 * Takes the setting away; where the person's own settings ask for an agent everywhere, it says that
 * there is none here. What it named is not offered when it comes again, with the files of a folder.
 */
async function useDefault(here: WorkspaceAgent): Promise<void> {
  const { globalValue, workspaceValue } =
    workspace.getConfiguration().inspect<unknown>(settings.agent) ?? {};
  const value = globalValue ? '' : undefined;
  if (value !== undefined) await here.answer(value, 'use');
  await workspace.getConfiguration().update(settings.agent, value, ConfigurationTarget.Workspace);
  if (typeof workspaceValue === 'string' && workspaceValue !== '') {
    await here.answer(workspaceValue, 'not');
  }
}
