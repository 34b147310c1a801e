import {
  ConfigurationTarget,
  l10n,
  QuickPickItemKind,
  ThemeIcon,
  commands as vscodeCommands,
  window,
  workspace,
} from 'vscode';
import { commands, settings } from '../../contributions.ts';
import { Cancelled } from '../../core/clock.ts';
import type { Snapshot, StateDirSnapshot } from '../../core/model/snapshot.ts';
import { tellNowhere } from '../commands/pickers.ts';
import type { CommandHandlers } from '../commands/register.ts';
import type { Notifications } from '../notifications.ts';
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
      const id = await pickAgentHere(dir, here, snapshot);
      try {
        await (id === undefined ? useDefault(here) : useAgent(here, id));
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
 * @returns the id, or undefined for the default agent.
 * @throws {Cancelled} The person closed the list.
 */
async function pickAgentHere(
  dir: StateDirSnapshot,
  here: WorkspaceAgent,
  snapshot: Snapshot,
): Promise<string | undefined> {
  const use = here.inUse(snapshot);
  const pinned = use.kind === 'pinned' ? use.agent.id : undefined;
  const described = (...parts: readonly (string | false | undefined)[]): string =>
    parts.filter((part) => typeof part === 'string').join(' · ');
  const items = [
    ...dir.agents.map(({ id, name, isDefault }) => ({
      label: id,
      description: described(
        name,
        isDefault && l10n.t('default'),
        id === pinned && l10n.t('in use here'),
        id === use.asked?.id && l10n.t('asked for by this workspace'),
      ),
      iconPath: new ThemeIcon('hubot'),
      agent: { id },
    })),
    { label: '', kind: QuickPickItemKind.Separator, agent: undefined },
    {
      label: l10n.t('None: the default agent'),
      description: described(dir.agents[0]?.id, pinned === undefined && l10n.t('in use here')),
      iconPath: new ThemeIcon('circle-slash'),
      agent: undefined,
    },
  ];
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Use an Agent in This Workspace'),
    placeHolder: l10n.t('Which agent are terminals in this workspace to use?'),
    matchOnDescription: true,
  });
  if (!picked) throw new Cancelled();
  return picked.agent?.id;
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
  if (typeof workspaceValue === 'string' && workspaceValue !== '') {
    await here.answer(workspaceValue, 'not');
  }
  await workspace.getConfiguration().update(settings.agent, value, ConfigurationTarget.Workspace);
}
